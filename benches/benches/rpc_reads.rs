//! Reads of a node: the pure function alone, and carried over loopback, 64 requests at once.
//!
//! Limit: the text of the answer, read and written as JSON once. Client and server share the machine.

use alloy_primitives::{Address, B256, U256};
use benches::{Comparison, criterion};
use bttc_core::{
    chain::ChainSpec,
    hash::keccak256,
    id::ValidatorId,
    leaf::RangeRoot,
    schedule::FixedProducers,
    signature::SecretKey,
    snapshot::{SnapshotSource, SnapshotView},
    validator::{Validator, VotingPower},
};
use bttc_evm::{
    chain::Chain,
    genesis::{DevnetAllocation, devnet_genesis},
    pool::{Pool, PoolError, PoolLimits},
    rpc::{
        LogLimits, Node, StateSyncLogs, TransactionIndex, answer,
        server::{Host, Server, ServerLimits},
    },
    system::Facts,
    transaction::Transaction,
};
use futures_util::{StreamExt, stream};
use jsonrpsee::core::{
    client::ClientT,
    params::{ArrayParams, BatchRequestBuilder},
};
use jsonrpsee_http_client::HttpClientBuilder;
use jsonrpsee_ws_client::WsClientBuilder;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use tokio::runtime::Builder;

/// Requests of a run.
const REQUESTS: u16 = 256;
/// Requests at once.
const AT_ONCE: usize = 64;
/// Requests of a batch.
const BATCH: u16 = 64;

fn main() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let kept = Arc::new(Kept::made());
    let host: Arc<dyn Host> = Arc::<Kept>::clone(&kept);
    let address = "127.0.0.1:0".parse().expect("an address");
    let server = Server::start(address, host, ServerLimits::default(), B256::ZERO);
    let server = runtime.block_on(server).expect("a free port");
    let http = HttpClientBuilder::default().build(format!("http://{}", server.address())).expect("a client");
    let ws = WsClientBuilder::default().max_concurrent_requests(AT_ONCE).build(format!("ws://{}", server.address()));
    let ws = runtime.block_on(ws).expect("a connection");

    let account = json!(kept.chain.head().header().author());
    let native = json!(kept.chain.spec().contracts.native_token);
    let balance_of = json!(format!("0x70a08231{}", &format!("{:0>64}", &account.as_str().expect("text")[2..])));
    let reads = [
        ("eth_blockNumber", json!([])),
        ("eth_getBalance", json!([account, "latest"])),
        ("eth_getBlockByNumber", json!(["latest", false])),
        ("eth_call", json!([{ "to": native, "data": balance_of }, "latest"])),
    ];
    let mut criterion = criterion();
    for (method, params) in reads {
        let pure = || kept.with(|node| answer(node, method, &params)).expect("an answer");
        let expected = pure();
        let text = expected.to_string();
        let asked = || {
            let mut list = ArrayParams::new();
            for param in params.as_array().into_iter().flatten() {
                list.insert(param).expect("JSON");
            }
            list
        };
        let over_http = || {
            let asking = stream::iter(0..REQUESTS).map(|_| http.request::<Value, _>(method, asked()));
            runtime.block_on(asking.buffer_unordered(AT_ONCE).map(|got| got.expect("an answer")).collect::<Vec<_>>())
        };
        let over_ws = || {
            let asking = stream::iter(0..REQUESTS).map(|_| ws.request::<Value, _>(method, asked()));
            runtime.block_on(asking.buffer_unordered(AT_ONCE).map(|got| got.expect("an answer")).collect::<Vec<_>>())
        };
        let in_batches = || {
            let batches = stream::iter(0..REQUESTS / BATCH).then(|_| {
                let mut batch = BatchRequestBuilder::new();
                for _ in 0..BATCH {
                    batch.insert(method, asked()).expect("JSON");
                }
                http.batch_request::<Value>(batch)
            });
            let answers: Vec<_> = runtime.block_on(batches.collect());
            answers
                .into_iter()
                .flat_map(|batch| batch.expect("answers").into_ok().expect("no error"))
                .collect::<Vec<_>>()
        };
        for got in [over_http(), over_ws(), in_batches()] {
            assert!(got.len() == usize::from(REQUESTS) && got.iter().all(|got| *got == expected), "{method}");
        }
        let again = |run: &dyn Fn() -> Value| (0..REQUESTS).map(|_| run()).collect::<Vec<_>>();
        Comparison::new(&mut criterion, "rpc::answer", format!("method={method}"), REQUESTS.into())
            .by("limit", || again(&|| serde_json::from_str::<Value>(&text).expect("JSON").to_string().into()))
            .by("answer", || again(&pure))
            .by("http", over_http)
            .by("web_socket", over_ws)
            .by("http_in_batches", in_batches);
    }
    criterion.final_summary();
}

/// A chain and what is asked beside it.
#[derive(Debug)]
struct Kept {
    chain: Chain,
    pool: Pool,
    index: TransactionIndex,
}

impl Kept {
    fn made() -> Self {
        let (spec, key) = (ChainSpec::devnet(), SecretKey::from_bytes(&keccak256(b"alice")).expect("a key"));
        let allocation = DevnetAllocation {
            time: 1_700_000_000,
            validators: vec![Validator::new(ValidatorId::new(1), key.address(), VotingPower::new(1))],
            balances: BTreeMap::from([(key.address(), U256::from(1_u64 << 60))]),
            root_chain: 1,
            root_token: Address::ZERO,
        };
        let genesis = devnet_genesis(&spec, &allocation).expect("a genesis");
        let mut chain = Chain::open(spec.clone(), &genesis).expect("its chain");
        let producers = FixedProducers::new(chain.producers(1).expect("producers"), key.address(), spec.timing);
        for _ in 1..spec.timing.sprint {
            let facts = Facts::new(chain.head().header().time + spec.timing.period, &producers);
            let block = chain.build([], key.address(), &facts).expect("a block").seal(&key).expect("its seal");
            chain.import(block, &facts).expect("the same block");
        }
        let mut index = TransactionIndex::default();
        index.extend(&chain);
        Self { pool: Pool::new(spec.chain_id, PoolLimits::default()), chain, index }
    }

    fn with<T>(&self, look: impl FnOnce(&Node<'_>) -> T) -> T {
        look(&Node {
            chain: &self.chain,
            history: &self.chain,
            index: &self.index,
            pool: &self.pool,
            snapshots: self,
            range_root: self,
            state_sync_logs: StateSyncLogs::Omit,
            log_limits: LogLimits::default(),
        })
    }
}

impl SnapshotSource for Kept {
    fn snapshot(&self, _: B256) -> Option<SnapshotView> {
        None
    }
}

impl RangeRoot for Kept {
    fn root_of(&self, _: Vec<B256>) -> Option<B256> {
        None
    }
}

impl Host for Kept {
    fn read(&self, look: &mut dyn FnMut(&Node<'_>)) {
        self.with(|node| look(node));
    }

    fn submit(&self, _: Transaction) -> Result<(), PoolError> {
        Err(PoolError::Full)
    }

    fn now(&self) -> u64 {
        0
    }
}
