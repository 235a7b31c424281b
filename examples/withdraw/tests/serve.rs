//! The proof-generation API's routes, over a socket.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
};

/// The server, which ends with the test.
struct Server {
    process: Child,
    address: String,
    /// Kept open, so that it can go on saying things.
    _said: BufReader<ChildStderr>,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_withdraw"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        said.read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().unwrap().to_owned();
        Self { process, address, _said: said }
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("access-control-allow-origin: *"), "{head}");
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn json_of(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_withdraw")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

// withdrawal-proofs §8.1-8.3
#[test]
fn routes_answer_as_those_of_the_api() {
    let server = Server::start();
    let proven = json_of(&["prove", "--json"]);
    let burn = proven["transaction"].as_str().unwrap();
    let (block, start, end) = (&proven["block"], &proven["start"], &proven["end"]);

    assert_eq!(server.get("/health-check"), (200, json!({ "success": true, "message": "Health Check Success" })));
    let (status, routes) = server.get("/");
    assert_eq!((status, &routes[0]), (200, &json!({ "path": "/", "methods": "GET" })));

    // The devnet's burn, by the root chain's name and by that of the API's own network.
    for net in ["tron", "matic"] {
        let (status, included) = server.get(&format!("/api/v1/{net}/block-included/{block}"));
        assert_eq!(status, 200);
        assert_eq!(included["headerBlockNumber"], proven["headerBlock"]);
        assert_eq!(included["blockNumber"], block.to_string());
        assert_eq!((&included["start"], &included["end"]), (&start.to_string().into(), &end.to_string().into()));
        assert_eq!(included["message"], "success");

        let (status, payload) = server.get(&format!("/api/v1/{net}/exit-payload/{burn}"));
        assert_eq!((status, &payload["result"]), (200, &proven["payload"]));
        assert_eq!(payload["message"], "Payload generation success");
        let (status, payloads) = server.get(&format!("/api/v1/{net}/all-exit-payloads/{burn}"));
        assert_eq!((status, &payloads["result"]), (200, &json!([proven["payload"]])));
    }

    // Its siblings are a part of the payload.
    let query = format!("/api/v1/tron/fast-merkle-proof?start={start}&end={end}&number={block}");
    let (status, proof) = server.get(&query);
    let siblings = proof["proof"].as_str().unwrap().trim_start_matches("0x").to_owned();
    assert_eq!((status, siblings.len()), (200, 6 * 64)); // of 64 blocks
    assert!(proven["payload"].as_str().unwrap().contains(&siblings));
    assert_eq!(server.get("/api/v1/tron/fast-merkle-proof?start=5&end=5&number=5"), (200, json!({ "proof": "0x" })));
}

#[test]
fn refusals_have_the_apis_words() {
    let server = Server::start();
    let message = |text: &str| json!({ "error": true, "message": text });
    let msg = |text: &str| json!({ "error": true, "msg": text });
    let unknown = format!("0x{}", "11".repeat(32));
    let burn = json_of(&["status", "--json"])["transaction"].as_str().unwrap().to_owned();
    let wrong_number = "Invalid start or end or block numbers!";
    let wrong_hash = "Incorrect Burn tx or Event Signature!";
    let no_log = "Event Signature log not found in tx receipt";
    let wrong_net = "Invalid network moon. Network can either be tron, eth or bsc for PoS v1 routes";
    for (path, expected) in [
        ("/api/v1/tron/block-included/x".to_owned(), (400, msg("Invalid block number!"))),
        ("/api/v1/moon/block-included/x".to_owned(), (400, msg("Invalid block number!"))),
        ("/api/v1/moon/block-included/1".to_owned(), (400, msg(wrong_net))),
        ("/api/v1/tron/block-included/9999999".to_owned(), (404, message("No block found"))),
        ("/api/v1/tron/fast-merkle-proof?start=3&end=2&number=3".to_owned(), (400, msg(wrong_number))),
        ("/api/v1/tron/fast-merkle-proof?start=3&end=5&number=2".to_owned(), (400, msg(wrong_number))),
        (
            "/api/v1/tron/fast-merkle-proof?start=3&end=5".to_owned(),
            (500, message("Something went wrong while validating params")),
        ),
        ("/api/v1/tron/exit-payload/0x12".to_owned(), (400, msg(wrong_hash))),
        (format!("/api/v1/tron/exit-payload/{burn}?eventSignature=0x"), (400, msg(wrong_hash))),
        (format!("/api/v1/tron/exit-payload/{unknown}"), (404, message("Incorrect burn transaction"))),
        (format!("/api/v1/tron/exit-payload/{burn}?eventSignature={unknown}"), (404, message(no_log))),
        (format!("/api/v1/tron/exit-payload/{burn}?tokenIndex=1"), (404, message(no_log))),
        (format!("/api/v1/tron/all-exit-payloads/{burn}?eventSignature={unknown}"), (404, message(no_log))),
        ("/api/v2".to_owned(), (404, json!({ "error": { "message": "Not found" } }))),
    ] {
        assert_eq!(server.get(&path), expected, "{path}");
    }
}
