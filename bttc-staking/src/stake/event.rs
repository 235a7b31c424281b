//! What the contracts around the stake write into their logs.

use super::{Deployment, NftEvent};
use crate::{delegation::ShareEvent, token::TokenEvent};
use alloy_primitives::{Address, U256};
use bttc_core::{
    amount::Amount,
    id::{CheckpointNumber, Nonce, ValidatorId},
    root_chain::{self, RootEvent, SignerChange, StakeUpdate, Staked, TopUpFee, UnstakeInit},
};
use serde::{Deserialize, Serialize};

/// A log of a staking operation, in the order in which the contracts write them.
///
/// Source: `root-contracts §6, §6.1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StakeEvent {
    /// The token's.
    Token(TokenEvent),
    /// The staking tokens' contract's.
    Nft(NftEvent),
    /// A share contract's.
    Share {
        /// Where it stands.
        share_contract: Address,
        /// What it wrote.
        event: ShareEvent,
    },
    /// The staking contract takes checkpoints from another contract from now on.
    RootChainChanged {
        /// Until now.
        previous: Address,
        /// From now on.
        new: Address,
    },
    /// Somebody topped up a fee account.
    TopUpFee(TopUpFee),
    /// Somebody claimed from his fee account.
    ClaimFee {
        /// Who.
        user: Address,
        /// How much.
        fee: Amount,
    },
    /// A validator staked.
    Staked(Staked),
    /// A validator announced its exit.
    UnstakeInit(UnstakeInit),
    /// A validator took its stake out.
    Unstaked {
        /// Owner of the staking token.
        user: Address,
        /// The validator.
        validator: ValidatorId,
        /// Its stake.
        amount: Amount,
        /// All self-stake that is left.
        total: Amount,
    },
    /// A validator changed its signing key.
    SignerChange(SignerChange),
    /// A validator's stake plus delegation changed.
    StakeUpdate(StakeUpdate),
    /// A validator added to its stake.
    Restaked {
        /// The validator.
        validator: ValidatorId,
        /// Its stake from now on.
        amount: Amount,
        /// All self-stake.
        total: Amount,
    },
    /// A validator took its rewards.
    ClaimRewards {
        /// The validator.
        validator: ValidatorId,
        /// How much.
        amount: Amount,
        /// All rewards that validators ever took.
        total: Amount,
    },
    /// Somebody bid for a seat.
    StartAuction {
        /// Whose seat.
        validator: ValidatorId,
        /// The stake behind it.
        amount: Amount,
        /// The bid.
        bid: Amount,
    },
    /// An auction ended.
    ConfirmAuction {
        /// Whose seat it is; the same as `old` if it was kept.
        new: ValidatorId,
        /// Whose seat it was.
        old: ValidatorId,
        /// The stake behind it.
        amount: Amount,
    },
    /// A checkpoint of another root chain was reported.
    CheckpointSyncAck(CheckpointSyncAck),
    /// The number of seats changed.
    ThresholdChange {
        /// From now on.
        new: U256,
        /// Until now.
        old: U256,
    },
    /// The dynasty changed.
    DynastyValueChange {
        /// Epochs from now on.
        new: U256,
        /// Epochs until now.
        old: U256,
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
        root_chain: U256,
        /// From now on.
        new: Amount,
        /// Until now.
        old: Amount,
    },
    /// The shape of the reward changed.
    RewardParams {
        /// See [`RewardShape::decrease`](super::RewardShape::decrease).
        decrease: U256,
        /// See [`RewardShape::max_intervals`](super::RewardShape::max_intervals).
        max_intervals: U256,
        /// See [`RewardShape::delta`](super::RewardShape::delta).
        delta: U256,
    },
    /// A validator changed what it keeps of its delegators' reward.
    UpdateCommissionRate {
        /// The validator.
        validator: ValidatorId,
        /// Percent from now on.
        new: u64,
        /// Percent until now.
        old: u64,
    },
    /// Somebody delegated.
    ShareMinted(ShareChange),
    /// Somebody took delegation back, by the old interface or to another validator.
    ShareBurned(ShareChange),
    /// Somebody took delegation back.
    ShareBurnedWithId {
        /// What he took back.
        burned: ShareChange,
        /// Number of the claim he has now.
        nonce: Nonce,
    },
    /// A delegator got his tokens back, by the old interface or on another validator.
    DelegatorUnstaked(Delegated),
    /// A delegator got his tokens back.
    DelegatorUnstakeWithId {
        /// What he got.
        unstaked: Delegated,
        /// Number of the claim it was for.
        nonce: Nonce,
    },
    /// A delegator got his rewards.
    DelegatorClaimedRewards(Delegated),
    /// A delegator delegated his rewards; the amount is all he delegates now.
    DelegatorRestaked(Delegated),
    /// Stake was slashed. Only the slashing manager writes it.
    Slashed {
        /// Number of the slashing.
        nonce: U256,
        /// How much.
        amount: Amount,
    },
}

/// A checkpoint that another root chain took was reported here. As the contract takes any words, these are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointSyncAck {
    /// Who proposed it.
    pub proposer: Address,
    /// Number of that root chain.
    pub root_chain: U256,
    /// The checkpoint's number there.
    pub checkpoint: CheckpointNumber,
    /// First block.
    pub start: U256,
    /// Last block.
    pub end: U256,
}

/// Tokens a delegator turned into shares, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareChange {
    /// The validator.
    pub validator: ValidatorId,
    /// The delegator.
    pub user: Address,
    /// How many tokens.
    pub amount: Amount,
    /// How many shares.
    pub shares: Amount,
}

/// Tokens of a delegator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegated {
    /// The validator.
    pub validator: ValidatorId,
    /// The delegator.
    pub user: Address,
    /// How many tokens.
    pub amount: Amount,
}

impl CheckpointSyncAck {
    /// The event as the protocol knows it; `None` where a word does not fit into its 64 bits.
    #[must_use]
    pub fn to_root_event(&self) -> Option<root_chain::CheckpointSyncAck> {
        let narrow = |word: U256| u64::try_from(word).ok();
        Some(root_chain::CheckpointSyncAck {
            proposer: self.proposer,
            root_chain: narrow(self.root_chain)?,
            checkpoint: self.checkpoint,
            start: narrow(self.start)?,
            end: narrow(self.end)?,
        })
    }
}

impl StakeEvent {
    /// The root event, where the protocol reacts to this log.
    #[must_use]
    pub fn to_root_event(&self) -> Option<RootEvent> {
        match self {
            Self::TopUpFee(event) => Some(RootEvent::TopUpFee(*event)),
            Self::Staked(event) => Some(RootEvent::Staked(event.clone())),
            Self::UnstakeInit(event) => Some(RootEvent::UnstakeInit(event.clone())),
            Self::SignerChange(event) => Some(RootEvent::SignerChange(event.clone())),
            Self::StakeUpdate(event) => Some(RootEvent::StakeUpdate(*event)),
            Self::CheckpointSyncAck(event) => event.to_root_event().map(RootEvent::CheckpointSyncAck),
            _ => None,
        }
    }

    /// The contract that writes this log.
    #[must_use]
    pub const fn emitter(&self, at: &Deployment) -> Address {
        match self {
            Self::Token(_) => at.token,
            Self::Nft(_) => at.nft,
            Self::Share { share_contract, .. } => *share_contract,
            Self::RootChainChanged { .. } => at.manager,
            Self::RewardParams { .. }
            | Self::UpdateCommissionRate { .. }
            | Self::ShareBurnedWithId { .. }
            | Self::DelegatorUnstakeWithId { .. } => at.hub,
            _ => at.info,
        }
    }
}

impl From<TokenEvent> for StakeEvent {
    fn from(event: TokenEvent) -> Self {
        Self::Token(event)
    }
}

impl From<NftEvent> for StakeEvent {
    fn from(event: NftEvent) -> Self {
        Self::Nft(event)
    }
}
