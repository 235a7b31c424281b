//! Signatures: the key that is recovered is on the curve, and reading never panics.
//!
//! Input: digest (32), signature (65).
#![no_main]

use alloy_primitives::{B256, U256};
use bttc_core::signature::{PublicKey, Signature, SignatureWords};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = PublicKey::from_bytes(data);
    let Some((digest, rest)) = data.split_first_chunk::<32>() else { return };
    let digest = B256::new(*digest);
    let Ok(signature) = Signature::try_from(rest) else { return };
    if let Ok(key) = signature.recover(&digest) {
        assert_eq!(PublicKey::from_bytes(&key.to_bytes()).as_ref(), Ok(&key));
        let words = SignatureWords { r: signature.r.into(), s: signature.s.into(), v: U256::from(signature.v) };
        // The precompile takes no other v than 27 and 28, which contracts make of 0 and 1.
        if let Ok(address) = words.recover(&digest) {
            assert!(address == key.address() || address.is_zero());
        }
    }
    let _ = signature.recover_seal(&digest);
});
