//! A checkpoint: a range of blocks, its root, and what else validators sign with it.
//!
//! ```text
//! blocks  s, s+1, …, e  ──leaf──▶ lₛ … lₑ ──merkle──▶ root
//!
//! checkpoint = ( proposer, s, e, root, account root, chain id, epoch )
//! ```
//!
//! Which root chain it is for is not part of it: the same checkpoint, signed once, is valid on all three.
//!
//! | who | accepts |
//! |---|---|
//! | contract | s ≤ e, s = previous e + 1 |
//! | validation layer | s < e, s = previous e + 1, at most 1,024 blocks |
//! | node's RPC | at most 32,768 blocks |
//!
//! Sources: `validation-layer §1.6, §1.7, §3.1; delivery:checkpoint/types/msg.go:78-107` · `root-contracts §8.2` ·
//! `bttc:consensus/bor/api.go:22, 136-142`.
//!
//! ```
//! use bttc_checkpoint::checkpoint::BlockRange;
//!
//! let range = BlockRange::new(256, 511)?;
//! assert_eq!((range.blocks(), range.depth(), range.index_of(258)), (256, 8, Some(2)));
//! assert!(BlockRange::new(2, 1).is_err());
//! # Ok::<(), bttc_checkpoint::checkpoint::RangeError>(())
//! ```

use crate::merkle::{CheckpointTree, leaf_hashes};
use alloy_primitives::{Address, B256};
use bttc_core::{id::Epoch, leaf::Leaf};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Blocks from `start` to `end`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct BlockRange {
    start: u64,
    end: u64,
}

#[derive(Deserialize)]
struct Bounds {
    start: u64,
    end: u64,
}

/// Why two heights are no range to be checkpointed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// The end lies before the start.
    #[error("expected start ≤ end, got {start} to {end}")]
    Backwards {
        /// First block.
        start: u64,
        /// Last block.
        end: u64,
    },
    /// The validation layer takes ranges of two blocks and more (code 1400).
    #[error("expected at least two blocks, got block {block} alone")]
    OneBlock {
        /// The block.
        block: u64,
    },
}

impl TryFrom<Bounds> for BlockRange {
    type Error = RangeError;

    fn try_from(Bounds { start, end }: Bounds) -> Result<Self, Self::Error> {
        Self::new(start, end)
    }
}

impl BlockRange {
    /// Most blocks that a node's RPC computes a root over.
    ///
    /// Source: `validation-layer §3.1; bttc:consensus/bor/api.go:22`.
    pub const MAX_QUERY: u64 = 32_768;

    /// The range of these heights.
    ///
    /// # Errors
    /// [`RangeError::Backwards`].
    pub const fn new(start: u64, end: u64) -> Result<Self, RangeError> {
        if start <= end { Ok(Self { start, end }) } else { Err(RangeError::Backwards { start, end }) }
    }

    /// The range of these heights, as the validation layer takes it.
    ///
    /// Source: `validation-layer §1.7; delivery:checkpoint/types/msg.go:78-92`.
    ///
    /// # Errors
    /// [`RangeError`].
    pub fn proposed(start: u64, end: u64) -> Result<Self, RangeError> {
        if start == end { Err(RangeError::OneBlock { block: start }) } else { Self::new(start, end) }
    }

    /// First block.
    #[must_use]
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// Last block.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// Number of blocks; all heights there are count as 2⁶⁴ − 1.
    #[must_use]
    pub const fn blocks(&self) -> u64 {
        (self.end - self.start).saturating_add(1)
    }

    /// Levels of its tree above the leaves.
    #[must_use]
    pub const fn depth(&self) -> u32 {
        u64::BITS - (self.end - self.start).leading_zeros()
    }

    /// Whether this block is in it.
    #[must_use]
    pub const fn contains(&self, block: u64) -> bool {
        self.start <= block && block <= self.end
    }

    /// Position of this block among the leaves; `None` outside.
    #[must_use]
    pub fn index_of(&self, block: u64) -> Option<u64> {
        self.contains(block).then(|| block - self.start)
    }
}

impl fmt::Display for BlockRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", self.start, self.end)
    }
}

/// What validators vote on and a root chain records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Signing address of the validator that proposed it.
    pub proposer: Address,
    /// Its blocks.
    pub range: BlockRange,
    /// Root over their leaves.
    pub root: B256,
    /// Root over the fee accounts.
    pub account_root: B256,
    /// Id of the side chain: 199, 1029.
    pub chain_id: u64,
    /// Acknowledged TRON checkpoints plus one.
    pub epoch: Epoch,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blocks {} root {}", self.range, self.root)
    }
}

/// Takes blocks one at a time and knows their range and root at any moment. A plain value: it can be written down and
/// go on later.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckpointBuilder {
    start: u64,
    tree: CheckpointTree,
}

/// The block is not the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("got block {got}, expected {expected:?}")]
pub struct UnexpectedBlock {
    /// Height of the block.
    pub got: u64,
    /// Height of the next one; `None` past the last height.
    pub expected: Option<u64>,
}

/// No block has been taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected blocks from {start} on, got none")]
pub struct EmptyRange {
    /// Where the range would start.
    pub start: u64,
}

impl CheckpointBuilder {
    /// Blocks whose leaves are held at a time.
    const AT_ONCE: usize = 1024;

    /// Begins at this block.
    #[must_use]
    pub const fn new(start: u64) -> Self {
        Self { start, tree: CheckpointTree::new() }
    }

    /// Height of the block it wants next; `None` past the last height.
    #[must_use]
    pub const fn next_block(&self) -> Option<u64> {
        self.start.checked_add(self.tree.leaves())
    }

    /// Takes the next block.
    ///
    /// # Errors
    /// [`UnexpectedBlock`].
    pub fn append(&mut self, leaf: &Leaf) -> Result<(), UnexpectedBlock> {
        let (got, expected) = (leaf.number, self.next_block());
        if expected != Some(got) {
            return Err(UnexpectedBlock { got, expected });
        }
        self.tree.append(leaf.hash());
        Ok(())
    }

    /// Takes the next blocks, which is faster than one by one where the crate is built with `simd`.
    ///
    /// # Errors
    /// [`UnexpectedBlock`], the first one; then none was taken.
    pub fn append_all(&mut self, leaves: &[Leaf]) -> Result<(), UnexpectedBlock> {
        let mut expected = self.next_block();
        for leaf in leaves {
            if expected != Some(leaf.number) {
                return Err(UnexpectedBlock { got: leaf.number, expected });
            }
            expected = leaf.number.checked_add(1);
        }
        for leaves in leaves.chunks(Self::AT_ONCE) {
            self.tree.extend(leaf_hashes(leaves));
        }
        Ok(())
    }

    /// The blocks so far; `None` without any.
    #[must_use]
    pub fn range(&self) -> Option<BlockRange> {
        let more = self.tree.leaves().checked_sub(1)?;
        BlockRange::new(self.start, self.start.checked_add(more)?).ok()
    }

    /// The root over the blocks so far; `None` without any.
    #[must_use]
    pub fn root(&self) -> Option<B256> {
        self.tree.root()
    }

    /// The checkpoint over the blocks so far.
    ///
    /// # Errors
    /// [`EmptyRange`].
    pub fn checkpoint(
        &self,
        proposer: Address,
        account_root: B256,
        chain_id: u64,
        epoch: Epoch,
    ) -> Result<Checkpoint, EmptyRange> {
        let (range, root) = self.range().zip(self.root()).ok_or(EmptyRange { start: self.start })?;
        Ok(Checkpoint { proposer, range, root, account_root, chain_id, epoch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    fn block(number: u64) -> Leaf {
        let byte = u8::try_from(number).unwrap();
        Leaf {
            number,
            time: 998 + 2 * number,
            transactions_root: B256::repeat_byte(byte),
            receipts_root: B256::repeat_byte(byte + 16),
        }
    }

    #[test]
    fn three_blocks_have_the_root_of_the_specification() {
        // validation-layer §3.1
        let mut builder = CheckpointBuilder::new(1);
        (1..=3).for_each(|number| builder.append(&block(number)).unwrap());
        assert_eq!(builder.range(), BlockRange::new(1, 3).ok());
        let root = b256!("668b3cd9b980ae42f3f774c3402f5f5abcc41024e543d3b8097e7bc6a5d83aea");
        assert_eq!(builder.root(), Some(root));
    }

    #[test]
    fn a_gap_and_a_repetition_are_refused_and_change_nothing() {
        let mut builder = CheckpointBuilder::new(1);
        builder.append(&block(1)).unwrap();
        for got in [1, 3] {
            let expected = Some(2);
            assert_eq!(builder.append(&block(got)), Err(UnexpectedBlock { got, expected }));
        }
        assert_eq!(builder.next_block(), Some(2));
    }

    #[test]
    fn ranges_keep_their_rules_when_read_back() {
        assert!(serde_json::from_str::<BlockRange>(r#"{"start":3,"end":2}"#).is_err());
        assert_eq!(BlockRange::proposed(7, 7), Err(RangeError::OneBlock { block: 7 }));
        let all = BlockRange::new(0, u64::MAX).unwrap();
        assert_eq!((all.depth(), all.blocks()), (64, u64::MAX));
    }
}
