//! What a block did to the head, and how far back that can reach.

use crate::{block::ImportedBlock, transaction::Transaction};
use std::{collections::BTreeSet, sync::Arc};

/// What becomes of blocks that no branch can replace any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behind {
    /// They stay in memory.
    #[default]
    Kept,
    /// They go, but for the 256 whose hashes code can ask for: somebody else keeps them.
    Dropped,
}

/// How far back the head can be replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Blocks that may be abandoned at once. The states after so many blocks stay at hand. Zero: the chain grows at its
    /// head only.
    pub depth: u64,
    /// What becomes of the blocks behind.
    pub behind: Behind,
}

/// What a block did to the head. A block of a lighter branch does nothing.
#[derive(Clone, Debug)]
pub struct HeadChange {
    pub(crate) block: Arc<ImportedBlock>,
    pub(crate) abandoned: Vec<Arc<ImportedBlock>>,
    pub(crate) adopted: Vec<Arc<ImportedBlock>>,
}

impl HeadChange {
    /// The block.
    #[must_use]
    pub const fn block(&self) -> &Arc<ImportedBlock> {
        &self.block
    }

    /// Blocks that are no longer of the chain, the newest first. Their logs are removed.
    #[must_use]
    pub fn abandoned(&self) -> &[Arc<ImportedBlock>] {
        &self.abandoned
    }

    /// Blocks that are of the chain now, the newest last.
    #[must_use]
    pub fn adopted(&self) -> &[Arc<ImportedBlock>] {
        &self.adopted
    }

    /// Transactions that no block of the chain holds any more, in their order: they wait for a block again.
    pub fn returned(&self) -> impl Iterator<Item = &Transaction> {
        let all = |blocks: &[Arc<ImportedBlock>]| -> BTreeSet<_> {
            blocks.iter().flat_map(|block| block.block().transactions()).map(Transaction::hash).collect()
        };
        let held = all(&self.adopted);
        let transactions = self.abandoned.iter().rev().flat_map(|block| block.block().transactions());
        transactions.filter(move |transaction| !held.contains(&transaction.hash()))
    }
}
