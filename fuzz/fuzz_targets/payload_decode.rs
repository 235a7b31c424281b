//! Payloads, strictly: one form each.
#![no_main]

use bttc_checkpoint::exit::{ExitProof, contract::BridgeCall};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(proof) = ExitProof::decode(data) {
        assert_eq!(proof.to_payload().as_ref(), data);
        let _ = (proof.exit_hash(), proof.holds_receipt());
    }
    let _ = BridgeCall::decode(data);
});
