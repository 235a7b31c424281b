//! Proofs that something stands in the validation layer's state, or does not.
//!
//! The state is the entries of named stores. Each has a place among 2²⁵⁶, and the hash of a subtree is that of what lies
//! below it, whatever the order in which it came there:
//!
//! ```text
//! place   = H( store ‖ 00 ‖ key )                         a subtree holds the places that begin with its bits
//! empty   = 0                                             without entries
//! leaf    = H( 00 ‖ place ‖ H( value ) )                  with one entry, wherever it lies
//! node    = H( 01 ‖ left ‖ right )                        with more: left those whose next bit is 0
//!
//! proof   = siblings from the root down to the subtree of an entry, or to the empty one where it would stand,
//!           or to that of another entry alone there
//! ```
//!
//! H is Keccak-256. With n entries a proof has about log₂ n siblings. This construction is ours; the reference's tree,
//! which nobody but its own nodes reads, is another.
//!
//! ```
//! use alloy_primitives::B256;
//! use bttc_core::state_proof::{StateProof, leaf, node, place};
//!
//! let (a, b) = (place("bor", b"5"), place("bor", b"8")); // their first bits differ
//! let root = node(leaf(a, b"one"), leaf(b, b"two"));
//! let proof = StateProof { siblings: vec![leaf(b, b"two")], end: None };
//! assert_eq!(proof.confirm(root, "bor", b"5", b"one"), Ok(()));
//! assert!(proof.confirm(root, "bor", b"5", b"two").is_err());
//! assert_eq!(StateProof::default().deny(B256::ZERO, "bor", b"5"), Ok(()));
//! ```

use crate::hash::{Keccak256, keccak256};
use alloc::vec::Vec;
use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

/// The hash of a subtree without entries.
pub const EMPTY: B256 = B256::ZERO;

/// Where an entry stands. Names of stores have no zero byte.
#[must_use]
pub fn place(store: &str, key: &[u8]) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(store);
    hasher.update([0]);
    hasher.update(key);
    hasher.finalize()
}

/// The hash of a subtree with one entry.
#[must_use]
pub fn leaf(place: B256, value: &[u8]) -> B256 {
    Entry { place, value: keccak256(value) }.hash()
}

/// The hash of a subtree with more entries, by those of its halves.
#[must_use]
pub fn node(left: B256, right: B256) -> B256 {
    hash(1, left, right)
}

fn hash(kind: u8, left: B256, right: B256) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update([kind]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize()
}

/// In which half of a subtree an entry lies whose bits above `depth` are the subtree's.
#[must_use]
pub fn side(place: &B256, depth: usize) -> Side {
    let byte = place.get(depth / 8).copied().unwrap_or_default();
    if byte & (0x80 >> (depth % 8)) == 0 { Side::Left } else { Side::Right }
}

/// A half of a subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Bit 0.
    Left,
    /// Bit 1.
    Right,
}

/// An entry as a proof knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Its place.
    pub place: B256,
    /// Hash of its value.
    pub value: B256,
}

impl Entry {
    /// The hash of a subtree that it is alone in.
    #[must_use]
    pub fn hash(&self) -> B256 {
        hash(0, self.place, self.value)
    }
}

/// That an entry stands in a state, or does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StateProof {
    /// Hashes of the other halves, from the root down; at most 256.
    pub siblings: Vec<B256>,
    /// Where the entry does not stand: the one that is alone there in its stead, `None` if the subtree is empty.
    pub end: Option<Entry>,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateProofError {
    /// It leads to another root.
    #[error("the proof leads to {got}, expected {expected}")]
    Root {
        /// Where it leads.
        got: B256,
        /// The state's root.
        expected: B256,
    },
    /// It has more siblings than places have bits.
    #[error("got {got} siblings, expected at most 256")]
    Depth {
        /// How many.
        got: usize,
    },
    /// It ends in the very entry that it is to deny.
    #[error("the proof ends in the entry itself")]
    Present,
}

impl StateProof {
    /// An entry of this value stands in the state.
    ///
    /// # Errors
    /// [`StateProofError::Depth`], [`StateProofError::Root`].
    pub fn confirm(&self, root: B256, store: &str, key: &[u8], value: &[u8]) -> Result<(), StateProofError> {
        let place = place(store, key);
        self.lead(&place, leaf(place, value), root)
    }

    /// No entry of this key stands in the state.
    ///
    /// # Errors
    /// [`StateProofError`].
    pub fn deny(&self, root: B256, store: &str, key: &[u8]) -> Result<(), StateProofError> {
        let place = place(store, key);
        if self.end.is_some_and(|entry| entry.place == place) {
            return Err(StateProofError::Present);
        }
        self.lead(&place, self.end.map_or(EMPTY, |entry| entry.hash()), root)
    }

    /// From the subtree where it ends up to the root.
    fn lead(&self, place: &B256, end: B256, expected: B256) -> Result<(), StateProofError> {
        if self.siblings.len() > 256 {
            return Err(StateProofError::Depth { got: self.siblings.len() });
        }
        let steps = self.siblings.iter().enumerate().rev();
        let got = steps.fold(end, |hash, (depth, sibling)| match side(place, depth) {
            Side::Left => node(hash, *sibling),
            Side::Right => node(*sibling, hash),
        });
        if got == expected { Ok(()) } else { Err(StateProofError::Root { got, expected }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_side_is_a_bit() {
        let place = B256::left_padding_from(&[0b0101_0000]) | B256::right_padding_from(&[0b1010_0000]);
        assert_eq!([0, 1, 2, 3].map(|depth| side(&place, depth)), [Side::Right, Side::Left, Side::Right, Side::Left]);
        assert_eq!([248, 249].map(|depth| side(&place, depth)), [Side::Left, Side::Right]);
    }

    #[test]
    fn an_entry_is_not_denied_and_a_proof_not_too_long() {
        let place = place("clerk", b"1");
        let entry = Entry { place, value: keccak256(b"x") };
        let proof = StateProof { siblings: vec![], end: Some(entry) };
        assert_eq!(proof.deny(entry.hash(), "clerk", b"1"), Err(StateProofError::Present));
        assert_eq!(proof.deny(entry.hash(), "clerk", b"2"), Ok(()));
        let long = StateProof { siblings: vec![EMPTY; 257], end: None };
        assert_eq!(long.deny(EMPTY, "clerk", b"1"), Err(StateProofError::Depth { got: 257 }));
    }
}
