//! secp256k1 signatures over Keccak digests: sign, verify, recover.
//!
//! ```text
//! signature = r(32) ‖ s(32) ‖ v(1)          address = last 20 bytes of H( x(32) ‖ y(32) ) of the public key
//! ```
//!
//! One signature is read in three ways, and they differ in what they let through:
//!
//! | reader | v | s | no key found | method |
//! |---|---|---|---|---|
//! | client | 0, 1, 27, 28 | any | error | [`Signature::recover`] |
//! | block seal, validation layer | 0 … 3 | any | error | [`Signature::recover_seal`] |
//! | staking contract | low byte 0, 1, 27, 28 | low half, else address 0 | the call reverts | [`SignatureWords::recover`] |
//!
//! Sources: `block-layer §2.3; bttc:consensus/bor/bor.go:131-153` · `validation-layer §1.1;
//! peppermint:crypto/secp256k1/secp256k1_nocgo.go:20-53` · `root-contracts §5.2;
//! contracts:common/lib/ECVerify.sol:5-40`.
//!
//! ```
//! use bttc_core::{hash::keccak256, signature::{SecretKey, SignatureWords}};
//!
//! let key = SecretKey::from_bytes(&keccak256(b"alice"))?;
//! let digest = keccak256(b"vote");
//! let signature = key.sign(&digest);
//! assert!(key.public_key().verify(&digest, &signature));
//!
//! let words = SignatureWords::from(signature); // what a contract is handed: r, s, v + 27
//! assert_eq!(words.recover(&digest)?, key.address());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use crate::hash::keccak256;
use alloy_primitives::{Address, B256, U256, uint};
use core::fmt;
use k256::{
    AffinePoint, EncodedPoint, ProjectivePoint, Scalar,
    ecdsa::{SigningKey, hazmat::SignPrimitive as _},
    elliptic_curve::{
        PrimeField as _,
        ops::{Invert as _, LinearCombination as _, Reduce},
        point::DecompressPoint as _,
        sec1::{FromEncodedPoint as _, ToEncodedPoint as _},
        subtle::Choice,
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Order of the curve's group.
const ORDER: U256 = U256::from_be_slice(&ORDER_BYTES);
const ORDER_BYTES: [u8; 32] =
    alloy_primitives::hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

/// Largest s the staking contract accepts: half the order, rounded down.
const HALF_ORDER: U256 = uint!(0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0_U256);

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

/// Why no key can be recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    /// This reader does not know the recovery byte.
    #[error("recovery byte {got} is not among {expected}")]
    RecoveryByte {
        /// The byte.
        got: u8,
        /// Those it knows.
        expected: &'static str,
    },
    /// r or s is zero or not below the group's order.
    #[error("{name} = {got} is outside 1 … order − 1")]
    Scalar {
        /// Which of the two.
        name: &'static str,
        /// Its value.
        got: B256,
    },
    /// No point of the curve has this r, or the key would be the point at infinity.
    #[error("no public key has this signature (r = {r})")]
    NoKey {
        /// x-coordinate of the nonce point.
        r: B256,
    },
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
    // Q-02: a high s is let through, so (r, n − s, v ^ 1) seals the same header under another block hash.
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

/// A signature as contracts take it: three words r, s, v.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SignatureWords {
    /// x-coordinate of the nonce point, modulo the order.
    pub r: U256,
    /// The proof.
    pub s: U256,
    /// 27 or 28; the contract looks at the lowest byte only.
    pub v: U256,
}

/// The recovery precompile found no key, so the contract's call reverts with no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call reverts without a reason: {0}")]
pub struct RecoverReverted(pub RecoverError);

/// Why the staking contract takes a signature for one of address zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum SignatureFlaw {
    /// s is above half the order of the group.
    #[error("a high s")]
    HighS,
    /// v is neither 27 nor 28, nor 0 or 1.
    #[error("an unknown v")]
    UnknownV,
}

impl SignatureWords {
    /// What is wrong with it at first sight; s is looked at first.
    ///
    /// Source: `root-contracts §5.2; contracts:common/lib/ECVerify.sol:5-40`.
    #[must_use]
    pub fn flaw(&self) -> Option<SignatureFlaw> {
        if self.s > HALF_ORDER {
            Some(SignatureFlaw::HighS)
        } else if matches!(self.low_v(), 27 | 28) {
            None
        } else {
            Some(SignatureFlaw::UnknownV)
        }
    }

    // Q-03: only the lowest byte of the v word is read, so v = 256 + 27 works.
    fn low_v(&self) -> u8 {
        let low = self.v.byte(0);
        if low < 27 { low + 27 } else { low }
    }

    /// The address that the staking contract recovers.
    ///
    /// Address zero stands for a [flaw](Self::flaw): the contract goes on with it.
    ///
    /// Source: `root-contracts §5.2; contracts:common/lib/ECVerify.sol:5-40`.
    ///
    /// # Errors
    /// [`RecoverReverted`] when the whole call reverts.
    pub fn recover(&self, digest: &B256) -> Result<Address, RecoverReverted> {
        if self.flaw().is_some() {
            return Ok(Address::ZERO);
        }
        recover(digest, &self.r.into(), &self.s.into(), self.low_v() - 27)
            .map(|key| key.address())
            .map_err(RecoverReverted)
    }
}

impl From<Signature> for SignatureWords {
    /// r, s and v + 27 in 256 bits, as the validation layer hands them over.
    ///
    /// Source: `validation-layer §3.9; delivery:helper/util.go:183-244`.
    fn from(signature: Signature) -> Self {
        Self { r: signature.r.into(), s: signature.s.into(), v: U256::from(signature.v).wrapping_add(U256::from(27)) }
    }
}

/// A point of the curve, uncompressed: 0x04 ‖ x ‖ y.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 65]);

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

    fn from_point(point: &AffinePoint) -> Self {
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

/// A key that signs. It prints as its address, never as itself.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

/// 32 bytes that are no key: zero, or not below the group's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret key lies in 1 … order − 1")]
pub struct SecretKeyError;

impl SecretKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// [`SecretKeyError`] for zero and for values not below the group's order.
    pub fn from_bytes(bytes: &B256) -> Result<Self, SecretKeyError> {
        SigningKey::from_slice(bytes.as_slice()).map(Self).map_err(|_| SecretKeyError)
    }

    /// Its public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_point(self.0.verifying_key().as_affine())
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> Address {
        self.public_key().address()
    }

    /// Signs a digest: the nonce by RFC 6979, s in the low half, v 0 or 1.
    ///
    /// # Panics
    /// Never for any digest that can be found: only if the nonce derived from key and digest gave a zero r or s.
    #[must_use]
    pub fn sign(&self, digest: &B256) -> Signature {
        // RFC 6979 §3.2 takes the digest modulo the order; the library leaves that to its caller.
        let (signature, recovery) = self
            .0
            .as_nonzero_scalar()
            .try_sign_prehashed_rfc6979::<k256::sha2::Sha256>(&reduce(digest).to_repr(), &[])
            .expect("a nonce that yields zero has never been found");
        let recovery = recovery.map_or(0, |id| id.to_byte());
        let (r, s) = signature.split_bytes();
        Signature { r: B256::from_slice(&r), s: B256::from_slice(&s), v: recovery }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.address())
    }
}

/// Something that turns 32 bytes into a signature: a key in memory, a keystore, a remote signer. Whoever seals blocks,
/// votes or sends transactions calls it.
pub trait Signer: fmt::Debug + Send + Sync {
    /// Whose signatures these are.
    fn address(&self) -> Address;

    /// Signs a digest; v is 0 or 1.
    ///
    /// # Errors
    /// [`SignError`] when the signer will not or cannot sign.
    fn sign_digest(&self, digest: &B256) -> Result<Signature, SignError>;
}

/// The signer did not sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{signer} did not sign: {reason}")]
pub struct SignError {
    /// Who was asked.
    pub signer: Address,
    /// What it said.
    pub reason: alloc::string::String,
}

impl Signer for SecretKey {
    fn address(&self) -> Address {
        Self::address(self)
    }

    fn sign_digest(&self, digest: &B256) -> Result<Signature, SignError> {
        Ok(self.sign(digest))
    }
}

const _: fn(&SecretKey) -> &dyn Signer = |key| key;

fn scalar(name: &'static str, bytes: &B256) -> Result<Scalar, RecoverError> {
    Option::<Scalar>::from(Scalar::from_repr(bytes.0.into()))
        .filter(|scalar| !bool::from(scalar.is_zero()))
        .ok_or(RecoverError::Scalar { name, got: *bytes })
}

fn scalars(r: &B256, s: &B256) -> Result<(Scalar, Scalar), RecoverError> {
    Ok((scalar("r", r)?, scalar("s", s)?))
}

fn reduce(digest: &B256) -> Scalar {
    <Scalar as Reduce<k256::U256>>::reduce_bytes(&digest.0.into())
}

/// Q = r⁻¹ · (s·R − z·G), where R has x-coordinate r (+ order when bit 1 of `recovery` is set) and the parity of bit 0.
///
/// Done by hand because the library's own recovery verifies afterwards (twice the time) and refuses a high s.
fn recover(digest: &B256, r: &B256, s: &B256, recovery: u8) -> Result<PublicKey, RecoverError> {
    let (r_scalar, s_scalar) = scalars(r, s)?;
    let no_key = RecoverError::NoKey { r: *r };
    let x = match recovery & 2 {
        0 => *r,
        // Past the field's prime there is no point; decompression says so.
        _ => U256::from_be_bytes(r.0).checked_add(ORDER).map(B256::from).ok_or(no_key)?,
    };
    let point = AffinePoint::decompress(&x.0.into(), Choice::from(recovery & 1));
    let nonce = Option::<AffinePoint>::from(point).ok_or(no_key)?;
    let inverse = Option::<Scalar>::from(r_scalar.invert_vartime()).ok_or(no_key)?;
    let (u, w) = (-(reduce(digest) * inverse), s_scalar * inverse);
    let key = ProjectivePoint::lincomb(&ProjectivePoint::GENERATOR, &u, &ProjectivePoint::from(nonce), &w);
    if key == ProjectivePoint::IDENTITY {
        return Err(no_key);
    }
    Ok(PublicKey::from_point(&key.to_affine()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (SecretKey, B256, Signature) {
        let key = SecretKey::from_bytes(&B256::with_last_byte(1)).unwrap();
        let digest = keccak256(b"digest");
        let signature = key.sign(&digest);
        (key, digest, signature)
    }

    /// The other signature of the same digest by the same key.
    fn mirrored(signature: &Signature) -> Signature {
        let s = ORDER - U256::from_be_bytes(signature.s.0);
        Signature { s: s.into(), v: signature.v ^ 1, ..*signature }
    }

    #[test]
    fn q02_a_seal_with_high_s_recovers_the_same_signer() {
        let (key, digest, signature) = signed();
        let other = mirrored(&signature);
        assert_ne!(other, signature);
        assert_eq!(other.recover_seal(&digest).map(|k| k.address()), Ok(key.address()));
        assert!(key.public_key().verify(&digest, &other));
        assert_eq!(SignatureWords::from(other).recover(&digest), Ok(Address::ZERO));
    }

    #[test]
    fn q03_the_contract_reads_only_the_low_byte_of_v() {
        let (key, digest, signature) = signed();
        let mut words = SignatureWords::from(signature);
        words.v += U256::from(256);
        assert_eq!(words.recover(&digest), Ok(key.address()));
    }

    #[test]
    fn a_digest_beyond_the_order_is_signed_as_its_remainder() {
        let key = SecretKey::from_bytes(&B256::from(ORDER - U256::from(1))).unwrap();
        // Vector sign-2 of `signature/secp256k1.json`.
        let r = alloy_primitives::b256!("a7f83b5963eaf5332c633327cc967be8f4166d3f1e0b77f9761d8f4e42211e9a");
        assert_eq!(key.sign(&B256::repeat_byte(0xff)).r, r);
    }

    #[test]
    fn a_verifier_refuses_another_digest_and_another_key() {
        let (key, digest, signature) = signed();
        assert!(!key.public_key().verify(&keccak256(b"other"), &signature));
        let other = SecretKey::from_bytes(&B256::with_last_byte(2)).unwrap();
        assert!(!other.public_key().verify(&digest, &signature));
    }
}
