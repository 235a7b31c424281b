//! Where a chain's transactions stand.

use super::way::Way;
use crate::{block::ImportedBlock, chain::Chain};
use alloy_primitives::B256;
use core::convert::Infallible;
use std::{collections::BTreeMap, sync::Arc};

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Among a block's own.
    Transaction {
        /// Height of the block.
        height: u64,
        /// Place in the block.
        index: usize,
    },
    /// It is a synthetic one.
    StateSync {
        /// Height of the block.
        height: u64,
    },
}

/// Transactions by hash, synthetic ones among them, of a chain in memory. It grows with the chain; a
/// [`StoredChain`](crate::store::StoredChain) finds its own in the store.
///
/// ```
/// use bttc_evm::rpc::TransactionIndex;
/// assert!(TransactionIndex::default().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionIndex {
    /// Height and hash of the head that it knows.
    seen: Option<(u64, B256)>,
    places: BTreeMap<B256, Place>,
}

impl TransactionIndex {
    /// Follows the chain to its head: what left the chain since the last time goes, what came is taken in.
    pub fn extend(&mut self, chain: &Chain) {
        let mut fork = 0;
        if let Some(seen) = self.seen {
            let block = |hash| Ok::<_, Infallible>(chain.shared_by_hash(hash).cloned());
            let Ok(way) = Way::find(seen, block, |height| Ok(chain.header(height).map(|header| header.hash())));
            match way {
                Some(way) => {
                    way.removed.iter().for_each(|block| self.remove(block));
                    fork = way.fork;
                }
                // Nobody knows any more what it knew.
                None => *self = Self::default(),
            }
        }
        let above = chain.blocks().rev().take_while(|block| block.header().height() > fork);
        above.for_each(|block| self.insert(block));
        chain.side_blocks().for_each(|block| self.insert_synthetic(block));
        let head = chain.head().header();
        self.seen = Some((head.height(), head.hash()));
    }

    fn insert(&mut self, block: &Arc<ImportedBlock>) {
        let height = block.header().height();
        for (index, transaction) in block.block().transactions().iter().enumerate() {
            self.places.insert(transaction.hash(), Place::Transaction { height, index });
        }
        self.insert_synthetic(block);
    }

    // Q-321: the synthetic one of a block beside the chain names its height as well, and is never forgotten.
    fn insert_synthetic(&mut self, block: &ImportedBlock) {
        if let Some(synthetic) = block.synthetic() {
            self.places.insert(synthetic.tx_hash, Place::StateSync { height: block.header().height() });
        }
    }

    fn remove(&mut self, block: &ImportedBlock) {
        for transaction in block.block().transactions() {
            self.places.remove(&transaction.hash());
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
