//! What only the owner of a share contract may do, and that is the staking contract.

use super::{NoPool, TransferSharesError, claim::Call};
use crate::{
    stake::{Delegation, HookError, StakeEvent, StakeManager},
    token::TokenError,
};
use alloc::vec::Vec;
use alloy_primitives::Address;
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// Why a share contract does not obey. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolOwnerError {
    /// Only the staking contract may; no reason on chain.
    #[error("{got} is not the owner {expected}")]
    NotOwner {
        /// Who asked.
        got: Address,
        /// Who may.
        expected: Address,
    },
    /// It was initialized when it was made.
    #[error("already inited")]
    AlreadyInited,
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// Its tokens stay.
    #[error(transparent)]
    Drain(#[from] PoolDrainError),
    /// The staking contract refuses.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl PoolOwnerError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::AlreadyInited => "already inited",
            Self::Drain(error) => error.reason(),
            Self::Hook(error) => error.reason(),
            Self::NotOwner { .. } | Self::NoPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Why tokens stay in a share contract. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolDrainError {
    /// Nothing to call.
    #[error(transparent)]
    NoPool(#[from] NoPool),
    /// There are not so many; no reason on chain.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It holds nothing of the chain's own coin; no reason on chain.
    #[error("the share contract has none of the chain's coin, expected {expected}")]
    Coin {
        /// What it would have to have.
        expected: Amount,
    },
    /// Shares it would hold of another share contract stay.
    #[error(transparent)]
    Shares(#[from] TransferSharesError),
}

impl PoolDrainError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Shares(error) => error.reason(),
            Self::NoPool(_) | Self::Token(_) | Self::Coin { .. } => "",
        }
    }
}

/// Source of all: `root-contracts §7.10; contracts:staking/validatorShare/ValidatorShare.sol:55-69, 195-234`.
impl StakeManager {
    /// Locks a share contract.
    ///
    /// # Errors
    /// [`PoolOwnerError::NotOwner`], [`PoolOwnerError::NoPool`].
    pub fn lock_pool(&mut self, caller: Address, validator: ValidatorId) -> Result<(), PoolOwnerError> {
        self.owned(caller)?;
        self.with_pool(validator, |pool| pool.figures.locked = true)
    }

    /// Unlocks it.
    ///
    /// # Errors
    /// [`PoolOwnerError::NotOwner`], [`PoolOwnerError::NoPool`].
    pub fn unlock_pool(&mut self, caller: Address, validator: ValidatorId) -> Result<(), PoolOwnerError> {
        self.owned(caller)?;
        self.with_pool(validator, |pool| pool.figures.locked = false)
    }

    /// Opens or closes it to new delegation.
    ///
    /// # Errors
    /// [`PoolOwnerError::NotOwner`], [`PoolOwnerError::NoPool`].
    pub fn set_pool_delegation(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        delegation: Delegation,
    ) -> Result<(), PoolOwnerError> {
        self.owned(caller)?;
        self.with_pool(validator, |pool| pool.figures.delegation = delegation)
    }

    /// Initializes it, which was done when it was made.
    ///
    /// # Errors
    /// [`PoolOwnerError::NoPool`], [`PoolOwnerError::AlreadyInited`].
    pub fn initialize_pool(&self, validator: ValidatorId) -> Result<(), PoolOwnerError> {
        self.share(validator)?;
        Err(PoolOwnerError::AlreadyInited)
    }

    /// Takes tokens out of it; for address zero the chain's own coin. The logs in order.
    ///
    /// # Errors
    /// [`PoolOwnerError::NotOwner`], [`PoolOwnerError::Drain`].
    pub fn drain_pool(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        token: Address,
        destination: Address,
        amount: Amount,
    ) -> Result<Vec<StakeEvent>, PoolOwnerError> {
        self.owned(caller)?;
        self.transact(|contract, log| {
            contract.drain_from(log, validator, token, destination, amount).map_err(PoolOwnerError::from)
        })
    }

    /// Slashes what is delegated, active and leaving alike: `total` is to be taken from `stake` and that together. What
    /// it took. Nothing calls it, which is why a share is a token.
    ///
    /// # Errors
    /// [`PoolOwnerError`].
    pub fn slash_pool(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        stake: Amount,
        delegated: Amount,
        total: Amount,
    ) -> Result<Amount, PoolOwnerError> {
        self.owned(caller)?;
        let slashed = self.transact_for(|contract, _| contract.slash_from(validator, stake, delegated, total));
        slashed.map(|(slashed, _)| slashed)
    }

    fn slash_from<E: Call>(
        &mut self,
        validator: ValidatorId,
        stake: Amount,
        delegated: Amount,
        total: Amount,
    ) -> Result<Amount, E> {
        let pool = self.share(validator)?;
        let (address, leaving) = (pool.address(), pool.withdraw_pool());
        let all = delegated.checked_add(leaving)?;
        if all.is_zero() {
            return Ok(Amount::ZERO);
        }
        let slashed = all.checked_mul(total)?.checked_div(stake.checked_add(all)?)?;
        let of_leaving = leaving.checked_mul(slashed)?.checked_div(all)?;
        let of_active = slashed.checked_sub(of_leaving)?;
        self.take_delegated(address, validator, of_active)?;
        let figures = &mut self.share_mut(validator)?.figures;
        figures.active_amount = figures.active_amount.checked_sub(of_active)?;
        figures.withdraw_pool = figures.withdraw_pool.checked_sub(of_leaving)?;
        Ok(slashed)
    }

    pub(crate) fn drain_from(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        token: Address,
        destination: Address,
        amount: Amount,
    ) -> Result<(), PoolDrainError> {
        let holder = self.share(validator)?.address();
        if token.is_zero() {
            return if amount.is_zero() { Ok(()) } else { Err(PoolDrainError::Coin { expected: amount }) };
        }
        if token == self.deployment.token {
            log.push(self.token.transfer(holder, destination, amount)?.into());
            return Ok(());
        }
        // Share contracts are tokens as well.
        match self.validator_at(token) {
            Some(other) => Ok(self.move_shares(log, other, holder, destination, amount)?),
            None => Err(TokenError::NotAToken { got: token }.into()),
        }
    }

    /// Whether the caller is the staking contract; if not, who is.
    pub(super) fn only_manager(&self, caller: Address) -> Result<(), Address> {
        if caller == self.deployment.manager { Ok(()) } else { Err(self.deployment.manager) }
    }

    fn owned(&self, caller: Address) -> Result<(), PoolOwnerError> {
        self.only_manager(caller).map_err(|expected| PoolOwnerError::NotOwner { got: caller, expected })
    }

    fn with_pool(
        &mut self,
        validator: ValidatorId,
        change: impl FnOnce(&mut super::ValidatorShare),
    ) -> Result<(), PoolOwnerError> {
        self.transact(|contract, _| contract.share_mut(validator).map(change)).map(drop).map_err(Into::into)
    }
}
