//! What the contracts around the stake write into their logs.

use crate::token::TokenEvent;
use alloy_primitives::Address;
use bttc_core::{
    amount::Amount,
    id::ValidatorId,
    root_chain::{CheckpointSyncAck, RootEvent, Staked, TopUpFee},
};
use serde::{Deserialize, Serialize};

/// A log of a staking operation, in the order in which the contracts write them.
///
/// Source: `root-contracts §6, §6.1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StakeEvent {
    /// The token's.
    Token(TokenEvent),
    /// A new share contract's two logs: it got its owner, the staking contract.
    ShareContract {
        /// Where it stands.
        share_contract: Address,
    },
    /// A staking token changed hands; from address zero when it came into being.
    StakingToken {
        /// Whose it was.
        from: Address,
        /// Whose it is.
        to: Address,
        /// The validator.
        validator: ValidatorId,
    },
    /// Somebody topped up a fee account.
    TopUpFee(TopUpFee),
    /// A validator staked.
    Staked(Staked),
    /// A validator took its rewards.
    ClaimRewards {
        /// The validator.
        validator: ValidatorId,
        /// How much.
        amount: Amount,
        /// All rewards that validators ever took.
        total: Amount,
    },
    /// A checkpoint of another root chain was reported.
    CheckpointSyncAck(CheckpointSyncAck),
    /// The number of seats changed.
    ThresholdChange {
        /// From now on.
        new: u64,
        /// Until now.
        old: u64,
    },
    /// The dynasty changed.
    DynastyValueChange {
        /// Epochs from now on.
        new: u64,
        /// Epochs until now.
        old: u64,
    },
    /// The proposer's part of the reward changed.
    ProposerBonusChange {
        /// Percent from now on.
        new: u64,
        /// Percent until now.
        old: u64,
    },
    /// A root chain's checkpoint reward changed.
    ChainRewardUpdate {
        /// Number of the root chain.
        root_chain: u64,
        /// From now on.
        new: Amount,
        /// Until now.
        old: Amount,
    },
    /// The shape of the reward changed.
    RewardParams {
        /// See [`RewardShape::decrease`](super::RewardShape::decrease).
        decrease: u64,
        /// See [`RewardShape::max_intervals`](super::RewardShape::max_intervals).
        max_intervals: u64,
        /// See [`RewardShape::delta`](super::RewardShape::delta).
        delta: u64,
    },
}

impl StakeEvent {
    /// The root event, where the protocol reacts to this log.
    #[must_use]
    pub fn to_root_event(&self) -> Option<RootEvent> {
        match self {
            Self::TopUpFee(event) => Some(RootEvent::TopUpFee(*event)),
            Self::Staked(event) => Some(RootEvent::Staked(event.clone())),
            Self::CheckpointSyncAck(event) => Some(RootEvent::CheckpointSyncAck(event.clone())),
            _ => None,
        }
    }
}

impl From<TokenEvent> for StakeEvent {
    fn from(event: TokenEvent) -> Self {
        Self::Token(event)
    }
}
