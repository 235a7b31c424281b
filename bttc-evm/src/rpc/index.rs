//! Where a chain's transactions stand.

use crate::{block::ImportedBlock, chain::Chain};
use alloy_primitives::B256;
use std::collections::BTreeMap;

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In this place of the block of this height.
    Transaction(u64, usize),
    /// The synthetic one of the block of this height.
    StateSync(u64),
}

/// Transactions by hash, synthetic ones among them.
///
/// ```
/// use bttc_evm::rpc::TransactionIndex;
/// assert!(TransactionIndex::default().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionIndex {
    next: u64,
    places: BTreeMap<B256, Place>,
}

impl TransactionIndex {
    /// Takes in the blocks that were imported since the last time. After a reorganisation an index is made anew.
    pub fn extend(&mut self, chain: &Chain) {
        while let Some(block) = chain.block(self.next) {
            self.insert(block);
            self.next = self.next.saturating_add(1);
        }
    }

    fn insert(&mut self, block: &ImportedBlock) {
        let height = block.header().height();
        for (place, transaction) in block.block().transactions().iter().enumerate() {
            self.places.insert(transaction.hash(), Place::Transaction(height, place));
        }
        if let Some(synthetic) = block.synthetic() {
            self.places.insert(synthetic.tx_hash, Place::StateSync(height));
        }
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn place(&self, hash: B256) -> Option<Place> {
        self.places.get(&hash).copied()
    }
}
