//! Ethereum and BNB Smart Chain.

use super::{
    endpoint,
    server::{Reply, Server, json_rpc},
};
use alloy_primitives::{Address, B256, Bytes, hex};
use bttc_core::root_chain::{
    LogFilter, RootCall, RootChain, RootChainError, RootChainId,
    ethereum::{EthereumRpc, Settled},
};
use serde_json::{Value, json};

fn block(number: u64) -> Value {
    json!({ "number": format!("{number:#x}"), "hash": B256::with_last_byte(number as u8), "timestamp": "0x64" })
}

fn log(number: u64, index: u64) -> Value {
    json!({
        "address": Address::repeat_byte(1), "topics": [B256::repeat_byte(2)], "data": "0x03", "removed": false,
        "blockNumber": format!("{number:#x}"), "blockHash": B256::with_last_byte(number as u8),
        "transactionHash": B256::repeat_byte(9), "logIndex": format!("{index:#x}"),
    })
}

/// A chain whose newest block is 100, safe to 90 and final to 80.
fn answer(method: &str, params: &Value) -> Result<Value, Value> {
    match method {
        "eth_getBlockByNumber" => Ok(match params[0].as_str().unwrap() {
            "latest" => block(100),
            "safe" => block(90),
            "finalized" => block(80),
            number => block(u64::from_str_radix(&number[2..], 16).unwrap()),
        }),
        "eth_call" if params[0]["data"] == "0x01" => {
            // Error("RootChain: no")
            let data = concat!(
                "0x08c379a0",
                "0000000000000000000000000000000000000000000000000000000000000020",
                "000000000000000000000000000000000000000000000000000000000000000d",
                "526f6f74436861696e3a206e6f00000000000000000000000000000000000000"
            );
            Err(json!({ "code": 3, "message": "execution reverted: RootChain: no", "data": data }))
        }
        "eth_call" if params[0]["data"] == "0x02" => Err(json!({ "code": -32000, "message": "execution reverted" })),
        "eth_call" => {
            Ok(json!(format!("0x{:064x}", u64::from_str_radix(&params[1].as_str().unwrap()[2..], 16).unwrap())))
        }
        "eth_getLogs" => Ok(json!([log(71, 4), log(70, 1), log(71, 0)])),
        "eth_getTransactionReceipt" => {
            let number = if params[0] == json!(B256::repeat_byte(9)) { 70 } else { 81 };
            Ok(json!({
                "transactionHash": params[0], "blockNumber": format!("{number:#x}"), "status": "0x1", "logs": [log(number, 0)],
            }))
        }
        _ => unreachable!(),
    }
}

async fn chain() -> (Server, EthereumRpc) {
    let server = Server::start(|_, _, body| Reply::Json(json_rpc(body, answer))).await;
    let chain = EthereumRpc::new(RootChainId::Ethereum, endpoint(&server));
    (server, chain)
}

fn call(data: &'static [u8]) -> RootCall {
    RootCall { to: Address::repeat_byte(1), data: Bytes::from_static(data) }
}

#[tokio::test]
async fn nothing_above_the_settled_head_is_told() {
    let (_server, chain) = chain().await;
    let head = |settled| {
        let chain = chain.clone().with_settled(settled);
        async move { chain.head().await.unwrap().number }
    };
    assert_eq!(head(Settled::Finalized).await, 80);
    assert_eq!(head(Settled::Safe).await, 90);
    assert_eq!(head(Settled::Behind(15)).await, 85);
    assert_eq!(chain.block(80).await.unwrap().unwrap().hash, B256::with_last_byte(80));
    assert_eq!(chain.block(81).await.unwrap(), None);
    assert!(chain.receipt(B256::repeat_byte(9)).await.unwrap().is_some());
    assert_eq!(chain.receipt(B256::repeat_byte(8)).await.unwrap(), None);
}

#[tokio::test]
async fn a_call_is_made_at_the_block_asked_for_and_a_revert_keeps_its_words() {
    let (_server, chain) = chain().await;
    let answer = chain.call(&call(&[0]), 77).await.unwrap();
    assert_eq!(answer[..], hex!("000000000000000000000000000000000000000000000000000000000000004d"));
    let reverted = |reason: &str| RootChainError::Reverted { reason: reason.into() };
    assert_eq!(chain.call(&call(&[1]), 77).await, Err(reverted("RootChain: no")));
    assert_eq!(chain.call(&call(&[2]), 77).await, Err(reverted("")));
}

#[tokio::test]
async fn logs_come_in_order_and_those_not_asked_for_name_the_endpoint() {
    let (server, chain) = chain().await;
    let filter = LogFilter { from: 70, to: 200, ..LogFilter::default() };
    let logs = chain.logs(&filter).await.unwrap();
    let places: Vec<_> = logs.iter().map(|log| (log.block_number, log.log_index)).collect();
    assert_eq!(places, [(70, 1), (71, 0), (71, 4)]);
    assert_eq!(server.requests("eth_getLogs")[0][0]["toBlock"], "0x50");
    let narrow = LogFilter { from: 71, ..filter };
    let error = chain.logs(&narrow).await.unwrap_err().to_string();
    assert!(error.contains(&server.name()) && error.contains("eth_getLogs"), "{error}");
    let above = LogFilter { from: 81, to: 90, ..LogFilter::default() };
    assert!(chain.logs(&above).await.unwrap().is_empty());
}

#[tokio::test]
async fn it_is_read_only() {
    let (_server, chain) = chain().await;
    let error = chain.submit(Address::ZERO, &call(&[0])).await.unwrap_err();
    assert!(matches!(&error, RootChainError::Permanent { cause, .. } if cause.contains("read only")), "{error}");
}
