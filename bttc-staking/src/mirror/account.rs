//! A validator as the mirror keeps it.

use crate::stake::{StakeAccount, StakeStatus};
use alloy_primitives::{Address, U256};
use bttc_core::amount::{Amount, AmountError};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A validator's record. Of the words of [`StakeAccount`] those are left out that are always 0 here: jail time, share
/// contract, commission.
///
/// Source: `root-contracts §3.1, §9.3; contracts@unstake:staking/stakeManager/StakeManagerStorage.sol`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorAccount {
    /// Its stake.
    pub amount: Amount,
    /// Reward credited to it, and one unit more.
    pub reward: Amount,
    /// First epoch of its validity on TRON, as it was told. The contract's `latestSignerUpdateEpoch` and auction start
    /// are the same number; nothing reads any of them.
    pub activation_epoch: U256,
    /// First epoch in which it is no validator any more; 0 while it has not left.
    pub deactivation_epoch: U256,
    /// Address of the key it signs with.
    pub signer: Address,
    /// What it is: [`StakeStatus::Unstaked`] once governance removed it.
    pub status: StakeStatus,
    /// Reward credited to its delegators, and one unit more.
    pub delegators_reward: Amount,
    /// What is delegated to it.
    pub delegated_amount: Amount,
    /// Reward index up to which it has been credited, reward per base unit × 10²⁵.
    pub initial_reward_per_stake: U256,
}

impl MirrorAccount {
    /// The one unit that `reward` and `delegators_reward` start with.
    pub const BIAS: Amount = StakeAccount::BIAS;

    /// Whether it is a validator in an epoch. Delegation alone makes none.
    ///
    /// Source: `root-contracts §3.4`.
    // one that has left signs until its epoch comes, while its stake is no longer in the total.
    #[must_use]
    pub fn is_validator_at(&self, epoch: U256) -> bool {
        !self.amount.is_zero()
            && (!self.is_leaving() || self.deactivation_epoch > epoch)
            && self.status == StakeStatus::Active
    }

    /// Whether it has left, or will.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        !self.deactivation_epoch.is_zero()
    }

    /// Stake and delegation modulo 2²⁵⁶: where they enter or leave the totals together the contract adds unchecked.
    pub(super) const fn power(&self) -> Amount {
        self.amount.wrapping_add(self.delegated_amount)
    }

    /// Credits up to the index `current`, then counts from `new` on; see [`StakeAccount`].
    pub(super) fn commit(&mut self, current: U256, new: U256) -> Result<(), AmountError> {
        let mut account = self.as_staked();
        account.commit(current, new)?;
        self.reward = account.reward;
        self.delegators_reward = account.delegators_reward;
        self.initial_reward_per_stake = account.initial_reward_per_stake;
        Ok(())
    }

    /// What is not yet credited up to an index, to itself and to its delegators, whether it has left or not.
    pub(super) fn uncredited(&self, index: U256) -> Result<(Amount, Amount), AmountError> {
        self.as_staked().unsettled(index)
    }

    /// The record that the rules of crediting are written for, as of one that stays.
    fn as_staked(&self) -> StakeAccount {
        StakeAccount {
            amount: self.amount,
            reward: self.reward,
            delegators_reward: self.delegators_reward,
            delegated_amount: self.delegated_amount,
            initial_reward_per_stake: self.initial_reward_per_stake,
            ..StakeAccount::default()
        }
    }
}

impl fmt::Display for MirrorAccount {
    /// A line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.signer, self.status)?;
        if self.is_leaving() {
            write!(f, " until epoch {}", self.deactivation_epoch)?;
        }
        write!(f, "  stake {}", self.amount)?;
        if !self.delegated_amount.is_zero() {
            write!(f, "  delegated {}", self.delegated_amount)?;
        }
        Ok(())
    }
}
