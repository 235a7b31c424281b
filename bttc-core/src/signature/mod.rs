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

mod form;
mod public_key;
mod recovery;
mod secret_key;
mod words;

pub use form::{Signature, SignatureLength};
pub use public_key::{PublicKey, PublicKeyError};
pub use recovery::RecoverError;
pub use secret_key::{SecretKey, SecretKeyError, SignError, Signer};
pub use words::{RecoverReverted, SignatureFlaw, SignatureWords};

use alloy_primitives::U256;

/// Order of the curve's group.
const ORDER: U256 = U256::from_be_slice(&ORDER_BYTES);
const ORDER_BYTES: [u8; 32] =
    alloy_primitives::hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::keccak256;
    use alloy_primitives::{Address, B256};

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
