//! A side chain that was recorded earlier.

use super::{SideChain, SideChainError, TransactionPlace};
use crate::{checkpoint::BlockRange, exit::Receipt, merkle::root_of};
use alloc::{boxed::Box, collections::BTreeMap, format, vec::Vec};
use alloy_primitives::B256;
use async_trait::async_trait;
use bttc_core::leaf::Leaf;
use serde::{Deserialize, Serialize};

/// A block of a recording. One that only serves as a leaf needs neither transactions nor receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedBlock {
    /// Its four words.
    pub leaf: Leaf,
    /// Hashes of its transactions, in order.
    pub transactions: Vec<B256>,
    /// Their receipts.
    pub receipts: Vec<Receipt>,
}

/// Blocks kept in memory or in a file; a bundle from which proofs are built offline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedSideChain {
    chain_id: u64,
    blocks: BTreeMap<u64, RecordedBlock>,
}

impl RecordedSideChain {
    /// Without blocks.
    #[must_use]
    pub const fn new(chain_id: u64) -> Self {
        Self { chain_id, blocks: BTreeMap::new() }
    }

    /// Adds a block, or replaces the one of its height.
    pub fn record(&mut self, block: RecordedBlock) {
        self.blocks.insert(block.leaf.number, block);
    }

    fn block(&self, number: u64) -> Result<&RecordedBlock, SideChainError> {
        self.blocks
            .get(&number)
            .ok_or_else(|| SideChainError::Permanent { cause: format!("block {number} was not recorded") })
    }

    fn leaves_of(&self, range: BlockRange) -> Result<Vec<Leaf>, SideChainError> {
        (range.start()..=range.end()).map(|number| self.block(number).map(|block| block.leaf)).collect()
    }
}

#[async_trait]
impl SideChain for RecordedSideChain {
    fn chain_id(&self) -> u64 {
        self.chain_id
    }

    async fn head(&self) -> Result<u64, SideChainError> {
        let last = self.blocks.keys().next_back().copied();
        last.ok_or_else(|| SideChainError::Permanent { cause: "no block was recorded".into() })
    }

    async fn locate(&self, transaction: B256) -> Result<Option<TransactionPlace>, SideChainError> {
        let place = |(block, recorded): (&u64, &RecordedBlock)| {
            let index = recorded.transactions.iter().position(|hash| *hash == transaction)?;
            Some(TransactionPlace { block: *block, index: u64::try_from(index).ok()? })
        };
        Ok(self.blocks.iter().find_map(place))
    }

    async fn leaves(&self, range: BlockRange) -> Result<Vec<Leaf>, SideChainError> {
        self.leaves_of(range)
    }

    async fn receipts(&self, block: u64) -> Result<Vec<Receipt>, SideChainError> {
        self.block(block).map(|block| block.receipts.clone())
    }

    async fn root(&self, range: BlockRange) -> Result<B256, SideChainError> {
        let leaves = self.leaves_of(range)?;
        // A range has at least a block.
        Ok(root_of(leaves.iter().map(Leaf::hash).collect()).unwrap_or_default())
    }
}
