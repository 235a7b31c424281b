//! A public key, and what it signed.

use super::{
    ORDER, Signature,
    recovery::{reduce, scalars},
};
use crate::hash::keccak256;
use alloy_primitives::{Address, B256, U256};
use core::fmt;
use k256::{
    AffinePoint, EncodedPoint, ProjectivePoint, Scalar,
    elliptic_curve::{
        ops::{Invert as _, LinearCombination as _},
        sec1::{FromEncodedPoint as _, ToEncodedPoint as _},
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point of the curve, uncompressed: 0x04 ‖ x ‖ y.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub(super) [u8; 65]);

/// Bytes that are no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Too many or too few bytes.
    #[error("an uncompressed public key has 65 bytes, got {got}")]
    Length {
        /// Bytes there are.
        got: usize,
    },
    /// Not the uncompressed form.
    #[error("an uncompressed public key starts with 0x04, got {got:#04x}")]
    Prefix {
        /// The first byte.
        got: u8,
    },
    /// x and y satisfy no point.
    #[error("the point is not on the curve")]
    NotOnCurve,
}

impl PublicKey {
    /// From 0x04 ‖ x ‖ y.
    ///
    /// # Errors
    /// [`PublicKeyError`], length first, then prefix, then the curve.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let whole: [u8; 65] = bytes.try_into().map_err(|_| PublicKeyError::Length { got: bytes.len() })?;
        match whole[0] {
            4 => {}
            got => return Err(PublicKeyError::Prefix { got }),
        }
        EncodedPoint::from_bytes(whole)
            .ok()
            .and_then(|point| Option::<AffinePoint>::from(AffinePoint::from_encoded_point(&point)))
            .map(|_| Self(whole))
            .ok_or(PublicKeyError::NotOnCurve)
    }

    /// From the 64 bytes x ‖ y, the form in which the staking contract takes keys.
    ///
    /// # Errors
    /// [`PublicKeyError`].
    pub fn from_coordinates(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let mut whole = [4; 65];
        let place = whole.get_mut(1..).filter(|place| place.len() == bytes.len());
        place.ok_or(PublicKeyError::Length { got: bytes.len().saturating_add(1) })?.copy_from_slice(bytes);
        Self::from_bytes(&whole)
    }

    pub(super) fn from_point(point: &AffinePoint) -> Self {
        let mut whole = [4; 65];
        // The encoding without compression of a point that is not at infinity has 65 bytes.
        for (to, from) in whole.iter_mut().zip(point.to_encoded_point(false).as_bytes()) {
            *to = *from;
        }
        Self(whole)
    }

    /// 0x04 ‖ x ‖ y.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; 65] {
        self.0
    }

    /// x ‖ y.
    #[must_use]
    pub fn coordinates(&self) -> &[u8] {
        &self.0[1..]
    }

    /// Last 20 bytes of Keccak-256 over x ‖ y: the same on Ethereum, BSC, TRON and BTTC.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::from_word(keccak256(self.coordinates()))
    }

    /// Whether this key signed the digest. The recovery byte plays no part; s may be high.
    ///
    /// Source: `validation-layer §1.1; peppermint:crypto/secp256k1/secp256k1_nocgo.go:20-53`.
    #[must_use]
    pub fn verify(&self, digest: &B256, signature: &Signature) -> bool {
        let Ok((r, s)) = scalars(&signature.r, &signature.s) else {
            return false;
        };
        let point = EncodedPoint::from_bytes(self.0)
            .ok()
            .and_then(|point| Option::<AffinePoint>::from(AffinePoint::from_encoded_point(&point)));
        let Some(key) = point else { return false };
        let inverse = Option::<Scalar>::from(s.invert_vartime()).unwrap_or(Scalar::ZERO);
        let (u, w) = (reduce(digest) * inverse, r * inverse);
        let sum = ProjectivePoint::lincomb(&ProjectivePoint::GENERATOR, &u, &ProjectivePoint::from(key), &w);
        let x = sum.to_affine().to_encoded_point(false);
        x.x().is_some_and(|x| U256::from_be_slice(x) % ORDER == U256::from_be_slice(signature.r.as_slice()))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", alloy_primitives::hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = alloy_primitives::FixedBytes::<65>::deserialize(deserializer)?;
        Self::from_bytes(bytes.as_slice()).map_err(serde::de::Error::custom)
    }
}
