//! The tree with all its nodes, for proofs.

use super::{Backend, BranchProof, KeccakNodes, MultiProof, MultiProofError, Zeros, depth, wide::cells};
use alloc::{collections::BTreeSet, vec::Vec};
use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

/// All nodes that stand above a leaf: n + ⌈n/2⌉ + ⌈n/4⌉ + … + 1 hashes. It is written down as its leaves.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<B256>", into = "Vec<B256>")]
pub struct StoredTree {
    /// Level by level, leaves first, the root last.
    nodes: Vec<B256>,
    leaves: usize,
}

/// A tree needs a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected at least one leaf, got none")]
pub struct NoLeaves;

impl TryFrom<Vec<B256>> for StoredTree {
    type Error = NoLeaves;

    fn try_from(leaves: Vec<B256>) -> Result<Self, Self::Error> {
        Self::build(leaves).ok_or(NoLeaves)
    }
}

impl From<StoredTree> for Vec<B256> {
    fn from(tree: StoredTree) -> Self {
        let mut nodes = tree.nodes;
        nodes.truncate(tree.leaves);
        nodes
    }
}

impl StoredTree {
    /// The tree over these leaves, which become its lowest level; `None` for no leaves.
    #[must_use]
    pub fn build(leaves: Vec<B256>) -> Option<Self> {
        let (backend, count) = (Backend::best(), leaves.len());
        let mut nodes = leaves;
        nodes.reserve(count + 64);
        let (mut first, mut width, mut zeros) = (0, count, Zeros::new());
        while width > 1 {
            let end = first + width;
            nodes.resize(end + width.div_ceil(2), B256::ZERO);
            let (below, above) = nodes.split_at_mut(end);
            let zero = zeros.beside(width);
            backend.put_parents(cells(&mut below[first..]), &zero, cells(above));
            (first, width) = (end, width.div_ceil(2));
        }
        (count > 0).then_some(Self { nodes, leaves: count })
    }

    /// The leaves.
    #[must_use]
    pub fn leaves(&self) -> &[B256] {
        &self.nodes[..self.leaves]
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> B256 {
        // There is at least a leaf.
        self.nodes.last().copied().unwrap_or_default()
    }

    /// Levels above the leaves.
    #[must_use]
    pub fn depth(&self) -> u32 {
        depth(u64::try_from(self.leaves).unwrap_or(u64::MAX))
    }

    /// The branch of the leaf at this position; `None` beyond the last one.
    #[must_use]
    pub fn branch(&self, index: u64) -> Option<BranchProof> {
        let mut place = usize::try_from(index).ok().filter(|place| *place < self.leaves)?;
        let mut siblings = Vec::new();
        let (mut first, mut width, mut zeros) = (0, self.leaves, Zeros::new());
        while width > 1 {
            let sibling = (place ^ 1 < width).then(|| self.nodes[first + (place ^ 1)]);
            // Zero roots are hashes too: none is made that is not needed.
            let zero = zeros.beside(if sibling.is_some() { 0 } else { width });
            siblings.push(sibling.unwrap_or(zero));
            (first, width, place) = (first + width, width.div_ceil(2), place / 2);
        }
        Some(BranchProof { index, siblings })
    }

    /// One proof of several leaves, with no sibling twice.
    ///
    /// # Errors
    /// [`MultiProofError::NoLeaves`], [`MultiProofError::Index`].
    pub fn multi_proof(&self, indices: &BTreeSet<u64>) -> Result<MultiProof, MultiProofError> {
        let depth = self.depth();
        let last = *indices.last().ok_or(MultiProofError::NoLeaves)?;
        let places: Vec<usize> = indices.iter().filter_map(|index| usize::try_from(*index).ok()).collect();
        if places.len() < indices.len() || places.last().is_none_or(|place| *place >= self.leaves) {
            return Err(MultiProofError::Index { got: last, depth });
        }
        // The library promotes a node without a sibling instead of padding, so the padding comes first.
        let mut padded: Vec<[u8; 32]> = self.leaves().iter().map(|leaf| leaf.0).collect();
        padded.resize(self.leaves.next_power_of_two(), [0; 32]);
        let tree = rs_merkle::MerkleTree::<KeccakNodes>::from_leaves(&padded);
        let siblings = tree.proof(&places).proof_hashes().iter().copied().map(B256::new).collect();
        Ok(MultiProof { depth, indices: indices.iter().copied().collect(), siblings })
    }
}
