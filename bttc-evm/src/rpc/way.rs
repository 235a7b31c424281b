//! From a block that was the head once to the head of now.
//!
//! ```text
//!            seen
//!  ┄┄─▢─▢─────▣             removed: from `seen` down to the first block that is still in the chain, oldest first
//!      └─▢─▢─▢─▢ head       added:   from behind that block, the fork, up to the head
//! ```

use crate::block::ImportedBlock;
use alloy_primitives::B256;
use std::sync::Arc;

/// What changed since.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// Blocks that left the chain, oldest first.
    pub(super) removed: Vec<Arc<ImportedBlock>>,
    /// Height of the last block that was in the chain then and is now.
    pub(super) fork: u64,
}

impl Way {
    /// Walks back from a block by its height and hash; `None` where a block on the way is not kept.
    pub(super) fn find<E>(
        seen: (u64, B256),
        block: impl Fn(B256) -> Result<Option<Arc<ImportedBlock>>, E>,
        own: impl Fn(u64) -> Result<Option<B256>, E>,
    ) -> Result<Option<Self>, E> {
        let (mut fork, mut hash) = seen;
        let mut removed = Vec::new();
        while own(fork)? != Some(hash) {
            let Some(block) = block(hash)? else { return Ok(None) };
            (fork, hash) = (fork.saturating_sub(1), block.header().parent_hash);
            removed.push(block);
        }
        removed.reverse();
        Ok(Some(Self { removed, fork }))
    }
}
