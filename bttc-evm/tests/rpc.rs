//! What a node answers before its first block, and what it makes of requests of any form.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod made;

use alloy_primitives::{B256, U256};
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
fn q313_a_quantity_of_no_text_is_zero() {
    let index = |text: &str| ask("eth_getTransactionByBlockNumberAndIndex", json!(["0x0", text]));
    assert_eq!(index(""), Ok(Value::Null));
    assert_eq!(index("0x").unwrap_err().code, -32_602);
    let text = "invalid argument 0: empty hex string"; // but a height is none
    assert_eq!(refused("eth_getHeaderByNumber", json!([""])), (-32_602, text.to_owned()));
}

#[test]
fn q314_names_of_parts_are_read_in_any_case() {
    let pay =
        |to: &str| ask("eth_call", json!([{ to: "0x12", "gas": "0xf4240" }, "latest"])).map_err(|error| error.code);
    assert_eq!((pay("to"), pay("TO")), (Err(-32_602), Err(-32_602)));
    assert_eq!(pay("two"), Ok("0x".into()));
    assert_eq!(ask("eth_call", json!([{ "chainId": "199" }, "latest"])).unwrap_err().code, -32_602);
}

#[test]
fn q315_a_block_that_is_not_named_is_missed_where_it_is_needed() {
    let text = "invalid arguments; neither block nor hash specified";
    for none in [Value::Null, json!({}), json!({ "blockNumber": null })] {
        let got = refused("eth_getBalance", json!(["0x00000000000000000000000000000000000000aa", none]));
        assert_eq!(got, (-32_000, text.to_owned()));
        assert_eq!(refused("eth_getTransactionReceiptsByBlock", json!([none])), (-32_000, text.to_owned()));
    }
    assert_eq!(refused("eth_estimateGas", json!([{}, {}])), (-32_000, text.to_owned()));
    assert!(ask("eth_estimateGas", json!([{ "to": "0x00000000000000000000000000000000000000aa" }, null])).is_ok());
    let wrong = refused("eth_call", json!([{}, { "blockNumber": "zz" }]));
    assert_eq!(wrong.0, -32_602);
}

#[test]
fn gas_of_a_height_beyond_the_head_is_asked_of_a_block_that_is_not_there() {
    let estimate = |request: Value| refused("eth_estimateGas", json!([request, "0x9"]));
    assert_eq!(estimate(json!({})), (-32_000, "block not found".to_owned()));
    assert_eq!(estimate(json!({ "gas": "0x5208" })), (-32_000, "header not found".to_owned()));
}

#[test]
fn q317_a_hash_of_zeros_asks_for_the_genesis_blocks_logs() {
    assert_eq!(ask("eth_getLogs", json!([{ "blockHash": B256::ZERO }])), Ok(json!([])));
    let unknown = json!([{ "blockHash": B256::repeat_byte(1) }]);
    assert_eq!(refused("eth_getLogs", unknown.clone()), (-32_000, "unknown block".to_owned()));
    assert_eq!(ask("eth_getBorBlockLogs", unknown), Ok(json!([])));
}

#[test]
fn a_parts_own_fault_is_told_before_what_does_not_go_together() {
    let got = refused("eth_getLogs", json!([{ "blockHash": B256::ZERO, "fromBlock": "x" }]));
    assert_eq!(got, (-32_602, "invalid argument 0: hex string without 0x prefix".to_owned()));
    let text = "invalid argument 0: hex has invalid length 1 after decoding; expected 32 for topic";
    assert_eq!(refused("eth_getLogs", json!([{ "topics": [["0x12", null]] }])), (-32_602, text.to_owned()));
    assert_eq!(ask("eth_getLogs", json!([{ "topics": [[null, "0x12"]] }])), Ok(json!([])));
    let text = "invalid argument 0: missing required field 'storageKeys' for AccessTuple";
    let call = json!([{ "accessList": [{ "address": "0x00000000000000000000000000000000000000aa" }] }, "latest"]);
    assert_eq!(refused("eth_call", call), (-32_602, text.to_owned()));
    let text = "invalid argument 0: hex string has length 0, want 64 for common.Hash";
    assert_eq!(refused("bor_getSnapshotAtHash", json!([""])), (-32_602, text.to_owned()));
    assert_eq!(refused("bor_getAuthor", json!(["pending"])), (-32_000, "unknown block".to_owned()));
    let text = "missing value for required argument 2";
    assert_eq!(refused("eth_feeHistory", json!([1, "latest"])), (-32_602, text.to_owned()));
    assert_eq!(refused("eth_feeHistory", json!(["+5", "latest", []])).0, -32_602);
    assert_eq!(ask("eth_feeHistory", json!(["0x8000000000000000", "latest", []])).unwrap()["oldestBlock"], "0x0");
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

/// Returns what a piece of code leaves on the stack, from an address that is pretended to have it.
fn run_as(account: Value) -> Result<Value, RpcError> {
    let at = "0x00000000000000000000000000000000000000aa";
    ask("eth_call", json!([{ "to": at }, "latest", { at: account }]))
}

fn word(number: u64) -> Value {
    format!("0x{number:064x}").into()
}

#[test]
fn a_call_pretends_accounts_to_be_what_it_says() {
    // Slot 1, the own balance: to memory, and back.
    let (slot, balance) = ("0x60015460005260206000f3", "0x4760005260206000f3");
    let slots = json!({ word(1).as_str().unwrap(): word(7) });
    assert_eq!(run_as(json!({ "code": slot, "state": slots })), Ok(word(7)));
    assert_eq!(run_as(json!({ "code": slot, "stateDiff": slots })), Ok(word(7)));
    assert_eq!(run_as(json!({ "code": slot })), Ok(word(0)));
    assert_eq!(run_as(json!({ "code": balance, "balance": "0x9", "nonce": "0x1" })), Ok(word(9)));
    assert_eq!(run_as(Value::Null), Ok(json!("0x")));

    let both = run_as(json!({ "state": slots, "stateDiff": slots })).unwrap_err();
    let text = "account 0x00000000000000000000000000000000000000AA has both 'state' and 'stateDiff'";
    assert_eq!((both.code, both.message.as_str()), (-32_000, text));
    let short = json!([{}, "latest", { "0x00": {} }]);
    let text = "invalid argument 2: hex string has length 2, want 40 for Address";
    assert_eq!(refused("eth_call", short), (-32_602, text.to_owned()));
}

#[test]
fn all_of_the_storage_or_some_of_its_slots_are_replaced() {
    // The native token's storage is that of genesis: slot 1 of it is not empty where slot 2 is pretended.
    let token = bttc_core::chain::ChainSpec::devnet().contracts.native_token;
    let chain = made::chain();
    let account = chain.state().account(token).unwrap();
    let slot = (0..64).find(|slot| !account.storage(U256::from(*slot)).is_zero()).unwrap();
    let code = format!("0x60{slot:02x}5460005260206000f3");
    let other = json!({ word(99).as_str().unwrap(): word(1) });
    let read = |change: Value| {
        let mut change = change;
        change["code"] = json!(code);
        ask("eth_call", json!([{ "to": token }, "latest", { token.to_string(): change }])).unwrap()
    };
    let held: Value = format!("0x{:064x}", account.storage(U256::from(slot))).into();
    assert_eq!(read(json!({ "stateDiff": other })), held);
    assert_eq!(read(json!({ "state": other })), word(0));
}

/// A creation that reads its slot 1, and the balances of account 0xaa, of a precompile and of itself: 16 bytes of which
/// one is zero.
const READER: &str = "0x6001545060aa31506002315030315000";

/// Gas before its first step.
const READER_START: u64 = 21_000 + 32_000 + 15 * 16 + 4;

/// Gas of two accounts and a slot in a list.
const LIST: u64 = 2 * 2_400 + 1_900;

/// Gas of its steps where all is warm: a push, a read and a pop four times, but that ADDRESS costs one less than a push.
const READER_WARM: u64 = 4 * (3 + 100 + 2) - 1;

#[test]
fn an_access_list_names_what_a_call_touches_beyond_what_every_transaction_does() {
    let (from, created) = (made::key().address(), made::key().address().create(0));
    let made = ask("eth_createAccessList", json!([{ "from": from, "gas": "0x186a0", "data": READER }])).unwrap();
    let aa = json!({ "address": "0x00000000000000000000000000000000000000aa", "storageKeys": [] });
    let own = json!({ "address": created, "storageKeys": [word(1)] });
    let mut list = [aa, own];
    list.sort_by_key(|item| item["address"].as_str().unwrap().to_owned());
    assert_eq!(made["accessList"], json!(list));
    assert_eq!(made["gasUsed"], json!(format!("{:#x}", READER_START + LIST + READER_WARM)));
    assert!(made.get("error").is_none());

    // What fails is told beside its list: PUSH1 0, SLOAD, and back.
    let to = "0x00000000000000000000000000000000000000bb";
    let reverts = json!([{ "from": from, "data": "0x60005460006000fd" }, "latest"]);
    let failed = ask("eth_createAccessList", reverts);
    assert_eq!(failed.unwrap_err().message, "execution reverted", "the estimate of its gas comes first");
    let reverts = json!([{ "from": from, "gas": "0x30d40", "data": "0x60005460006000fd" }, "latest"]);
    let failed = ask("eth_createAccessList", reverts).unwrap();
    assert_eq!(
        (&failed["error"], failed["accessList"][0]["storageKeys"].clone()),
        (&json!("execution reverted"), json!([word(0)]))
    );

    let text = |call: Value| ask("eth_createAccessList", json!([call])).unwrap_err().message;
    assert_eq!(text(json!({ "from": from })), "contract creation without any data provided");
    assert_eq!(
        text(json!({ "to": to, "maxFeePerGas": "0x1" })),
        "maxFeePerGas or maxPriorityFeePerGas specified but london is not active yet"
    );
    let poor = json!({ "from": to, "to": to, "gas": "0x5208", "gasPrice": "0x1" });
    assert!(text(poor.clone()).starts_with("failed to apply transaction: 0x"), "{}", text(poor));
}

#[test]
fn only_the_plain_price_is_paid_and_prices_of_both_kinds_do_not_go_together() {
    let to = "0x00000000000000000000000000000000000000bb";
    // The caller has nothing, so whatever costs is refused.
    assert_eq!(ask("eth_call", json!([{ "to": to, "maxFeePerGas": "0xff" }, "latest"])), Ok(json!("0x")));
    assert!(ask("eth_call", json!([{ "to": to, "gasPrice": "0xff" }, "latest"])).is_err());
    let both = json!([{ "to": to, "gasPrice": "0x1", "maxPriorityFeePerGas": "0x1" }, "latest"]);
    let text = "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified".to_owned();
    assert_eq!(refused("eth_call", both.clone()), (-32_000, text.clone()));
    assert_eq!(refused("eth_estimateGas", both), (-32_000, text));
}

#[test]
fn gas_for_a_creation_that_fails_is_refused_in_its_words() {
    let estimate = |data: &str| refused("eth_estimateGas", json!([{ "data": data }])).1;
    assert_eq!(estimate("0x5a6801000000000000000052"), "gas uint64 overflow");
    assert_eq!(estimate("0x01"), "stack underflow (0 <=> 2)");
    let endless = json!([{ "data": "0x5b600056", "gas": "0x186a0" }]);
    assert_eq!(refused("eth_estimateGas", endless).1, "gas required exceeds allowance (100000)");
    // PUSH1 0, PUSH1 0, REVERT.
    assert_eq!(estimate("0x60006000fd"), "execution reverted");
    let call = |code: &str| run_as(json!({ "code": code })).unwrap_err().message;
    assert_eq!(call("0x0c"), "invalid opcode: opcode 0xc not defined");
    assert_eq!(call("0x48"), "invalid opcode: BASEFEE");
}

#[test]
fn q323_gas_that_is_estimated_without_the_list_may_not_suffice_to_begin_with_it() {
    let error = ask("eth_createAccessList", json!([{ "from": made::key().address(), "data": READER }])).unwrap_err();
    // The slot and the account are cold.
    let (have, want) = (READER_START + READER_WARM + 2_000 + 2_500, READER_START + LIST);
    let text = format!("err: intrinsic gas too low: have {have}, want {want}");
    assert!(error.message.ends_with(&text), "{error}");
}
