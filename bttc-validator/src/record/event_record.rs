//! State records.

use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{
    amino::{Text, Time},
    amino_fields,
    id::StateId,
};
use serde::{Deserialize, Serialize};

/// A message of a root chain on its way to a contract of the side chain.
///
/// Source: `validation-layer §1.6; delivery:clerk/types/record.go:11-20`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Its number among those of all root chains.
    pub id: StateId,
    /// Whom it is for.
    pub contract: Address,
    /// What it says.
    pub data: Bytes,
    /// Transaction on the root chain.
    pub tx_hash: B256,
    /// Place of the log in its block there.
    pub log_index: u64,
    /// Side chain, in decimal.
    pub chain_id: Text,
    /// When it was settled.
    pub time: Time,
    /// Name of the root chain.
    pub root_chain: Text,
}

amino_fields!(EventRecord {
    id: "id",
    contract: "contract",
    data: "data",
    tx_hash: "tx_hash",
    log_index: "log_index",
    chain_id: "bor_chain_id",
    time: "record_time",
    root_chain: "root_chain_type",
});

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::amino;

    // validation-layer §1.8, golden encodings.
    #[test]
    fn a_record_is_written_as_in_the_reference() {
        let record = EventRecord {
            id: StateId::new(1),
            contract: Address::repeat_byte(0x11),
            data: [1, 2].into(),
            tx_hash: B256::repeat_byte(0x22),
            log_index: 0,
            chain_id: "199".into(),
            time: Time::new(1_640_000_000, 123_456_789).unwrap(),
            root_chain: "tron".into(),
        };
        let mut expected = vec![8, 1, 0x12, 0x14];
        expected.extend([0x11; 20]);
        expected.extend([0x1a, 2, 1, 2, 0x22, 0x20]);
        expected.extend([0x22; 32]);
        expected.extend([0x32, 3, 0x31, 0x39, 0x39, 0x3a, 0x0b, 8, 0x80, 0xd4, 0x81, 0x8e, 6]);
        expected.extend([0x10, 0x95, 0x9a, 0xef, 0x3a, 0x42, 4]);
        expected.extend(b"tron");
        assert_eq!(amino::to_bytes(&record), expected);
    }
}
