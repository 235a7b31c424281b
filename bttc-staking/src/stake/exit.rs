//! Leaving: announce it, wait, take the stake out.
//!
//! ```text
//! unstake        off the list of signers, rewards paid; votes and heads go with epoch E + 1
//! force_unstake  the same, at once                             by governance
//! unstake_claim  when E ≥ exit + WITHDRAWAL_DELAY: what the last epoch earned, and the stake
//! ```

use super::{
    GovernanceError, LiveSetChange, NftError, NoSigners, NotAPool, NotOwner, StakeAccount, StakeEvent, StakeManager,
    StakeStatus,
};
use crate::token::TokenError;
use alloc::vec::Vec;
use alloy_primitives::{Address, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    id::{Epoch, ValidatorId},
    root_chain::UnstakeInit,
};

/// Why a validator cannot go. On chain each is a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoveError {
    /// Nobody owns its staking token.
    #[error(transparent)]
    Owner(#[from] NftError),
    /// What it has for a share contract is none.
    #[error(transparent)]
    NotAPool(#[from] NotAPool),
    /// There is no signer to take off the list.
    #[error(transparent)]
    NoSigners(#[from] NoSigners),
    /// Its rewards cannot be paid.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A sum leaves 256 bits, or the live set would fall below nothing.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

/// Why an exit is not announced. On chain each is a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnstakeError {
    /// The caller does not own the staking token.
    #[error(transparent)]
    NotOwner(#[from] NotOwner),
    /// Somebody has bid for the seat.
    #[error("there is a bid of {bid} for validator {validator}")]
    Auction {
        /// The validator.
        validator: ValidatorId,
        /// The bid.
        bid: Amount,
    },
    /// Not active yet, or leaving already.
    #[error(
        "validator {validator} is active from {activation} and leaves at {deactivation}, expected 1 or later and 0"
    )]
    NotStaying {
        /// The validator.
        validator: ValidatorId,
        /// First epoch in which it is a validator.
        activation: Epoch,
        /// First epoch in which it is none any more.
        deactivation: Epoch,
    },
    /// Neither active nor locked.
    #[error("validator {validator} is {status:?}, expected active or locked")]
    Status {
        /// The validator.
        validator: ValidatorId,
        /// What it is.
        status: StakeStatus,
    },
    /// It cannot go.
    #[error(transparent)]
    Remove(#[from] RemoveError),
    /// Epochs have run out.
    #[error("no epoch follows {0}")]
    LastEpoch(Epoch),
}

impl UnstakeError {
    /// The reason the contract reverts with: none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        ""
    }
}

/// Why governance cannot force a validator out. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForceUnstakeError {
    /// The caller is not governance.
    #[error(transparent)]
    Governance(#[from] GovernanceError),
    /// The validator is leaving already.
    #[error("already unstaked")]
    Leaving {
        /// The validator.
        validator: ValidatorId,
        /// First epoch in which it is none any more.
        deactivation: Epoch,
    },
    /// It cannot go; no reason on chain.
    #[error(transparent)]
    Remove(#[from] RemoveError),
}

impl ForceUnstakeError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Governance(error) => error.reason(),
            Self::Leaving { .. } => "already unstaked",
            Self::Remove(_) => "",
        }
    }
}

/// Why a stake stays. On chain each is a revert without a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnstakeClaimError {
    /// The caller does not own the staking token.
    #[error(transparent)]
    NotOwner(#[from] NotOwner),
    /// The validator has not announced its exit.
    #[error("validator {validator} has not announced its exit")]
    Staying {
        /// The validator.
        validator: ValidatorId,
    },
    /// It has to wait.
    #[error("epoch {got}, expected {expected} or later")]
    TooEarly {
        /// The epoch.
        got: Epoch,
        /// First epoch in which the stake can be taken out.
        expected: U256,
    },
    /// The stake is out.
    #[error("validator {validator} has taken its stake out")]
    Unstaked {
        /// The validator.
        validator: ValidatorId,
    },
    /// The staking token cannot be burnt.
    #[error(transparent)]
    Nft(#[from] NftError),
    /// The contract has not enough tokens.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A step of the contract's checked arithmetic.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl UnstakeClaimError {
    /// The reason the contract reverts with: none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        ""
    }
}

impl StakeManager {
    /// Announces a validator's exit: it is one until the next epoch. The logs in order.
    ///
    /// Source: `root-contracts §4.4; contracts:staking/stakeManager/StakeManager.sol:423-435`.
    ///
    /// # Errors
    /// [`UnstakeError`].
    pub fn unstake(&mut self, caller: Address, validator: ValidatorId) -> Result<Vec<StakeEvent>, UnstakeError> {
        self.transact(|contract, log| {
            contract.only_owner_of(caller, validator)?;
            let bid = contract.auctions.at(validator).bid;
            if !bid.is_zero() {
                return Err(UnstakeError::Auction { validator, bid });
            }
            let StakeAccount { activation_epoch, deactivation_epoch, status, .. } = contract.accounts.at(validator);
            if activation_epoch == Epoch::default() || deactivation_epoch != Epoch::default() {
                let (activation, deactivation) = (activation_epoch, deactivation_epoch);
                return Err(UnstakeError::NotStaying { validator, activation, deactivation });
            }
            if !matches!(status, StakeStatus::Active | StakeStatus::Locked) {
                return Err(UnstakeError::Status { validator, status });
            }
            let epoch = contract.figures.epoch;
            let exit = epoch.next().ok_or(UnstakeError::LastEpoch(epoch))?;
            Ok(contract.remove_validator(log, validator, exit)?)
        })
    }

    /// Removes a validator at once. The logs in order.
    ///
    /// Source: `root-contracts §4.4; contracts:staking/stakeManager/StakeManager.sol:208`.
    ///
    /// # Errors
    /// [`ForceUnstakeError`].
    pub fn force_unstake(
        &mut self,
        caller: Address,
        validator: ValidatorId,
    ) -> Result<Vec<StakeEvent>, ForceUnstakeError> {
        self.only_governance(caller)?;
        self.transact(|contract, log| {
            let account = contract.accounts.at(validator);
            if account.is_leaving() {
                let deactivation = account.deactivation_epoch;
                return Err(ForceUnstakeError::Leaving { validator, deactivation });
            }
            Ok(contract.remove_validator(log, validator, contract.figures.epoch)?)
        })
    }

    /// Takes a validator's stake out, and what its last epoch earned. The logs in order.
    ///
    /// Source: `root-contracts §4.5; contracts:staking/stakeManager/StakeManager.sol:472-499`.
    ///
    /// # Errors
    /// [`UnstakeClaimError`].
    // Q-111: the signer is cleared before it is used as a key, so address zero is marked as replaced and the signer
    // stays the retired validator's for ever.
    pub fn unstake_claim(
        &mut self,
        caller: Address,
        validator: ValidatorId,
    ) -> Result<Vec<StakeEvent>, UnstakeClaimError> {
        self.transact(|contract, log| {
            contract.only_owner_of(caller, validator)?;
            let account = contract.accounts.at(validator);
            if !account.is_leaving() {
                return Err(UnstakeClaimError::Staying { validator });
            }
            let epoch = contract.figures.epoch;
            let delay = Amount::from_word(contract.params.withdrawal_delay);
            let expected = Amount::from_units(account.deactivation_epoch.get()).checked_add(delay)?.to_word();
            if U256::from(epoch.get()) < expected {
                return Err(UnstakeClaimError::TooEarly { got: epoch, expected });
            }
            if account.status == StakeStatus::Unstaked {
                return Err(UnstakeClaimError::Unstaked { validator });
            }
            let amount = account.amount;
            let total = contract.figures.total_staked.checked_sub(amount)?;
            contract.figures.total_staked = total;
            contract.liquidate::<UnstakeClaimError>(log, validator, caller)?;
            log.push(contract.nft.burn(validator)?.into());
            let account = StakeAccount {
                amount: Amount::ZERO,
                jail_time: 0,
                signer: Address::ZERO,
                status: StakeStatus::Unstaked,
                ..contract.accounts.at(validator)
            };
            contract.signer_to_validator.put(account.signer, Self::RETIRED);
            contract.accounts.put(validator, account);
            contract.pay(log, caller, amount)?;
            log.push(StakeEvent::Unstaked { user: caller, validator, amount, total });
            Ok(())
        })
    }

    /// Takes a validator out of the set, as of an epoch.
    ///
    /// Source: `root-contracts §4.4; contracts:staking/stakeManager/StakeManager.sol:1082-1107`.
    pub(super) fn remove_validator(
        &mut self,
        log: &mut Vec<StakeEvent>,
        validator: ValidatorId,
        exit: Epoch,
    ) -> Result<(), RemoveError> {
        self.settle(validator)?;
        let owner = self.owner(validator).ok_or(NftError::NoToken { validator })?;
        let mut account = self.accounts.at(validator);
        account.deactivation_epoch = exit;
        self.accounts.put(validator, account);
        if !account.contract.is_zero() {
            self.lock_pool_at(validator, account.contract)?;
        }
        let signer = account.signer;
        self.signers_mut().remove(signer)?;
        self.liquidate::<RemoveError>(log, validator, owner)?;
        let change = LiveSetChange::loss(account.amount.wrapping_add(account.delegated_amount), -1);
        if exit <= self.figures.epoch {
            self.figures.live = self.figures.live.changed(change)?;
        } else {
            self.queued.put(exit, self.queued.at(exit).and(change));
        }
        let nonce = self.next_nonce(validator)?;
        let amount = account.amount;
        let init = UnstakeInit { owner, validator, nonce, deactivation_epoch: exit, amount };
        log.push(StakeEvent::UnstakeInit(init));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::tests::{ALICE, GOVERNANCE, at_epoch, base, delegated, id, owner, signed_checkpoint};

    #[test]
    fn a_leaving_validator_has_its_vote_until_the_next_epoch() {
        let mut contract = delegated(&[50, 0, 0, 0]);
        assert!(contract.unstake(ALICE, id(1)).is_err());
        contract.unstake(owner(1), id(1)).unwrap();
        assert_eq!((contract.live().heads, contract.is_validator(id(1)), contract.signers().len()), (4, true, 3));
        assert_eq!(contract.buy_voucher(ALICE, id(1), base(1), Amount::ZERO).unwrap_err().reason(), "locked");
        let sold = contract.sell_voucher(ALICE, id(1), base(1), base(1)).unwrap_err();
        assert_eq!(sold.reason(), "unstaking");
        signed_checkpoint(&mut contract);
        assert_eq!((contract.live().heads, contract.live().amount), (3, base(300)));
        assert!(!contract.is_validator(id(1)));
        contract.sell_voucher(ALICE, id(1), base(1), base(1)).unwrap();
        assert_eq!(contract.live().amount, base(300));
    }

    #[test]
    fn q111_address_zero_is_marked_in_place_of_the_retired_signer() {
        let mut contract = delegated(&[0, 0]);
        contract.unstake(owner(1), id(1)).unwrap();
        at_epoch(&mut contract, 9);
        assert!(contract.unstake_claim(owner(1), id(1)).is_err());
        at_epoch(&mut contract, 10);
        contract.unstake_claim(owner(1), id(1)).unwrap();
        assert_eq!(contract.token().balance(owner(1)), base(1_000));
        assert_eq!(contract.validator_by_signer(owner(1)), Some(id(1)));
        assert_eq!(contract.validator_by_signer(Address::ZERO), Some(StakeManager::RETIRED));
        assert!(contract.unstake_claim(owner(1), id(1)).is_err());
    }

    #[test]
    fn governance_removes_at_once_and_only_once() {
        let mut contract = delegated(&[0, 0]);
        assert!(contract.force_unstake(ALICE, id(1)).is_err());
        contract.force_unstake(GOVERNANCE, id(1)).unwrap();
        assert_eq!((contract.live().heads, contract.is_validator(id(1))), (1, false));
        assert_eq!(contract.force_unstake(GOVERNANCE, id(1)).unwrap_err().reason(), "already unstaked");
        assert_eq!(contract.force_unstake(GOVERNANCE, id(9)).unwrap_err().reason(), "");
    }
}
