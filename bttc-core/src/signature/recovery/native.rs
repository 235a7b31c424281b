//! By libsecp256k1.

use super::{RecoverError, scalars};
use crate::signature::PublicKey;
use alloy_primitives::B256;
use secp256k1::{
    Message, SECP256K1,
    ecdsa::{RecoverableSignature, RecoveryId},
};

pub(in crate::signature) fn recover(
    digest: &B256,
    r: &B256,
    s: &B256,
    recovery: u8,
) -> Result<PublicKey, RecoverError> {
    // The library does not say what it refuses.
    scalars(r, s)?;
    let mut words = [0; 64];
    let (first, second) = words.split_at_mut(32);
    first.copy_from_slice(r.as_slice());
    second.copy_from_slice(s.as_slice());
    let signature = RecoverableSignature::from_compact(&words, RecoveryId::from_u8_masked(recovery));
    let key = signature.and_then(|signature| SECP256K1.recover_ecdsa(Message::from_digest(digest.0), &signature));
    key.map(|key| PublicKey(key.serialize_uncompressed())).map_err(|_| RecoverError::NoKey { r: *r })
}
