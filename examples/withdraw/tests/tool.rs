//! The tool on the devnet in its own process.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use bttc_checkpoint::exit::{Bundle, ExitProof};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn withdraw(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_withdraw")).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_proof_is_printed_bundled_and_verified_without_a_network() {
    let bundles = [file("burn.bundle"), file("burn.json")];
    for path in &bundles {
        let path = path.to_str().unwrap();
        let proven = withdraw(&["prove", "--json", "--out", path]);
        assert!(proven.status.success(), "{}", err(&proven));
        let proven: Value = serde_json::from_str(&out(&proven)).unwrap();

        let verified = withdraw(&["verify", path, "--json"]);
        assert!(verified.status.success(), "{}", err(&verified));
        let verified: Value = serde_json::from_str(&out(&verified)).unwrap();
        assert_eq!(verified["exit"]["exit_hash"], proven["exitHash"]);
        assert_eq!(verified["transaction"], proven["transaction"]);
        assert_eq!(verified["recordLookedUp"], false);
    }
    let [bytes, text] = bundles.map(|path| fs::read(path).unwrap());
    let (one, other) = (Bundle::decode(&bytes).unwrap(), Bundle::from_json(&String::from_utf8(text).unwrap()).unwrap());
    assert_eq!(one.exits, other.exits);

    // Printed alone it is the bundle's payload, and decodes to the same proof.
    let payload: alloy_primitives::Bytes = out(&withdraw(&["prove"])).trim().parse().unwrap();
    assert_eq!(ExitProof::decode(&payload).unwrap(), one.exits[0].proof);
    let calldata: alloy_primitives::Bytes = out(&withdraw(&["prove", "--form", "calldata"])).trim().parse().unwrap();
    // exit(bytes): selector, offset, length, payload (withdrawal-proofs §4.5).
    assert_eq!(calldata[..4], [0x38, 0x05, 0x55, 0x0f]);
    assert_eq!(calldata[68..68 + payload.len()], payload[..]);
}

#[test]
fn a_changed_bundle_is_refused() {
    let path = file("changed.bundle");
    assert!(withdraw(&["prove", "--out", path.to_str().unwrap()]).status.success());
    let whole = fs::read(&path).unwrap();
    for place in [0, 20, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&path, changed).unwrap();
        let refused = withdraw(&["verify", path.to_str().unwrap()]);
        assert_eq!((refused.status.code(), out(&refused)), (Some(1), String::new()), "at {place}");
    }
    fs::write(&path, "{}").unwrap();
    assert_eq!(withdraw(&["verify", path.to_str().unwrap()]).status.code(), Some(1));
    assert_eq!(withdraw(&["verify", "no such file"]).status.code(), Some(1));
}

#[test]
fn states_and_logs_are_told() {
    let status = withdraw(&["status", "--json"]);
    let told: Value = serde_json::from_str(&out(&status)).unwrap();
    // The devnet's traveller has been paid.
    assert_eq!((status.status.code(), &told["state"]["status"]), (Some(0), &"exited".into()));
    let waited = withdraw(&["wait", "--until", "exited", "--json"]);
    assert_eq!(out(&waited), out(&status));

    let scan = withdraw(&["scan", "--all", "--json"]);
    let lines: Vec<Value> = out(&scan).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // LogTransfer, Withdraw, WithdrawTo, Transfer, LogFeeTransfer (withdrawal-proofs §2.3).
    let verdicts: Vec<&str> = lines.iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["noWithdrawal", "noWithdrawal", "exited", "noWithdrawal", "noWithdrawal"]);
    assert_eq!(lines[2]["exitHash"], told["state"]["exitHash"]);
    let block = &told["state"]["place"]["block"];
    let blocks = out(&withdraw(&["scan", "--json", "--blocks", &format!("{}-{block}", block.as_u64().unwrap() - 3)]));
    assert_eq!(blocks.lines().count(), 1, "{blocks}");
}

#[test]
fn exit_codes_say_what_to_do() {
    let unknown = format!("0x{}", "11".repeat(32));
    for (arguments, code) in [
        (&["status", &unknown] as &[&str], 3),
        (&["prove", &unknown], 3),
        (&["prove", "--log", "0"], 1),
        (&["prove", "--event", &unknown], 1),
        (&["prove", "--log", "0", "--nth", "0"], 2),
        (&["--root", "ethereum", "prove"], 2),
        (&["--root", "moon", "prove"], 2),
        (&["--side-rpc", "http://127.0.0.1:1", "prove"], 2),
        (&["--side-rpc", "no url", "--root-rpc", "http://127.0.0.1:1", "prove"], 2),
        (&["scan", "--blocks", "9-3"], 2),
    ] {
        let output = withdraw(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
    }
}
