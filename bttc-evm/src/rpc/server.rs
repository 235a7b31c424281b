//! Requests carried over HTTP and WebSocket, on one port.
//!
//! ```text
//!             ┌ eth_subscribe ──────▶ a Watch, asked whenever something changed ─▶ eth_subscription …
//! connection ─┤ eth_sendRawTransaction ─▶ raw_transaction ─▶ Host::submit
//!             └ anything else ──────▶ Host::read ─▶ Filters, or answer
//! ```
//!
//! The server knows no method but these; parameters are read by those who answer. What takes long runs beside the
//! connections, so many requests at once. Bodies, batches, connections, subscriptions and filters are bounded by
//! [`ServerLimits`].
//!
//! Source: `block-layer §7; bttc:rpc/handler.go, bttc:rpc/errors.go:50-103`.

mod connection;
mod origins;

pub use origins::Origins;

use super::{FilterLimits, Filters, Node, RpcError, Watch, answer, raw_transaction};
use crate::{pool::PoolError, transaction::Transaction};
use alloy_primitives::{B256, hex};
use connection::Carried;
use core::fmt;
use jsonrpsee::{
    core::{RegisterMethodError, middleware::RpcServiceBuilder, traits::IdProvider},
    server::{
        BatchRequestConfig, MethodResponse, PendingSubscriptionSink, ResponsePayload, RpcModule, ServerConfig,
        ServerHandle,
    },
    types::{ErrorObjectOwned, Request, SubscriptionId},
};
use serde_json::Value;
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{Semaphore, watch};
use tower::ServiceBuilder;

/// Whoever keeps the chain that a server answers from.
pub trait Host: fmt::Debug + Send + Sync + 'static {
    /// Shows what requests are answered from. Several may look at once.
    fn read(&self, look: &mut dyn FnMut(&Node<'_>));

    /// Gives a transaction to the pool.
    ///
    /// # Errors
    /// [`PoolError`] when the pool does not take it.
    fn submit(&self, transaction: Transaction) -> Result<(), PoolError>;

    /// Unix seconds.
    fn now(&self) -> u64;
}

/// How much a server lets itself be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerLimits {
    /// Bytes of a request or a batch.
    pub request: u32,
    /// Bytes of an answer or a batch of them.
    pub response: u32,
    /// Requests of a batch.
    pub batch: u32,
    /// Connections.
    pub connections: u32,
    /// Subscriptions of a connection.
    pub subscriptions: u32,
    /// Messages that wait for a slow reader of a connection.
    pub waiting: u32,
    /// Requests that take long, at once.
    pub at_once: usize,
    /// Filters of all connections.
    pub filters: FilterLimits,
}

impl Default for ServerLimits {
    /// 5 MiB asked and 25 MiB answered, batches of 100, 128 connections of 64 subscriptions, 4 long requests at once.
    fn default() -> Self {
        Self {
            request: 5 << 20,
            response: 25 << 20,
            batch: 100,
            connections: 128,
            subscriptions: 64,
            waiting: 256,
            at_once: 4,
            filters: FilterLimits::default(),
        }
    }
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened at.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// The methods of subscriptions cannot be named.
    #[error(transparent)]
    Method(#[from] RegisterMethodError),
}

/// A running server. It ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    handle: ServerHandle,
    address: SocketAddr,
    desk: Arc<Desk>,
}

impl Server {
    /// Listens at this address and answers from this host, on the runtime that calls. `seed` makes the ids of filters
    /// and subscriptions; it should be known to nobody else. No web page of another origin may ask.
    ///
    /// # Errors
    /// [`ServerError`].
    pub async fn start(
        address: SocketAddr,
        host: Arc<dyn Host>,
        limits: ServerLimits,
        seed: B256,
    ) -> Result<Self, ServerError> {
        Self::start_for(Origins::default(), address, host, limits, seed).await
    }

    /// The same, where web pages of these origins may ask.
    ///
    /// # Errors
    /// [`ServerError`].
    pub async fn start_for(
        origins: Origins,
        address: SocketAddr,
        host: Arc<dyn Host>,
        limits: ServerLimits,
        seed: B256,
    ) -> Result<Self, ServerError> {
        let desk = Arc::new(Desk {
            host,
            filters: Mutex::new(Filters::new(limits.filters, seed)),
            long: Arc::new(Semaphore::new(limits.at_once.max(1))),
            changes: watch::Sender::new(()),
            longest: usize::try_from(limits.response).unwrap_or(usize::MAX),
        });
        let config = ServerConfig::builder()
            .max_request_body_size(limits.request)
            .max_response_body_size(limits.response)
            .max_connections(limits.connections)
            .max_subscriptions_per_connection(limits.subscriptions)
            .set_batch_request_config(BatchRequestConfig::Limit(limits.batch))
            .set_message_buffer_capacity(limits.waiting.max(1))
            .set_tcp_no_delay(true)
            .set_id_provider(Ids { seed, next: AtomicU64::new(0) })
            .build();
        let carrying = Arc::clone(&desk);
        let middleware = RpcServiceBuilder::new().layer_fn(move |inner| Carried { inner, desk: Arc::clone(&carrying) });
        let pages = ServiceBuilder::new().option_layer(origins.cors()).layer_fn(move |inner| origins.guard(inner));
        let server = jsonrpsee::server::Server::builder().set_config(config).set_rpc_middleware(middleware);
        let server = server.set_http_middleware(pages).build(address).await?;
        let address = server.local_addr()?;
        let mut module = RpcModule::from_arc(Arc::clone(&desk));
        module.register_subscription_raw(SUBSCRIBE, "eth_subscription", UNSUBSCRIBE, |params, pending, desk, _| {
            let params = params.as_str().map_or(Ok(Value::Null), serde_json::from_str).unwrap_or_default();
            tokio::spawn(tell(params, pending, desk));
        })?;
        Ok(Self { handle: server.start(module), address, desk })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The chain or the pool changed: whoever subscribed is told what became new.
    pub fn notify(&self) {
        self.desk.changes.send_replace(());
    }

    /// Ends it: no new requests, and those that run come to their end.
    pub fn stop(&self) {
        self.handle.stop().unwrap_or_default(); // it has ended already
    }

    /// Waits until it has ended.
    pub async fn stopped(self) {
        self.handle.stopped().await;
    }
}

const SUBSCRIBE: &str = "eth_subscribe";
const UNSUBSCRIBE: &str = "eth_unsubscribe";

/// What all connections share.
#[derive(Debug)]
struct Desk {
    host: Arc<dyn Host>,
    filters: Mutex<Filters>,
    long: Arc<Semaphore>,
    changes: watch::Sender<()>,
    longest: usize,
}

impl Desk {
    fn read<T>(&self, look: impl FnOnce(&Node<'_>) -> T) -> Option<T> {
        let (mut look, mut seen) = (Some(look), None);
        self.host.read(&mut |node| seen = look.take().map(|look| look(node)));
        seen
    }

    fn answer(&self, method: &str, params: &Value) -> Result<Value, RpcError> {
        if method == "eth_sendRawTransaction" {
            let transaction = raw_transaction(params)?;
            let hash = transaction.hash();
            self.host.submit(transaction)?;
            self.changes.send_replace(());
            return Ok(super::hex::hash(hash));
        }
        let answered = self.read(|node| {
            if Filters::answers(method) {
                let mut filters = self.filters.lock().unwrap_or_else(PoisonError::into_inner);
                return filters.answer(node, self.host.now(), method, params);
            }
            answer(node, method, params)
        });
        answered.unwrap_or_else(|| Err(RpcError::failed("the chain is not there")))
    }

    /// Whether an answer takes longer than handing it to another thread. An old state may have to be found first.
    fn takes_long(method: &str, params: &Value) -> bool {
        let of_accounts =
            matches!(method, "eth_getBalance" | "eth_getCode" | "eth_getStorageAt" | "eth_getTransactionCount");
        if of_accounts {
            let block = params.as_array().and_then(|params| params.last()).and_then(Value::as_str);
            return !matches!(block, Some("latest" | "pending"));
        }
        method.starts_with("debug_")
            || matches!(
                method,
                "eth_call"
                    | "eth_createAccessList"
                    | "eth_estimateGas"
                    | "eth_feeHistory"
                    | "eth_gasPrice"
                    | "eth_getBorBlockLogs"
                    | "eth_getFilterChanges"
                    | "eth_getFilterLogs"
                    | "eth_getLogs"
                    | "eth_getProof"
                    | "eth_getRootHash"
                    | "bor_getRootHash"
                    | "eth_sendRawTransaction"
                    | "txpool_content"
                    | "txpool_inspect"
            )
    }

    async fn respond(self: Arc<Self>, request: Request<'_>) -> MethodResponse {
        let params = request.params.as_deref().map_or("null", |params| params.get());
        let method = request.method_name();
        let answered = match serde_json::from_str::<Value>(params) {
            Err(error) => Err(RpcError::params(error)),
            Ok(params) if Self::takes_long(method, &params) => {
                let permit = Arc::clone(&self.long).acquire_owned().await;
                let (desk, method) = (Arc::clone(&self), method.to_owned());
                let answered = tokio::task::spawn_blocking(move || {
                    let answered = desk.answer(&method, &params);
                    drop(permit);
                    answered
                });
                answered.await.unwrap_or_else(|_| Err(RpcError::failed("method handler crashed")))
            }
            Ok(params) => self.answer(method, &params),
        };
        match answered {
            Ok(result) => MethodResponse::response(request.id, ResponsePayload::success(result), self.longest),
            Err(error) => MethodResponse::error(request.id, object(error)),
        }
    }
}

fn object(error: RpcError) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(i32::try_from(error.code).unwrap_or(-32_000), error.message, error.data)
}

/// Tells a subscriber what becomes new until one of both goes.
async fn tell(params: Value, pending: PendingSubscriptionSink, desk: Arc<Desk>) {
    let mut changes = desk.changes.subscribe();
    let begun = desk.read(|node| Watch::subscription(node, &params));
    let mut watch = match begun {
        Some(Ok(watch)) => watch,
        Some(Err(error)) => return pending.reject(object(error)).await,
        None => return,
    };
    let Ok(sink) = pending.accept().await else { return };
    loop {
        tokio::select! {
            () = sink.closed() => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
        // What cannot be read now is told the next time.
        for news in desk.read(|node| watch.news(node)).and_then(Result::ok).unwrap_or_default() {
            let Ok(message) = serde_json::value::to_raw_value(&news) else { return };
            if sink.send(message).await.is_err() {
                return;
            }
        }
    }
}

/// Ids of subscriptions: sixteen bytes in hex that follow from the seed.
#[derive(Debug)]
struct Ids {
    seed: B256,
    next: AtomicU64,
}

impl IdProvider for Ids {
    fn next_id(&self) -> SubscriptionId<'static> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let hash = bttc_core::hash::keccak256([&place.to_be_bytes(), self.seed.as_slice()].concat());
        SubscriptionId::Str(hex::encode_prefixed(hash.get(..16).unwrap_or_default()).into())
    }
}

const _: fn(&dyn Host) = |_| {};
