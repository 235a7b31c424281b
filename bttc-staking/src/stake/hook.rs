//! What share contracts call on the staking contract.
//!
//! ```text
//! buy, sell, migrate ──change_delegation──▶ delegated amount, live set
//! claim              ──take_delegators_reward──▶ what is credited to the delegators together
//! buy                ──deposit_delegation──▶ delegator's tokens to the staking contract, which holds them all
//! claim, unbond      ──transfer_funds──▶ and from there
//! ```
//!
//! Only a validator's share contract may, so everybody else is refused in the contract's words.

use super::{LiveSetChange, StakeAccount, StakeEvent, StakeManager};
use crate::token::TokenError;
use alloc::vec::Vec;
use alloy_primitives::{Address, I256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, ValidatorId},
};

/// Why a hook is refused. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// The caller is not the validator's share contract.
    #[error("Invalid contract address")]
    InvalidContract {
        /// Who asked.
        got: Address,
        /// The validator's share contract; zero for none.
        expected: Address,
    },
    /// The caller is neither the validator's share contract nor the slashing manager.
    #[error("not allowed")]
    NotAllowed {
        /// Who asked.
        got: Address,
        /// The validator's share contract; zero for none.
        expected: Address,
    },
    /// Nobody may add delegation.
    #[error("Delegation is disabled")]
    DelegationDisabled,
    /// The validator has announced its exit and still is one.
    #[error("unstaking")]
    Unstaking {
        /// First epoch in which it is none any more.
        deactivation: Epoch,
    },
    /// Tokens cannot be moved; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl HookError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::InvalidContract { .. } => "Invalid contract address",
            Self::NotAllowed { .. } => "not allowed",
            Self::DelegationDisabled => "Delegation is disabled",
            Self::Unstaking { .. } => "unstaking",
            Self::Token(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// What stands where a share contract should does not answer like one. On chain a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("validator {validator} has {contract} for a share contract, which is none")]
pub struct NotAPool {
    /// The validator.
    pub validator: ValidatorId,
    /// What it has.
    pub contract: Address,
}

/// Why delegation to a validator is not switched. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelegationSwitchError {
    /// The caller is no signer of a validator.
    #[error("not validator")]
    NotValidator {
        /// Who asked.
        caller: Address,
    },
    /// The validator has no share contract.
    #[error("Delegation is disabled")]
    NoContract {
        /// The validator.
        validator: ValidatorId,
    },
    /// What it has for a share contract is none; no reason on chain.
    #[error(transparent)]
    NotAPool(#[from] NotAPool),
}

impl DelegationSwitchError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotValidator { .. } => "not validator",
            Self::NoContract { .. } => "Delegation is disabled",
            Self::NotAPool(_) => "",
        }
    }
}

/// Source of all: `root-contracts §4.8; contracts:staking/stakeManager/StakeManager.sol:437-563, 638, 740`.
impl StakeManager {
    /// Adds to what is delegated to a validator, or takes from it.
    ///
    /// # Errors
    /// [`HookError::InvalidContract`], [`HookError::DelegationDisabled`], [`HookError::Unstaking`],
    /// [`HookError::Arithmetic`].
    pub fn update_validator_state(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        change: I256,
    ) -> Result<(), HookError> {
        self.transact(|contract, _| contract.change_delegation(caller, validator, change)).map(drop)
    }

    /// Takes a delegator's tokens. The logs in order.
    ///
    /// # Errors
    /// [`HookError::InvalidContract`], [`HookError::Token`].
    pub fn delegation_deposit(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        delegator: Address,
    ) -> Result<Vec<StakeEvent>, HookError> {
        self.transact(|contract, log| contract.deposit_delegation(log, caller, validator, amount, delegator))
    }

    /// Takes over what is credited to a validator's delegators.
    ///
    /// # Errors
    /// [`HookError::InvalidContract`], [`HookError::Arithmetic`].
    pub fn withdraw_delegators_reward(&mut self, caller: Address, validator: ValidatorId) -> Result<Amount, HookError> {
        self.transact_for(|contract, _| contract.take_delegators_reward(caller, validator)).map(|(reward, _)| reward)
    }

    /// Pays from the contract's tokens. The logs in order.
    ///
    /// # Errors
    /// [`HookError::NotAllowed`], [`HookError::Token`].
    pub fn transfer_funds(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        to: Address,
    ) -> Result<Vec<StakeEvent>, HookError> {
        self.transact(|contract, log| contract.pay_funds(log, caller, validator, amount, to))
    }

    /// Takes from what is delegated to a validator, and not from the live set.
    ///
    /// # Errors
    /// [`HookError::InvalidContract`], [`HookError::Arithmetic`].
    pub fn decrease_delegated_amount(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
    ) -> Result<(), HookError> {
        self.transact(|contract, _| contract.take_delegated(caller, validator, amount)).map(drop)
    }

    /// Opens or closes a validator's share contract to new delegation. Its signer may, while it is a validator.
    ///
    /// # Errors
    /// [`DelegationSwitchError`].
    pub fn update_validator_delegation(
        &mut self,
        caller: Address,
        delegation: super::Delegation,
    ) -> Result<(), DelegationSwitchError> {
        let switched = self.transact(|contract, _| {
            let validator = contract.validator_by_signer(caller).unwrap_or_default();
            let account = contract.accounts.at(validator);
            if !account.is_validator_at(contract.figures.epoch) {
                return Err(DelegationSwitchError::NotValidator { caller });
            }
            if account.contract.is_zero() {
                return Err(DelegationSwitchError::NoContract { validator });
            }
            let pool = contract.pool_by_contract_mut(validator, account.contract)?;
            pool.figures.delegation = delegation;
            Ok(())
        });
        switched.map(drop)
    }

    // Q-113: rewards are not settled here; that they are is up to the share contract, which claims before.
    pub(crate) fn change_delegation(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        change: I256,
    ) -> Result<(), HookError> {
        self.only_share_contract(caller, validator)?;
        if change.is_positive() && self.params.delegation == super::Delegation::Closed {
            return Err(HookError::DelegationDisabled);
        }
        let mut account = self.accounts.at(validator);
        if !account.is_leaving() {
            self.figures.live = self.figures.live.changed(LiveSetChange { amount: change, heads: 0 })?;
        } else if account.deactivation_epoch > self.figures.epoch {
            return Err(HookError::Unstaking { deactivation: account.deactivation_epoch });
        }
        let by = Amount::from_word(change.unsigned_abs());
        let delegated = account.delegated_amount;
        account.delegated_amount =
            if change.is_negative() { delegated.checked_sub(by)? } else { delegated.checked_add(by)? };
        self.accounts.put(validator, account);
        Ok(())
    }

    pub(crate) fn deposit_delegation(
        &mut self,
        log: &mut Vec<StakeEvent>,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        delegator: Address,
    ) -> Result<(), HookError> {
        self.only_share_contract(caller, validator)?;
        Ok(self.pull(log, delegator, amount)?)
    }

    pub(crate) fn take_delegators_reward(
        &mut self,
        caller: Address,
        validator: ValidatorId,
    ) -> Result<Amount, HookError> {
        self.only_share_contract(caller, validator)?;
        self.settle(validator)?;
        let mut account = self.accounts.at(validator);
        let reward = account.delegators_reward.checked_sub(StakeAccount::BIAS)?;
        account.delegators_reward = StakeAccount::BIAS;
        self.accounts.put(validator, account);
        Ok(reward)
    }

    pub(crate) fn pay_funds(
        &mut self,
        log: &mut Vec<StakeEvent>,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        to: Address,
    ) -> Result<(), HookError> {
        let expected = self.accounts.at(validator).contract;
        if caller != expected && caller != self.deployment.slashing_manager {
            return Err(HookError::NotAllowed { got: caller, expected });
        }
        Ok(self.pay(log, to, amount)?)
    }

    pub(crate) fn take_delegated(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
    ) -> Result<(), HookError> {
        self.only_share_contract(caller, validator)?;
        let mut account = self.accounts.at(validator);
        account.delegated_amount = account.delegated_amount.checked_sub(amount)?;
        self.accounts.put(validator, account);
        Ok(())
    }

    fn only_share_contract(&self, caller: Address, validator: ValidatorId) -> Result<(), HookError> {
        let expected = self.accounts.at(validator).contract;
        if caller == expected { Ok(()) } else { Err(HookError::InvalidContract { got: caller, expected }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::tests::{ALICE, MANAGER, base, delegated, id, signed_checkpoint};

    #[test]
    fn q113_a_change_of_delegation_does_not_settle() {
        let mut contract = delegated(&[0]);
        signed_checkpoint(&mut contract);
        let pool = contract.pool(id(1)).unwrap().address();
        assert_eq!(contract.delegators_reward(id(1)), Ok(Amount::ZERO));
        contract.update_validator_state(pool, id(1), I256::from_raw(base(100).to_word())).unwrap();
        // The delegation of now is paid for the past.
        assert_eq!(contract.delegators_reward(id(1)), Ok(base(900)));
    }

    #[test]
    fn only_a_share_contract_may() {
        let mut contract = delegated(&[0]);
        let before = contract.clone();
        for caller in [ALICE, MANAGER] {
            let error = contract.update_validator_state(caller, id(1), I256::ONE).unwrap_err();
            assert_eq!(error.reason(), "Invalid contract address");
            assert_eq!(contract.transfer_funds(caller, id(1), base(1), ALICE).unwrap_err().reason(), "not allowed");
        }
        assert_eq!(contract, before);
    }
}
