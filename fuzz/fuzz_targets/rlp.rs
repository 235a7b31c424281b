//! Canonical RLP: one form each.
#![no_main]

use bttc_core::rlp::Item;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(item) = Item::decode(data) {
        assert_eq!(item.to_bytes(), data);
    }
});
