//! Rewards of delegators.

use super::ValidatorShare;
use crate::stake::{Delegated, HookError, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::Address;
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// The validator never had a share contract, so there is nothing to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("validator {validator} has no share contract")]
pub struct NoPool {
    /// The validator.
    pub validator: ValidatorId,
}

/// What every call of a share contract can come to.
pub(super) trait Call: From<NoPool> + From<HookError> + From<AmountError> {}

impl<E: From<NoPool> + From<HookError> + From<AmountError>> Call for E {}

/// Why rewards are not paid. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawSharesError {
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// Less than a token is owed.
    #[error("Too small rewards amount")]
    TooSmall {
        /// What is owed.
        got: Amount,
        /// Least that is paid.
        expected: Amount,
    },
    /// The staking contract refuses.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl WithdrawSharesError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TooSmall { .. } => "Too small rewards amount",
            Self::Hook(error) => error.reason(),
            Self::NoPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

impl StakeManager {
    /// Pays a delegator his rewards: a token at least. The logs in order.
    ///
    /// Source: `root-contracts §7.5; contracts:staking/validatorShare/ValidatorShare.sol:161`.
    ///
    /// # Errors
    /// [`WithdrawSharesError`].
    pub fn withdraw_delegator_rewards(
        &mut self,
        caller: Address,
        validator: ValidatorId,
    ) -> Result<Vec<StakeEvent>, WithdrawSharesError> {
        self.transact(|contract, log| {
            let got = contract.claim::<WithdrawSharesError>(log, validator, caller)?;
            let expected = ValidatorShare::MIN_AMOUNT;
            if got < expected { Err(WithdrawSharesError::TooSmall { got, expected }) } else { Ok(()) }
        })
    }

    /// Takes over what is credited to the delegators, and counts up to now what somebody is owed.
    ///
    /// Source: `root-contracts §7.2; contracts:staking/validatorShare/ValidatorShare.sol:350-359`.
    pub(super) fn accrue<E: Call>(&mut self, validator: ValidatorId, user: Address) -> Result<Amount, E> {
        let address = self.share(validator)?.address();
        let credited = self.take_delegators_reward(address, validator)?;
        let pool = self.share_mut(validator)?;
        let reward_per_share = pool.reward_per_share_with(credited)?;
        let owed = pool.owed(user, reward_per_share)?;
        pool.figures.reward_per_share = reward_per_share;
        let mut delegator = pool.delegator_or_new(user);
        delegator.initial_reward_per_share = reward_per_share;
        pool.put(user, delegator);
        Ok(owed)
    }

    /// The same, and pays it.
    ///
    /// Source: `root-contracts §7.2; contracts:staking/validatorShare/ValidatorShare.sol:361-368`.
    pub(super) fn claim<E: Call>(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
    ) -> Result<Amount, E> {
        let amount = self.accrue::<E>(validator, user)?;
        if !amount.is_zero() {
            self.pay_delegator::<E>(log, validator, user, amount)?;
        }
        Ok(amount)
    }

    /// Pays a delegator rewards.
    pub(super) fn pay_delegator<E: Call>(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
        amount: Amount,
    ) -> Result<(), E> {
        let address = self.share(validator)?.address();
        self.pay_funds(log, address, validator, amount, user)?;
        log.push(StakeEvent::DelegatorClaimedRewards(Delegated { validator, user, amount }));
        Ok(())
    }

    pub(super) fn share(&self, validator: ValidatorId) -> Result<&ValidatorShare, NoPool> {
        self.pool(validator).ok_or(NoPool { validator })
    }

    pub(super) fn share_mut(&mut self, validator: ValidatorId) -> Result<&mut ValidatorShare, NoPool> {
        self.pool_mut(validator).ok_or(NoPool { validator })
    }
}
