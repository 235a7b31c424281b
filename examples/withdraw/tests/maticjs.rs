//! npm's maticjs as a client of `withdraw serve`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

#[test]
#[ignore = "asks for node and npm's packages: run by scripts/maticjs.sh"]
fn maticjs_gets_the_payload_from_here() {
    let prove = Command::new(env!("CARGO_BIN_EXE_withdraw")).args(["prove", "--json"]).output().unwrap();
    let proven: Value = serde_json::from_slice(&prove.stdout).unwrap();

    let mut server = Command::new(env!("CARGO_BIN_EXE_withdraw"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().rsplit(' ').next().unwrap();

    let event = "0x67b714876402c93362735688659e2283b4a37fb21bab24bc759ca759ae851fd8"; // WithdrawTo
    let burn = json!({ "transaction": proven["transaction"], "event": event, "index": 0 });
    // No node to fall back on: what comes back comes from the server of proofs.
    let asked = json!({ "side": "http://127.0.0.1:1", "api": url, "headers": [], "burns": [burn] });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/maticjs/payloads.mjs");
    let mut node = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    node.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(theirs, json!([{ "payload": proven["payload"] }]));
}
