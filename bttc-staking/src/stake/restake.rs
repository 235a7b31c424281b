//! What an owner does with what its validator earns.

use super::{LiveSetChange, Money, NotAPool, StakeAccount, StakeEvent, StakeManager};
use crate::token::TokenError;
use alloc::vec::Vec;
use alloy_primitives::Address;
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, ValidatorId},
    root_chain::StakeUpdate,
};
use serde::{Deserialize, Serialize};

/// The caller does not own the staking token. On chain a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{caller} does not own validator {validator}, {owner:?} does")]
pub struct NotOwner {
    /// Who asked.
    pub caller: Address,
    /// For which validator.
    pub validator: ValidatorId,
    /// Who may ask.
    pub owner: Option<Address>,
}

/// What becomes of a validator's rewards when it adds to its stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StakeRewards {
    /// They are added as well.
    Add,
    /// They stay.
    Leave,
}

/// Why rewards are not paid. On chain each is a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawError {
    /// The caller does not own the staking token.
    #[error(transparent)]
    NotOwner(#[from] NotOwner),
    /// The contract has not enough tokens.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A sum leaves 256 bits.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl WithdrawError {
    /// The reason the contract reverts with: none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        ""
    }
}

/// Why a stake does not grow, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestakeError {
    /// The contract is locked.
    #[error("locked")]
    Locked,
    /// The caller does not own the staking token; no reason on chain.
    #[error(transparent)]
    NotOwner(#[from] NotOwner),
    /// The validator has announced its exit.
    #[error("No restaking")]
    Leaving {
        /// First epoch in which it is none any more.
        deactivation: Epoch,
    },
    /// The caller's tokens cannot be taken; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// What it has for a share contract is none; no reason on chain.
    #[error(transparent)]
    NotAPool(#[from] NotAPool),
    /// A sum leaves 256 bits; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl RestakeError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Leaving { .. } => "No restaking",
            Self::NotOwner(_) | Self::Token(_) | Self::NotAPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

impl StakeManager {
    /// Adds to a validator's stake from the caller's tokens, from its rewards, or neither. The logs in order.
    ///
    /// Source: `root-contracts §4.6; contracts:staking/stakeManager/StakeManager.sol:501-527`.
    ///
    /// # Errors
    /// [`RestakeError`].
    // the log of a changed stake carries no nonce on TRON and counts none.
    pub fn restake(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        rewards: StakeRewards,
    ) -> Result<Vec<StakeEvent>, RestakeError> {
        self.transact(|contract, log| {
            if contract.figures.locked {
                return Err(RestakeError::Locked);
            }
            contract.only_owner_of(caller, validator)?;
            let account = contract.accounts.at(validator);
            if account.is_leaving() {
                return Err(RestakeError::Leaving { deactivation: account.deactivation_epoch });
            }
            if !amount.is_zero() {
                contract.pull(log, caller, amount)?;
            }
            contract.settle(validator)?;
            let mut account = contract.accounts.at(validator);
            let mut amount = amount;
            if rewards == StakeRewards::Add {
                amount = amount.checked_add(account.reward)?.checked_sub(StakeAccount::BIAS)?;
                account.reward = StakeAccount::BIAS;
            }
            let total = contract.figures.total_staked.checked_add(amount)?;
            contract.figures.total_staked = total;
            account.amount = account.amount.checked_add(amount)?;
            contract.accounts.put(validator, account);
            contract.figures.live = contract.figures.live.changed(LiveSetChange::gain(amount, 0))?;
            contract.log_stake_update::<RestakeError>(log, validator)?;
            log.push(StakeEvent::Restaked { validator, amount: account.amount, total });
            Ok(())
        })
    }

    /// Pays a validator's rewards to the owner of its staking token, who has to ask. The logs in order.
    ///
    /// Source: `root-contracts §4.6, §4.4 step 5; contracts:staking/stakeManager/StakeManager.sol:529, 1121-1128`.
    ///
    /// # Errors
    /// [`WithdrawError`].
    pub fn withdraw_rewards(
        &mut self,
        caller: Address,
        validator: ValidatorId,
    ) -> Result<Vec<StakeEvent>, WithdrawError> {
        self.transact(|contract, log| {
            contract.only_owner_of(caller, validator)?;
            contract.settle(validator)?;
            contract.liquidate::<WithdrawError>(log, validator, caller)
        })
    }

    /// Whether somebody owns a validator's staking token.
    pub(super) fn only_owner_of(&self, caller: Address, validator: ValidatorId) -> Result<(), NotOwner> {
        let owner = self.owner(validator);
        if owner == Some(caller) { Ok(()) } else { Err(NotOwner { caller, validator, owner }) }
    }

    /// Credits a validator up to the reward index of now. Does nothing once the exit is announced.
    // it is the announcement that ends it, not that the exit takes effect.
    pub(crate) fn settle(&mut self, validator: ValidatorId) -> Result<(), AmountError> {
        let mut account = self.accounts.at(validator);
        account.settle(self.figures.reward_per_stake)?;
        self.accounts.put(validator, account);
        Ok(())
    }

    /// Pays what a validator has been credited.
    pub(super) fn liquidate<E: Money>(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        to: Address,
    ) -> Result<(), E> {
        let mut account = self.accounts.at(validator);
        let amount = account.reward.checked_sub(StakeAccount::BIAS)?;
        let total = self.figures.total_rewards_claimed.checked_add(amount)?;
        self.figures.total_rewards_claimed = total;
        account.reward = StakeAccount::BIAS;
        account.initial_reward_per_stake = self.figures.reward_per_stake;
        self.accounts.put(validator, account);
        self.pay(log, to, amount)?;
        log.push(StakeEvent::ClaimRewards { validator, amount, total });
        Ok(())
    }

    /// Tells of a validator's stake and delegation.
    pub(crate) fn log_stake_update<E: From<NotAPool>>(
        &self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
    ) -> Result<(), E> {
        let new_amount = self.total_validator_stake(validator)?;
        log.push(StakeEvent::StakeUpdate(StakeUpdate { validator, new_amount }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::tests::{ALICE, base, delegated, id, owner, signed_checkpoint};
    use bttc_core::id::Nonce;

    #[test]
    fn q120_a_changed_stake_has_no_nonce() {
        let mut contract = delegated(&[0]);
        signed_checkpoint(&mut contract);
        let events = contract.restake(owner(1), id(1), base(1), StakeRewards::Add).unwrap();
        let update = StakeUpdate { validator: id(1), new_amount: base(1_001) };
        assert_eq!(events.get(2), Some(&StakeEvent::StakeUpdate(update)));
        assert_eq!((contract.nonce(id(1)), contract.live().amount), (Nonce::new(1), base(1_001)));
    }

    #[test]
    fn q129_what_is_earned_after_the_announcement_is_not_settled() {
        let mut contract = delegated(&[0, 0, 0, 0]);
        contract.unstake(owner(1), id(1)).unwrap();
        signed_checkpoint(&mut contract); // the leaving one does not sign
        contract.settle(id(1)).unwrap();
        assert_eq!(contract.validator_reward(id(1)), Ok(Amount::ZERO));
        assert!(!contract.validator_reward(id(2)).unwrap().is_zero());
    }

    #[test]
    fn only_the_owner_of_the_staking_token_takes_rewards() {
        let mut contract = delegated(&[0]);
        assert!(contract.withdraw_rewards(ALICE, id(1)).is_err());
        let events = contract.withdraw_rewards(owner(1), id(1)).unwrap();
        let nothing = StakeEvent::ClaimRewards { validator: id(1), amount: Amount::ZERO, total: Amount::ZERO };
        assert_eq!(events.last(), Some(&nothing));
    }
}
