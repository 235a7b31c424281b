//! What a node answers before its first block, and what it makes of requests of any form.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod made;

use alloy_primitives::B256;
use bttc_evm::{
    pool::{Pool, PoolLimits},
    rpc::{LogLimits, Node, RpcError, StateSyncLogs, TransactionIndex, answer, respond},
};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use serde_json::{Value, json};

fn with<T>(run: impl FnOnce(&Node<'_>) -> T) -> T {
    let (chain, index) = (made::chain(), TransactionIndex::default());
    let pool = Pool::new(chain.spec().chain_id, PoolLimits::default());
    run(&Node {
        chain: &chain,
        history: &chain,
        index: &index,
        pool: &pool,
        snapshots: &made::Nobody,
        range_root: &made::Nobody,
        state_sync_logs: StateSyncLogs::Include,
        log_limits: LogLimits::default(),
    })
}

fn ask(method: &str, params: Value) -> Result<Value, RpcError> {
    with(|node| answer(node, method, &params))
}

fn refused(method: &str, params: Value) -> (i64, String) {
    let error = ask(method, params).unwrap_err();
    (error.code, error.message)
}

#[test]
fn q261_a_header_s_miner_is_its_coinbase_and_its_size_what_it_takes_in_memory() {
    let header = ask("eth_getHeaderByNumber", json!(["0x0"])).unwrap();
    assert_eq!(header["miner"], json!("0x0000000000000000000000000000000000000000"));
    let block = ask("eth_getBlockByNumber", json!(["0x0", false])).unwrap();
    assert_ne!(header["size"], block["size"]);
}

#[test]
fn q263_a_history_of_no_blocks_has_no_base_fees() {
    let history = ask("eth_feeHistory", json!([0, "latest", []])).unwrap();
    assert_eq!(history, json!({ "oldestBlock": "0x0", "gasUsedRatio": null }));
    let history = ask("eth_feeHistory", json!(["0x1", "latest", null])).unwrap();
    assert_eq!(history["baseFeePerGas"], json!(["0x0", "0x0"]));
}

#[test]
fn q264_the_length_of_a_range_wraps() {
    let refused = |start: u64, end: u64| refused("eth_getRootHash", json!([start, end]));
    let text = "Start: 10 and end block: 5 exceed max allowed checkpoint length: 32768";
    assert_eq!(refused(10, 5), (-32_000, text.to_owned()));
    let text = "Invalid parameters start: 11 and end block: 10 params";
    assert_eq!(refused(11, 10), (-32_000, text.to_owned()));
    assert!(!ask("bor_getRootHash", json!([0, 0])).unwrap().as_str().unwrap().starts_with("0x"));
}

#[test]
fn q265_receipts_of_a_height_beyond_the_head_abort_the_handler() {
    let got = refused("eth_getTransactionReceiptsByBlock", json!(["0x9"]));
    assert_eq!(got, (-32_000, "method handler crashed".to_owned()));
}

#[test]
fn q266_a_transaction_that_is_not_there_is_called_genesis() {
    let got = refused("debug_traceTransaction", json!([B256::ZERO]));
    assert_eq!(got, (-32_000, "genesis is not traceable".to_owned()));
}

#[test]
fn a_method_that_is_not_there_is_named() {
    let text = "the method bor_nothing does not exist/is not available";
    assert_eq!(refused("bor_nothing", json!({})), (-32_601, text.to_owned()));
}

const METHODS: &[&str] = &[
    "eth_call",
    "eth_estimateGas",
    "eth_feeHistory",
    "eth_getBlockByNumber",
    "eth_getLogs",
    "eth_getBorBlockLogs",
    "eth_getProof",
    "eth_getStorageAt",
    "eth_getTransactionByHash",
    "eth_getTransactionReceiptsByBlock",
    "eth_getRootHash",
    "bor_getSnapshot",
    "bor_getAuthor",
    "debug_traceBlockByNumber",
    "txpool_contentFrom",
    "web3_sha3",
];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "(0x)?[0-9a-fg]{0,66}".prop_map(Value::from),
        Just(json!("latest")),
        Just(json!("pending")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let key = prop_oneof![Just("fromBlock"), Just("topics"), Just("to"), Just("data"), Just("gas"), Just("value")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_request_is_answered(place in 0..METHODS.len(), params in prop::collection::vec(anything(), 0..4)) {
        with(|node| {
            let response = respond(node, &json!({ "id": 1, "method": METHODS[place], "params": params }));
            assert!(response.get("result").is_some() != response.get("error").is_some());
        });
    }
}
