//! What the mirror writes into its logs.

use alloy_primitives::{LogData, U256};
use alloy_sol_types::SolEvent;
use bttc_core::{
    amount::Amount,
    id::{Nonce, ValidatorId},
    root_chain::{RootEvent, StakeAck},
};
use serde::{Deserialize, Serialize};

mod abi {
    alloy_sol_types::sol! {
        event StakeAck(uint256 indexed validatorId, uint256 indexed nonce);
        event StakeUpdate(uint256 indexed validatorId, uint256 indexed nonce, uint256 indexed newAmount);
        event RewardUpdate(uint256 newReward, uint256 oldReward);
        event ProposerBonusChange(uint256 newProposerBonus, uint256 oldProposerBonus);
        event RewardParams(uint256 rewardDecreasePerCheckpoint, uint256 maxRewardedCheckpoints,
            uint256 checkpointRewardDelta);
    }
}

/// A log of the mirror. The events hub writes `RewardParams`, the staking information contract all others.
///
/// Source: `root-contracts §6, §9.1, §9.3; contracts@unstake:staking/StakingInfo.sol,
/// contracts:staking/EventsHub.sol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MirrorEvent {
    /// A message was taken.
    StakeAck {
        /// The validator.
        validator: U256,
        /// Nonce of the message.
        nonce: U256,
    },
    /// A validator's stake and delegation changed: this build's form, with a nonce. The contract can write it, but what
    /// wrote it on TRON has no body here.
    StakeUpdate {
        /// The validator.
        validator: U256,
        /// Nonce of the change.
        nonce: U256,
        /// Stake and delegation from now on.
        amount: Amount,
    },
    /// The checkpoint reward changed.
    RewardUpdate {
        /// From now on.
        new: Amount,
        /// Until now.
        old: Amount,
    },
    /// The proposer's part of the reward changed.
    ProposerBonusChange {
        /// Percent from now on.
        new: U256,
        /// Percent until now.
        old: U256,
    },
    /// The shape of the reward changed.
    RewardParams {
        /// See [`RewardShape::decrease`](crate::stake::RewardShape::decrease).
        decrease: U256,
        /// See [`RewardShape::max_intervals`](crate::stake::RewardShape::max_intervals).
        max_intervals: U256,
        /// See [`RewardShape::delta`](crate::stake::RewardShape::delta).
        delta: U256,
    },
}

/// A log that has a known event's first topic but is not that event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{topics} topics and {data} bytes of data do not decode as {signature}")]
pub struct MirrorEventShape {
    /// Signature of the event.
    pub signature: &'static str,
    /// Topics there are, the first included.
    pub topics: usize,
    /// Bytes of data there are.
    pub data: usize,
}

fn read<E: SolEvent>(log: &LogData) -> Result<E, MirrorEventShape> {
    let shape = MirrorEventShape { signature: E::SIGNATURE, topics: log.topics().len(), data: log.data.len() };
    E::decode_raw_log(log.topics().iter().copied(), &log.data).map_err(|_| shape)
}

impl MirrorEvent {
    /// The root event, where the protocol reacts to this log; `None` for numbers beyond 64 bits too.
    #[must_use]
    pub fn to_root_event(&self) -> Option<RootEvent> {
        let Self::StakeAck { validator, nonce } = self else { return None };
        let validator = ValidatorId::new(u64::try_from(*validator).ok()?);
        Some(RootEvent::StakeAck(StakeAck { validator, nonce: Nonce::new(u64::try_from(*nonce).ok()?) }))
    }

    /// The log a contract writes for it.
    #[must_use]
    pub fn to_log_data(&self) -> LogData {
        match *self {
            Self::StakeAck { validator, nonce } => abi::StakeAck { validatorId: validator, nonce }.encode_log_data(),
            Self::StakeUpdate { validator, nonce, amount } => {
                abi::StakeUpdate { validatorId: validator, nonce, newAmount: amount.to_word() }.encode_log_data()
            }
            Self::RewardUpdate { new, old } => {
                abi::RewardUpdate { newReward: new.to_word(), oldReward: old.to_word() }.encode_log_data()
            }
            Self::ProposerBonusChange { new, old } => {
                abi::ProposerBonusChange { newProposerBonus: new, oldProposerBonus: old }.encode_log_data()
            }
            Self::RewardParams { decrease, max_intervals, delta } => abi::RewardParams {
                rewardDecreasePerCheckpoint: decrease,
                maxRewardedCheckpoints: max_intervals,
                checkpointRewardDelta: delta,
            }
            .encode_log_data(),
        }
    }

    /// Decodes a log; `None` for one that is none of these.
    ///
    /// # Errors
    /// [`MirrorEventShape`] when the first topic is known but the rest does not fit it.
    pub fn decode(log: &LogData) -> Result<Option<Self>, MirrorEventShape> {
        let Some(&first) = log.topics().first() else { return Ok(None) };
        Ok(Some(match first {
            abi::StakeAck::SIGNATURE_HASH => {
                let e: abi::StakeAck = read(log)?;
                Self::StakeAck { validator: e.validatorId, nonce: e.nonce }
            }
            abi::StakeUpdate::SIGNATURE_HASH => {
                let e: abi::StakeUpdate = read(log)?;
                Self::StakeUpdate { validator: e.validatorId, nonce: e.nonce, amount: Amount::from_word(e.newAmount) }
            }
            abi::RewardUpdate::SIGNATURE_HASH => {
                let e: abi::RewardUpdate = read(log)?;
                Self::RewardUpdate { new: Amount::from_word(e.newReward), old: Amount::from_word(e.oldReward) }
            }
            abi::ProposerBonusChange::SIGNATURE_HASH => {
                let e: abi::ProposerBonusChange = read(log)?;
                Self::ProposerBonusChange { new: e.newProposerBonus, old: e.oldProposerBonus }
            }
            abi::RewardParams::SIGNATURE_HASH => {
                let e: abi::RewardParams = read(log)?;
                Self::RewardParams {
                    decrease: e.rewardDecreasePerCheckpoint,
                    max_intervals: e.maxRewardedCheckpoints,
                    delta: e.checkpointRewardDelta,
                }
            }
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::b256;

    #[test]
    fn the_first_topics_are_those_of_the_deployed_contracts() {
        // root-contracts §6.
        assert_eq!(
            [
                abi::StakeAck::SIGNATURE_HASH,
                abi::StakeUpdate::SIGNATURE_HASH,
                abi::RewardUpdate::SIGNATURE_HASH,
                abi::ProposerBonusChange::SIGNATURE_HASH,
                abi::RewardParams::SIGNATURE_HASH,
            ],
            [
                b256!("0x4643d2836f85923259a5a998fcadf64a50de43237434716feec3b19ff1d1329b"),
                b256!("0x35af9eea1f0e7b300b0a14fae90139a072470e44daa3f14b5069bebbc1265bda"),
                b256!("0xf67f33e8589d3ea0356303c0f9a8e764873692159f777ff79e4fc523d389dfcd"),
                b256!("0x4a501a9c4d5cce5c32415945bbc8973764f31b844e3e8fd4c15f51f315ac8792"),
                b256!("0x801c2d11f1d1780f228c2a497cf5eae033694c8eb057d636044683def26e03ec"),
            ]
        );
    }

    #[test]
    fn an_acknowledgement_is_what_the_core_reads_and_other_shapes_are_named() {
        let ack = MirrorEvent::StakeAck { validator: U256::from(5), nonce: U256::from(2) };
        let log = ack.to_log_data();
        assert_eq!(RootEvent::decode(&log), Ok(ack.to_root_event()));
        let wide = MirrorEvent::StakeAck { validator: U256::MAX, nonce: U256::from(2) };
        assert_eq!(wide.to_root_event(), None);
        let bare = LogData::new_unchecked(log.topics()[..2].to_vec(), log.data);
        let shape = MirrorEvent::decode(&bare).unwrap_err();
        assert_eq!((shape.signature, shape.topics, shape.data), ("StakeAck(uint256,uint256)", 2, 0));
    }
}
