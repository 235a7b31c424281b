//! The key a validator signs with.

use super::{NoSigners, NotOwner, StakeEvent, StakeManager};
use alloc::vec::Vec;
use alloy_primitives::{Address, Bytes, U256};
use bttc_core::{
    amount::{Amount, AmountError},
    hash::keccak256,
    id::{Epoch, ValidatorId},
    root_chain::SignerChange,
};

/// Why a key is not good. Displays the contract's revert text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerKeyError {
    /// The key has not 64 bytes.
    #[error("not pub")]
    NotPub {
        /// Bytes it has.
        got: usize,
    },
    /// The key has been used before, or its address is zero.
    #[error("Invalid signer")]
    InvalidSigner {
        /// Address of the key.
        signer: Address,
        /// The validator that used it.
        used_by: Option<ValidatorId>,
    },
}

impl SignerKeyError {
    /// The reason the contract reverts with.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotPub { .. } => "not pub",
            Self::InvalidSigner { .. } => "Invalid signer",
        }
    }
}

/// Why a signer stays, in the order of the checks. Displays the contract's revert text where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateSignerError {
    /// The caller does not own the staking token; no reason on chain.
    #[error(transparent)]
    NotOwner(#[from] NotOwner),
    /// The key is not good.
    #[error(transparent)]
    Key(#[from] SignerKeyError),
    /// The last change is not long enough ago.
    #[error("Not allowed")]
    TooEarly {
        /// The epoch.
        got: Epoch,
        /// First epoch in which the signer may change.
        expected: U256,
    },
    /// The validator has announced its exit.
    #[error("already unstaked")]
    Leaving {
        /// The validator.
        validator: ValidatorId,
    },
    /// There is no signer to take off the list; no reason on chain.
    #[error(transparent)]
    NoSigners(#[from] NoSigners),
    /// Epochs or nonces have run out; no reason on chain.
    #[error(transparent)]
    Arithmetic(#[from] AmountError),
}

impl UpdateSignerError {
    /// The reason the contract reverts with, empty where it gives none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Key(error) => error.reason(),
            Self::TooEarly { .. } => "Not allowed",
            Self::Leaving { .. } => "already unstaked",
            Self::NotOwner(_) | Self::NoSigners(_) | Self::Arithmetic(_) => "",
        }
    }
}

impl StakeManager {
    /// Replaces a validator's key. The logs in order.
    ///
    /// Source: `root-contracts §4.7; contracts:staking/stakeManager/StakeManager.sol:573-590`.
    ///
    /// # Errors
    /// [`UpdateSignerError`].
    pub fn update_signer(
        &mut self,
        caller: Address,
        validator: ValidatorId,
        signer_key: &Bytes,
    ) -> Result<Vec<StakeEvent>, UpdateSignerError> {
        self.transact(|contract, log| {
            contract.only_owner_of(caller, validator)?;
            let new_signer = contract.unused_signer(signer_key)?;
            let epoch = contract.figures.epoch;
            let last = contract.latest_signer_update.at(validator);
            let limit = Amount::from_word(contract.params.signer_update_limit);
            let expected = Amount::from_units(last.get()).checked_add(limit)?.to_word();
            if U256::from(epoch.get()) < expected {
                return Err(UpdateSignerError::TooEarly { got: epoch, expected });
            }
            let mut account = contract.accounts.at(validator);
            if account.is_leaving() {
                return Err(UpdateSignerError::Leaving { validator });
            }
            let old_signer = account.signer;
            let nonce = contract.next_nonce(validator)?;
            let signer_key = signer_key.clone();
            log.push(StakeEvent::SignerChange(SignerChange { validator, nonce, old_signer, new_signer, signer_key }));
            contract.signer_to_validator.put(old_signer, Self::RETIRED);
            contract.signer_to_validator.put(new_signer, validator);
            account.signer = new_signer;
            contract.accounts.put(validator, account);
            let signers = contract.signers_mut();
            signers.remove(old_signer)?;
            signers.insert(new_signer);
            contract.latest_signer_update.put(validator, epoch);
            Ok(())
        })
    }

    /// The signer of a key that nobody has used.
    pub(super) fn unused_signer(&self, key: &Bytes) -> Result<Address, SignerKeyError> {
        if key.len() != 64 {
            return Err(SignerKeyError::NotPub { got: key.len() });
        }
        let signer = Address::from_word(keccak256(key));
        // a key is used once for ever: retired validators and replaced keys keep their entry.
        let used_by = self.validator_by_signer(signer);
        if signer.is_zero() || used_by.is_some() {
            return Err(SignerKeyError::InvalidSigner { signer, used_by });
        }
        Ok(signer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::tests::{ALICE, GOVERNANCE, delegated, id, key, owner};

    #[test]
    fn q14_a_signer_key_is_used_once() {
        let mut contract = delegated(&[0, 0]);
        contract.set_signer_update_limit(GOVERNANCE, U256::ZERO).unwrap();
        let key_of = |number| Bytes::from(key(number).public_key().coordinates().to_vec());
        contract.update_signer(owner(1), id(1), &key_of(8)).unwrap();
        assert_eq!(contract.validator_by_signer(owner(1)), Some(StakeManager::RETIRED));
        let before = contract.clone();
        for used in [1, 2, 8] {
            let error = contract.update_signer(owner(2), id(2), &key_of(used)).unwrap_err();
            assert_eq!(error.reason(), "Invalid signer");
        }
        assert_eq!(contract.update_signer(owner(2), id(2), &Bytes::new()).unwrap_err().reason(), "not pub");
        assert!(contract.update_signer(ALICE, id(2), &key_of(9)).is_err());
        assert_eq!(contract, before);
        contract.set_signer_update_limit(GOVERNANCE, U256::MAX).unwrap();
        // One epoch less, and the sum would still fit.
        assert_eq!(contract.update_signer(owner(2), id(2), &key_of(9)).unwrap_err().reason(), "");
    }
}
