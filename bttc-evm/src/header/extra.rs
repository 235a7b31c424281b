//! What a header's extra-data holds.
//!
//! ```text
//! extra  = vanity(32) ‖ record · n ‖ seal(65)         n = 0 except at the end of a sprint
//! record = signer(20) ‖ |power|(20, big-endian)       ascending by signer
//! ```
//!
//! Source: `block-layer §2.2; bttc:consensus/bor/validator.go:86-127, bttc:consensus/bor/bor.go:332-379`.

use alloy_primitives::{Address, U160};
use bttc_core::{
    id::ValidatorId,
    schedule::Timing,
    signature::Signature,
    validator::{Validator, VotingPower},
};

/// Bytes that a producer fills as it likes.
pub const VANITY_LENGTH: usize = 32;

const RECORD: usize = 40;
const ADDRESS: usize = 20;

/// The three parts of a well-formed extra-data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraData<'a> {
    /// 32 bytes at will.
    pub vanity: &'a [u8],
    /// Validator records, 40 bytes each.
    pub records: &'a [u8],
    /// The seal.
    pub seal: Signature,
}

/// Why extra-data is malformed. The texts are those of the reference.
///
/// Source: `block-layer §2.7 steps 3-5; bttc:consensus/bor/bor.go:68-118`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraError {
    /// errMissingVanity: fewer than 32 bytes.
    #[error("extra-data 32 byte vanity prefix missing")]
    MissingVanity,
    /// errMissingSignature: fewer than 97 bytes.
    #[error("extra-data 65 byte signature suffix missing")]
    MissingSignature,
    /// errExtraValidators: records away from the end of a sprint.
    #[error("non-sprint-end block contains extra validator list")]
    ExtraValidators,
    /// errInvalidSpanValidators: records of broken length at the end of a sprint.
    #[error("invalid validator list on sprint end block")]
    InvalidSpanValidators,
}

impl<'a> ExtraData<'a> {
    /// Reads the extra-data of the block with this number.
    ///
    /// # Errors
    /// [`ExtraError`], the first in the order of its variants.
    pub fn read(extra: &'a [u8], number: u64, timing: &Timing) -> Result<Self, ExtraError> {
        let (vanity, rest) = extra.split_at_checked(VANITY_LENGTH).ok_or(ExtraError::MissingVanity)?;
        let records = rest.len().checked_sub(Signature::LEN);
        let (records, seal) =
            records.and_then(|length| rest.split_at_checked(length)).ok_or(ExtraError::MissingSignature)?;
        let seal = Signature::try_from(seal).map_err(|_| ExtraError::MissingSignature)?;
        if timing.is_sprint_end(number) {
            if !records.len().is_multiple_of(RECORD) {
                return Err(ExtraError::InvalidSpanValidators);
            }
        } else if !records.is_empty() {
            return Err(ExtraError::ExtraValidators);
        }
        Ok(Self { vanity, records, seal })
    }

    /// The records as validators, in their order, with id 0.
    // Q-72: of the 20-byte power the low 64 bits are read as a signed number, so powers from 2⁶³ on turn negative.
    #[must_use]
    pub fn validators(&self) -> Vec<Validator> {
        let records = self.records.chunks_exact(RECORD);
        records
            .map(|record| {
                let (signer, power) = record.split_at(ADDRESS);
                let [low, ..] = *U160::from_be_slice(power).as_limbs();
                Validator::new(ValidatorId::new(0), Address::from_slice(signer), VotingPower::new(low.cast_signed()))
            })
            .collect()
    }
}

/// The records of these validators, in the order given; a negative power is written as its absolute value.
///
/// Source: `block-layer §2.2.1, §2.2.3; bttc:consensus/bor/validator.go:86-99`.
#[must_use]
pub fn record_bytes(validators: &[Validator]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(validators.len() * RECORD);
    for validator in validators {
        bytes.extend_from_slice(validator.signer.as_slice());
        bytes.extend_from_slice(&[0; 12]);
        bytes.extend_from_slice(&validator.power.get().unsigned_abs().to_be_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use bttc_core::chain::ChainSpec;

    #[test]
    fn q72_a_power_of_2_to_the_63_reads_as_negative_and_writes_back_as_its_magnitude() {
        let mut extra = vec![0; VANITY_LENGTH + RECORD + Signature::LEN];
        extra[VANITY_LENGTH + 32] = 0x80;
        let timing = ChainSpec::mainnet().timing;
        let data = ExtraData::read(&extra, 63, &timing).unwrap();
        let validators = data.validators();
        assert_eq!(validators[0].power.get(), i64::MIN);
        assert_eq!(record_bytes(&validators), data.records);
        assert_eq!(ExtraData::read(&extra, 62, &timing), Err(ExtraError::ExtraValidators));
    }
}
