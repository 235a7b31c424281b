//! Nodes that mean well.

use super::{Chain, Reply, Server, culprit, honest_node, json_rpc, node, prove, succeeds};
use bttc_checkpoint::{prover::ProveError, side_chain::SideChainError};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A node that answers every other post by this, and the others well.
async fn every_other(chain: &Arc<Chain>, bad: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    let chain = chain.clone();
    Server::start(move |post, _, body| match post % 2 {
        0 => bad(),
        _ => Reply::Json(json_rpc(body, |method, params| chain.answer(method, params))),
    })
    .await
}

#[tokio::test]
async fn a_node_that_is_slow_busy_broken_or_limiting_at_times_is_waited_for() {
    let chain = Arc::new(Chain::new(0));
    for bad in [
        (|| Reply::Silence(Duration::from_secs(60))) as fn() -> Reply,
        || Reply::Status(429, Some("0")),
        || Reply::Status(502, None),
        || Reply::Text("<html>back soon</html>".into()),
        || Reply::Json(json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32005, "message": "slow down" } })),
    ] {
        succeeds(&chain, &[&every_other(&chain, bad).await]).await;
    }
}

#[tokio::test]
async fn a_node_that_never_answers_is_named() {
    let chain = Arc::new(Chain::new(0));
    let server = Server::start(|_, _, _| Reply::Status(503, None)).await;
    let error = prove(&chain, &[&server], chain.burn(10, 2)).await.unwrap_err();
    let text = format!("{}, eth_getTransactionByHash: HTTP status 503", server.name());
    assert!(matches!(&error, ProveError::SideChain(SideChainError::Transient { cause }) if *cause == text), "{error}");
    assert!(error.is_transient());
}

#[tokio::test]
async fn another_node_answers_for_one_that_does_not() {
    let chain = Arc::new(Chain::new(0));
    let down = Server::start(|_, _, _| Reply::Status(503, None)).await;
    succeeds(&chain, &[&down, &honest_node(&chain).await]).await;
}

#[tokio::test]
async fn batches_that_are_cut_turned_around_or_under_other_ids_are_put_right() {
    let chain = Arc::new(Chain::new(0));
    for bend in [
        (|answers: &mut Vec<Value>| answers.truncate(1)) as fn(&mut Vec<Value>),
        |answers| answers.reverse(),
        |answers| {
            let twice = answers[0].clone();
            answers.push(twice);
        },
        |answers| answers.push(json!({ "jsonrpc": "2.0", "id": 999, "result": null })),
    ] {
        let told = chain.clone();
        let server = Server::start(move |_, _, body| {
            let mut answer = json_rpc(body, |method, params| told.answer(method, params));
            if let Some(answers) = answer.as_array_mut() {
                bend(answers);
            }
            Reply::Json(answer)
        })
        .await;
        succeeds(&chain, &[&server]).await;
    }
}

#[tokio::test]
async fn answers_that_are_swapped_under_their_ids_are_noticed() {
    let chain = Arc::new(Chain::new(0));
    let told = chain.clone();
    let server = Server::start(move |_, _, body| {
        let mut answer = json_rpc(body, |method, params| told.answer(method, params));
        if let Some([first, second, ..]) = answer.as_array_mut().map(Vec::as_mut_slice) {
            std::mem::swap(&mut first["result"], &mut second["result"]);
        }
        Reply::Json(answer)
    })
    .await;
    let error = prove(&chain, &[&server], chain.burn(10, 2)).await.unwrap_err();
    assert_eq!(culprit(&error), (&*server.name(), "eth_getBlockByNumber", "number of block 8"));
}

#[tokio::test]
async fn a_block_that_is_null_at_first_is_asked_for_again() {
    let chain = Arc::new(Chain::new(0));
    let asked = AtomicUsize::new(0);
    let server = node(&chain, move |_, method, params, answer| {
        let null = method == "eth_getBlockByNumber" && params[0] == "0x9" && asked.fetch_add(1, Ordering::Relaxed) == 0;
        if null { Ok(Value::Null) } else { answer }
    })
    .await;
    succeeds(&chain, &[&server]).await;
}

#[tokio::test]
async fn a_block_that_stays_null_is_named() {
    let chain = Arc::new(Chain::new(0));
    let server = node(&chain, |_, method, params, answer| match (method, params[0].as_str()) {
        ("eth_getBlockByNumber", Some("0x9")) => Ok(Value::Null),
        _ => answer,
    })
    .await;
    let error = prove(&chain, &[&server], chain.burn(10, 2)).await.unwrap_err();
    assert_eq!(culprit(&error), (&*server.name(), "eth_getBlockByNumber", "block 9"));
}

#[tokio::test]
async fn a_header_that_lacks_a_field_is_named_with_its_block() {
    let chain = Arc::new(Chain::new(0));
    let server = node(&chain, |_, method, params, mut answer| {
        if let ("eth_getBlockByNumber", Some("0x9"), Ok(block)) = (method, params[0].as_str(), &mut answer) {
            block.as_object_mut().unwrap().remove("mixHash");
        }
        answer
    })
    .await;
    let error = prove(&chain, &[&server], chain.burn(10, 2)).await.unwrap_err().to_string();
    assert!(error.contains(&server.name()) && error.contains("0x9") && error.contains("`mixHash`"), "{error}");
}

#[tokio::test]
async fn receipts_that_one_method_lacks_are_had_by_another() {
    let chain = Arc::new(Chain::new(0));
    let server = node(&chain, |_, method, _, mut answer| {
        if let ("eth_getTransactionReceiptsByBlock", Ok(answer)) = (method, &mut answer) {
            answer.as_array_mut().unwrap().remove(1);
        }
        answer
    })
    .await;
    succeeds(&chain, &[&server]).await;
}
