//! Records in amino: what is read is written as bytes that read the same.
#![no_main]

use bttc_core::amino::{self, Field};
use bttc_staking::{
    registry::{SpanRecord, SyncRecord, ValidatorRecord},
    validator_set::ValidatorSet,
};
use libfuzzer_sys::fuzz_target;

fn holds<F: Field + PartialEq + core::fmt::Debug>(data: &[u8]) {
    if let Ok(value) = amino::from_bytes::<F>(data) {
        assert_eq!(amino::from_bytes(&amino::to_bytes(&value)).as_ref(), Ok(&value));
    }
    if let Ok(value) = amino::from_prefixed_bytes::<F>(data) {
        assert_eq!(amino::from_prefixed_bytes(&amino::to_prefixed_bytes(&value)), Ok(value));
    }
}

fuzz_target!(|data: &[u8]| {
    holds::<ValidatorRecord>(data);
    holds::<ValidatorSet<ValidatorRecord>>(data);
    holds::<SpanRecord>(data);
    holds::<SyncRecord>(data);
    holds::<Vec<SyncRecord>>(data);
});
