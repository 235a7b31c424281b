//! What governance and the owner do: turn the knobs, and put right what messages cannot.

use super::{Mirror, MirrorEvent, Seat, SeatError};
use crate::stake::{RewardShapeError, SignerList, StakeStatus};
use alloc::vec::Vec;
use alloy_primitives::{Address, U256};
use bttc_core::amount::{Amount, AmountError};

/// Why governance or the owner is refused. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MirrorGovernanceError {
    /// The caller is not governance.
    #[error("Only governance contract is authorized")]
    NotGovernance {
        /// Who asked.
        got: Address,
        /// Who may ask.
        expected: Address,
    },
    /// The caller is not the owner; no reason on chain.
    #[error("{got} is not the owner {expected}")]
    NotOwner {
        /// Who asked.
        got: Address,
        /// The owner.
        expected: Address,
    },
    /// Zero where a number is needed; no reason on chain.
    #[error("{what} is zero")]
    Zero {
        /// Which number.
        what: &'static str,
    },
    /// No reason on chain.
    #[error(transparent)]
    Shape(#[from] RewardShapeError),
    /// The proposer would keep more than the whole reward.
    #[error("too big")]
    BonusTooBig {
        /// Percent asked for.
        got: U256,
    },
    /// Not one nonce for each id.
    #[error("args length mismatch")]
    NonceCount {
        /// Nonces there are.
        got: usize,
        /// Ids there are.
        expected: usize,
    },
    /// The set cannot change so; no reason on chain.
    #[error(transparent)]
    Seat(#[from] SeatError),
}

impl MirrorGovernanceError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotGovernance { .. } => "Only governance contract is authorized",
            Self::BonusTooBig { .. } => "too big",
            Self::NonceCount { .. } => "args length mismatch",
            Self::NotOwner { .. } | Self::Zero { .. } | Self::Shape(_) | Self::Seat(_) => "",
        }
    }
}

impl From<AmountError> for MirrorGovernanceError {
    fn from(error: AmountError) -> Self {
        Self::Seat(error.into())
    }
}

/// Source of all: `root-contracts §4.11, §9.1, §9.6; contracts@unstake:staking/stakeManager/StakeManager.sol:334-355`.
/// Each refuses a caller that may not first.
impl Mirror {
    /// Locks it, which only [`UserFunction`](super::UserFunction)s feel.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::NotGovernance`].
    pub fn lock(&mut self, caller: Address) -> Result<(), MirrorGovernanceError> {
        self.only_governance(caller)?;
        self.locked = true;
        Ok(())
    }

    /// Unlocks it.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::NotGovernance`].
    pub fn unlock(&mut self, caller: Address) -> Result<(), MirrorGovernanceError> {
        self.only_governance(caller)?;
        self.locked = false;
        Ok(())
    }

    /// Sets the epoch.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::NotGovernance`].
    pub fn set_epoch(&mut self, caller: Address, epoch: U256) -> Result<(), MirrorGovernanceError> {
        self.only_governance(caller)?;
        self.epoch = epoch;
        Ok(())
    }

    /// Sets the blocks of a checkpoint of full length.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::Zero`].
    pub fn set_checkpoint_interval(&mut self, caller: Address, blocks: U256) -> Result<(), MirrorGovernanceError> {
        self.only_governance(caller)?;
        if blocks.is_zero() {
            return Err(MirrorGovernanceError::Zero { what: "the interval" });
        }
        self.params.shape.interval = blocks;
        Ok(())
    }

    /// Sets the reward of a checkpoint of full length. The log.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::Zero`].
    pub fn set_checkpoint_reward(
        &mut self,
        caller: Address,
        new: Amount,
    ) -> Result<MirrorEvent, MirrorGovernanceError> {
        self.only_governance(caller)?;
        if new.is_zero() {
            return Err(MirrorGovernanceError::Zero { what: "the reward" });
        }
        let old = core::mem::replace(&mut self.params.reward, new);
        Ok(MirrorEvent::RewardUpdate { new, old })
    }

    /// Sets how a checkpoint's length changes its reward. The log.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::Shape`].
    pub fn set_reward_shape(
        &mut self,
        caller: Address,
        decrease: U256,
        max_intervals: U256,
        delta: U256,
    ) -> Result<MirrorEvent, MirrorGovernanceError> {
        self.only_governance(caller)?;
        self.params.shape.set(decrease, max_intervals, delta)?;
        Ok(MirrorEvent::RewardParams { decrease, max_intervals, delta })
    }

    /// Sets the proposer's part of a reward, in percent. The log.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::BonusTooBig`].
    pub fn set_proposer_bonus(&mut self, caller: Address, new: U256) -> Result<MirrorEvent, MirrorGovernanceError> {
        self.only_governance(caller)?;
        let percent = u64::try_from(new).ok().filter(|percent| *percent <= 100);
        let percent = percent.ok_or(MirrorGovernanceError::BonusTooBig { got: new })?;
        let old = core::mem::replace(&mut self.params.shape.proposer_bonus, percent);
        Ok(MirrorEvent::ProposerBonusChange { new, old: U256::from(old) })
    }

    /// Lets a validator in as a join would, without signatures, nonce or log.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::Seat`].
    pub fn set_validator(&mut self, caller: Address, id: U256, seat: &Seat) -> Result<(), MirrorGovernanceError> {
        self.only_governance(caller)?;
        self.seat(id, seat)?;
        Ok(())
    }

    /// Puts a validator out at once, without signatures, nonce or log.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::Seat`].
    pub fn force_remove(&mut self, caller: Address, id: U256) -> Result<(), MirrorGovernanceError> {
        self.only_governance(caller)?;
        let epoch = self.epoch;
        self.unseat(id, |account| {
            account.deactivation_epoch = epoch;
            account.status = StakeStatus::Unstaked;
        })?;
        Ok(())
    }

    /// Puts another list of signers in place, in whatever order.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::NotOwner`].
    pub fn set_signers(&mut self, caller: Address, signers: Vec<Address>) -> Result<(), MirrorGovernanceError> {
        self.only_owner(caller)?;
        self.signers = SignerList::from(signers);
        Ok(())
    }

    /// Sets the last nonces of some validators; of an id that stands there twice the later one counts.
    ///
    /// # Errors
    /// [`MirrorGovernanceError::NonceCount`].
    pub fn set_nonces(&mut self, caller: Address, ids: &[U256], nonces: &[U256]) -> Result<(), MirrorGovernanceError> {
        self.only_owner(caller)?;
        if ids.len() != nonces.len() {
            return Err(MirrorGovernanceError::NonceCount { got: nonces.len(), expected: ids.len() });
        }
        self.nonces.extend(ids.iter().copied().zip(nonces.iter().copied()));
        Ok(())
    }

    fn only_governance(&self, caller: Address) -> Result<(), MirrorGovernanceError> {
        if caller == self.governance {
            return Ok(());
        }
        Err(MirrorGovernanceError::NotGovernance { got: caller, expected: self.governance })
    }

    fn only_owner(&self, caller: Address) -> Result<(), MirrorGovernanceError> {
        if caller == self.owner {
            return Ok(());
        }
        Err(MirrorGovernanceError::NotOwner { got: caller, expected: self.owner })
    }
}
