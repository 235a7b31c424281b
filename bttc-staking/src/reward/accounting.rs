//! From the reward index to a validator's and its delegators' credit.

use crate::stake::StakeAccount;
use alloy_primitives::U256;
use bttc_core::amount::{Amount, AmountError};

/// What one unit of reward per base unit of stake is in the index: 10²⁵.
///
/// Source: `root-contracts §0.3; contracts:staking/stakeManager/StakeManagerStorage.sol:51`.
pub(crate) const PRECISION: Amount = Amount::from_word(U256::from_limbs([0x1614_0148_4a00_0000, 0x0008_4595, 0, 0]));

impl StakeAccount {
    /// Stake and delegation.
    pub(crate) fn power(&self) -> Result<Amount, AmountError> {
        self.amount.checked_add(self.delegated_amount)
    }

    /// Credits up to the index `current`, then counts from `new` on.
    ///
    /// Source: `root-contracts §5.5; contracts:staking/stakeManager/StakeManager.sol:887-1020`.
    pub(crate) fn commit(&mut self, current: U256, new: U256) -> Result<(), AmountError> {
        let credited = self.initial_reward_per_stake;
        let owed = |power: Amount| {
            let passed = Amount::from_word(current).checked_sub(Amount::from_word(credited))?;
            passed.checked_mul(power)?.checked_div(PRECISION)
        };
        let mut next = *self;
        if credited < current {
            if self.delegated_amount.is_zero() {
                next.reward = self.reward.checked_add(owed(self.amount)?)?;
            } else {
                let power = self.power()?;
                next.split(owed(power)?, power)?;
            }
        }
        next.initial_reward_per_stake = credited.max(new);
        *self = next;
        Ok(())
    }

    /// Credits up to the index. Does nothing once the exit is announced.
    pub(crate) fn settle(&mut self, index: U256) -> Result<(), AmountError> {
        if self.is_leaving() {
            return Ok(());
        }
        self.commit(index, index)
    }

    /// What has been earned and not been credited, its own part and its delegators'. Nothing once the exit is
    /// announced.
    ///
    /// Source: `root-contracts §4.13; contracts:staking/stakeManager/StakeManager.sol:157-171, 990-1010`.
    pub(crate) fn unsettled(&self, index: U256) -> Result<(Amount, Amount), AmountError> {
        if self.is_leaving() {
            return Ok((Amount::ZERO, Amount::ZERO));
        }
        let power = self.power()?;
        let passed = Amount::from_word(index).wrapping_sub(Amount::from_word(self.initial_reward_per_stake));
        let reward = passed.checked_mul(power)?.checked_div(PRECISION)?;
        if power.is_zero() { Ok((Amount::ZERO, Amount::ZERO)) } else { self.parts(reward, power) }
    }

    /// The validator gets its part and its commission, the delegators the rest: what rounding leaves is theirs.
    pub(crate) fn split(&mut self, reward: Amount, power: Amount) -> Result<(), AmountError> {
        let (own, others) = self.parts(reward, power)?;
        self.reward = self.reward.checked_add(own)?;
        self.delegators_reward = self.delegators_reward.checked_add(others)?;
        Ok(())
    }

    fn parts(&self, reward: Amount, power: Amount) -> Result<(Amount, Amount), AmountError> {
        let mut own = self.amount.checked_mul(reward)?.checked_div(power)?;
        if self.commission_rate > 0 {
            let rate = Amount::from_units(self.commission_rate);
            let others = reward.checked_sub(own)?;
            own = own.checked_add(others.checked_mul(rate)?.checked_div(Amount::from_units(100))?)?;
        }
        Ok((own, reward.checked_sub(own)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precision_is_ten_to_the_twenty_fifth() {
        assert_eq!(PRECISION.to_word(), U256::from(10).pow(U256::from(25)));
    }

    #[test]
    fn rounding_is_the_delegators_gain() {
        let mut account = StakeAccount {
            amount: Amount::from_units(2),
            delegated_amount: Amount::from_units(1),
            commission_rate: 10,
            ..StakeAccount::default()
        };
        // 10 units: 6 are the validator's (6.67), and 10 % of the other 4 (0.4) round down to nothing.
        let index = PRECISION.to_word() * U256::from(10) / U256::from(3) + U256::from(1);
        account.settle(index).unwrap();
        assert_eq!(
            (account.reward, account.delegators_reward, account.initial_reward_per_stake),
            (Amount::from_units(6), Amount::from_units(4), index)
        );
    }
}
