//! The key that made a signature.
//!
//! ```text
//! Q = r⁻¹ · (s·R − z·G)        R has x-coordinate r, or r + order when bit 1 of the recovery byte is set;
//!                              bit 0 is the parity of its y-coordinate; z is the digest modulo the order
//! ```
//!
//! Feature `secp256k1` lets libsecp256k1, in C, do it; what comes out is the same.

#[cfg(feature = "secp256k1")]
mod native;
#[cfg(any(test, not(feature = "secp256k1")))]
mod portable;

#[cfg(feature = "secp256k1")]
pub(super) use native::recover;
#[cfg(not(feature = "secp256k1"))]
pub(super) use portable::recover;

use alloy_primitives::B256;
use k256::{
    Scalar,
    elliptic_curve::{PrimeField as _, ops::Reduce},
};

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

fn scalar(name: &'static str, bytes: &B256) -> Result<Scalar, RecoverError> {
    Option::<Scalar>::from(Scalar::from_repr(bytes.0.into()))
        .filter(|scalar| !bool::from(scalar.is_zero()))
        .ok_or(RecoverError::Scalar { name, got: *bytes })
}

pub(super) fn scalars(r: &B256, s: &B256) -> Result<(Scalar, Scalar), RecoverError> {
    Ok((scalar("r", r)?, scalar("s", s)?))
}

pub(super) fn reduce(digest: &B256) -> Scalar {
    <Scalar as Reduce<k256::U256>>::reduce_bytes(&digest.0.into())
}

#[cfg(all(test, feature = "secp256k1"))]
mod tests {
    use super::*;
    use crate::{
        hash::keccak256,
        signature::{ORDER, SecretKey},
    };
    use alloy_primitives::U256;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn both_recover_the_same_key_or_refuse_for_the_same_reason(
            digest in any::<[u8; 32]>(), r in any::<[u8; 32]>(), s in any::<[u8; 32]>(), recovery in 0_u8..4,
        ) {
            let [digest, r, s] = [digest, r, s].map(B256::from);
            prop_assert_eq!(native::recover(&digest, &r, &s, recovery), portable::recover(&digest, &r, &s, recovery));
        }

        #[test]
        fn a_signature_and_its_neighbours_give_both_the_same(
            seed in any::<u64>(), digest in any::<[u8; 32]>(), recovery in 0_u8..4, nudge in 0_u64..3,
        ) {
            let digest = B256::from(digest);
            let signature = SecretKey::from_bytes(&keccak256(seed.to_be_bytes())).unwrap().sign(&digest);
            let small = B256::from(U256::from(nudge));
            let large = B256::from(ORDER - U256::from(1) + U256::from(nudge));
            for r in [signature.r, small, large] {
                for s in [signature.s, small, large] {
                    prop_assert_eq!(
                        native::recover(&digest, &r, &s, recovery), portable::recover(&digest, &r, &s, recovery)
                    );
                }
            }
        }
    }
}
