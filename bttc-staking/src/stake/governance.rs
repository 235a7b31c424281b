//! What governance does: turn the knobs.

use super::{RewardShapeError, StakeEvent, StakeManager};
use alloy_primitives::{Address, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::Epoch,
};
use serde::{Deserialize, Serialize};

/// Whether delegators may add stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delegation {
    /// They may.
    Open,
    /// They may not.
    Closed,
}

/// Why a knob is not turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GovernanceError {
    /// The caller is not governance.
    #[error("Only governance contract is authorized")]
    NotGovernance {
        /// Who asked.
        got: Address,
        /// Who may ask.
        expected: Address,
    },
    /// Zero where a number is needed; no reason on chain.
    #[error("{what} is zero")]
    Zero {
        /// Which number.
        what: &'static str,
    },
    /// No reason on chain.
    #[error(transparent)]
    Shape(#[from] RewardShapeError),
    /// The proposer would keep more than the whole reward.
    #[error("too big")]
    BonusTooBig {
        /// Percent asked for.
        got: u64,
    },
    /// A contract that is not one of these; no reason on chain.
    #[error("{contract} is none of the contracts here")]
    NotOurs {
        /// Where it stands.
        contract: Address,
    },
    /// The epoch would leave its range; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl GovernanceError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotGovernance { .. } => "Only governance contract is authorized",
            Self::BonusTooBig { .. } => "too big",
            Self::Zero { .. } | Self::Shape(_) | Self::NotOurs { .. } | Self::Arithmetic(_) => "",
        }
    }
}

/// Source of all: `root-contracts §4.11; contracts:staking/stakeManager/StakeManager.sol,
/// contracts:staking/stakeManager/StakeManagerExtension.sol`. Each refuses a caller that is not governance first.
impl StakeManager {
    /// Locks staking and topping up.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`].
    pub fn lock(&mut self, caller: Address) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        self.figures.locked = true;
        Ok(())
    }

    /// Unlocks them.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`].
    pub fn unlock(&mut self, caller: Address) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        self.figures.locked = false;
        Ok(())
    }

    /// Sets the number of seats. Those who sit stay.
    ///
    /// # Errors
    /// [`GovernanceError::Zero`].
    pub fn set_validator_threshold(&mut self, caller: Address, new: U256) -> Result<StakeEvent, GovernanceError> {
        self.only_governance(caller)?;
        not_zero("the threshold", new)?;
        let old = core::mem::replace(&mut self.params.validator_threshold, new);
        Ok(StakeEvent::ThresholdChange { new, old })
    }

    /// Sets the least stake and the least fee.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`].
    pub fn set_min_amounts(&mut self, caller: Address, deposit: Amount, fee: Amount) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        self.params.min_deposit = deposit;
        self.params.min_fee = fee;
        Ok(())
    }

    /// Sets the blocks of a checkpoint of full length.
    ///
    /// # Errors
    /// [`GovernanceError::Zero`].
    pub fn set_checkpoint_interval(&mut self, caller: Address, blocks: U256) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        not_zero("the interval", blocks)?;
        self.params.shape.interval = blocks;
        Ok(())
    }

    /// Sets a root chain's reward for a checkpoint of full length.
    ///
    /// # Errors
    /// [`GovernanceError::Zero`].
    pub fn set_chain_reward(
        &mut self,
        caller: Address,
        root_chain: U256,
        new: Amount,
    ) -> Result<StakeEvent, GovernanceError> {
        self.only_governance(caller)?;
        if new.is_zero() {
            return Err(GovernanceError::Zero { what: "the reward" });
        }
        let old = self.params.rewards.insert(root_chain, new).unwrap_or_default();
        Ok(StakeEvent::ChainRewardUpdate { root_chain, new, old })
    }

    /// Sets how a checkpoint's length changes its reward.
    ///
    /// # Errors
    /// [`GovernanceError::Shape`].
    pub fn set_reward_shape(
        &mut self,
        caller: Address,
        decrease: U256,
        max_intervals: U256,
        delta: U256,
    ) -> Result<StakeEvent, GovernanceError> {
        self.only_governance(caller)?;
        self.params.shape.set(decrease, max_intervals, delta)?;
        Ok(StakeEvent::RewardParams { decrease, max_intervals, delta })
    }

    /// Sets the proposer's part of a reward, in percent.
    ///
    /// # Errors
    /// [`GovernanceError::BonusTooBig`].
    pub fn set_proposer_bonus(&mut self, caller: Address, new: u64) -> Result<StakeEvent, GovernanceError> {
        self.only_governance(caller)?;
        if new > 100 {
            return Err(GovernanceError::BonusTooBig { got: new });
        }
        let old = core::mem::replace(&mut self.params.shape.proposer_bonus, new);
        Ok(StakeEvent::ProposerBonusChange { new, old })
    }

    /// Sets the dynasty, the withdrawal delay (the same) and the auction period (a quarter), and stops auctions for
    /// one such period.
    ///
    /// # Errors
    /// [`GovernanceError::Zero`], [`GovernanceError::Arithmetic`].
    pub fn set_dynasty(&mut self, caller: Address, new: U256) -> Result<StakeEvent, GovernanceError> {
        self.only_governance(caller)?;
        not_zero("the dynasty", new)?;
        let period = new / U256::from(4);
        let until = self.epochs_from_now(period)?;
        self.params.withdrawal_delay = new;
        self.params.auction_period = period;
        self.figures.replacement_cool_down = until;
        let old = core::mem::replace(&mut self.params.dynasty, new);
        Ok(StakeEvent::DynastyValueChange { new, old })
    }

    /// Stops auctions for so many epochs.
    ///
    /// # Errors
    /// [`GovernanceError::Arithmetic`].
    pub fn stop_auctions(&mut self, caller: Address, epochs: U256) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        self.figures.replacement_cool_down = self.epochs_from_now(epochs)?;
        Ok(())
    }

    /// Sets the epochs between two changes of a signer key.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`].
    pub fn set_signer_update_limit(&mut self, caller: Address, epochs: U256) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        self.params.signer_update_limit = epochs;
        Ok(())
    }

    /// Lets delegators in, or not.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`].
    pub fn set_delegation(&mut self, caller: Address, delegation: Delegation) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        self.params.delegation = delegation;
        Ok(())
    }

    /// Sets the epoch.
    ///
    /// # Errors
    /// [`GovernanceError::NotGovernance`].
    // an epoch that is jumped over never applies the changes that were queued for it.
    pub fn set_epoch(&mut self, caller: Address, epoch: Epoch) -> Result<(), GovernanceError> {
        self.only_governance(caller)?;
        self.figures.epoch = epoch;
        Ok(())
    }

    fn epochs_from_now(&self, epochs: U256) -> Result<U256, AmountError> {
        let now = Amount::from_units(self.figures.epoch.get());
        now.checked_add(Amount::from_word(epochs)).map(Amount::to_word)
    }

    pub(super) fn only_governance(&self, caller: Address) -> Result<(), GovernanceError> {
        if caller == self.deployment.governance {
            return Ok(());
        }
        Err(GovernanceError::NotGovernance { got: caller, expected: self.deployment.governance })
    }
}

fn not_zero(what: &'static str, number: U256) -> Result<(), GovernanceError> {
    if number.is_zero() {
        return Err(GovernanceError::Zero { what });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        stake::{LiveSet, LiveSetChange, StakeParams},
        token::Token,
    };
    use alloy_primitives::I256;

    const GOVERNANCE: Address = Address::repeat_byte(2);

    fn contract() -> StakeManager {
        StakeManager::new(Address::repeat_byte(1), GOVERNANCE, Token::default(), StakeParams::default())
    }

    #[test]
    fn only_governance_turns_knobs_and_nonsense_is_refused() {
        let mut contract = contract();
        let before = contract.clone();
        let [two, four, nine, many] = [2, 4, 9, 26].map(U256::from);
        let stranger = contract.set_validator_threshold(Address::ZERO, nine).unwrap_err();
        assert_eq!(stranger.reason(), "Only governance contract is authorized");
        assert_eq!(contract.set_validator_threshold(GOVERNANCE, U256::ZERO).unwrap_err().reason(), "");
        assert_eq!(contract.set_proposer_bonus(GOVERNANCE, 101).unwrap_err().reason(), "too big");
        assert!(contract.set_reward_shape(GOVERNANCE, many, four, U256::ZERO).is_err());
        assert!(contract.set_reward_shape(GOVERNANCE, U256::MAX, two, U256::ZERO).is_err());
        assert!(contract.stop_auctions(GOVERNANCE, U256::MAX).is_err());
        assert_eq!(contract, before);
        contract.set_dynasty(GOVERNANCE, nine).unwrap();
        assert_eq!((contract.params.auction_period, contract.replacement_cool_down()), (two, U256::from(3)));
    }

    #[test]
    fn q15_changes_queued_for_an_epoch_that_is_jumped_over_never_come() {
        let mut contract = contract();
        contract.figures.live = LiveSet { amount: Amount::from_units(10), heads: 0 };
        let change = LiveSetChange { amount: I256::MINUS_ONE, heads: 0 };
        contract.queued.put(Epoch::new(2), change);
        let mut jumped = contract.clone();
        jumped.set_epoch(GOVERNANCE, Epoch::new(2)).unwrap();
        let after = |contract: &StakeManager| contract.next_epoch().map(|(_, live)| live.amount);
        assert_eq!(after(&contract), Ok(Amount::from_units(9)));
        assert_eq!(after(&jumped), Ok(Amount::from_units(10)));
    }
}
