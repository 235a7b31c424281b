//! What a validator keeps of its delegators' reward.

use super::{NotOwner, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::{Address, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, ValidatorId},
};

/// Why a rate stays, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommissionError {
    /// The caller does not own the staking token; no reason on chain.
    #[error(transparent)]
    NotOwner(#[from] NotOwner),
    /// The last change is not long enough ago.
    #[error("Cooldown")]
    Cooldown {
        /// The epoch.
        got: Epoch,
        /// First epoch in which the rate may change.
        expected: U256,
    },
    /// More than the delegators earn.
    #[error("Incorrect value")]
    TooMuch {
        /// Percent asked for.
        got: u64,
    },
    /// A step of the contract's checked arithmetic; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl CommissionError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Cooldown { .. } => "Cooldown",
            Self::TooMuch { .. } => "Incorrect value",
            Self::NotOwner(_) | Self::Arithmetic(_) => "",
        }
    }
}

impl StakeManager {
    /// Sets the percent that a validator keeps of its delegators' reward; what was earned is credited at the old rate.
    /// The logs in order.
    ///
    /// Source: `root-contracts §4.9; contracts:staking/stakeManager/StakeManager.sol:625,
    /// contracts:staking/stakeManager/StakeManagerExtension.sol:159-172`.
    ///
    /// # Errors
    /// [`CommissionError`].
    pub fn update_commission_rate(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        percent: u64,
    ) -> Result<Vec<StakeEvent>, CommissionError> {
        self.transact(|contract, log| {
            contract.only_owner_of(caller, validator)?;
            contract.settle(validator)?;
            let mut account = contract.accounts.at(validator);
            let epoch = contract.figures.epoch;
            let last = account.last_commission_update;
            let delay = Amount::from_word(contract.params.withdrawal_delay);
            // The sum is made for a first change too, and can overflow there.
            let expected = Amount::from_units(last.get()).checked_add(delay)?.to_word();
            // a rate set in epoch 0 counts as never set.
            if U256::from(epoch.get()) < expected && last != Epoch::default() {
                return Err(CommissionError::Cooldown { got: epoch, expected });
            }
            if percent > 100 {
                return Err(CommissionError::TooMuch { got: percent });
            }
            log.push(StakeEvent::UpdateCommissionRate { validator, new: percent, old: account.commission_rate });
            account.commission_rate = percent;
            account.last_commission_update = epoch;
            contract.accounts.put(validator, account);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::delegation::tests::{at_epoch, delegated, id, owner};

    #[test]
    fn q125_a_rate_set_in_epoch_0_may_be_set_again_at_once() {
        let mut contract = delegated(&[0]);
        at_epoch(&mut contract, 0);
        contract.update_commission_rate(owner(1), id(1), 5).unwrap();
        contract.update_commission_rate(owner(1), id(1), 6).unwrap();
        at_epoch(&mut contract, 1);
        contract.update_commission_rate(owner(1), id(1), 7).unwrap();
        let error = contract.update_commission_rate(owner(1), id(1), 101).unwrap_err();
        assert_eq!(error.reason(), "Cooldown", "before the range");
        at_epoch(&mut contract, 9);
        let error = contract.update_commission_rate(owner(1), id(1), 101).unwrap_err();
        assert_eq!(error.reason(), "Incorrect value");
    }
}
