//! Being paid for what was sold.

use super::{NoPool, Unbond, rate::precision};
use crate::stake::{Delegated, HookError, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::{Address, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, Nonce, ValidatorId},
};

/// Why somebody is not paid for what he sold. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnbondError {
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// He has to wait, or has sold nothing.
    #[error("Incomplete withdrawal period")]
    Incomplete {
        /// His part of the withdraw pool.
        shares: Amount,
        /// The epoch.
        got: Epoch,
        /// First epoch in which he is paid.
        expected: U256,
    },
    /// The staking contract refuses.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl UnbondError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Incomplete { .. } => "Incomplete withdrawal period",
            Self::Hook(error) => error.reason(),
            Self::NoPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Source of all: `root-contracts §7.7; contracts:staking/validatorShare/ValidatorShare.sol:188, 254, 297`.
impl StakeManager {
    /// Pays the caller for what he sold by the old interface. The logs in order.
    ///
    /// # Errors
    /// [`UnbondError`].
    pub fn unstake_claim_tokens(
        &mut self,
        caller: Address,
        validator: ValidatorId,
    ) -> Result<Vec<StakeEvent>, UnbondError> {
        self.transact(|contract, log| {
            let unbond = contract.share(validator)?.delegator_or_new(caller).unbond;
            let amount = contract.pay_unbond(log, validator, caller, unbond)?;
            let pool = contract.share_mut(validator)?;
            let mut delegator = pool.delegator_or_new(caller);
            delegator.unbond = Unbond::default();
            pool.put(caller, delegator);
            log.push(StakeEvent::DelegatorUnstaked(Delegated { validator, user: caller, amount }));
            Ok(())
        })
    }

    /// Pays the caller for one sale. The logs in order.
    ///
    /// # Errors
    /// [`UnbondError`].
    pub fn unstake_claim_tokens_new(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        nonce: Nonce,
    ) -> Result<Vec<StakeEvent>, UnbondError> {
        self.transact(|contract, log| {
            let delegator = contract.share(validator)?.delegator_or_new(caller);
            let unbond = delegator.unbonds.get(&nonce).copied().unwrap_or_default();
            let amount = contract.pay_unbond(log, validator, caller, unbond)?;
            let pool = contract.share_mut(validator)?;
            let mut delegator = pool.delegator_or_new(caller);
            delegator.unbonds.remove(&nonce);
            pool.put(caller, delegator);
            let unstaked = Delegated { validator, user: caller, amount };
            log.push(StakeEvent::DelegatorUnstakeWithId { unstaked, nonce });
            Ok(())
        })
    }

    // the delay is the one at the time of the claim, so a change of it holds for sales before as well.
    fn pay_unbond(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
        unbond: Unbond,
    ) -> Result<Amount, UnbondError> {
        let delay = Amount::from_word(self.params.withdrawal_delay);
        let expected = Amount::from_units(unbond.epoch.get()).checked_add(delay)?.to_word();
        let got = self.epoch();
        if U256::from(got.get()) < expected || unbond.shares.is_zero() {
            return Err(UnbondError::Incomplete { shares: unbond.shares, got, expected });
        }
        let pool = self.share_mut(validator)?;
        let address = pool.address();
        let rate = pool.withdraw_exchange_rate()?;
        let amount = rate.checked_mul(unbond.shares)?.checked_div(precision(validator))?;
        let figures = &mut pool.figures;
        figures.withdraw_shares = figures.withdraw_shares.checked_sub(unbond.shares)?;
        figures.withdraw_pool = figures.withdraw_pool.checked_sub(amount)?;
        self.pay_funds(log, address, validator, amount, user)?;
        Ok(amount)
    }
}
