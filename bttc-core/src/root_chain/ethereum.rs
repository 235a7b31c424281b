//! Ethereum and BNB Smart Chain over JSON-RPC, read only.
//!
//! ```text
//! head    = the block behind the tag: "finalized", or "safe", or latest − n
//! call    = eth_call at exactly the block that is asked for          above the head: not yet
//! logs, receipts, blocks: nothing above the head is told
//! ```
//!
//! The node is believed: what a root chain says is what proofs are measured by, so ask one of your own, or several.
//!
//! Source: `withdrawal-proofs §7.2`.
//!
//! ```
//! use bttc_core::{endpoint::{Endpoint, Patience}, root_chain::{RootChainId, ethereum::{EthereumRpc, Settled}}};
//!
//! let endpoint = Endpoint::new("https://bsc.example", Patience::default())?;
//! let bsc = EthereumRpc::new(RootChainId::Bsc, endpoint).with_settled(Settled::Behind(15));
//! # Ok::<(), bttc_core::endpoint::AddressError>(())
//! ```

use super::{
    BlockRef, LogFilter, RootCall, RootChain, RootChainError, RootChainId, RootLog, RootReceipt,
    json_rpc::{Block, Node, quantity},
};
use crate::endpoint::Endpoint;
use alloc::{boxed::Box, format, vec::Vec};
use alloy_primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use serde_json::{Value, json};

/// Which blocks no longer vanish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Settled {
    /// Those that the chain's consensus made final.
    #[default]
    Finalized,
    /// Those that it calls safe.
    Safe,
    /// Those that have this many blocks behind them.
    Behind(u64),
}

/// Ethereum or BNB Smart Chain as a node tells of it.
#[derive(Clone, Debug)]
pub struct EthereumRpc {
    node: Node,
    settled: Settled,
}

const BLOCK: &str = "eth_getBlockByNumber";

impl EthereumRpc {
    /// The chain behind this endpoint, whose blocks are settled when finalized.
    #[must_use]
    pub const fn new(id: RootChainId, endpoint: Endpoint) -> Self {
        Self { node: Node { id, endpoint }, settled: Settled::Finalized }
    }

    /// The same with another rule for what is settled.
    #[must_use]
    pub const fn with_settled(mut self, settled: Settled) -> Self {
        self.settled = settled;
        self
    }

    async fn block_at(&self, tag: Value) -> Result<Option<BlockRef>, RootChainError> {
        let answer: Result<Option<Block>, _> = self.node.endpoint.call(BLOCK, json!([tag, false])).await;
        Ok(answer.map_err(|e| self.node.failed(e))?.map(BlockRef::from))
    }

    async fn block_there(&self, tag: Value) -> Result<BlockRef, RootChainError> {
        let missing = format!("no block {tag}");
        self.block_at(tag).await?.ok_or_else(|| self.node.transient(BLOCK, missing))
    }

    fn same_height(&self, block: BlockRef, asked: u64) -> Result<BlockRef, RootChainError> {
        if block.number == asked {
            return Ok(block);
        }
        Err(self.node.permanent(BLOCK, format!("number {} for block {asked}", block.number)))
    }
}

#[async_trait]
impl RootChain for EthereumRpc {
    fn id(&self) -> RootChainId {
        self.node.id
    }

    async fn head(&self) -> Result<BlockRef, RootChainError> {
        match self.settled {
            Settled::Finalized => self.block_there("finalized".into()).await,
            Settled::Safe => self.block_there("safe".into()).await,
            Settled::Behind(blocks) => {
                let latest = self.block_there("latest".into()).await?;
                let asked = latest.number.saturating_sub(blocks);
                self.same_height(self.block_there(quantity(asked)).await?, asked)
            }
        }
    }

    async fn block(&self, number: u64) -> Result<Option<BlockRef>, RootChainError> {
        if number > self.head().await?.number {
            return Ok(None);
        }
        self.same_height(self.block_there(quantity(number)).await?, number).map(Some)
    }

    async fn logs(&self, filter: &LogFilter) -> Result<Vec<RootLog>, RootChainError> {
        let head = self.head().await?.number;
        self.node.logs(filter, head).await
    }

    async fn call(&self, call: &RootCall, at: u64) -> Result<Bytes, RootChainError> {
        let question = json!([{ "to": call.to, "data": call.data }, quantity(at)]);
        self.node.endpoint.call("eth_call", question).await.map_err(|e| self.node.failed(e))
    }

    async fn submit(&self, _sender: Address, _call: &RootCall) -> Result<B256, RootChainError> {
        Err(self.node.permanent("submit", "read only"))
    }

    async fn receipt(&self, transaction: B256) -> Result<Option<RootReceipt>, RootChainError> {
        let head = self.head().await?.number;
        self.node.receipt(transaction, head).await
    }
}

const _: fn(&EthereumRpc) -> &dyn RootChain = |chain| chain;
