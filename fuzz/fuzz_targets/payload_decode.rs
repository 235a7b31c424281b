//! Payloads: strictly in one form each, and permissively into that form.
#![no_main]

use bttc_checkpoint::exit::{ExitProof, contract::BridgeCall};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(proof) = ExitProof::decode(data) {
        assert_eq!(proof.to_payload().as_ref(), data);
        let _ = (proof.exit_hash(), proof.holds_receipt());
    }
    if let Ok(proof) = ExitProof::decode_permissive(data) {
        assert_eq!(ExitProof::decode(&proof.to_payload()), Ok(proof));
    }
    let _ = BridgeCall::decode(data);
});
