//! The leaves of a checkpoint, known to be its leaves.

use super::{Burn, ProveError};
use crate::exit::{BlockReceipts, BuildError, CheckpointLeaves, CheckpointRef, ExitProof};
use alloc::vec::Vec;
use alloy_primitives::B256;
use bttc_core::leaf::Leaf;

/// Leaves whose root is the checkpoint's.
pub(super) struct LeafTree {
    leaves: Vec<Leaf>,
    hashes: CheckpointLeaves,
}

impl LeafTree {
    /// The tree over these leaves, or the root that they give; `None` when they are not the blocks of the range.
    pub(super) fn over(checkpoint: &CheckpointRef, leaves: Vec<Leaf>) -> Result<Self, Option<B256>> {
        let range = checkpoint.range;
        if !(range.start()..=range.end()).eq(leaves.iter().map(|leaf| leaf.number)) {
            return Err(None);
        }
        match CheckpointLeaves::new(*checkpoint, leaves.iter().map(Leaf::hash).collect()) {
            Ok(hashes) => Ok(Self { leaves, hashes }),
            Err(BuildError::CheckpointRoot { computed, .. }) => Err(computed),
            Err(_) => Err(None),
        }
    }

    pub(super) fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    pub(super) fn leaf(&self, block: u64) -> Result<Leaf, BuildError> {
        let range = self.hashes.checkpoint().range;
        let index = range.index_of(block).and_then(|index| usize::try_from(index).ok());
        let leaf = index.and_then(|index| self.leaves.get(index));
        leaf.copied().ok_or(BuildError::BlockOutside { got: block, expected: range })
    }

    /// The proof of a burn at this position of a block.
    pub(super) fn prove(&self, block: &BlockReceipts<'_>, index: u64, burn: &Burn) -> Result<ExitProof, ProveError> {
        let receipts = &block.block().receipts;
        let receipt = usize::try_from(index).ok().and_then(|index| receipts.get(index));
        let missing = BuildError::TransactionNotFound { got: index, receipts: receipts.len() };
        let choice = burn.choice(receipt.ok_or(missing)?)?;
        Ok(self.hashes.prove(block, index, &choice)?)
    }
}
