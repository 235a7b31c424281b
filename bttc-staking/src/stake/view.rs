//! What the contracts answer when asked, traps included.

use super::{NotAPool, StakeAccount, StakeManager, StakeStatus};
use crate::delegation::ValidatorShare;
use alloy_primitives::Address;
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, ValidatorId},
    quorum::HeadQuorum,
};
use serde::{Deserialize, Serialize};

/// What the staking information contract tells of a validator.
///
/// Source: `root-contracts §4.13; contracts:staking/StakingInfo.sol:400-433`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakerDetails {
    /// Its own stake.
    pub amount: Amount,
    /// Reward credited to it, and one unit more.
    pub reward: Amount,
    /// First epoch in which it is a validator.
    pub activation_epoch: Epoch,
    /// First epoch in which it is none any more; 0 while it has not announced its exit.
    pub deactivation_epoch: Epoch,
    /// Address of the key it signs with.
    pub signer: Address,
    /// What it is.
    pub status: StakeStatus,
}

/// Source of all: `root-contracts §4.13; contracts:staking/stakeManager/StakeManager.sol:120-200`.
impl StakeManager {
    /// Whether somebody is a validator in the current epoch.
    #[must_use]
    pub fn is_validator(&self, id: ValidatorId) -> bool {
        self.account(id).is_some_and(|account| account.is_validator_at(self.figures.epoch))
    }

    /// Who has a vote in the current epoch, one head each, whatever the stake.
    #[must_use]
    pub fn quorum(&self) -> HeadQuorum {
        let live = self.accounts().filter(|(_, account)| account.is_validator_at(self.figures.epoch));
        HeadQuorum::over(live.map(|(_, account)| account.signer))
    }

    /// What a validator could take out: credited and not yet credited.
    ///
    /// # Errors
    /// [`AmountError`] where the contract reverts: for an unknown id, which has not even the one unit to subtract.
    pub fn validator_reward(&self, id: ValidatorId) -> Result<Amount, AmountError> {
        let account = self.accounts.at(id);
        let (own, _) = account.unsettled(self.figures.reward_per_stake)?;
        account.reward.checked_add(own)?.checked_sub(StakeAccount::BIAS)
    }

    /// What a validator's delegators could take out together.
    ///
    /// # Errors
    /// As [`StakeManager::validator_reward`].
    pub fn delegators_reward(&self, id: ValidatorId) -> Result<Amount, AmountError> {
        let account = self.accounts.at(id);
        let (_, others) = account.unsettled(self.figures.reward_per_stake)?;
        account.delegators_reward.checked_add(others)?.checked_sub(StakeAccount::BIAS)
    }

    /// The stake behind the seat somebody owns; nothing for somebody without.
    #[must_use]
    pub fn total_staked_for(&self, user: Address) -> Amount {
        self.validator_of(user).map_or(Amount::ZERO, |id| self.accounts.at(id).amount)
    }

    /// A validator's stake and what is active in its share contract. The sum is unchecked.
    ///
    /// # Errors
    /// [`NotAPool`] when what it has for a share contract is none.
    pub fn total_validator_stake(&self, id: ValidatorId) -> Result<Amount, NotAPool> {
        let account = self.accounts.at(id);
        if account.contract.is_zero() {
            return Ok(account.amount);
        }
        let pool = self.pool_by_contract(id, account.contract)?;
        Ok(account.amount.wrapping_add(pool.active_amount()))
    }

    /// What the staking information contract tells of a validator; zeros of an unknown one.
    ///
    /// # Errors
    /// [`NotAPool`] for every validator with a share contract.
    // it asks share contracts for something they no longer have.
    pub fn staker_details(&self, id: ValidatorId) -> Result<StakerDetails, NotAPool> {
        let account = self.accounts.at(id);
        if !account.contract.is_zero() {
            return Err(NotAPool { validator: id, contract: account.contract });
        }
        let StakeAccount { amount, reward, activation_epoch, deactivation_epoch, signer, status, .. } = account;
        Ok(StakerDetails { amount, reward, activation_epoch, deactivation_epoch, signer, status })
    }

    /// The share contract that stands at an address which a validator has for its own.
    pub(crate) fn pool_by_contract(&self, validator: ValidatorId, at: Address) -> Result<&ValidatorShare, NotAPool> {
        let pool = self.validator_at(at).and_then(|id| self.pools.get(&id));
        pool.ok_or(NotAPool { validator, contract: at })
    }

    /// The same, to be changed.
    pub(crate) fn pool_by_contract_mut(
        &mut self,
        validator: ValidatorId,
        at: Address,
    ) -> Result<&mut ValidatorShare, NotAPool> {
        let none = NotAPool { validator, contract: at };
        let id = self.validator_at(at).ok_or(none)?;
        self.pool_mut(id).ok_or(none)
    }

    /// Locks the share contract of a validator that leaves.
    pub(super) fn lock_pool_at(&mut self, validator: ValidatorId, at: Address) -> Result<(), NotAPool> {
        self.pool_by_contract_mut(validator, at)?.figures.locked = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        delegation::tests::{delegated, id},
        stake::StakeParams,
        token::Token,
    };
    use alloy_primitives::U256;

    #[test]
    fn the_reward_of_an_unknown_id_reverts() {
        let contract = StakeManager::new(
            Address::repeat_byte(1),
            Address::repeat_byte(2),
            Token::default(),
            StakeParams::default(),
        );
        assert_eq!(contract.validator_reward(id(9)), Err(AmountError::Sub(U256::ZERO, U256::from(1))));
    }

    #[test]
    fn q118_details_of_a_validator_with_a_share_contract_revert() {
        let contract = delegated(&[0]);
        assert!(contract.staker_details(id(1)).is_err());
        assert_eq!(contract.staker_details(id(77)), Ok(StakerDetails::default()));
    }
}
