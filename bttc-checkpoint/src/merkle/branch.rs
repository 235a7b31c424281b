//! One leaf's way to the root.

use super::parent;
use alloc::vec::Vec;
use alloy_primitives::{B256, U256};
use serde::{Deserialize, Serialize};

/// The siblings of a leaf from its own level upwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BranchProof {
    /// Position of the leaf in its range, from 0.
    pub index: u64,
    /// One sibling a level.
    pub siblings: Vec<B256>,
}

/// Why the contract refuses a membership question. `Display` is its exact text.
///
/// Source: `withdrawal-proofs §3.4; contracts:common/lib/Merkle.sol`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MembershipError {
    /// The proof is not a whole number of hashes.
    #[error("Invalid proof length")]
    ProofLength {
        /// Bytes there are; a multiple of 32 was expected.
        got: usize,
    },
    /// No leaf of a tree that tall has this position.
    #[error("Leaf index is too big")]
    Index {
        /// The position.
        got: U256,
        /// Hashes in the proof.
        siblings: usize,
    },
}

impl BranchProof {
    /// From the siblings' concatenation.
    ///
    /// # Errors
    /// [`MembershipError::ProofLength`].
    pub fn from_bytes(index: u64, bytes: &[u8]) -> Result<Self, MembershipError> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if rest.is_empty() {
            let siblings = hashes.iter().copied().map(B256::new).collect();
            Ok(Self { index, siblings })
        } else {
            Err(MembershipError::ProofLength { got: bytes.len() })
        }
    }

    /// The siblings' concatenation, the form that contracts take.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.siblings.iter().flat_map(|hash| hash.0).collect()
    }

    /// The root that follows from this leaf. A caller that knows the range also compares the number of siblings with
    /// its depth: a node of a taller tree passes as a leaf of a lower one.
    #[must_use]
    pub fn root(&self, leaf: &B256) -> B256 {
        ascend(leaf, U256::from(self.index), self.siblings.iter().map(|hash| &hash.0))
    }
}

/// Bit h of the index tells on which side the node of height h stands.
fn ascend<'a>(leaf: &B256, index: U256, siblings: impl Iterator<Item = &'a [u8; 32]>) -> B256 {
    siblings.enumerate().fold(*leaf, |hash, (height, sibling)| {
        let sibling = B256::new(*sibling);
        if index.bit(height) { parent(&sibling, &hash) } else { parent(&hash, &sibling) }
    })
}

/// What the contracts' `checkMembership` says: whether this leaf stands at this position under this root.
///
/// # Errors
/// [`MembershipError`] where the call reverts.
pub fn check_membership(leaf: &B256, index: U256, root: &B256, proof: &[u8]) -> Result<bool, MembershipError> {
    let (siblings, rest) = proof.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(MembershipError::ProofLength { got: proof.len() });
    }
    // the bound 2ⁿ is computed in 256 bits, so that it is 0 from 256 siblings on and every index is too big.
    let bound = U256::from(1).checked_shl(siblings.len()).unwrap_or_default();
    if index >= bound {
        return Err(MembershipError::Index { got: index, siblings: siblings.len() });
    }
    Ok(ascend(leaf, index, siblings.iter()) == *root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn q40_a_proof_of_256_siblings_fails_for_every_index() {
        let (leaf, proof) = (B256::ZERO, vec![0; 256 * 32]);
        let answer = check_membership(&leaf, U256::ZERO, &leaf, &proof).map_err(|e| alloc::format!("{e}"));
        assert_eq!(answer, Err("Leaf index is too big".into()));
        assert_eq!(check_membership(&leaf, U256::ZERO, &leaf, &proof[32..]), Ok(false));
    }

    #[test]
    fn the_length_is_looked_at_before_the_index() {
        let answer = check_membership(&B256::ZERO, U256::MAX, &B256::ZERO, &[0; 33]);
        assert_eq!(answer, Err(MembershipError::ProofLength { got: 33 }));
        assert_eq!(check_membership(&B256::ZERO, U256::ZERO, &B256::ZERO, &[]), Ok(true));
    }
}
