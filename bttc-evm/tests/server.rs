//! The carrier: one port for HTTP and WebSocket, batches, bounds, codes.
#![cfg(feature = "rpc")]
#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod made;

use alloy_primitives::B256;
use bttc_core::schedule::FixedProducers;
use bttc_evm::{
    chain::Chain,
    pool::{Pool, PoolError, PoolLimits},
    rpc::{
        LogLimits, Node, StateSyncLogs, TransactionIndex,
        server::{Host, Origins, Server, ServerLimits},
    },
    system::Facts,
    transaction::Transaction,
};
use jsonrpsee::{
    core::{
        client::{ClientT, Error, Subscription, SubscriptionClientT},
        params::BatchRequestBuilder,
    },
    rpc_params,
};
use jsonrpsee_http_client::{HeaderMap, HeaderValue};
use jsonrpsee_http_client::{HttpClient, HttpClientBuilder};
use jsonrpsee_ws_client::{WsClient, WsClientBuilder};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A chain of one producer, and its pool.
#[derive(Debug)]
struct Alone(Mutex<(Chain, Pool)>);

impl Alone {
    fn new() -> Self {
        let chain = made::chain();
        let pool = Pool::new(chain.spec().chain_id, PoolLimits::default());
        Self(Mutex::new((chain, pool)))
    }

    fn grow(&self) {
        let (chain, pool) = &mut *self.0.lock().unwrap();
        let now = chain.head().header().time + 1;
        let producers = FixedProducers::new(chain.producers(1).unwrap(), made::key().address(), chain.spec().timing);
        let facts = Facts::new(now, &producers);
        let transactions: Vec<_> = pool.best().map(|pooled| pooled.transaction.clone()).collect();
        let block = chain.build(transactions, made::key().address(), &facts).unwrap().seal(&made::key()).unwrap();
        chain.import(block, &facts).unwrap();
        pool.follow(chain.state());
    }
}

impl Host for Alone {
    fn read(&self, look: &mut dyn FnMut(&Node<'_>)) {
        let (chain, pool) = &*self.0.lock().unwrap();
        let mut index = TransactionIndex::default();
        index.extend(chain);
        look(&Node {
            chain,
            history: chain,
            index: &index,
            pool,
            snapshots: &made::Nobody,
            range_root: &made::Nobody,
            state_sync_logs: StateSyncLogs::Omit,
            log_limits: LogLimits { blocks: Some(1), logs: None },
        });
    }

    fn submit(&self, transaction: Transaction) -> Result<(), PoolError> {
        let (chain, pool) = &mut *self.0.lock().unwrap();
        pool.add(transaction, chain.state(), chain.head().header().gas_limit).map(drop)
    }

    fn now(&self) -> u64 {
        1_700_000_000
    }
}

/// A server, its host, and a client of each kind.
async fn served(limits: ServerLimits) -> (Server, Arc<Alone>, HttpClient, WsClient) {
    let host = Arc::new(Alone::new());
    let shared = Arc::clone(&host);
    let server = Server::start("127.0.0.1:0".parse().unwrap(), shared, limits, B256::ZERO).await.unwrap();
    let http = HttpClientBuilder::default().build(format!("http://{}", server.address())).unwrap();
    let ws = WsClientBuilder::default().build(format!("ws://{}", server.address())).await.unwrap();
    (server, host, http, ws)
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

fn code(error: Error) -> i32 {
    match error {
        Error::Call(error) => error.code(),
        _ => 0, // of another kind
    }
}

#[test]
fn one_port_answers_http_and_web_sockets_alone_and_in_batches() {
    run(async {
        let (_server, _, http, ws) = served(ServerLimits::default()).await;
        let expected = json!("0x3a99");
        assert_eq!(http.request::<Value, _>("eth_chainId", rpc_params![]).await.unwrap(), expected);
        assert_eq!(ws.request::<Value, _>("eth_chainId", rpc_params![]).await.unwrap(), expected);
        let mut batch = BatchRequestBuilder::new();
        batch.insert("eth_blockNumber", rpc_params![]).unwrap();
        batch.insert("eth_call", rpc_params![json!({}), "latest"]).unwrap();
        batch.insert("eth_nothing", rpc_params![]).unwrap();
        let answers = http.batch_request::<Value>(batch).await.unwrap();
        let answers: Vec<_> = answers.into_iter().map(|answer| answer.map_err(|error| error.code())).collect();
        assert_eq!(answers, [Ok(json!("0x0")), Ok(json!("0x")), Err(-32_601)]);
    });
}

#[test]
fn subscribers_are_told_and_http_has_nobody_to_tell() {
    run(async {
        let (server, host, http, ws) = served(ServerLimits::default()).await;
        let subscribe = |params| ws.subscribe::<Value, _>("eth_subscribe", params, "eth_unsubscribe");
        let mut heads: Subscription<Value> = subscribe(rpc_params!["newHeads"]).await.unwrap();
        let mut pending = subscribe(rpc_params!["newPendingTransactions"]).await.unwrap();

        let tx = made::payment(0);
        let sent = http.request::<Value, _>("eth_sendRawTransaction", rpc_params![tx.bytes()]).await.unwrap();
        assert_eq!(sent, json!(tx.hash()));
        assert_eq!(pending.next().await.unwrap().unwrap(), sent);
        let again = http.request::<Value, _>("eth_sendRawTransaction", rpc_params![tx.bytes()]).await.unwrap_err();
        assert!(again.to_string().contains("already known"), "{again}");

        host.grow();
        host.grow();
        server.notify();
        for number in ["0x1", "0x2"] {
            let head = heads.next().await.unwrap().unwrap();
            assert_eq!((&head["number"], &head["baseFeePerGas"]), (&json!(number), &Value::Null));
        }
        heads.unsubscribe().await.unwrap();
        let over_ws = ws.request::<Value, _>("eth_unsubscribe", rpc_params!["0x1"]).await.unwrap_err();
        let over_http = http.request::<Value, _>("eth_unsubscribe", rpc_params!["0x1"]).await.unwrap_err();
        for error in [over_ws, over_http] {
            assert!(error.to_string().contains("subscription not found"), "{error}");
            assert_eq!(code(error), -32_000);
        }
        let unnamed = ws.request::<Value, _>("eth_unsubscribe", rpc_params![]).await.unwrap_err();
        assert!(unnamed.to_string().contains("missing value for required argument 0"), "{unnamed}");
        let unknown = subscribe(rpc_params!["nothing"]).await.unwrap_err();
        assert_eq!(code(unknown), -32_601);
        let over_http = http.request::<Value, _>("eth_subscribe", rpc_params!["newHeads"]).await.unwrap_err();
        assert!(over_http.to_string().contains("notifications not supported"), "{over_http}");
    });
}

/// The head of what a server answers to a request that is written as it is.
async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut read = vec![0; 4_096];
    let length = stream.read(&mut read).await.unwrap();
    String::from_utf8_lossy(&read[..length]).to_lowercase()
}

#[test]
fn web_pages_are_let_in_by_their_origin() {
    run(async {
        let (closed, host, ..) = served(ServerLimits::default()).await;
        let (any, limits) = ("127.0.0.1:0".parse().unwrap(), ServerLimits::default());
        let origins = Origins::new(["https://wallet.example"]);
        let open = Server::start_for(origins, any, host, limits, B256::ZERO).await.unwrap();
        let preflight = "OPTIONS / HTTP/1.1\nHost: localhost\nOrigin: https://wallet.example\n\
            Access-Control-Request-Method: POST\nAccess-Control-Request-Headers: content-type\n\n";
        let allowed = "access-control-allow-origin: https://wallet.example";
        assert!(raw(open.address(), preflight).await.contains(allowed));
        assert!(!raw(closed.address(), preflight).await.contains("access-control-allow-origin"));
        assert!(
            !raw(open.address(), &preflight.replace("wallet", "other")).await.contains("access-control-allow-origin")
        );

        // A browser does not ask before it opens a WebSocket.
        let page = |origin| {
            let mut headers = HeaderMap::new();
            headers.insert("origin", HeaderValue::from_static(origin));
            WsClientBuilder::default().set_headers(headers).build(format!("ws://{}", open.address()))
        };
        assert!(page("https://other.example").await.is_err());
        let client = page("https://wallet.example").await.unwrap();
        assert!(client.request::<Value, _>("eth_chainId", rpc_params![]).await.is_ok());
    });
}

#[test]
fn bounds_are_kept() {
    run(async {
        let limits = ServerLimits { request: 500, response: 1_000, batch: 2, subscriptions: 1, ..Default::default() };
        let (_server, host, http, ws) = served(limits).await;
        let long = "0".repeat(600);
        assert!(http.request::<Value, _>("web3_sha3", rpc_params![long]).await.is_err());
        let block = ws.request::<Value, _>("eth_getBlockByNumber", rpc_params!["0x0", true]).await;
        assert_eq!(code(block.unwrap_err()), -32_008);
        let mut batch = BatchRequestBuilder::new();
        for _ in 0..3 {
            batch.insert("eth_blockNumber", rpc_params![]).unwrap();
        }
        assert!(http.batch_request::<Value>(batch).await.is_err());
        let subscribe = || ws.subscribe::<Value, _>("eth_subscribe", rpc_params!["newHeads"], "eth_unsubscribe");
        let _first = subscribe().await.unwrap();
        assert_eq!(code(subscribe().await.unwrap_err()), -32_006);
        host.grow();
        let logs = json!({ "fromBlock": "earliest", "toBlock": "latest" });
        assert_eq!(code(ws.request::<Value, _>("eth_getLogs", rpc_params![logs]).await.unwrap_err()), -32_005);
    });
}
