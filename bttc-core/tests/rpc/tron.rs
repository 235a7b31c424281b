//! TRON.

use super::{
    endpoint,
    server::{Reply, Server, json_rpc},
};
use alloy_primitives::{Address, Bytes, hex};
use bttc_core::root_chain::{LogFilter, RootCall, RootChain, RootChainError, tron::TronRpc};
use serde_json::{Value, json};

/// A solidified block in the form of TRON's HTTP interface: its id begins with the height.
fn block(number: u64) -> Value {
    let id = format!("{number:016x}{}", "ab".repeat(24));
    json!({ "blockID": id, "block_header": { "raw_data": { "number": number, "timestamp": 1_700_000_000_500_u64 } } })
}

/// A chain solidified to block 500.
fn answer(path: &str, body: &Value) -> Reply {
    Reply::Json(match path {
        "/walletsolidity/getnowblock" => block(500),
        "/walletsolidity/getblockbynum" => match body["num"].as_u64().unwrap() {
            number @ 0..=500 => block(number),
            _ => json!({}),
        },
        "/walletsolidity/triggerconstantcontract" => match body["data"].as_str().unwrap() {
            "01" => json!({
                "result": { "result": true, "message": hex::encode("REVERT opcode executed") },
                "constant_result": [concat!(
                    "08c379a0",
                    "0000000000000000000000000000000000000000000000000000000000000020",
                    "0000000000000000000000000000000000000000000000000000000000000002",
                    "6e6f000000000000000000000000000000000000000000000000000000000000"
                )],
                "transaction": { "ret": [{ "ret": "FAILED" }] },
            }),
            "02" => json!({
                "result": { "code": "CONTRACT_VALIDATE_ERROR", "message": hex::encode("No contract or not a valid smart contract") },
            }),
            _ => json!({
                "result": { "result": true }, "energy_used": 500, "constant_result": ["2a"], "transaction": { "ret": [{}] },
            }),
        },
        "/jsonrpc" => json_rpc(body, |method, params| {
            assert_eq!(method, "eth_getLogs");
            assert_eq!(params[0]["toBlock"], "0x1f4");
            Ok(json!([]))
        }),
        _ => unreachable!("{path}"),
    })
}

async fn chain() -> (Server, TronRpc) {
    let server = Server::start(|_, path, body| answer(path, body)).await;
    let chain = TronRpc::new(endpoint(&server));
    (server, chain)
}

fn call(data: &'static [u8]) -> RootCall {
    RootCall { to: Address::repeat_byte(0x11), data: Bytes::from_static(data) }
}

#[tokio::test]
async fn blocks_are_those_of_the_solidified_chain() {
    let (_server, chain) = chain().await;
    let head = chain.head().await.unwrap();
    assert_eq!((head.number, head.time), (500, 1_700_000_000));
    assert_eq!(head.hash[..8], 500_u64.to_be_bytes());
    assert_eq!(chain.block(7).await.unwrap().unwrap().number, 7);
    assert_eq!(chain.block(501).await.unwrap(), None);
}

#[tokio::test]
async fn a_call_reads_the_solidified_state_from_nobodys_account() {
    let (server, chain) = chain().await;
    assert_eq!(chain.call(&call(&[7]), 500).await.unwrap()[..], [0x2a]);
    let (path, body) = server.posts().pop().unwrap();
    assert_eq!(path, "/walletsolidity/triggerconstantcontract");
    let contract = format!("41{}", "11".repeat(20));
    let owner = format!("41{}", "00".repeat(20));
    let expected = json!({ "owner_address": owner, "contract_address": contract, "data": "07", "visible": false });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn what_is_not_solidified_is_not_read_yet() {
    let (_server, chain) = chain().await;
    assert!(matches!(chain.call(&call(&[7]), 501).await, Err(RootChainError::Transient { .. })));
}

#[tokio::test]
async fn a_revert_keeps_its_words_and_a_refusal_the_nodes() {
    let (server, chain) = chain().await;
    assert_eq!(chain.call(&call(&[1]), 500).await, Err(RootChainError::Reverted { reason: "no".into() }));
    let error = chain.call(&call(&[2]), 500).await.unwrap_err().to_string();
    assert!(error.contains("CONTRACT_VALIDATE_ERROR No contract") && error.contains(&server.name()), "{error}");
}

#[tokio::test]
async fn logs_are_cut_off_at_the_solidified_head() {
    let (_server, chain) = chain().await;
    let filter = LogFilter { from: 400, to: 900, ..LogFilter::default() };
    assert!(chain.logs(&filter).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_block_id_of_another_height_names_the_endpoint() {
    let server = Server::start(|_, _, _| {
        let mut block = block(500);
        block["block_header"]["raw_data"]["number"] = 501.into();
        Reply::Json(block)
    })
    .await;
    let error = TronRpc::new(endpoint(&server)).head().await.unwrap_err().to_string();
    assert!(error.contains(&server.name()) && error.contains("blockID"), "{error}");
}

#[tokio::test]
async fn it_is_read_only() {
    let (_server, chain) = chain().await;
    assert!(matches!(chain.submit(Address::ZERO, &call(&[0])).await, Err(RootChainError::Permanent { .. })));
}
