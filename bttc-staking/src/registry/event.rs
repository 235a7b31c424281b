//! What root events do to the registry.

use super::{Registry, ValidatorRecord};
use crate::proposer::MAX_TOTAL_POWER;
use alloc::{format, string::String};
use alloy_primitives::{Address, Bytes, FixedBytes, U256};
use bttc_core::{
    amount::Amount,
    chain::PowerRule,
    hash::keccak256,
    id::{Epoch, Nonce, ValidatorId},
    root_chain::{RootEvent, SignerChange, StakeUpdate, Staked, UnstakeInit},
    validator::VotingPower,
};
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where an event stands on TRON, as one number: block · 100 000 + log index. Each is settled once.
///
/// Source: `validation-layer §5.1; delivery:staking/handler.go:77-86, delivery:types/keys.go:8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u128);

impl Sequence {
    /// Of the log at this index of this block.
    #[must_use]
    pub fn new(block_number: u64, log_index: u64) -> Self {
        // 64 and 17 bits, and 64 bits more, stay below 128.
        Self(u128::from(block_number) * 100_000 + u128::from(log_index))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Sequence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sequence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applied {
    /// A validator joined.
    Joined(ValidatorId),
    /// A validator has another signer.
    SignerUpdated(ValidatorId),
    /// A validator will leave.
    Exiting(ValidatorId),
    /// A validator has another power.
    PowerUpdated(ValidatorId),
    /// Nothing: not the registry's matter.
    Ignored,
}

/// Why an event is refused. [`StakingEventError::code`] is the reference's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakingEventError {
    /// It has been settled.
    #[error("event {sequence} is already settled")]
    OldTx {
        /// The event.
        sequence: Sequence,
    },
    /// Nobody has this id.
    #[error("no validator {id}")]
    NoValidator {
        /// The id.
        id: ValidatorId,
    },
    /// The id or the signer is taken.
    #[error("validator {id} with signer {signer} has already joined")]
    AlreadyJoined {
        /// The id.
        id: ValidatorId,
        /// The signer.
        signer: Address,
    },
    /// Less than one token.
    #[error("got a stake of {got}, expected at least {expected}")]
    Stake {
        /// The stake.
        got: Amount,
        /// Least stake.
        expected: Amount,
    },
    /// More tokens than a set can weigh.
    #[error("a stake of {got} whole tokens is more power than {max}")]
    Power {
        /// Whole tokens.
        got: U256,
        /// Largest power.
        max: i64,
    },
    /// The key has not 64 bytes.
    #[error("got a key of {got} bytes, expected 64")]
    KeyLength {
        /// Bytes it has.
        got: usize,
    },
    /// The event's signer is not the key's address.
    #[error("got signer {got}, expected {expected}, the address of the key")]
    Signer {
        /// The event's signer.
        got: Address,
        /// Address of the event's key.
        expected: Address,
    },
    /// It has announced its exit before.
    #[error("validator {id} already leaves at epoch {end}")]
    AlreadyUnbonded {
        /// Who.
        id: ValidatorId,
        /// When.
        end: Epoch,
    },
    /// The new signer is the old one.
    #[error("validator {id} already has signer {signer}")]
    NoSignerChange {
        /// Who.
        id: ValidatorId,
        /// The signer.
        signer: Address,
    },
    /// Not the next event of its validator.
    #[error("got nonce {got}, expected {expected}")]
    Nonce {
        /// The event's nonce.
        got: Nonce,
        /// One more than the record's.
        expected: Nonce,
    },
}

impl StakingEventError {
    /// The result code of the reference.
    ///
    /// Source: `validation-layer §9.4; delivery:common/error.go:15-78`.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Stake { .. } | Self::Power { .. } | Self::KeyLength { .. } | Self::Signer { .. } => 1_400,
            Self::OldTx { .. } => 1_401,
            Self::NoValidator { .. } => 2_501,
            Self::AlreadyUnbonded { .. } => 2_504,
            Self::AlreadyJoined { .. } => 2_507,
            Self::NoSignerChange { .. } => 2_513,
            Self::Nonce { .. } => 2_514,
        }
    }
}

/// Least stake that joins, one token.
///
/// Source: `validation-layer §5.1; delivery:helper/util.go:742-749`.
pub const MIN_STAKE: Amount = Amount::from_word(U256::from_limbs([Amount::UNITS_PER_BTT, 0, 0, 0]));

impl Registry {
    /// Whether an event may be put forward: what the layer checks when a message arrives.
    ///
    /// Source: `validation-layer §5.2-5.5 "Handler"; delivery:staking/handler.go`.
    ///
    /// # Errors
    /// [`StakingEventError`].
    pub fn admit(&self, event: &RootEvent, sequence: Sequence) -> Result<(), StakingEventError> {
        match event {
            RootEvent::Staked(e) => {
                let joined = self.signer_of.contains_key(&e.validator) || self.records.contains_key(&e.signer);
                if joined {
                    return Err(StakingEventError::AlreadyJoined { id: e.validator, signer: e.signer });
                }
                self.power_of(e.amount)?;
                self.not_settled(sequence)
            }
            RootEvent::SignerChange(e) => {
                let record = self.known(e.validator)?;
                self.not_settled(sequence)?;
                signer_changes(record, e.new_signer)?;
                next_nonce(record, e.nonce)
            }
            RootEvent::UnstakeInit(e) => {
                let record = self.known(e.validator)?;
                if record.end_epoch.get() != 0 {
                    return Err(StakingEventError::AlreadyUnbonded { id: e.validator, end: record.end_epoch });
                }
                self.not_settled(sequence)?;
                next_nonce(record, e.nonce)
            }
            RootEvent::StakeUpdate(e) if self.power == PowerRule::Stake => {
                self.known(e.validator)?;
                self.not_settled(sequence)
            }
            _ => Ok(()),
        }
    }

    /// Lets an attested event happen. Of what [`Registry::admit`] checks only the sequence, and that the validator is
    /// known, is checked again.
    ///
    /// Source: `validation-layer §5.2-5.5 "Post"; delivery:staking/side_handler.go:423-813`.
    ///
    /// # Errors
    /// [`StakingEventError`].
    pub fn settle(
        &mut self,
        event: &RootEvent,
        sequence: Sequence,
        ack_count: u64,
    ) -> Result<Applied, StakingEventError> {
        match event {
            RootEvent::Staked(e) => self.join(e, sequence),
            RootEvent::SignerChange(e) => self.signer_update(e, sequence, ack_count),
            RootEvent::UnstakeInit(e) => self.exit(e, sequence),
            RootEvent::StakeUpdate(e) if self.power == PowerRule::Stake => self.stake_update(*e, sequence),
            _ => Ok(Applied::Ignored),
        }
    }

    /// [`Registry::admit`], then [`Registry::settle`].
    ///
    /// # Errors
    /// [`StakingEventError`].
    pub fn apply(
        &mut self,
        event: &RootEvent,
        sequence: Sequence,
        ack_count: u64,
    ) -> Result<Applied, StakingEventError> {
        self.admit(event, sequence)?;
        self.settle(event, sequence, ack_count)
    }

    /// A new validator. Its nonce is taken as it comes.
    // nothing but the sequence is checked, so of two joins of one id the later one overwrites.
    fn join(&mut self, e: &Staked, sequence: Sequence) -> Result<Applied, StakingEventError> {
        self.not_settled(sequence)?;
        let pub_key = key(&e.signer_key, e.signer)?;
        let power = self.power_of(e.amount)?;
        self.sequences.insert(sequence);
        self.store(ValidatorRecord {
            id: e.validator,
            start_epoch: e.activation_epoch,
            end_epoch: Epoch::new(0),
            nonce: e.nonce,
            power,
            pub_key,
            signer: e.signer,
            last_updated: format!("{sequence}"),
            jailed: false,
            priority: 0,
        });
        Ok(Applied::Joined(e.validator))
    }

    /// The old record stays without power, a new one takes over.
    // that the new signer is nobody else's is not checked.
    fn signer_update(
        &mut self,
        e: &SignerChange,
        sequence: Sequence,
        ack_count: u64,
    ) -> Result<Applied, StakingEventError> {
        self.not_settled(sequence)?;
        let pub_key = key(&e.signer_key, e.new_signer)?;
        let record = self.known(e.validator)?;
        signer_changes(record, e.new_signer)?;
        let new = ValidatorRecord {
            pub_key,
            signer: e.new_signer,
            nonce: e.nonce,
            last_updated: format!("{sequence}"),
            ..record.clone()
        };
        let old = ValidatorRecord {
            end_epoch: Epoch::new(ack_count),
            power: VotingPower::ZERO,
            nonce: e.nonce,
            last_updated: new.last_updated.clone(),
            ..record.clone()
        };
        self.sequences.insert(sequence);
        self.store(old);
        self.store(new);
        Ok(Applied::SignerUpdated(e.validator))
    }

    fn exit(&mut self, e: &UnstakeInit, sequence: Sequence) -> Result<Applied, StakingEventError> {
        self.not_settled(sequence)?;
        let record = ValidatorRecord {
            end_epoch: e.deactivation_epoch,
            nonce: e.nonce,
            last_updated: format!("{sequence}"),
            ..self.known(e.validator)?.clone()
        };
        self.sequences.insert(sequence);
        self.store(record);
        Ok(Applied::Exiting(e.validator))
    }

    /// Only where power is stake; the public networks ignore the event, which carries no nonce.
    fn stake_update(&mut self, e: StakeUpdate, sequence: Sequence) -> Result<Applied, StakingEventError> {
        self.not_settled(sequence)?;
        let record = ValidatorRecord {
            power: whole_tokens(e.new_amount)?,
            last_updated: format!("{sequence}"),
            ..self.known(e.validator)?.clone()
        };
        self.sequences.insert(sequence);
        self.store(record);
        Ok(Applied::PowerUpdated(e.validator))
    }

    fn not_settled(&self, sequence: Sequence) -> Result<(), StakingEventError> {
        if self.is_settled(sequence) {
            return Err(StakingEventError::OldTx { sequence });
        }
        Ok(())
    }

    fn known(&self, id: ValidatorId) -> Result<&ValidatorRecord, StakingEventError> {
        self.record_of(id).ok_or(StakingEventError::NoValidator { id })
    }

    fn power_of(&self, stake: Amount) -> Result<VotingPower, StakingEventError> {
        if stake < MIN_STAKE {
            return Err(StakingEventError::Stake { got: stake, expected: MIN_STAKE });
        }
        match self.power {
            PowerRule::One => Ok(VotingPower::new(1)),
            PowerRule::Stake => whole_tokens(stake),
        }
    }
}

/// What a stake weighs where power is stake: its whole tokens.
///
/// # Errors
/// [`StakingEventError::Power`] for more than a set can weigh.
pub fn whole_tokens(stake: Amount) -> Result<VotingPower, StakingEventError> {
    let got = stake.whole_btt();
    let power = i64::try_from(got).ok().filter(|power| *power <= MAX_TOTAL_POWER);
    power.map(VotingPower::new).ok_or(StakingEventError::Power { got, max: MAX_TOTAL_POWER })
}

fn signer_changes(record: &ValidatorRecord, signer: Address) -> Result<(), StakingEventError> {
    if record.signer == signer {
        return Err(StakingEventError::NoSignerChange { id: record.id, signer });
    }
    Ok(())
}

fn next_nonce(record: &ValidatorRecord, got: Nonce) -> Result<(), StakingEventError> {
    let expected = Nonce::new(record.nonce.get().wrapping_add(1));
    if got != expected {
        return Err(StakingEventError::Nonce { got, expected });
    }
    Ok(())
}

/// The 65-byte form of a key in an event, whose address the event has to name.
fn key(coordinates: &Bytes, signer: Address) -> Result<FixedBytes<65>, StakingEventError> {
    if coordinates.len() != 64 {
        return Err(StakingEventError::KeyLength { got: coordinates.len() });
    }
    let expected = Address::from_word(keccak256(coordinates));
    if signer != expected {
        return Err(StakingEventError::Signer { got: signer, expected });
    }
    let mut whole = FixedBytes::repeat_byte(4);
    for (to, from) in whole.iter_mut().skip(1).zip(coordinates) {
        *to = *from;
    }
    Ok(whole)
}
