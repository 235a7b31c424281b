//! What a chain's memory has dropped is answered from its store, as if it were there.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod made;

use alloy_primitives::Address;
use bttc_core::{
    chain::ChainSpec,
    schedule::{FixedProducers, Timing},
    span::SpanRules,
};
use bttc_evm::{
    chain::{Behind, Chain, Window},
    pool::{Pool, PoolLimits},
    rpc::{History, LogLimits, Node, RpcError, StateSyncLogs, TransactionIndex, answer},
    state::State,
    store::{MemoryStore, Retention, StoredChain},
    system::Facts,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// So many blocks that the lowest are neither in the window nor among those whose hashes code can ask for.
const LAST: u64 = 270;

/// The block that is asked for.
const OLD: u64 = 3;

/// A chain that starts no sprint within reach.
fn chain(window: Window) -> Chain {
    let devnet = ChainSpec::devnet();
    let timing = Timing { sprint: 2 * LAST, ..devnet.timing };
    let spans = SpanRules { first: 4 * timing.sprint, length: 4 * timing.sprint, ..devnet.spans };
    made::chain_of(ChainSpec { timing, spans, ..devnet }).with_window(window)
}

/// A chain that holds everything, its states, and the same chain over a store each, which hold almost nothing.
fn chains(retentions: [Retention; 2]) -> (Chain, BTreeMap<u64, State>, [StoredChain; 2]) {
    let mut whole = chain(Window::default());
    let mut states = BTreeMap::from([(0, whole.state().clone())]);
    let mut stored = retentions.map(|retention| {
        let small = chain(Window { depth: 4, behind: Behind::Dropped });
        StoredChain::open(small, Box::new(MemoryStore::default()), retention).unwrap()
    });
    let producers = FixedProducers::new(whole.producers(1).unwrap(), made::key().address(), whole.spec().timing);
    for height in 1..=LAST {
        let facts = Facts::new(whole.head().header().time + 1, &producers);
        // Two payments each in the first blocks; the others are there to be many.
        let nonce = whole.state().nonce(made::key().address());
        let payments = (nonce..nonce + 2).filter(|_| height <= 2 * OLD).map(made::payment);
        let block = whole.build(payments, made::key().address(), &facts).unwrap().seal(&made::key()).unwrap();
        whole.import(block.clone(), &facts).unwrap();
        states.insert(height, whole.state().clone());
        stored.iter_mut().for_each(|stored| drop(stored.take(block.clone(), &facts).unwrap()));
    }
    (whole, states, stored)
}

fn ask(
    chain: &Chain,
    history: &dyn History,
    index: &TransactionIndex,
    method: &str,
    params: &Value,
) -> Result<Value, RpcError> {
    let pool = Pool::new(chain.spec().chain_id, PoolLimits::default());
    let node = Node {
        chain,
        history,
        index,
        pool: &pool,
        snapshots: &made::Nobody,
        range_root: &made::Nobody,
        state_sync_logs: StateSyncLogs::Include,
        log_limits: LogLimits::default(),
    };
    answer(&node, method, params)
}

#[test]
fn an_old_block_is_answered_as_if_it_were_in_memory() {
    let (whole, states, [archive, pruned]) = chains([Retention::Archive, Retention::Window(6)]);
    let mut index = TransactionIndex::default();
    index.extend(&whole);
    assert!(archive.chain().block(OLD).is_none() && pruned.chain().block(OLD).is_none());

    let block = whole.block(OLD).unwrap();
    let (hash, height, root) = (block.header().hash(), format!("{OLD:#x}"), block.header().state_root);
    let own = block.block().transactions().last().unwrap().hash();
    let range = json!([{ "fromBlock": "0x1", "toBlock": "latest" }]);
    let blocks = [
        ("eth_getBlockByNumber", json!([height, true])),
        ("eth_getBlockByHash", json!([hash, false])),
        ("eth_getHeaderByNumber", json!([height])),
        ("eth_getTransactionByHash", json!([own])),
        ("eth_getRawTransactionByHash", json!([own])),
        ("eth_getTransactionReceipt", json!([own])),
        ("eth_getTransactionReceiptsByBlock", json!([height])),
        ("eth_getTransactionByBlockHashAndIndex", json!([hash, "0x1"])),
        ("eth_getLogs", json!([{ "blockHash": hash }])),
        ("eth_getLogs", range),
        ("eth_feeHistory", json!(["0x3", height, [50]])),
        ("bor_getAuthor", json!([height])),
        ("bor_getSnapshotAtHash", json!([hash])),
        ("bor_getRootHash", json!([OLD, OLD + 1])),
    ];
    let states_too = [
        ("eth_getBalance", json!([Address::repeat_byte(0xb0), height])),
        ("eth_getProof", json!([Address::repeat_byte(0xb0), [], { "blockHash": hash, "requireCanonical": true }])),
        ("eth_call", json!([{ "to": whole.spec().contracts.native_token, "data": "0x06fdde03" }, height])),
        ("debug_traceTransaction", json!([own])),
        ("debug_traceBlockByNumber", json!([height, { "tracer": "callTracer" }])),
    ];
    let none = TransactionIndex::default();
    for (method, params) in blocks.iter().chain(&states_too) {
        let expected = ask(&whole, &states, &index, method, params).unwrap();
        assert!(!expected.is_null() && expected != json!([]), "{method} {params}");
        assert_eq!(ask(archive.chain(), &archive, &none, method, params), Ok(expected), "{method} {params}");
    }
    for (method, params) in &blocks {
        let expected = ask(&whole, &states, &index, method, params);
        assert_eq!(ask(pruned.chain(), &pruned, &none, method, params), expected, "{method} {params}");
    }
    for (method, params) in states_too {
        let refused = ask(pruned.chain(), &pruned, &none, method, &params).unwrap_err();
        let expected = match method.strip_prefix("eth_") {
            Some(_) => format!("missing trie node {} (path )", root.to_string().trim_start_matches("0x")),
            None => "required historical state unavailable (reexec=128)".to_owned(),
        };
        assert_eq!((refused.code, refused.message), (-32_000, expected), "{method}");
    }
    let asked = json!([own, { "reexec": 7 }]);
    let refused = ask(pruned.chain(), &pruned, &none, "debug_traceTransaction", &asked).unwrap_err();
    assert_eq!(refused.message, "required historical state unavailable (reexec=7)");
}
