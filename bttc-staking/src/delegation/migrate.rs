//! Taking delegation from one validator to another.

use super::{BuyError, NoPool, SellError, rate::precision};
use crate::stake::{Delegated, HookError, NotAPool, ShareChange, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::Address;
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// Why delegation stays where it is. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrateError {
    /// Validators 1 … 7 take no delegation over.
    #[error("Invalid migration")]
    Target {
        /// The validator it would go to.
        validator: ValidatorId,
    },
    /// One of the two has no share contract; no reason on chain.
    #[error(transparent)]
    NotAPool(#[from] NotAPool),
    /// More than he has.
    #[error("Migrating too much")]
    TooMuch {
        /// What he has.
        got: Amount,
        /// What he wants.
        expected: Amount,
    },
    /// His shares cannot be burnt.
    #[error(transparent)]
    Burn(#[from] SellError),
    /// He cannot delegate to the other one.
    #[error(transparent)]
    Buy(#[from] BuyError),
    /// Only the staking contract may; no reason on chain.
    #[error("{got} is not the owner {expected}")]
    NotOwner {
        /// Who asked.
        got: Address,
        /// Who may.
        expected: Address,
    },
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

impl MigrateError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Target { .. } => "Invalid migration",
            Self::TooMuch { .. } => "Migrating too much",
            Self::Burn(error) => error.reason(),
            Self::Buy(error) => error.reason(),
            Self::Hook(error) => error.reason(),
            Self::NotAPool(_) | Self::NotOwner { .. } | Self::NoPool(_) | Self::Arithmetic(_) => "",
        }
    }
}

/// Source of all: `root-contracts §4.8, §7.9; contracts:staking/stakeManager/StakeManager.sol:534,
/// contracts:staking/validatorShare/ValidatorShare.sol:166-186`.
impl StakeManager {
    /// Takes the caller's delegation to another validator, at once and without moving a token. The logs in order.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub fn migrate_delegation(
        &mut self,
        caller: Address,
        from: ValidatorId,
        to: ValidatorId,
        amount: Amount,
    ) -> Result<Vec<StakeEvent>, MigrateError> {
        self.transact(|contract, log| {
            if to.get() <= 7 {
                return Err(MigrateError::Target { validator: to });
            }
            let out = contract.pool_of(from)?;
            contract.move_out(log, out, caller, amount)?;
            let into = contract.pool_of(to)?;
            contract.move_in(log, into, caller, amount)
        })
    }

    /// What the staking contract calls on the share contract that is left; everybody else is refused. The logs in
    /// order.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub fn migrate_out(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        user: Address,
        amount: Amount,
    ) -> Result<Vec<StakeEvent>, MigrateError> {
        self.only_manager(caller).map_err(|expected| MigrateError::NotOwner { got: caller, expected })?;
        self.transact(|contract, log| contract.move_out(log, validator, user, amount))
    }

    /// What the staking contract calls on the share contract that is gone to; everybody else is refused. The logs in
    /// order.
    ///
    /// # Errors
    /// [`MigrateError`].
    pub fn migrate_in(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        user: Address,
        amount: Amount,
    ) -> Result<Vec<StakeEvent>, MigrateError> {
        self.only_manager(caller).map_err(|expected| MigrateError::NotOwner { got: caller, expected })?;
        self.transact(|contract, log| contract.move_in(log, validator, user, amount))
    }

    fn move_out(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
        amount: Amount,
    ) -> Result<(), MigrateError> {
        self.claim::<MigrateError>(log, validator, user)?;
        let pool = self.share(validator)?;
        let address = pool.address();
        let (got, rate) = pool.stake_of(user, self.delegated(validator))?;
        if got < amount {
            return Err(MigrateError::TooMuch { got, expected: amount });
        }
        let shares = amount.checked_mul(precision(validator))?.checked_div(rate)?;
        self.burn_shares(log, validator, user, shares)?;
        self.take_active::<MigrateError>(address, validator, amount)?;
        log.push(StakeEvent::ShareBurned(ShareChange { validator, user, amount, shares }));
        self.log_stake_update::<MigrateError>(log, validator)?;
        log.push(StakeEvent::DelegatorUnstaked(Delegated { validator, user, amount }));
        Ok(())
    }

    fn move_in(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        user: Address,
        amount: Amount,
    ) -> Result<(), MigrateError> {
        self.claim::<MigrateError>(log, validator, user)?;
        self.buy(log, validator, user, amount, Amount::ZERO)?;
        Ok(())
    }

    /// The share contract that a validator has now, by the validator it was made for.
    fn pool_of(&self, validator: ValidatorId) -> Result<ValidatorId, NotAPool> {
        let at = self.account(validator).map_or(Address::ZERO, |account| account.contract);
        self.pool_by_contract(validator, at).map(super::ValidatorShare::validator)
    }
}
