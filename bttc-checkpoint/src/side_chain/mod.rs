//! The seam at which the side chain is asked for what proofs are made of.
//!
//! ```text
//! transaction ──locate──▶ block, index      range ──leaves──▶ four words a block
//! block ──receipts──▶ in transaction order  range ──root──▶ what validators sign
//! ```
//!
//! Blocks come as [`Leaf`]s and receipts as [`Receipt`]s, so that any node can stand behind it: one in
//! this process, one over JSON-RPC (`RpcSideChain`, with the feature `rpc`), or a bundle recorded earlier
//! ([`RecordedSideChain`]).
//!
//! Sources: `block-layer §7.2` · `withdrawal-proofs §3.8-3.9, §7.3`.
//!
//! ```
//! use bttc_checkpoint::side_chain::{RecordedBlock, RecordedSideChain, SideChain};
//! use bttc_core::leaf::Leaf;
//! use alloy_primitives::B256;
//!
//! let mut recorded = RecordedSideChain::new(199);
//! let leaf = Leaf { number: 7, time: 14, transactions_root: B256::ZERO, receipts_root: B256::ZERO };
//! recorded.record(RecordedBlock { leaf, transactions: vec![], receipts: vec![] });
//! let chain: &dyn SideChain = &recorded;
//! assert_eq!(chain.chain_id(), 199);
//! ```

mod recorded;
#[cfg(feature = "rpc")]
mod rpc;

pub use recorded::{RecordedBlock, RecordedSideChain};
#[cfg(feature = "rpc")]
pub use rpc::{Fetched, RpcSideChain};

use crate::{checkpoint::BlockRange, exit::Receipt};
use alloc::{boxed::Box, format, string::String, vec::Vec};
use alloy_primitives::B256;
use async_trait::async_trait;
use bttc_core::leaf::Leaf;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TransactionPlace {
    /// Height of its block.
    pub block: u64,
    /// Its position there, from 0.
    pub index: u64,
}

/// Why the side chain did not answer, sorted by what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SideChainError {
    /// The world is in the way for now: try again later.
    #[error("the side chain did not answer: {cause}")]
    Transient {
        /// What was in the way.
        cause: String,
    },
    /// The question cannot be answered there, now or later.
    #[error("the side chain cannot answer: {cause}")]
    Permanent {
        /// Why not.
        cause: String,
    },
    /// A block is asked for that does not exist yet.
    #[error("block {got} is above the head {head}")]
    AboveHead {
        /// The block.
        got: u64,
        /// The newest block.
        head: u64,
    },
    /// An answer does not hold together. Whoever gave it lies, or stands on another chain than a moment ago.
    #[error(transparent)]
    Contradiction(#[from] Box<Contradiction>),
}

/// A field of an answer that is not what follows from the rest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}, {method}: {field} is {got}, expected {expected}")]
pub struct Contradiction {
    /// Host and port of whoever answered.
    pub endpoint: String,
    /// What was asked.
    pub method: String,
    /// Which field of which block or transaction.
    pub field: String,
    /// What it holds.
    pub got: String,
    /// What it must hold.
    pub expected: String,
}

/// The side chain, wherever it is. Provers and validators ask it; nodes in process, clients and recorded bundles
/// implement it.
#[async_trait]
pub trait SideChain: fmt::Debug + Send + Sync {
    /// Its chain id: 199, 1029.
    fn chain_id(&self) -> u64;

    /// Who stands behind it, for an error to name: hosts of endpoints.
    fn source(&self) -> String {
        format!("side chain {}", self.chain_id())
    }

    /// Height of the newest block.
    async fn head(&self) -> Result<u64, SideChainError>;

    /// Where a transaction stands; `None` while it is in no block, and for state-sync transactions.
    async fn locate(&self, transaction: B256) -> Result<Option<TransactionPlace>, SideChainError>;

    /// The blocks of a range, in order.
    async fn leaves(&self, range: BlockRange) -> Result<Vec<Leaf>, SideChainError>;

    /// The receipts under a block's receipts root, in transaction order: typed ones with their type, the state-sync
    /// receipt left out.
    async fn receipts(&self, block: u64) -> Result<Vec<Receipt>, SideChainError>;

    /// The root over a range, as the node computes it (`eth_getRootHash`).
    async fn root(&self, range: BlockRange) -> Result<B256, SideChainError>;
}

const _: fn(&RecordedSideChain) -> &dyn SideChain = |recorded| recorded;
