//! What a node remembers beside its chain, so that requests about the past can be answered.

use super::{CheckpointTree, Node};
use bttc_evm::{
    pool::Pool,
    rpc::{self, History, LogLimits, StateSyncLogs, TransactionIndex},
    state::State,
    store::StoreError,
};
use std::collections::BTreeMap;

/// The states after the last blocks, and where transactions stand.
///
/// ```
/// # use bttc_evm::{pool::Pool, rpc::{LogLimits, RpcError, answer}};
/// # use bttc_validator::node::{Archive, Node};
/// fn height(node: &Node, pool: &Pool) -> Result<serde_json::Value, RpcError> {
///     let mut archive = Archive::new(128);
///     archive.follow(node); // after each block
///     answer(&archive.view(node, pool, LogLimits::default()), "eth_blockNumber", &serde_json::json!([]))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Archive {
    kept: u64,
    states: BTreeMap<u64, State>,
    index: TransactionIndex,
}

impl Archive {
    /// Empty; it will keep the states after so many blocks.
    #[must_use]
    pub fn new(kept: u64) -> Self {
        Self { kept, states: BTreeMap::new(), index: TransactionIndex::default() }
    }

    /// Takes in the node's head.
    pub fn follow(&mut self, node: &Node) {
        let header = node.chain().head().header();
        self.states.insert(header.height(), node.chain().state().clone());
        let first = header.height().saturating_add(1).saturating_sub(self.kept);
        self.states = self.states.split_off(&first);
        self.index.extend(node.chain());
    }

    /// What requests to this node are answered from.
    #[must_use]
    pub fn view<'n>(&'n self, node: &'n Node, pool: &'n Pool, log_limits: LogLimits) -> rpc::Node<'n> {
        rpc::Node {
            chain: node.chain(),
            history: self,
            index: &self.index,
            pool,
            snapshots: node.snapshots(),
            range_root: &CheckpointTree,
            state_sync_logs: StateSyncLogs::Omit,
            log_limits,
        }
    }
}

impl History for Archive {
    fn state_after(&self, height: u64) -> Result<Option<State>, StoreError> {
        self.states.state_after(height)
    }
}
