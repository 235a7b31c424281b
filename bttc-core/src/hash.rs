//! Keccak-256, the hash of every root, digest and address in BTTC.
//!
//! Keccak with the padding that predates SHA-3 (`0x01 … 0x80`), 136-byte blocks, 32-byte output.
//!
//! ```
//! use bttc_core::hash::{keccak256, Keccak256};
//!
//! let mut hasher = Keccak256::new();
//! hasher.update(b"BT");
//! hasher.update(b"TC");
//! assert_eq!(hasher.finalize(), keccak256(b"BTTC"));
//! ```
//!
//! SHA-256 stands beside it for what TRON and the validation layer hash with it.

use alloy_primitives::B256;
use core::fmt;
use k256::sha2::{Digest as _, Sha256};
use tiny_keccak::{Hasher, Keccak};

/// Keccak-256 of these bytes.
#[must_use]
pub fn keccak256(bytes: impl AsRef<[u8]>) -> B256 {
    let mut hasher = Keccak256::new();
    hasher.update(bytes);
    hasher.finalize()
}

/// SHA-256 of these bytes: ids of transactions of TRON and of the validation layer, names of its types, its sets.
#[must_use]
pub fn sha256(bytes: impl AsRef<[u8]>) -> B256 {
    B256::new(Sha256::digest(bytes).into())
}

/// Keccak-256 of bytes that come in pieces.
#[derive(Clone)]
pub struct Keccak256(Keccak);

impl Keccak256 {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self(Keccak::v256())
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes.as_ref());
    }

    /// The hash of all that was taken.
    #[must_use]
    pub fn finalize(self) -> B256 {
        let mut hash = B256::ZERO;
        self.0.finalize(hash.as_mut_slice());
        hash
    }
}

impl Default for Keccak256 {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Keccak256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keccak256")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    #[test]
    fn the_hash_of_nothing_is_the_well_known_one() {
        assert_eq!(keccak256([]), b256!("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"));
        assert_eq!(keccak256([7; 300]), alloy_primitives::keccak256([7; 300]));
        assert_eq!(sha256([]), b256!("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }
}
