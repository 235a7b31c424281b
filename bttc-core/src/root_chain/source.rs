//! The seam at which a root chain is reached.

use super::RootChainId;
use alloc::{boxed::Box, string::String, vec::Vec};
use alloy_primitives::{Address, B256, Bytes, LogData};
use async_trait::async_trait;
use core::fmt;
use serde::{Deserialize, Serialize};

/// A block of a root chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRef {
    /// Its height.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, Unix seconds.
    pub time: u64,
}

/// Which logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFilter {
    /// First block.
    pub from: u64,
    /// Last block.
    pub to: u64,
    /// Emitters; empty for all.
    pub addresses: Vec<Address>,
    /// First topics; empty for all.
    pub topics: Vec<B256>,
}

/// A log where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootLog {
    /// The contract that wrote it.
    pub address: Address,
    /// What it wrote.
    pub data: LogData,
    /// Height of the block.
    pub block_number: u64,
    /// Hash of the block.
    pub block_hash: B256,
    /// The transaction.
    pub transaction: B256,
    /// Position among the block's logs.
    pub log_index: u64,
}

/// A call of a root-chain contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootCall {
    /// The contract.
    pub to: Address,
    /// Selector and arguments.
    pub data: Bytes,
}

/// What came of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootReceipt {
    /// The transaction.
    pub transaction: B256,
    /// Height of its block.
    pub block_number: u64,
    /// Why it failed, if it did; empty for a failure without a reason.
    pub revert: Option<String>,
    /// Its logs.
    pub logs: Vec<RootLog>,
}

/// Why a root chain did not answer, sorted by what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootChainError {
    /// The contract said no. Asking again gives the same answer.
    #[error("reverted: {reason:?}")]
    Reverted {
        /// Its words; empty when it gave none.
        reason: String,
    },
    /// The world is in the way for now: try again later.
    #[error("{root_chain} did not answer: {cause}")]
    Transient {
        /// Which root chain.
        root_chain: RootChainId,
        /// What was in the way.
        cause: String,
    },
    /// The question cannot be answered there, now or later.
    #[error("{root_chain} cannot answer: {cause}")]
    Permanent {
        /// Which root chain.
        root_chain: RootChainId,
        /// Why not.
        cause: String,
    },
}

/// A root chain, wherever it is. A validator's duties, provers and followers call it; contract models in process and
/// clients of real chains implement it.
///
/// Blocks that an implementation reports are settled by its own rule: an implementor must not report a block that may
/// still vanish (on TRON it reads the solidified state).
#[async_trait]
pub trait RootChain: fmt::Debug + Send + Sync {
    /// Which one it is.
    fn id(&self) -> RootChainId;

    /// The newest block.
    async fn head(&self) -> Result<BlockRef, RootChainError>;

    /// The block at this height; `None` above the head.
    async fn block(&self, number: u64) -> Result<Option<BlockRef>, RootChainError>;

    /// Logs in block order, then log order.
    async fn logs(&self, filter: &LogFilter) -> Result<Vec<RootLog>, RootChainError>;

    /// What a call would return on the state after this block, changing nothing.
    async fn call(&self, call: &RootCall, at: u64) -> Result<Bytes, RootChainError>;

    /// Sends a transaction from this sender's account and answers with its hash.
    async fn submit(&self, sender: Address, call: &RootCall) -> Result<B256, RootChainError>;

    /// What came of a transaction; `None` while it is not in a block.
    async fn receipt(&self, transaction: B256) -> Result<Option<RootReceipt>, RootChainError>;
}
