//! The tree over the leaves of a block range: Keccak-256, padded with zeros on the right.
//!
//! n = 5 leaves l₀ … l₄, depth D = ⌈log₂ n⌉ = 3:
//!
//! ```text
//! h = 3                      R
//!                   ┌────────┴────────┐
//! h = 2            p₀                 p₁                 parent = H( left ‖ right )
//!              ┌────┴────┐       ┌────┴────┐
//! h = 1        q₀        q₁      q₂        Z₁            Z₀ = 32 zero bytes
//!            ┌─┴─┐     ┌─┴─┐   ┌─┴─┐     ┌─┴─┐           Zₕ₊₁ = H( Zₕ ‖ Zₕ )
//! h = 0      l₀  l₁    l₂  l₃  l₄  Z₀    Z₀  Z₀
//!
//! branch of l₄ (index 4 = 100₂):   Z₀, Z₁, p₀            the sibling at height h is node (index ≫ h) xor 1
//! frontier after 5 = 101₂ leaves:  p₀, l₄                one complete subtree for each bit that is set
//! ```
//!
//! Leaves are not hashed again, nothing is sorted, no node carries a mark of its height. A range of one block has its
//! leaf as root. The node's RPC refuses ranges above 32,768 blocks; the tree itself has no limit.
//!
//! Three forms of the same tree: [`root_of`] for a root alone, [`CheckpointTree`] for leaves that come one at a time,
//! [`StoredTree`] for proofs.
//!
//! Source: `withdrawal-proofs §3.2-3.4; bttc:consensus/bor/api.go:157-177`.
//!
//! ```
//! use bttc_checkpoint::merkle::{check_membership, root_of, CheckpointTree, StoredTree};
//! use alloy_primitives::{B256, U256};
//!
//! let leaves: Vec<B256> = (1..=5).map(B256::with_last_byte).collect();
//! let mut streamed = CheckpointTree::new();
//! leaves.iter().for_each(|leaf| streamed.append(*leaf));
//!
//! let stored = StoredTree::build(leaves.clone()).unwrap();
//! assert_eq!(streamed.root(), Some(stored.root()));
//! assert_eq!(root_of(leaves.clone()), Some(stored.root()));
//!
//! let proof = stored.branch(4).unwrap().to_bytes();
//! assert_eq!(check_membership(&leaves[4], U256::from(4), &stored.root(), &proof), Ok(true));
//! ```

mod branch;
mod multi;
mod stored;
mod streaming;
mod wide;

pub use branch::{BranchProof, MembershipError, check_membership};
pub use multi::{KeccakNodes, MultiProof, MultiProofError};
pub use stored::StoredTree;
pub use streaming::CheckpointTree;
pub use wide::{Backend, leaf_hashes};

use alloc::vec::Vec;
use alloy_primitives::B256;
use bttc_core::hash::Keccak256;

/// H( left ‖ right ).
#[must_use]
pub fn parent(left: &B256, right: &B256) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(left);
    hasher.update(right);
    hasher.finalize()
}

/// Z₀, Z₁, Z₂ …: the roots of subtrees that hold no leaf, by height.
pub fn zero_roots() -> impl Iterator<Item = B256> {
    core::iter::successors(Some(B256::ZERO), |below| Some(parent(below, below)))
}

/// The zero roots, level by level, computed as far as they are needed.
struct Zeros {
    root: B256,
    /// Levels between it and the next one.
    behind: u32,
}

impl Zeros {
    const fn new() -> Self {
        Self { root: B256::ZERO, behind: 0 }
    }

    /// What stands beside the last node of the next level, which has this width: of an even one, nothing does.
    fn beside(&mut self, width: usize) -> B256 {
        if width % 2 == 1 {
            self.root = (0..self.behind).fold(self.root, |below, _| parent(&below, &below));
            self.behind = 0;
        }
        self.behind += 1;
        self.root
    }
}

/// Levels above this many leaves: ⌈log₂ n⌉, and 0 for none or one.
#[must_use]
pub const fn depth(leaves: u64) -> u32 {
    match leaves {
        0 => 0,
        n => u64::BITS - (n - 1).leading_zeros(),
    }
}

/// The root over these leaves; `None` for no leaves.
#[must_use]
pub fn root_of(leaves: Vec<B256>) -> Option<B256> {
    let backend = Backend::best();
    let (mut level, mut zeros) = (leaves, Zeros::new());
    while level.len() > 1 {
        let zero = zeros.beside(level.len());
        level = backend.parents(level, &zero);
    }
    level.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    #[test]
    fn the_zero_roots_are_those_of_the_specification() {
        // withdrawal-proofs §9.2
        let roots: Vec<B256> = zero_roots().take(11).collect();
        assert_eq!(roots[1], b256!("ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5"));
        assert_eq!(roots[10], b256!("f9dc3e7fe016e050eff260334f18a5d4fe391d82092319f5964f2e2eb7c1c3a5"));
    }

    #[test]
    fn the_depth_is_the_logarithm_rounded_up() {
        let pairs = [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1024, 10), (1025, 11), (u64::MAX, 64)];
        for (leaves, expected) in pairs {
            assert_eq!(depth(leaves), expected, "{leaves} leaves");
        }
    }
}
