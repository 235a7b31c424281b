//! Delegating: tokens, or rewards, become shares.

use super::{NoPool, ShareEvent, ValidatorShare, claim::Call, rate::precision};
use crate::stake::{Delegated, Delegation, HookError, NotAPool, ShareChange, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::{Address, I256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// Why somebody cannot delegate. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuyError {
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// The validator has announced its exit.
    #[error("locked")]
    Locked,
    /// The validator's signer has closed it.
    #[error("Delegation is disabled")]
    Closed,
    /// Fewer shares than wanted.
    #[error("Too much slippage")]
    Slippage {
        /// Shares there would be.
        got: Amount,
        /// Least wanted.
        expected: Amount,
    },
    /// He has sold by the old interface and not been paid.
    #[error("Ongoing exit")]
    OngoingExit {
        /// His part of the withdraw pool.
        shares: Amount,
    },
    /// Address zero cannot hold shares; no reason on chain.
    #[error("the holder is the zero address")]
    NoHolder,
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

impl BuyError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Closed => "Delegation is disabled",
            Self::Slippage { .. } => "Too much slippage",
            Self::OngoingExit { .. } => "Ongoing exit",
            Self::Hook(error) => error.reason(),
            Self::NoPool(_) | Self::NoHolder | Self::NotAPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Why rewards do not become shares. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestakeSharesError {
    /// Less than a token is owed.
    #[error("Too small rewards to restake")]
    TooSmall {
        /// What is owed.
        got: Amount,
        /// Least that becomes shares.
        expected: Amount,
    },
    /// He cannot delegate.
    #[error(transparent)]
    Buy(#[from] BuyError),
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// The staking contract refuses.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl RestakeSharesError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TooSmall { .. } => "Too small rewards to restake",
            Self::Buy(error) => error.reason(),
            Self::Hook(error) => error.reason(),
            Self::NoPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

impl StakeManager {
    /// Delegates the caller's tokens, which he has allowed the *staking* contract to take, and pays his rewards. How
    /// many tokens it took, and the logs in order. Nothing may be delegated as well.
    ///
    /// Source: `root-contracts §7.3; contracts:staking/validatorShare/ValidatorShare.sol:112`.
    ///
    /// # Errors
    /// [`BuyError`].
    pub fn buy_voucher(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        amount: Amount,
        min_shares: Amount,
    ) -> Result<(Amount, Vec<StakeEvent>), BuyError> {
        self.transact_for(|contract, log| {
            contract.claim::<BuyError>(log, validator, caller)?;
            let taken = contract.buy(log, validator, caller, amount, min_shares)?;
            let address = contract.share(validator)?.address();
            contract.deposit_delegation(log, address, validator, taken, caller)?;
            Ok(taken)
        })
    }

    /// Delegates the caller's rewards: a token at least. How many tokens were delegated, how many were owed, and the
    /// logs in order.
    ///
    /// Source: `root-contracts §7.4; contracts:staking/validatorShare/ValidatorShare.sol:121`.
    ///
    /// # Errors
    /// [`RestakeSharesError`].
    pub fn restake_delegator_rewards(
        &mut self,
        caller: Address,
        validator: ValidatorId,
    ) -> Result<([Amount; 2], Vec<StakeEvent>), RestakeSharesError> {
        self.transact_for(|contract, log| {
            let owed = contract.accrue::<RestakeSharesError>(validator, caller)?;
            let expected = ValidatorShare::MIN_AMOUNT;
            if owed < expected {
                return Err(RestakeSharesError::TooSmall { got: owed, expected });
            }
            let bought = contract.buy(log, validator, caller, owed, Amount::ZERO)?;
            let change = owed.wrapping_sub(bought);
            if owed > bought {
                contract.pay_delegator::<RestakeSharesError>(log, validator, caller, change)?;
            }
            let (amount, _) = contract.share(validator)?.stake_of(caller, contract.delegated(validator))?;
            log.push(StakeEvent::DelegatorRestaked(Delegated { validator, user: caller, amount }));
            Ok([bought, owed])
        })
    }

    /// Turns tokens into somebody's shares; the tokens are the caller's matter. How many it turned.
    ///
    /// Source: `root-contracts §7.3; contracts:staking/validatorShare/ValidatorShare.sol:370-396`.
    pub(super) fn buy(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
        amount: Amount,
        min_shares: Amount,
    ) -> Result<Amount, BuyError> {
        let delegated = self.delegated(validator);
        let pool = self.share(validator)?;
        let address = pool.address();
        if pool.is_locked() {
            return Err(BuyError::Locked);
        }
        if pool.delegation() == Delegation::Closed {
            return Err(BuyError::Closed);
        }
        let (rate, one) = (pool.exchange_rate(delegated)?, precision(validator));
        let shares = amount.checked_mul(one)?.checked_div(rate)?;
        if shares < min_shares {
            return Err(BuyError::Slippage { got: shares, expected: min_shares });
        }
        let unbond = pool.delegator_or_new(user).unbond;
        if !unbond.shares.is_zero() {
            return Err(BuyError::OngoingExit { shares: unbond.shares });
        }
        if user.is_zero() {
            return Err(BuyError::NoHolder);
        }
        self.mint_shares::<BuyError>(log, validator, user, shares)?;
        let amount = rate.checked_mul(shares)?.checked_div(one)?;
        self.change_delegation(address, validator, I256::from_raw(amount.to_word()))?;
        let figures = &mut self.share_mut(validator)?.figures;
        figures.active_amount = figures.active_amount.checked_add(amount)?;
        log.push(StakeEvent::ShareMinted(ShareChange { validator, user, amount, shares }));
        self.log_stake_update::<BuyError>(log, validator)?;
        Ok(amount)
    }

    fn mint_shares<E: Call>(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        to: Address,
        value: Amount,
    ) -> Result<(), E> {
        let pool = self.share_mut(validator)?;
        pool.figures.total_shares = pool.figures.total_shares.checked_add(value)?;
        let mut delegator = pool.delegator_or_new(to);
        delegator.shares = delegator.shares.checked_add(value)?;
        pool.put(to, delegator);
        let event = ShareEvent::Transfer { from: Address::ZERO, to, value };
        log.push(StakeEvent::Share { share_contract: pool.address(), event });
        Ok(())
    }
}
