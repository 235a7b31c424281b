//! Logs of the root chains' contracts: what is read is written as a log that reads the same.
//!
//! Input: number of topics (1), topics (32 each), data.
#![no_main]

use alloy_primitives::{B256, Bytes, LogData};
use bttc_core::root_chain::RootEvent;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((count, mut rest)) = data.split_first() else { return };
    let mut topics = Vec::new();
    for _ in 0..count % 5 {
        let Some((topic, more)) = rest.split_first_chunk::<32>() else { return };
        topics.push(B256::new(*topic));
        rest = more;
    }
    let log = LogData::new_unchecked(topics, Bytes::copy_from_slice(rest));
    if let Ok(Some(event)) = RootEvent::decode(&log) {
        assert_eq!(RootEvent::decode(&event.to_log_data()), Ok(Some(event)));
    }
});
