//! The tree of leaves that come one at a time.

use super::{depth, parent, root_of, zero_roots};
use alloc::vec::Vec;
use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

/// Leaves that are held while their subtree is built.
const BATCH: usize = 1024;

/// A tree that keeps one hash for each bit set in its number of leaves: at most ⌈log₂ n⌉ + 1 hashes, whatever n.
///
/// It is a plain value: written down and read back it goes on where it stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Frontier")]
pub struct CheckpointTree {
    leaves: u64,
    /// Roots of complete subtrees, the tallest first.
    frontier: Vec<B256>,
}

#[derive(Deserialize)]
struct Frontier {
    leaves: u64,
    frontier: Vec<B256>,
}

/// A written-down tree that no sequence of leaves yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{leaves} leaves need {expected} hashes, got {got}; no tree has 2⁶³ leaves")]
pub struct FrontierError {
    leaves: u64,
    got: usize,
    expected: u32,
}

impl TryFrom<Frontier> for CheckpointTree {
    type Error = FrontierError;

    fn try_from(Frontier { leaves, frontier }: Frontier) -> Result<Self, Self::Error> {
        let (got, expected) = (frontier.len(), leaves.count_ones());
        if u32::try_from(got) == Ok(expected) && leaves < 1 << 63 {
            Ok(Self { leaves, frontier })
        } else {
            Err(FrontierError { leaves, got, expected })
        }
    }
}

impl CheckpointTree {
    /// A tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self { leaves: 0, frontier: Vec::new() }
    }

    /// Leaves so far.
    #[must_use]
    pub const fn leaves(&self) -> u64 {
        self.leaves
    }

    /// Takes the next leaf's hash. Many at once are faster: [`Extend`].
    pub fn append(&mut self, leaf: B256) {
        self.push(leaf, 0);
    }

    /// Takes the root of the next 2^height leaves, a multiple of which have been taken.
    fn push(&mut self, root: B256, height: u32) {
        let carries = (self.leaves >> height).trailing_ones();
        let hash = (0..carries).fold(root, |right, _| match self.frontier.pop() {
            Some(left) => parent(&left, &right),
            None => right,
        });
        self.frontier.push(hash);
        // Counting from below 2⁶³ never ends.
        self.leaves = self.leaves.saturating_add(1 << height);
    }

    /// The root over the leaves so far; `None` without any.
    #[must_use]
    pub fn root(&self) -> Option<B256> {
        let (smallest, taller) = self.frontier.split_last()?;
        let mut taller = taller.iter().rev();
        let base = self.leaves.trailing_zeros();
        let mut root = *smallest;
        for (height, zero) in (0..depth(self.leaves)).zip(zero_roots()) {
            if height < base {
                continue;
            }
            // Where the last leaf stands in the right half, the left half is complete and in the frontier.
            let left = (self.leaves - 1) >> height & 1 == 1;
            root = match left.then(|| taller.next()).flatten() {
                Some(left) => parent(left, &root),
                None => parent(&root, &zero),
            };
        }
        Some(root)
    }
}

impl Extend<B256> for CheckpointTree {
    fn extend<I: IntoIterator<Item = B256>>(&mut self, leaves: I) {
        let mut leaves = leaves.into_iter();
        loop {
            let batch: Vec<B256> = leaves.by_ref().take(BATCH).collect();
            let mut rest = batch.as_slice();
            // The tallest complete subtree that begins here, again and again.
            while let Some(tallest) = rest.len().checked_ilog2() {
                let height = tallest.min(self.leaves.trailing_zeros());
                let (subtree, behind) = rest.split_at(1 << height);
                if let Some(root) = root_of(subtree.to_vec()) {
                    self.push(root, height);
                }
                rest = behind;
            }
            if batch.len() < BATCH {
                return;
            }
        }
    }
}

impl FromIterator<B256> for CheckpointTree {
    fn from_iter<I: IntoIterator<Item = B256>>(leaves: I) -> Self {
        let mut tree = Self::new();
        tree.extend(leaves);
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_a_hash_for_each_bit_set_in_the_number_of_leaves() {
        let mut tree = CheckpointTree::new();
        assert_eq!(tree.root(), None);
        for n in 1..=300_u64 {
            tree.append(B256::from(alloy_primitives::U256::from(n)));
            assert_eq!(tree.frontier.len(), usize::try_from(n.count_ones()).unwrap());
        }
    }

    #[test]
    fn a_written_down_tree_with_a_hash_too_few_is_refused() {
        let tree: CheckpointTree = (0..5).map(B256::with_last_byte).collect();
        let mut written = serde_json::to_value(&tree).unwrap();
        assert_eq!(serde_json::from_value::<CheckpointTree>(written.clone()).unwrap(), tree);
        written["leaves"] = 7.into();
        assert!(serde_json::from_value::<CheckpointTree>(written).is_err());
    }
}
