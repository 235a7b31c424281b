//! Bundles in both forms: bytes have one form, a bundle that is read is written the same, and verifying never panics.
//!
//! Input: a bundle, or the seven items before its digest, which is then added.
#![no_main]

use bttc_checkpoint::exit::Bundle;
use bttc_core::{hash::keccak256, rlp::Item};
use libfuzzer_sys::fuzz_target;

fn holds(bundle: &Bundle) {
    assert_eq!(Bundle::decode(&bundle.to_bytes()).as_ref(), Ok(bundle));
    assert_eq!(Bundle::from_json(&bundle.to_json()).as_ref(), Ok(bundle));
    let _ = bundle.verify();
}

fuzz_target!(|data: &[u8]| {
    if let Ok(Item::List(mut items)) = Item::decode(data) {
        items.push(Item::string(keccak256(data).as_slice()));
        if let Ok(bundle) = Bundle::decode(&Item::list(items).to_bytes()) {
            holds(&bundle);
        }
    }
    if let Ok(bundle) = Bundle::decode(data) {
        assert_eq!(bundle.to_bytes().as_ref(), data);
        holds(&bundle);
    }
    if let Ok(bundle) = str::from_utf8(data).map_or(Err(()), |text| Bundle::from_json(text).map_err(|_| ())) {
        holds(&bundle);
    }
});
