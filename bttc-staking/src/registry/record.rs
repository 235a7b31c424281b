//! A validator as the validation layer keeps it.

use crate::proposer::Member;
use alloc::string::String;
use alloy_primitives::{Address, FixedBytes};
use bttc_core::{
    amino_fields,
    id::{Epoch, Nonce, ValidatorId},
    validator::{Validator, VotingPower},
};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A validator's record. Its serde form has the reference's keys and order; [`amino`](bttc_core::amino) has the exact
/// bytes and texts.
///
/// Source: `validation-layer §1.4; delivery:types/validator.go:15-27`.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorRecord {
    /// Id on the stake chain.
    #[serde(rename = "ID")]
    pub id: ValidatorId,
    /// First epoch in which it is current.
    #[serde(rename = "startEpoch")]
    pub start_epoch: Epoch,
    /// First epoch in which it is no longer current; 0 for none.
    #[serde(rename = "endEpoch")]
    pub end_epoch: Epoch,
    /// Nonce of its last root event.
    pub nonce: Nonce,
    /// Its voice.
    pub power: VotingPower,
    /// Its signing key, 65 bytes; any bytes are taken.
    #[serde(rename = "pubKey")]
    pub pub_key: FixedBytes<65>,
    /// Address of that key.
    pub signer: Address,
    /// Decimal [`Sequence`](super::Sequence) of the last change; empty at genesis.
    pub last_updated: String,
    /// Whether it is barred.
    pub jailed: bool,
    /// Its priority; counts only in the copy inside a set.
    #[serde(rename = "accum")]
    pub priority: i64,
}

amino_fields!(ValidatorRecord {
    id: "ID",
    start_epoch: "startEpoch",
    end_epoch: "endEpoch",
    nonce: "nonce",
    power: "power",
    pub_key: "pubKey",
    signer: "signer",
    last_updated: "last_updated",
    jailed: "jailed",
    priority: "accum",
});

impl ValidatorRecord {
    /// Whether it belongs in the set when so many TRON checkpoints are acknowledged.
    ///
    /// Source: `validation-layer §1.4; delivery:types/validator.go:61-71`.
    #[must_use]
    pub fn is_current(&self, ack_count: u64) -> bool {
        let epoch = Epoch::new(ack_count.wrapping_add(1));
        let ended = self.end_epoch.get() != 0 && self.end_epoch <= epoch;
        !self.jailed && self.start_epoch <= epoch && !ended && self.power > VotingPower::ZERO
    }

    /// Whether it has a key at all, which is all that its validity asks for.
    ///
    /// Source: `validation-layer §1.4; delivery:types/validator.go:74-82`.
    // the reference means to refuse a zero signer too, and does not.
    #[must_use]
    pub fn has_key(&self) -> bool {
        !self.pub_key.is_zero()
    }

    /// The 64 bytes that stand for it in the set's hash.
    ///
    /// Source: `validation-layer §1.4; delivery:types/validator.go:160-165`.
    // the power is written from the left of its word, 1 as 01 00 … 00.
    #[must_use]
    pub fn to_hash_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let power = self.power.get().unsigned_abs();
        let skip = power.leading_zeros() / 8;
        let digits = power.to_be_bytes().into_iter().skip(usize::try_from(skip).unwrap_or(8));
        for (to, from) in bytes.iter_mut().skip(12).zip(self.signer) {
            *to = from;
        }
        for (to, from) in bytes.iter_mut().skip(32).zip(digits) {
            *to = from;
        }
        bytes
    }

    /// The triple that crosses between crates.
    #[must_use]
    pub const fn to_validator(&self) -> Validator {
        Validator::new(self.id, self.signer, self.power)
    }
}

impl Clone for ValidatorRecord {
    fn clone(&self) -> Self {
        Self { last_updated: self.last_updated.clone(), ..*self }
    }

    /// Keeps the room of the text, so that a turn of the set allocates nothing.
    fn clone_from(&mut self, source: &Self) {
        let mut last_updated = core::mem::take(&mut self.last_updated);
        last_updated.clone_from(&source.last_updated);
        *self = Self { last_updated, ..*source };
    }
}

impl Member for ValidatorRecord {
    fn signer(&self) -> Address {
        self.signer
    }

    fn power(&self) -> VotingPower {
        self.power
    }

    fn set_power(&mut self, power: VotingPower) {
        self.power = power;
    }

    fn priority(&self) -> i64 {
        self.priority
    }

    fn set_priority(&mut self, priority: i64) {
        self.priority = priority;
    }
}

impl fmt::Display for ValidatorRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_validator(), f)?;
        write!(f, " from {}", self.start_epoch)?;
        if self.end_epoch.get() != 0 {
            write!(f, " to {}", self.end_epoch)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use bttc_core::amino;

    // validation-layer §1.8, golden encodings.
    #[test]
    fn a_record_is_written_as_in_the_reference() {
        let record = ValidatorRecord {
            id: ValidatorId::new(1),
            nonce: Nonce::new(1),
            power: VotingPower::new(1),
            pub_key: FixedBytes::right_padding_from(&[4]) | FixedBytes::left_padding_from(&[0x33; 64]),
            signer: Address::repeat_byte(0x11),
            priority: -6,
            ..ValidatorRecord::default()
        };
        let mut expected = vec![8, 1, 0x20, 1, 0x28, 1, 0x32, 0x41, 4];
        expected.extend([0x33; 64]);
        expected.extend([0x3a, 0x14]);
        expected.extend([0x11; 20]);
        expected.extend([0x50, 0xfa, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
        assert_eq!(amino::to_bytes(&record), expected);
        assert_eq!(amino::from_bytes(&expected), Ok(record));
    }

    #[test]
    fn q30_a_zero_signer_is_valid_and_power_hashes_from_the_left() {
        let record = ValidatorRecord {
            id: ValidatorId::new(1),
            start_epoch: Epoch::new(0),
            end_epoch: Epoch::new(0),
            nonce: Nonce::new(1),
            power: VotingPower::new(1),
            pub_key: FixedBytes::repeat_byte(4),
            signer: Address::ZERO,
            last_updated: String::new(),
            jailed: false,
            priority: 0,
        };
        assert!(record.has_key() && record.is_current(0));
        let bytes = record.to_hash_bytes();
        assert_eq!((bytes[32], bytes[63]), (1, 0));
        assert!(!record.is_current(u64::MAX) || record.start_epoch == Epoch::new(0));
    }
}
