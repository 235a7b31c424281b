//! Taking delegation back: shares become a claim of the withdraw pool.

use super::{NoPool, ShareEvent, Unbond, claim::Call, rate::precision};
use crate::stake::{HookError, NotAPool, ShareChange, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::{Address, I256, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// Why somebody cannot take delegation back. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SellError {
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// More than he has, or he has nothing.
    #[error("Too much requested")]
    TooMuch {
        /// What he has.
        got: Amount,
        /// What he wants.
        expected: Amount,
    },
    /// More shares than he would give.
    #[error("too much slippage")]
    Slippage {
        /// Shares it takes.
        got: Amount,
        /// Most he would give.
        most: Amount,
    },
    /// He has fewer shares; no reason on chain.
    #[error("{user} has {got} in shares, expected {expected}")]
    Shares {
        /// Who.
        user: Address,
        /// What he has.
        got: Amount,
        /// What is to be burnt.
        expected: Amount,
    },
    /// The staking contract refuses.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// What the validator has for a share contract is none; no reason on chain.
    #[error(transparent)]
    NotAPool(#[from] NotAPool),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl SellError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TooMuch { .. } => "Too much requested",
            Self::Slippage { .. } => "too much slippage",
            Self::Hook(error) => error.reason(),
            Self::NoPool(_) | Self::Shares { .. } | Self::NotAPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Source of all: `root-contracts §7.6; contracts:staking/validatorShare/ValidatorShare.sol:140-159, 236-252, 274-295`.
impl StakeManager {
    /// Takes delegation back by the old interface, for at most so many shares, and pays the caller's rewards. The logs
    /// in order.
    ///
    /// # Errors
    /// [`SellError`].
    // there is one slot a delegator, and every sale restarts the clock of all that is in it.
    pub fn sell_voucher(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        max_shares: Amount,
    ) -> Result<Vec<StakeEvent>, SellError> {
        self.transact(|contract, log| {
            let (shares, part) = contract.sell(log, validator, caller, amount, max_shares)?;
            let epoch = contract.epoch();
            let pool = contract.share_mut(validator)?;
            let mut delegator = pool.delegator_or_new(caller);
            delegator.unbond = Unbond { shares: delegator.unbond.shares.checked_add(part)?, epoch };
            pool.put(caller, delegator);
            log.push(StakeEvent::ShareBurned(ShareChange { validator, user: caller, amount, shares }));
            contract.log_stake_update::<SellError>(log, validator)
        })
    }

    /// Takes delegation back, for at most so many shares, and pays the caller's rewards. The number of the claim is in
    /// the log. The logs in order.
    ///
    /// # Errors
    /// [`SellError`].
    // a sale of nothing goes through and uses up a number that nothing can be claimed for.
    pub fn sell_voucher_new(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        max_shares: Amount,
    ) -> Result<Vec<StakeEvent>, SellError> {
        self.transact(|contract, log| {
            let (shares, part) = contract.sell(log, validator, caller, amount, max_shares)?;
            let epoch = contract.epoch();
            let pool = contract.share_mut(validator)?;
            let mut delegator = pool.delegator_or_new(caller);
            let last = delegator.last_nonce;
            let nonce = last.next().ok_or(AmountError::Add(U256::from(last.get()), U256::ONE))?;
            delegator.last_nonce = nonce;
            delegator.unbonds.insert(nonce, Unbond { shares: part, epoch });
            pool.put(caller, delegator);
            let burned = ShareChange { validator, user: caller, amount, shares };
            log.push(StakeEvent::ShareBurnedWithId { burned, nonce });
            contract.log_stake_update::<SellError>(log, validator)
        })
    }

    /// What both do. Shares that were burnt, and the part of the withdraw pool for them.
    fn sell(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
        amount: Amount,
        max_shares: Amount,
    ) -> Result<(Amount, Amount), SellError> {
        let pool = self.share(validator)?;
        let address = pool.address();
        let (total, rate) = pool.stake_of(user, self.delegated(validator))?;
        if total.is_zero() || total < amount {
            return Err(SellError::TooMuch { got: total, expected: amount });
        }
        let one = precision(validator);
        let shares = amount.checked_mul(one)?.checked_div(rate)?;
        if shares > max_shares {
            return Err(SellError::Slippage { got: shares, most: max_shares });
        }
        self.claim::<SellError>(log, validator, user)?;
        self.burn_shares(log, validator, user, shares)?;
        self.take_active::<SellError>(address, validator, amount)?;
        let part = amount.checked_mul(one)?.checked_div(self.share(validator)?.withdraw_exchange_rate()?)?;
        let figures = &mut self.share_mut(validator)?.figures;
        figures.withdraw_pool = figures.withdraw_pool.checked_add(amount)?;
        figures.withdraw_shares = figures.withdraw_shares.checked_add(part)?;
        Ok((shares, part))
    }

    /// Destroys somebody's shares.
    pub(super) fn burn_shares(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
        value: Amount,
    ) -> Result<(), SellError> {
        let pool = self.share_mut(validator)?;
        let mut delegator = pool.delegator_or_new(user);
        let got = delegator.shares;
        delegator.shares = got.checked_sub(value).map_err(|_| SellError::Shares { user, got, expected: value })?;
        pool.figures.total_shares = pool.figures.total_shares.checked_sub(value)?;
        pool.put(user, delegator);
        let event = ShareEvent::Transfer { from: user, to: Address::ZERO, value };
        log.push(StakeEvent::Share { share_contract: pool.address(), event });
        Ok(())
    }

    /// Takes tokens out of what is delegated and active.
    pub(super) fn take_active<E: Call>(
        &mut self,
        address: Address,
        validator: ValidatorId,
        amount: Amount,
    ) -> Result<(), E> {
        let change = Amount::ZERO.wrapping_sub(amount); // negated as the contract does: unchecked
        self.change_delegation(address, validator, I256::from_raw(change.to_word()))?;
        let figures = &mut self.share_mut(validator)?.figures;
        figures.active_amount = figures.active_amount.checked_sub(amount)?;
        Ok(())
    }
}
