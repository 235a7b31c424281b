//! Several leaves' common way to the root.

use super::parent;
use alloc::vec::Vec;
use alloy_primitives::B256;
use bttc_core::hash::keccak256;
use serde::{Deserialize, Serialize};

/// The checkpoint's node hash in `rs_merkle`'s terms.
///
/// That library promotes a node without a sibling, so it knows this tree only over leaves padded to a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeccakNodes {}

impl rs_merkle::Hasher for KeccakNodes {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> Self::Hash {
        keccak256(data).0
    }

    fn concat_and_hash(left: &Self::Hash, right: Option<&Self::Hash>) -> Self::Hash {
        right.map_or(*left, |right| parent(&(*left).into(), &(*right).into()).0)
    }
}

/// The hashes that several leaves lack on their way to the root, level by level from below, left to right.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MultiProof {
    /// Levels above the leaves.
    pub depth: u32,
    /// Positions of the leaves, ascending.
    pub indices: Vec<u64>,
    /// The hashes.
    pub siblings: Vec<B256>,
}

/// Why several leaves are not proven, in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultiProofError {
    /// It proves nothing.
    #[error("expected at least one leaf, got none")]
    NoLeaves,
    /// It is for a tree of another height; nodes of a taller tree would pass as leaves.
    #[error("got a proof of depth {got}, expected {expected}")]
    Depth {
        /// Depth in the proof.
        got: u32,
        /// Depth of the range.
        expected: u32,
    },
    /// A position is outside the tree, or not above the one before.
    #[error("position {got} is outside a tree of depth {depth} or not above the one before")]
    Index {
        /// The position.
        got: u64,
        /// Depth of the tree.
        depth: u32,
    },
    /// Not one leaf for each position.
    #[error("got {got} leaves, expected {expected}")]
    Leaves {
        /// Leaves there are.
        got: usize,
        /// Positions there are.
        expected: usize,
    },
    /// Too few or too many hashes.
    #[error("got {got} hashes, expected {expected}")]
    Siblings {
        /// Hashes there are.
        got: usize,
        /// Hashes needed.
        expected: usize,
    },
    /// Another root follows.
    #[error("computed root {computed}, expected {expected}")]
    Root {
        /// The root that follows.
        computed: B256,
        /// The root it should be.
        expected: B256,
    },
}

impl MultiProof {
    /// Deepest tree that is looked at.
    const MAX_DEPTH: u32 = usize::BITS - 2;

    /// Checks that these leaves stand at the proof's positions in a tree of this depth and root.
    ///
    /// # Errors
    /// [`MultiProofError`], the first check that fails.
    pub fn verify(&self, depth: u32, leaves: &[B256], root: &B256) -> Result<(), MultiProofError> {
        if self.depth != depth || depth > Self::MAX_DEPTH {
            return Err(MultiProofError::Depth { got: self.depth, expected: depth.min(Self::MAX_DEPTH) });
        }
        let places = self.places()?;
        if leaves.len() != places.len() {
            return Err(MultiProofError::Leaves { got: leaves.len(), expected: places.len() });
        }
        let (got, expected) = (self.siblings.len(), siblings_needed(&places, depth));
        let siblings = MultiProofError::Siblings { got, expected };
        if got != expected {
            return Err(siblings);
        }
        let words = |hashes: &[B256]| hashes.iter().map(|hash| hash.0).collect::<Vec<_>>();
        let computed = rs_merkle::MerkleProof::<KeccakNodes>::new(words(&self.siblings))
            .root(&places, &words(leaves), 1 << depth)
            .map_err(|_| siblings)?;
        if computed == root.0 {
            Ok(())
        } else {
            Err(MultiProofError::Root { computed: computed.into(), expected: *root })
        }
    }

    fn places(&self) -> Result<Vec<usize>, MultiProofError> {
        if self.indices.is_empty() {
            return Err(MultiProofError::NoLeaves);
        }
        let mut places: Vec<usize> = Vec::with_capacity(self.indices.len());
        for &index in &self.indices {
            let outside = MultiProofError::Index { got: index, depth: self.depth };
            match usize::try_from(index) {
                Ok(place) if place < 1 << self.depth && places.last().is_none_or(|last| *last < place) => {
                    places.push(place);
                }
                _ => return Err(outside),
            }
        }
        Ok(places)
    }
}

/// Hashes that these ascending positions lack.
fn siblings_needed(places: &[usize], depth: u32) -> usize {
    let mut level = places.to_vec();
    let mut needed = 0;
    for _ in 0..depth {
        let before = level.len();
        level.iter_mut().for_each(|place| *place /= 2);
        level.dedup();
        // Of 2 · parents children, `before` are known.
        needed += 2 * level.len() - before;
    }
    needed
}
