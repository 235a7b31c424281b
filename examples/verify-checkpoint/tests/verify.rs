//! The program on golden vectors, on an export, on the public chains, and on what does not agree.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use alloy_primitives::{U256, hex};
use bttc_core::rlp::Item;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Root over the ten blocks of `chain-n3` in `header/synthetic.json.gz`, by a second implementation in Python.
const ROOT: &str = "0xbd22a19226ed7b5228283d510764fb254a681eb20623b328c4b2be6f3c497796";

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

fn run(paths: &[&Path]) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_verify-checkpoint");
    let output = Command::new(program).args(paths).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// An empty folder of the test's own.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify-checkpoint").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The cases of the synthetic headers whose name starts so.
fn cases(start: &str) -> Vec<Value> {
    let packed = fs::read(vectors().join("header/synthetic.json.gz")).unwrap();
    let file: Value = serde_json::from_reader(GzDecoder::new(&packed[..])).unwrap();
    let cases = file["cases"].as_array().unwrap().iter();
    cases.filter(|case| case["name"].as_str().unwrap().starts_with(start)).cloned().collect()
}

/// The header's RLP, item by item.
fn rlp(header: &Value) -> String {
    let items = [
        "parentHash",
        "sha3Uncles",
        "miner",
        "stateRoot",
        "transactionsRoot",
        "receiptsRoot",
        "logsBloom",
        "difficulty",
        "number",
        "gasLimit",
        "gasUsed",
        "timestamp",
        "extraData",
        "mixHash",
        "nonce",
    ];
    let item = |name: &str| match &header[name] {
        Value::Number(number) => Item::string(&U256::from(number.as_u64().unwrap()).to_be_bytes_trimmed_vec()),
        text => Item::string(&hex::decode(text.as_str().unwrap()).unwrap()),
    };
    hex::encode_prefixed(Item::list(items.map(item)).to_bytes())
}

/// What the devnet writes, over the ten blocks of `chain-n3`.
fn export() -> Value {
    let headers: Vec<_> = cases("chain-n3-").iter().map(|case| rlp(&case["input"]["header"])).collect();
    let checkpoint = json!({ "number": 1, "start": 24_494_908, "end": 24_494_917, "root": ROOT,
        "proposer": "0x0000000000000000000000000000000000000000" });
    json!({ "chainId": 199, "sprint": 64, "headers": headers, "checkpoints": [checkpoint] })
}

fn run_export(test: &str, export: &Value) -> (Option<i32>, String) {
    let folder = folder(test);
    fs::write(folder.join("headers.json"), export.to_string()).unwrap();
    run(&[&folder])
}

#[test]
fn an_export_is_verified_header_by_header_and_root_by_root() {
    let (status, out) = run_export("export", &export());
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("10 sealed by 3 signers, 0 hashes as recorded, 9 parents linked, 6 turns kept"), "{out}");
    assert!(out.contains("10 blocks in 4 levels, 10 of them by the headers above"), "{out}");
    assert!(out.ends_with("verified\n"), "{out}");
}

#[test]
fn what_does_not_agree_is_named() {
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut export = export();
        change(&mut export);
        let (status, out) = run_export("changed", &export);
        assert_eq!(status, Some(1), "{out}");
        out
    };
    let root = "0x0000000000000000000000000000000000000000000000000000000000000001";
    let out = changed(&|export| export["checkpoints"][0]["root"] = json!(root));
    assert!(out.contains(&format!("recorded {root}")), "{out}");
    let out = changed(&|export| drop(export["headers"].as_array_mut().unwrap().remove(4)));
    assert!(out.contains("got 0 headers with number 24494912, expected one"), "{out}");
    let out = changed(&|export| export["checkpoints"][0]["end"] = json!(0));
    assert!(out.contains("checkpoint 24494908–0: expected start ≤ end"), "{out}");
    // Another time: the hash that the next header names is gone, and so are the seal's signer and the root.
    let mut case = cases("chain-n3-").remove(4);
    case["input"]["header"]["timestamp"] = json!(1);
    let out = changed(&|export| export["headers"][4] = json!(rlp(&case["input"]["header"])));
    for part in ["header 24494913: its parent is", "sprint from 24494912: with none of its 3", "root is Some"] {
        assert!(out.contains(part), "{out}");
    }
}

#[test]
fn vectors_are_verified_as_far_as_they_tell() {
    let folder = folder("vectors");
    let write = |cases: Vec<Value>| {
        let file = json!({ "schema": "bttc-vectors/1", "kind": "header", "cases": cases });
        fs::write(folder.join("headers.json"), file.to_string()).unwrap();
    };
    write(cases("chain-"));
    let roots = vectors().join("checkpoint-root/synthetic-small.json");
    let (status, out) = run(&[&folder, &roots]);
    assert_eq!(status, Some(0), "{out}");
    assert_eq!(out.lines().filter(|line| line.starts_with("checkpoint  ")).count(), 40);
    assert!(out.contains("44 hashes as recorded"), "{out}");

    let mut wrong = cases("chain-n8-");
    wrong[1]["expect"]["signer"] = json!("0x0000000000000000000000000000000000000000");
    wrong[0]["input"]["context"]["proposer"] = wrong[0]["input"]["context"]["validators"][0]["signer"].clone();
    write(wrong);
    let (status, out) = run(&[&folder]);
    assert_eq!(status, Some(1), "{out}");
    assert!(out.contains("header 2: signer is "), "{out}");
}

#[test]
fn input_that_cannot_be_read_is_told_from_input_that_is_wrong() {
    let folder = folder("bad");
    assert_eq!(run(&[&folder]).0, Some(2));
    assert_eq!(run(&[&folder.join("gone")]).0, Some(2));
    let headers = folder.join("headers.json");
    for text in [
        "not JSON",
        "[]",
        "{}",
        r#"{ "sprint": 64, "headers": ["0x00"] }"#,
        r#"{ "sprint": 64, "headers": ["zz"] }"#,
        r#"{ "schema": "bttc-vectors/1", "kind": "header", "cases": [{}] }"#,
        r#"{ "schema": "bttc-vectors/1", "kind": "rlp", "cases": [{}] }"#,
    ] {
        fs::write(&headers, text).unwrap();
        let (status, out) = run(&[&headers]);
        assert_eq!(status, Some(2), "{text}: {out}");
        assert!(out.starts_with("verify-checkpoint: "), "{out}");
    }
}

#[test]
fn the_public_chain_s_headers_stand_in_the_checkpoint_on_ethereum() {
    let Some(data) = env::var_os("BTTC_CHAIN_DATA").map(PathBuf::from) else {
        println!("not run: BTTC_CHAIN_DATA does not name the folder of the public chains' data");
        return;
    };
    let (status, out) = run(&[&data.join("header"), &data.join("checkpoint-root")]);
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("200 sealed") && out.contains("200 hashes as recorded"), "{out}");
    assert!(out.contains("9825948–9827227   1280 blocks in 11 levels, 200 of them by the headers above"), "{out}");
}
