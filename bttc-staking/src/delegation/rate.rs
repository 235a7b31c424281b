//! What a share is worth, and what is owed on it.

use super::ValidatorShare;
use crate::{reward::PRECISION, stake::StakeManager};
use alloy_primitives::{Address, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::ValidatorId,
};

/// What one token for a share is as a rate.
///
/// Source: `root-contracts §7.1; contracts:staking/validatorShare/ValidatorShare.sol:313-320`.
// validators 1 … 7 have a precision of two digits, in which a rate could not move.
pub(super) const fn precision(validator: ValidatorId) -> Amount {
    if validator.get() < 8 {
        Amount::from_word(U256::from_limbs([100, 0, 0, 0]))
    } else {
        Amount::from_word(U256::from_limbs([0x6d72_17ca_a000_0000, 0x0001_431e_0fae, 0, 0])) // 10²⁹
    }
}

impl ValidatorShare {
    /// Tokens for a share, times the precision. `delegated` is what the staking contract has as delegated.
    pub(super) fn exchange_rate(&self, delegated: Amount) -> Result<Amount, AmountError> {
        let (all, one) = (self.total_shares(), precision(self.validator()));
        if all.is_zero() { Ok(one) } else { delegated.checked_mul(one)?.checked_div(all) }
    }

    /// Tokens for a part of the withdraw pool, times the precision.
    pub(super) fn withdraw_exchange_rate(&self) -> Result<Amount, AmountError> {
        let one = precision(self.validator());
        if self.validator().get() < 8 || self.withdraw_shares().is_zero() {
            return Ok(one);
        }
        self.withdraw_pool().checked_mul(one)?.checked_div(self.withdraw_shares())
    }

    /// What somebody's shares are worth, and the rate.
    pub(super) fn stake_of(&self, user: Address, delegated: Amount) -> Result<(Amount, Amount), AmountError> {
        let (shares, rate) = (self.shares_of(user), self.exchange_rate(delegated)?);
        if shares.is_zero() {
            return Ok((Amount::ZERO, rate));
        }
        Ok((rate.checked_mul(shares)?.checked_div(precision(self.validator()))?, rate))
    }

    /// Reward per share after something more was credited.
    // what is credited while there are no shares is lost.
    pub(super) fn reward_per_share_with(&self, credited: Amount) -> Result<U256, AmountError> {
        let now = Amount::from_word(self.reward_per_share());
        if credited.is_zero() || self.total_shares().is_zero() {
            return Ok(now.to_word());
        }
        let more = credited.checked_mul(PRECISION)?.checked_div(self.total_shares())?;
        now.checked_add(more).map(Amount::to_word)
    }

    /// What somebody is owed at a reward per share.
    pub(super) fn owed(&self, user: Address, reward_per_share: U256) -> Result<Amount, AmountError> {
        let Some(delegator) = self.delegator(user) else { return Ok(Amount::ZERO) };
        if delegator.shares.is_zero() || delegator.initial_reward_per_share == reward_per_share {
            return Ok(Amount::ZERO);
        }
        let paid = Amount::from_word(delegator.initial_reward_per_share);
        let passed = Amount::from_word(reward_per_share).checked_sub(paid)?;
        passed.checked_mul(delegator.shares)?.checked_div(PRECISION)
    }
}

/// Source of all: `root-contracts §7.1, §7.2; contracts:staking/validatorShare/ValidatorShare.sol:71-110`. Each is
/// `None` for a validator that never had a share contract.
impl StakeManager {
    /// Tokens for a share, times the precision.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts.
    pub fn exchange_rate(&self, validator: ValidatorId) -> Option<Result<Amount, AmountError>> {
        self.pool(validator).map(|pool| pool.exchange_rate(self.delegated(validator)))
    }

    /// Tokens for a part of the withdraw pool, times the precision.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts.
    pub fn withdraw_exchange_rate(&self, validator: ValidatorId) -> Option<Result<Amount, AmountError>> {
        self.pool(validator).map(ValidatorShare::withdraw_exchange_rate)
    }

    /// What somebody's shares are worth, and the rate.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts.
    pub fn total_stake(&self, validator: ValidatorId, user: Address) -> Option<Result<(Amount, Amount), AmountError>> {
        self.pool(validator).map(|pool| pool.stake_of(user, self.delegated(validator)))
    }

    /// Reward per share with what is credited and not taken over, × 10²⁵.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts.
    pub fn current_reward_per_share(&self, validator: ValidatorId) -> Option<Result<U256, AmountError>> {
        let pool = self.pool(validator)?;
        Some(self.delegators_reward(validator).and_then(|credited| pool.reward_per_share_with(credited)))
    }

    /// What somebody would be paid now.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts.
    pub fn liquid_rewards(&self, validator: ValidatorId, user: Address) -> Option<Result<Amount, AmountError>> {
        let pool = self.pool(validator)?;
        Some(self.current_reward_per_share(validator)?.and_then(|reward_per_share| pool.owed(user, reward_per_share)))
    }

    /// What the staking contract has as delegated to a validator.
    pub(super) fn delegated(&self, validator: ValidatorId) -> Amount {
        self.account(validator).map_or(Amount::ZERO, |account| account.delegated_amount)
    }
}
