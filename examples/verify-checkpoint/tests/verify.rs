//! The program on headers that it must accept, and on some that it must not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use alloy_primitives::{Address, B256, Bytes};
use bttc_checkpoint::{checkpoint::BlockRange, merkle::root_of};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    schedule::FixedProducers,
    signature::SecretKey,
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    chain::Chain,
    genesis::{DevnetAllocation, devnet_genesis},
    system::Facts,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Blocks of the chain under test: not up to the first sprint, which asks for spans.
const BLOCKS: u64 = 12;

/// A chain of one producer, as the devnet writes it.
fn export() -> Value {
    let spec = ChainSpec::devnet();
    let key = SecretKey::from_bytes(&keccak256(b"producer")).unwrap();
    let producer = Validator::new(ValidatorId::new(1), key.address(), VotingPower::new(5));
    let allocation = DevnetAllocation {
        time: 1_700_000_000,
        validators: vec![producer],
        balances: Default::default(),
        root_chain: 1,
        root_token: Address::ZERO,
    };
    let mut chain = Chain::open(spec.clone(), &devnet_genesis(&spec, &allocation).unwrap()).unwrap();
    let schedule = FixedProducers::new([producer], key.address(), spec.timing);
    for number in 1..=BLOCKS {
        let facts = Facts::new(1_700_000_000 + number, &schedule);
        let block = chain.build([], key.address(), &facts).unwrap().seal(&key).unwrap();
        chain.import(block, &facts).unwrap();
    }
    let headers: Vec<_> = (0..=BLOCKS).map(|number| chain.header(number).unwrap()).collect();
    let root = root_of(headers[2..=6].iter().map(|header| header.leaf().hash()).collect());
    json!({
        "timing": spec.timing,
        "producers": [producer],
        "headers": headers.iter().map(|header| Bytes::from(header.to_rlp())).collect::<Vec<_>>(),
        "checkpoints": [{ "number": 1, "range": BlockRange::new(2, 6).unwrap(), "root": root, "proposer": key.address() }],
    })
}

/// Exit status, standard output and error of the program on this path.
fn run(path: &Path) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_verify-checkpoint")).arg(path).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run_on(name: &str, export: &Value) -> (Option<i32>, String, String) {
    let folder = folder(name);
    fs::write(folder.join("headers.json"), export.to_string()).unwrap();
    run(&folder)
}

#[test]
fn a_chain_from_its_genesis_is_verified_with_its_checkpoint() {
    let (status, out, _) = run_on("good", &export());
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("headers 0–12") && out.ends_with("verified\n"), "{out}");
    assert!(out.contains("checkpoint 1, blocks 2–6") && out.contains("agrees"), "{out}");
}

#[test]
fn another_root_and_a_range_beyond_the_headers_are_told() {
    let mut other = export();
    other["checkpoints"][0]["root"] = json!(B256::repeat_byte(1));
    let (status, out, _) = run_on("root", &other);
    assert_eq!(status, Some(1));
    assert!(out.contains("differs") && out.ends_with("NOT verified\n"), "{out}");
    let mut beyond = export();
    beyond["checkpoints"][0]["range"]["end"] = json!(99);
    assert_eq!(run_on("beyond", &beyond).0, Some(1));
}

#[test]
fn a_missing_header_and_a_foreign_producer_break_a_rule_that_is_named() {
    let mut gap = export();
    gap["headers"].as_array_mut().unwrap().remove(5);
    let (status, out, _) = run_on("gap", &gap);
    assert_eq!(status, Some(1));
    assert!(out.contains("block 6 breaks a rule: unknown ancestor"), "{out}");
    let mut foreign = export();
    foreign["producers"][0]["signer"] = json!(Address::repeat_byte(7));
    let (status, out, _) = run_on("foreign", &foreign);
    assert_eq!(status, Some(1));
    assert!(out.contains("is not a part of the producer set at block 0"), "{out}");
}

#[test]
fn input_that_does_not_read_ends_in_an_error_that_says_what() {
    let mut broken = export();
    broken["headers"][3] = json!("0xc0");
    let mut powerless = export();
    powerless["producers"] = json!([]);
    let cases = [("rlp", broken), ("form", json!({ "timing": 1 })), ("empty", json!({})), ("nobody", powerless)];
    for (name, export) in cases {
        let (status, _, error) = run_on(name, &export);
        assert!(status == Some(2) || name == "nobody" && status == Some(1), "{name}: {status:?} {error}");
    }
    let (status, _, error) = run(&folder("nothing"));
    assert_eq!(status, Some(2));
    assert!(error.contains("expected a headers.json"), "{error}");
}

#[test]
fn real_headers_and_the_root_over_real_leaves_hold() {
    let Ok(data) = std::env::var("BTTC_CHAIN_DATA") else {
        println!("not run: BTTC_CHAIN_DATA names no folder of real chain data");
        return;
    };
    let (status, out, error) = run(&Path::new(&data).join("header"));
    assert_eq!(status, Some(0), "{out}{error}");
    assert!(out.contains("200 headers as recorded, 29 linked"), "{out}");
    let (status, out, _) = run(&Path::new(&data).join("checkpoint-root"));
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("1 checkpoint roots rebuilt"), "{out}");
}
