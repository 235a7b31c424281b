//! The payloads of npm's maticjs, made from the same node.

use crate::{chain::Chain, honest_node, prove};
use bttc_checkpoint::{
    exit::{ExitProof, LogChoice, topic},
    prover::Burn,
};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

/// What the script answers for these burns.
fn maticjs(asked: &Value) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/maticjs/payloads.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is installed");
    node.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
#[ignore = "asks for node and npm's packages: run by scripts/maticjs.sh"]
async fn payloads_are_the_same_where_maticjs_is_right() {
    let chain = Arc::new(Chain::new(0));
    let server = honest_node(&chain).await;
    // Block, transaction, and which of its withdrawals.
    let burns = [(3, 0, 0), (10, 2, 0), (12, 0, 0), (12, 1, 0), (13, 0, 0), (13, 0, 1)];
    let asked = burns.map(|(block, place, index)| {
        json!({ "transaction": chain.burn(block, place), "event": topic::WITHDRAW_TO, "index": index })
    });
    let headers = json!([{ "id": 10_000, "start": 0, "end": 7 }, { "id": 20_000, "start": 8, "end": 15 }]);
    let question = json!({ "side": server.url(), "headers": headers, "burns": asked });
    let theirs = tokio::task::spawn_blocking(move || maticjs(&question)).await.unwrap();

    for ((block, place, index), theirs) in burns.into_iter().zip(theirs) {
        let choice = LogChoice::Nth { topic0: topic::WITHDRAW_TO, nth: index, emitter: None };
        let ours = prove(&chain, &[&server], Burn::log(chain.burn(block, place), choice)).await.unwrap();
        let at = format!("block {block}, transaction {place}, withdrawal {index}: {theirs}");
        if block == 10 {
            // A typed receipt beside it: the node does not say its type, maticjs takes it for a list, and its trie has
            // another root. Ours reads the type from the transaction.
            let payload: alloy_primitives::Bytes = theirs["payload"].as_str().unwrap_or("0x").parse().unwrap();
            let proof = ExitProof::decode(&payload);
            let holds = proof.is_ok_and(|proof| proof.verify(&crate::checkpoint(&chain, 2)).is_ok());
            assert!(!holds, "{at}");
            assert!(ours.verify(&crate::checkpoint(&chain, 2)).is_ok(), "{at}");
            continue;
        }
        assert_eq!(theirs["payload"], ours.to_payload().to_string(), "{at}");
    }
}
