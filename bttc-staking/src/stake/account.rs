//! A validator as the contract keeps it.

use alloy_primitives::{Address, U256};
use bttc_core::{amount::Amount, id::Epoch};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A validator's record, fields in the order of the contract's getter.
///
/// Source: `root-contracts §3.1; contracts:staking/stakeManager/StakeManagerStorage.sol:33-47`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeAccount {
    /// Its own stake.
    pub amount: Amount,
    /// Reward credited to it, and one unit more.
    pub reward: Amount,
    /// First epoch in which it is a validator.
    pub activation_epoch: Epoch,
    /// First epoch in which it is none any more; 0 while it has not announced its exit.
    pub deactivation_epoch: Epoch,
    /// Always 0: nothing jails on TRON.
    pub jail_time: u64,
    /// Address of the key it signs with.
    pub signer: Address,
    /// Its share contract; zero if it takes no delegation.
    pub contract: Address,
    /// What it is.
    pub status: StakeStatus,
    /// Percent of its delegators' reward that it keeps.
    pub commission_rate: u64,
    /// Epoch of the last change of that rate; 0 before the first.
    pub last_commission_update: Epoch,
    /// Reward credited to its delegators, and one unit more.
    pub delegators_reward: Amount,
    /// What is delegated to it.
    pub delegated_amount: Amount,
    /// Reward index up to which it has been credited, reward per base unit × 10²⁵.
    pub initial_reward_per_stake: U256,
}

/// What a validator is.
///
/// Source: `root-contracts §3.1; contracts:staking/stakeManager/StakeManagerStorage.sol:13`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum StakeStatus {
    /// Never was one.
    #[default]
    Inactive,
    /// Is one, or has announced its exit.
    Active,
    /// Barred. Nothing in the contract bars anyone.
    Locked,
    /// Took its stake out.
    Unstaked,
}

impl StakeStatus {
    /// Its number in the contract.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Inactive => 0,
            Self::Active => 1,
            Self::Locked => 2,
            Self::Unstaked => 3,
        }
    }
}

impl StakeAccount {
    /// The one unit that `reward` and `delegators_reward` start with.
    ///
    /// Source: `root-contracts §0.3; contracts:staking/stakeManager/StakeManagerStorage.sol:53`.
    pub const BIAS: Amount = Amount::from_word(U256::from_limbs([1, 0, 0, 0]));

    /// Whether it is a validator in an epoch. Delegation alone makes none.
    ///
    /// Source: `root-contracts §3.4; contracts:staking/stakeManager/StakeManager.sol:769-776`.
    #[must_use]
    pub fn is_validator_at(&self, epoch: Epoch) -> bool {
        !self.amount.is_zero()
            && (!self.is_leaving() || self.deactivation_epoch > epoch)
            && self.status == StakeStatus::Active
    }

    /// Whether it has announced its exit.
    #[must_use]
    pub const fn is_leaving(&self) -> bool {
        self.deactivation_epoch.get() != 0
    }
}

impl fmt::Display for StakeAccount {
    /// A line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} from epoch {}", self.signer, self.status, self.activation_epoch)?;
        if self.is_leaving() {
            write!(f, " until epoch {}", self.deactivation_epoch)?;
        }
        write!(f, "  stake {}", self.amount)?;
        if !self.contract.is_zero() {
            write!(f, "  delegated {}  commission {} %", self.delegated_amount, self.commission_rate)?;
        }
        // Of an account that never was one there is not even the unit of bias.
        write!(f, "  reward {}", self.reward.checked_sub(Self::BIAS).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn an_account_reads_as_a_line() {
        let account = StakeAccount {
            amount: Amount::from_btt(100),
            reward: Amount::from_units(Amount::UNITS_PER_BTT + 1),
            activation_epoch: Epoch::new(2),
            deactivation_epoch: Epoch::new(9),
            contract: Address::repeat_byte(5),
            status: StakeStatus::Active,
            commission_rate: 13,
            delegated_amount: Amount::from_btt(33),
            ..StakeAccount::default()
        };
        assert_eq!(
            account.to_string(),
            "0x0000000000000000000000000000000000000000 Active from epoch 2 until epoch 9  stake 100 BTT  \
             delegated 33 BTT  commission 13 %  reward 1 BTT"
        );
    }
}
