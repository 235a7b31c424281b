//! What filters and subscriptions tell, and the pool as it is asked about.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod made;

use alloy_primitives::{Address, B256};
use bttc_core::schedule::FixedProducers;
use bttc_evm::{
    chain::Chain,
    pool::{Pool, PoolLimits},
    rpc::{
        FilterLimits, Filters, LogLimits, Node, RpcError, StateSyncLogs, TransactionIndex, Watch, answer,
        raw_transaction,
    },
    system::Facts,
    transaction::Transaction,
};
use serde_json::{Value, json};

const NOW: u64 = 1_700_000_000;

struct World {
    chain: Chain,
    pool: Pool,
    filters: Filters,
}

impl World {
    fn new() -> Self {
        let chain = made::chain();
        let pool = Pool::new(chain.spec().chain_id, PoolLimits::default());
        let filters = Filters::new(FilterLimits { count: 3, idle: 300 }, B256::ZERO);
        Self { chain, pool, filters }
    }

    fn send(&mut self, nonce: u64) -> Value {
        self.send_transaction(made::payment(nonce))
    }

    fn send_transaction(&mut self, tx: Transaction) -> Value {
        let (hash, gas_limit) = (tx.hash(), self.chain.head().header().gas_limit);
        self.pool.add(tx, self.chain.state(), gas_limit).unwrap();
        json!(hash)
    }

    /// A block with all that is pending.
    fn grow(&mut self) {
        let now = self.chain.head().header().time + 1;
        let key = made::key();
        let producers = FixedProducers::new(self.chain.producers(1).unwrap(), key.address(), self.chain.spec().timing);
        let facts = Facts::new(now, &producers);
        let transactions: Vec<_> = self.pool.best().map(|pooled| pooled.transaction.clone()).collect();
        let block = self.chain.build(transactions, key.address(), &facts).unwrap().seal(&key).unwrap();
        self.chain.import(block, &facts).unwrap();
        self.pool.follow(self.chain.state());
    }

    fn with<T>(&mut self, run: impl FnOnce(&Node<'_>, &mut Filters) -> T) -> T {
        let mut index = TransactionIndex::default();
        index.extend(&self.chain);
        let node = Node {
            chain: &self.chain,
            history: &self.chain,
            index: &index,
            pool: &self.pool,
            snapshots: &made::Nobody,
            range_root: &made::Nobody,
            state_sync_logs: StateSyncLogs::Omit,
            log_limits: LogLimits { blocks: Some(2), logs: Some(2) },
        };
        run(&node, &mut self.filters)
    }

    fn filter(&mut self, now: u64, method: &str, params: Value) -> Result<Value, RpcError> {
        self.with(|node, filters| filters.answer(node, now, method, &params))
    }

    fn ask(&mut self, method: &str, params: Value) -> Result<Value, RpcError> {
        self.with(|node, _| answer(node, method, &params))
    }
}

fn length(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

#[test]
fn q318_the_tag_pending_counts_as_a_height_of_minus_two() {
    let mut world = World::new();
    world.send(0);
    world.grow();
    let mut logs = |from: &str, to: &str| {
        let asked = json!([{ "fromBlock": from, "toBlock": to }]);
        world.ask("eth_getLogs", asked).map(|logs| length(&logs)).map_err(|error| error.code)
    };
    assert_eq!((logs("latest", "latest"), logs("0x1", "0x1")), (Ok(2), Ok(2)));
    assert_eq!((logs("0x0", "pending"), logs("latest", "pending"), logs("pending", "pending")), (Ok(0), Ok(0), Ok(0)));
    // The block that would follow, the newest, and every one from the genesis on: more than these limits let through.
    assert_eq!(logs("pending", "latest"), Err(-32_005));
    world.send(1);
    assert_eq!(world.ask("eth_feeHistory", json!([2, "pending", [50]])).unwrap()["oldestBlock"], "0x1");
}

#[test]
fn q316_a_receipt_tells_the_lowest_64_bits_of_a_price() {
    let mut world = World::new();
    let sent = world.send_transaction(made::payment_at(0, (1 << 64) + 5));
    world.grow();
    assert_eq!(world.ask("eth_getTransactionReceipt", json!([sent])).unwrap()["effectiveGasPrice"], "0x5");
    assert_eq!(world.ask("eth_getTransactionByHash", json!([sent])).unwrap()["gasPrice"], "0x10000000000000005");
}

#[test]
fn a_poll_tells_what_came_since_the_last_one() {
    let mut world = World::new();
    let blocks = world.filter(NOW, "eth_newBlockFilter", json!([])).unwrap();
    let pending = world.filter(NOW, "eth_newPendingTransactionFilter", json!([])).unwrap();
    let logs = world.filter(NOW, "eth_newFilter", json!([{ "fromBlock": "0x2" }])).unwrap();
    let full = world.filter(NOW, "eth_newBlockFilter", json!([])).unwrap_err();
    assert_eq!(full.code, -32_005);

    let sent = [world.send(0)];
    world.grow();
    let changes = |world: &mut World, id: &Value| world.filter(NOW, "eth_getFilterChanges", json!([id])).unwrap();
    assert_eq!(changes(&mut world, &pending), json!(sent));
    assert_eq!(changes(&mut world, &blocks), json!([world.chain.head().header().hash()]));
    assert_eq!(changes(&mut world, &blocks), json!([]));
    assert_eq!(changes(&mut world, &logs), json!([]), "block 1 lies before the filter's first");

    world.send(1);
    world.grow();
    let told = changes(&mut world, &logs);
    let asked = world.ask("eth_getLogs", json!([{ "fromBlock": "0x2" }])).unwrap();
    assert_eq!((length(&told), &told), (2, &asked), "the transfer's log and the fee's");
    assert_eq!(world.filter(NOW, "eth_getFilterLogs", json!([logs])).unwrap(), asked);
    let not_logs = world.filter(NOW, "eth_getFilterLogs", json!([blocks])).unwrap_err();
    assert_eq!((not_logs.code, not_logs.message.as_str()), (-32_000, "filter not found"));
}

#[test]
fn a_filter_that_nobody_polls_goes_with_time() {
    let mut world = World::new();
    let id = world.filter(NOW, "eth_newBlockFilter", json!([])).unwrap();
    assert!(world.filter(NOW + 299, "eth_getFilterChanges", json!([id])).is_ok());
    assert!(world.filter(NOW + 598, "eth_getFilterChanges", json!([id])).is_ok());
    assert!(world.filter(NOW + 898, "eth_getFilterChanges", json!([id])).is_err());
    let id = world.filter(NOW + 898, "eth_newBlockFilter", json!([])).unwrap();
    assert_eq!(world.filter(NOW + 899, "eth_uninstallFilter", json!([id])), Ok(true.into()));
    assert_eq!(world.filter(NOW + 899, "eth_uninstallFilter", json!([id])), Ok(false.into()));
}

#[test]
fn a_range_that_no_block_to_come_matches_is_refused() {
    let mut world = World::new();
    for (from, to) in [("latest", "0x1"), ("pending", "latest"), ("0x3", "0x2")] {
        let error = world.filter(NOW, "eth_newFilter", json!([{ "fromBlock": from, "toBlock": to }])).unwrap_err();
        assert_eq!(error.to_string(), "invalid from and to block combination: from > to");
    }
}

#[test]
fn logs_are_bounded() {
    let mut world = World::new();
    world.send(0);
    world.send(1);
    world.grow();
    world.grow();
    let refused = |world: &mut World, from: &str| world.ask("eth_getLogs", json!([{ "fromBlock": from }])).unwrap_err();
    assert_eq!(refused(&mut world, "0x0").to_string(), "a range of 3 blocks exceeds the limit of 2");
    assert_eq!(refused(&mut world, "0x1").to_string(), "the query matches more than 2 logs");
}

#[test]
fn q267_a_header_that_is_told_has_a_base_fee_which_is_null() {
    let mut world = World::new();
    let subscribe = |world: &mut World, params| world.with(|node, _| Watch::subscription(node, &params));
    let mut heads = subscribe(&mut world, json!(["newHeads"])).unwrap();
    world.grow();
    let told = world.with(|node, _| heads.news(node).unwrap());
    let asked = world.ask("eth_getHeaderByNumber", json!(["latest"])).unwrap();
    assert_eq!((told[0]["baseFeePerGas"].clone(), told[0]["size"].clone()), (Value::Null, Value::Null));
    assert!(told[0].as_object().unwrap().contains_key("baseFeePerGas"));
    assert_eq!((&told[0]["hash"], told.len()), (&asked["hash"], 1));
    let unknown = subscribe(&mut world, json!(["newBlocks"])).unwrap_err();
    let text = "no \"newBlocks\" subscription in eth namespace";
    assert_eq!((unknown.code, unknown.to_string()), (-32_601, text.to_owned()));
}

#[test]
fn the_pool_is_shown_by_sender_and_nonce() {
    let mut world = World::new();
    let sender = made::key().address();
    world.send(0);
    let queued = world.send(2);
    assert_eq!(world.ask("txpool_status", json!([])).unwrap(), json!({ "pending": "0x1", "queued": "0x1" }));
    let content = world.ask("txpool_content", json!([])).unwrap();
    let waiting = &content["queued"][sender.to_checksum(None)]["2"];
    assert_eq!((&waiting["hash"], &waiting["blockHash"]), (&queued, &Value::Null));
    let from = world.ask("txpool_contentFrom", json!([sender])).unwrap();
    assert_eq!(from["queued"]["2"], *waiting);
    let inspected = world.ask("txpool_inspect", json!([])).unwrap();
    let text = format!("{}: 1 wei + 21000 gas × 1000000000 wei", Address::repeat_byte(0xb0).to_checksum(None));
    assert_eq!(inspected["pending"][sender.to_checksum(None)]["0"], json!(text));

    assert_eq!(world.ask("eth_getTransactionByHash", json!([queued])).unwrap(), *waiting);
    let count = |world: &mut World, tag| world.ask("eth_getTransactionCount", json!([sender, tag])).unwrap();
    assert_eq!((count(&mut world, "latest"), count(&mut world, "pending")), (json!("0x0"), json!("0x1")));
}

#[test]
fn what_is_sent_is_read_in_the_reference_s_words() {
    let text = |params: Value| raw_transaction(&params).unwrap_err().to_string();
    assert_eq!(text(json!(["0x03"])), "transaction type not supported");
    assert_eq!(text(json!([])), "missing value for required argument 0");
    let tx = made::payment(0);
    assert_eq!(raw_transaction(&json!([tx.bytes()])).unwrap(), tx);
}
