//! The head changes to another branch: pool, index, filters, subscriptions and answers follow.
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod made;

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolValue;
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::{SpanId, StateId},
    schedule::{FixedProducers, ProducerSchedule as _, Timing},
    span::{Span, SpanRules},
};
use bttc_evm::{
    block::Block,
    chain::{Behind, Chain, HeadChange, Window},
    genesis::child_manager,
    pool::{Pool, PoolLimits},
    rpc::{FilterLimits, Filters, LogLimits, Node, RpcError, StateSyncLogs, TransactionIndex, Watch, answer},
    state_sync::{Record, RecordTime},
    system::Facts,
    transaction::Transaction,
};
use serde_json::{Value, json};

const NOW: u64 = 1_700_000_000;

/// A node that follows a chain, and all that follows it.
struct World {
    chain: Chain,
    pool: Pool,
    index: TransactionIndex,
    filters: Filters,
}

/// Sprints of four blocks, and spans so long that the first ends out of reach.
fn chain() -> Chain {
    let devnet = ChainSpec::devnet();
    let timing = Timing { sprint: 4, ..devnet.timing };
    let spans = SpanRules { first: 4_096, length: 4_096, ..devnet.spans };
    made::chain_of(ChainSpec { timing, spans, ..devnet }).with_window(Window { depth: 8, behind: Behind::Kept })
}

fn schedule(chain: &Chain) -> FixedProducers {
    FixedProducers::new(chain.producers(1).unwrap(), made::key().address(), chain.spec().timing)
}

/// The span that the first sprint asks for.
fn span(chain: &Chain) -> Span {
    let (id, spec, validators) = (SpanId::new(1), chain.spec(), chain.producers(1).unwrap());
    let (start, end) = spec.spans.range(id).unwrap();
    Span { id, start, end, producers: validators.clone(), validators, chain_id: spec.chain_id }
}

/// A deposit of so much as the first record.
fn deposit(amount: u64) -> Record {
    let user = Address::repeat_byte(0xee);
    let inner = (user, Address::ZERO, 1_u64, U256::from(amount).abi_encode()).abi_encode_params();
    Record {
        id: StateId::new(1),
        receiver: child_manager(),
        data: (keccak256("DEPOSIT"), inner).abi_encode_params().into(),
        chain_id: ChainSpec::devnet().chain_id.to_string(),
        time: RecordTime { seconds: NOW - 1, nanoseconds: 0 },
        ..Record::default()
    }
}

/// The next block of this chain, which takes it, so many seconds later than it could be.
fn grow(chain: &mut Chain, later: u64, transactions: Vec<Transaction>, records: &[Record]) -> Block {
    let (schedule, span, head) = (schedule(chain), span(chain), chain.head().header());
    let turn = schedule.turn(head.height() + 1, made::key().address()).unwrap();
    let facts = Facts::new(turn.earliest(head.time).unwrap() + later, &schedule);
    let facts = facts.with_span(&span).with_records(records);
    let block = chain.build(transactions, made::key().address(), &facts).unwrap().seal(&made::key()).unwrap();
    chain.import(block.clone(), &facts).unwrap();
    block.into()
}

impl World {
    fn new() -> Self {
        let chain = chain();
        let pool = Pool::new(chain.spec().chain_id, PoolLimits::default());
        let filters = Filters::new(FilterLimits::default(), B256::ZERO);
        Self { chain, pool, index: TransactionIndex::default(), filters }
    }

    fn take(&mut self, block: Block, records: &[Record]) -> HeadChange {
        let (schedule, span) = (schedule(&self.chain), span(&self.chain));
        let facts = Facts::new(u64::MAX / 2, &schedule).with_span(&span).with_records(records);
        let change = self.chain.take(block, &facts).unwrap();
        self.pool.follow_change(&change, &self.chain);
        self.index.extend(&self.chain);
        change
    }

    fn send(&mut self, nonce: u64) -> Transaction {
        let tx = made::payment(nonce);
        self.pool.add(tx.clone(), self.chain.state(), self.chain.head().header().gas_limit).unwrap();
        tx
    }

    fn with<T>(&mut self, run: impl FnOnce(&Node<'_>, &mut Filters) -> T) -> T {
        let node = Node {
            chain: &self.chain,
            history: &self.chain,
            index: &self.index,
            pool: &self.pool,
            snapshots: &made::Nobody,
            range_root: &made::Nobody,
            state_sync_logs: StateSyncLogs::Omit,
            log_limits: LogLimits::default(),
        };
        run(&node, &mut self.filters)
    }

    fn ask(&mut self, method: &str, params: Value) -> Result<Value, RpcError> {
        self.with(|node, filters| match Filters::answers(method) {
            true => filters.answer(node, NOW, method, &params),
            false => answer(node, method, &params),
        })
    }

    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.ask(method, params).unwrap()
    }

    fn watch(&mut self, params: Value) -> Watch {
        self.with(|node, _| Watch::subscription(node, &params)).unwrap()
    }

    fn news(&mut self, watch: &mut Watch) -> Vec<Value> {
        self.with(|node, _| watch.news(node)).unwrap()
    }
}

/// Three payments are sent. Block 1 holds the first two; the two blocks beside it, of which the lower holds the first
/// payment, are yet to come.
struct Fork {
    world: World,
    sent: Vec<Transaction>,
    new: [Block; 2],
    /// Of block 1, and of the blocks beside it.
    hashes: [B256; 3],
}

impl Fork {
    fn new() -> Self {
        let mut world = World::new();
        let sent: Vec<_> = (0..3).map(|nonce| world.send(nonce)).collect();
        let [mut one, mut other] = [world.chain.clone(), world.chain.clone()];
        let old = grow(&mut one, 0, sent[..2].to_vec(), &[]);
        let new = [grow(&mut other, 3, sent[..1].to_vec(), &[]), grow(&mut other, 0, vec![], &[])];
        let hashes = [old.header.hash(), new[0].header.hash(), new[1].header.hash()];
        world.take(old, &[]);
        Self { world, sent, new, hashes }
    }

    /// The two blocks come and are the chain.
    fn switch(&mut self) {
        let [lower, upper] = self.new.clone();
        assert!(self.world.take(lower, &[]).adopted().is_empty());
        assert_eq!(self.world.take(upper, &[]).abandoned().len(), 1);
    }
}

#[test]
fn abandoned_transactions_wait_again_and_adopted_ones_leave() {
    let mut fork = Fork::new();
    let pending = |world: &World| -> Vec<_> {
        world.pool.pending(made::key().address()).map(|pooled| pooled.transaction.nonce()).collect()
    };
    assert_eq!(pending(&fork.world), [2]);
    let announced = fork.world.pool.announced();
    fork.switch();
    assert_eq!(pending(&fork.world), [1, 2]);
    assert!(fork.world.pool.transaction(fork.sent[0].hash()).is_none());
    // Whoever listens hears of it as of one that was just sent.
    let again = fork.sent[1].hash();
    assert!(fork.world.pool.announced_since(announced).any(|hash| hash == again));
}

#[test]
fn transactions_and_receipts_are_found_where_the_chain_now_has_them() {
    let mut fork = Fork::new();
    let ([old, lower, _], [first, second]) = (fork.hashes, [fork.sent[0].hash(), fork.sent[1].hash()]);
    let receipt = fork.world.answer("eth_getTransactionReceipt", json!([second]));
    assert_eq!((&receipt["blockHash"], &receipt["status"]), (&json!(old), &json!("0x1")));
    fork.switch();
    let receipt = fork.world.answer("eth_getTransactionReceipt", json!([first]));
    assert_eq!((&receipt["blockHash"], &receipt["transactionIndex"]), (&json!(lower), &json!("0x0")));
    assert_eq!(fork.world.answer("eth_getTransactionReceipt", json!([second])), Value::Null);
    let waiting = fork.world.answer("eth_getTransactionByHash", json!([second]));
    assert_eq!((&waiting["blockHash"], &waiting["nonce"]), (&Value::Null, &json!("0x1")));
}

#[test]
fn an_index_that_looks_only_now_and_then_ends_at_the_same_places() {
    let mut fork = Fork::new();
    fork.switch();
    let mut late = TransactionIndex::default();
    late.extend(&fork.world.chain);
    assert_eq!(late, fork.world.index);
}

#[test]
fn an_abandoned_block_is_still_answered_by_its_hash() {
    let mut fork = Fork::new();
    fork.switch();
    let Fork { mut world, sent, hashes: [old, lower, _], .. } = fork;
    let block = world.answer("eth_getBlockByHash", json!([old, false]));
    assert_eq!(block["transactions"], json!([sent[0].hash(), sent[1].hash()]));
    assert_eq!(world.answer("eth_getBlockByNumber", json!(["0x1", false]))["hash"], json!(lower));
    // Each payment moves one unit; the state is that after the block that is named.
    let payee = Address::repeat_byte(0xb0);
    let mut balance = |block| world.ask("eth_getBalance", json!([payee, block]));
    assert_eq!(balance(json!({ "blockHash": old })), Ok(json!("0x2")));
    assert_eq!(balance(json!({ "blockHash": lower, "requireCanonical": true })), Ok(json!("0x1")));
    let refused = balance(json!({ "blockHash": old, "requireCanonical": true })).unwrap_err();
    assert_eq!((refused.code, refused.message.as_str()), (-32_000, "hash is not currently canonical"));
}

#[test]
fn q322_subscribers_hear_of_the_block_that_changed_the_head_and_of_logs_that_are_gone() {
    let mut fork = Fork::new();
    let [mut heads, mut logs] = [json!(["newHeads"]), json!(["logs", {}])].map(|params| fork.world.watch(params));
    fork.switch();
    let Fork { mut world, hashes: [old, lower, upper], .. } = fork;
    let told = world.news(&mut heads);
    let told: Vec<_> = told.iter().map(|head| (&head["number"], &head["hash"])).collect();
    assert_eq!(told, [(&json!("0x2"), &json!(upper))]);

    // Gone logs come first, as they were told but for the mark; those of the new branch follow.
    let mut expected = Vec::new();
    for (block, removed) in [(old, true), (lower, false)] {
        let mut logs = world.answer("eth_getLogs", json!([{ "blockHash": block }]));
        for log in logs.as_array_mut().unwrap() {
            assert_eq!(log["removed"], json!(false));
            log["removed"] = removed.into();
            expected.push(log.take());
        }
    }
    assert_eq!(expected.len(), 4 + 2, "a transfer's log and a fee's for each payment");
    assert_eq!(world.news(&mut logs), expected);
    assert!(world.news(&mut logs).is_empty());
}

#[test]
fn q322_filters_tell_the_block_that_changed_the_head_and_logs_that_are_gone() {
    let mut fork = Fork::new();
    let made = [("eth_newBlockFilter", json!([])), ("eth_newFilter", json!([{}]))];
    let [blocks, logs] = made.map(|(method, params)| fork.world.answer(method, params));
    fork.switch();
    // Another block on it, before anybody looks.
    let next = grow(&mut fork.world.chain.clone(), 0, vec![], &[]);
    let hash = next.header.hash();
    fork.world.take(next, &[]);
    let Fork { mut world, hashes: [old, lower, upper], .. } = fork;
    let mut changes = |id: &Value| world.answer("eth_getFilterChanges", json!([id]));
    assert_eq!(changes(&blocks), json!([upper, hash]));
    let logs = changes(&logs);
    let logs: Vec<_> = logs.as_array().unwrap().iter().map(|log| (&log["blockHash"], &log["removed"])).collect();
    let (old, lower) = (json!(old), json!(lower));
    let [gone, come] = [(&old, &json!(true)), (&lower, &json!(false))];
    assert_eq!(logs, [gone, gone, gone, gone, come, come]);
}

/// Block 4 begins a sprint: one delivers a deposit, one beside it nothing, one beside both another deposit.
#[test]
fn q321_a_synthetic_transaction_names_a_height_whatever_the_branch() {
    let mut world = World::new();
    for _ in 1..4 {
        let mut chain = world.chain.clone();
        let block = grow(&mut chain, 0, vec![], &[]);
        world.take(block, &[]);
    }
    let fork = world.chain.clone();
    let (first, second) = ([deposit(5)], [deposit(6)]);
    let block = grow(&mut fork.clone(), 0, vec![], &first);
    world.take(block, &first);
    let lost = world.chain.head().synthetic().unwrap().tx_hash;
    let ask = |world: &mut World, method: &str| world.ask(method, json!([lost]));
    assert_eq!(ask(&mut world, "eth_getTransactionReceipt").unwrap()["transactionHash"], json!(lost));

    let mut other = fork.clone();
    for _ in 4..6 {
        let nonce = other.state().nonce(made::key().address());
        let block = grow(&mut other, 3, vec![made::payment(nonce)], &[]);
        world.take(block, &[]);
    }
    let four = world.chain.header(4).unwrap().hash();
    let transaction = ask(&mut world, "eth_getTransactionByHash").unwrap();
    assert_eq!((&transaction["hash"], &transaction["blockHash"]), (&json!(lost), &json!(four)));
    assert_eq!(transaction["transactionIndex"], json!("0x1"), "behind the payment");
    let crashed = ask(&mut world, "eth_getTransactionReceipt").unwrap_err();
    assert_eq!((crashed.code, crashed.message.as_str()), (-32_000, "method handler crashed"));

    let mut other = fork;
    for height in 4..7 {
        let records = if height == 4 { &second[..] } else { &[] };
        let block = grow(&mut other, 6, vec![], records);
        world.take(block, records);
    }
    let found = world.chain.block(4).unwrap().synthetic().unwrap().tx_hash;
    let receipt = ask(&mut world, "eth_getTransactionReceipt").unwrap();
    assert_ne!(found, lost);
    assert_eq!((&receipt["transactionHash"], &receipt["logs"][0]["transactionHash"]), (&json!(lost), &json!(found)));
}
