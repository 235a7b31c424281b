//! Who signs.

use super::{PublicKey, Signature, recovery::reduce};
use alloy_primitives::{Address, B256};
use core::fmt;
use k256::{
    ecdsa::{SigningKey, hazmat::SignPrimitive as _},
    elliptic_curve::PrimeField as _,
};

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
