//! TRON addresses: one form each, in base58 and in bytes.
#![no_main]

use bttc_core::tron::TronAddress;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(address) = TronAddress::from_bytes(data) {
        assert_eq!(address.to_bytes(), data);
        assert_eq!(address.to_string().parse(), Ok(address));
    }
    if let Ok(Ok(address)) = str::from_utf8(data).map(str::parse::<TronAddress>) {
        assert_eq!(address.to_string().as_bytes(), data);
    }
});
