//! A signature as it travels.

use super::{PublicKey, RecoverError, recovery::recover};
use alloy_primitives::B256;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 65 bytes that may be a signature; only recovery or verification tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature {
    /// x-coordinate of the nonce point, modulo the order.
    pub r: B256,
    /// The proof.
    pub s: B256,
    /// Which of the points with this r, as the writer wrote it: 0 or 1, or 27 more.
    pub v: u8,
}

/// Bytes that cannot be a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a signature has 65 bytes, got {got}")]
pub struct SignatureLength {
    /// Bytes there are.
    pub got: usize,
}

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 65;

    /// From r ‖ s ‖ v.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let (rs, v) = bytes.split_at(64);
        Self { r: B256::from_slice(&rs[..32]), s: B256::from_slice(&rs[32..]), v: v[0] }
    }

    /// As r ‖ s ‖ v.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [self.v; Self::LEN];
        bytes[..32].copy_from_slice(self.r.as_slice());
        bytes[32..64].copy_from_slice(self.s.as_slice());
        bytes
    }

    /// The key that signed this digest: v is 0, 1, 27 or 28, s any.
    ///
    /// # Errors
    /// [`RecoverError`] when there is none.
    pub fn recover(&self, digest: &B256) -> Result<PublicKey, RecoverError> {
        let parity = match self.v {
            0 | 1 => self.v,
            27 | 28 => self.v - 27,
            got => {
                return Err(RecoverError::RecoveryByte { got, expected: "0, 1, 27, 28" });
            }
        };
        recover(digest, &self.r, &self.s, parity)
    }

    /// The key that sealed a block, or voted in the validation layer: v is 0 … 3, s any.
    ///
    /// Source: `block-layer §2.3.2; bttc:consensus/bor/bor.go:131-153`.
    ///
    /// # Errors
    /// [`RecoverError`] when there is none.
    // a high s is let through, so (r, n − s, v ^ 1) seals the same header under another block hash.
    pub fn recover_seal(&self, digest: &B256) -> Result<PublicKey, RecoverError> {
        match self.v {
            0..=3 => recover(digest, &self.r, &self.s, self.v),
            got => Err(RecoverError::RecoveryByte { got, expected: "0, 1, 2, 3" }),
        }
    }
}

impl TryFrom<&[u8]> for Signature {
    type Error = SignatureLength;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(|whole| Self::from_bytes(&whole)).map_err(|_| SignatureLength { got: bytes.len() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", alloy_primitives::hex::encode(self.to_bytes()))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = alloy_primitives::FixedBytes::<65>::deserialize(deserializer)?;
        Ok(Self::from_bytes(&bytes.0))
    }
}
