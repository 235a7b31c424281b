//! The network behind JSON-RPC.

use crate::network::{Network, clock};
use alloy::primitives::B256;
use bttc_evm::{
    pool::PoolError,
    rpc::{
        Node,
        server::{Host, Origins, Server, ServerError, ServerLimits},
    },
    transaction::Transaction,
};
use std::{
    error::Error,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use tokio::runtime::{Builder, Runtime};

/// A network that several look at while one lets it run.
#[derive(Clone, Debug)]
pub struct Shared(Arc<RwLock<Network>>);

impl Shared {
    /// Shares a network.
    pub fn new(network: Network) -> Self {
        Self(Arc::new(RwLock::new(network)))
    }

    /// To look at it.
    pub fn read(&self) -> RwLockReadGuard<'_, Network> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// To change it.
    pub fn write(&self) -> RwLockWriteGuard<'_, Network> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host for Shared {
    fn read(&self, look: &mut dyn FnMut(&Node<'_>)) {
        if let Some(node) = self.read().view() {
            look(&node);
        }
    }

    fn submit(&self, transaction: Transaction) -> Result<(), PoolError> {
        self.write().submit(transaction)
    }

    fn now(&self) -> u64 {
        clock()
    }
}

/// A server on a runtime of its own.
#[derive(Debug)]
pub struct Serving {
    server: Server,
    _runtime: Runtime,
}

impl Serving {
    /// Serves a network at this address, also to web pages of these origins. `seed` makes the ids of filters.
    ///
    /// # Errors
    /// The address cannot be listened at.
    pub fn start(address: SocketAddr, origins: &[String], network: Shared, seed: B256) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let origins = Origins::new(origins);
        let server = Server::start_for(origins, address, Arc::new(network), ServerLimits::default(), seed);
        let server = runtime.block_on(server).map_err(|error: ServerError| format!("{address}: {error}"))?;
        Ok(Self { server, _runtime: runtime })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// A block came.
    pub fn notify(&self) {
        self.server.notify();
    }
}
