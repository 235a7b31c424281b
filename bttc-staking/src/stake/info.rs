//! Who may write into the staking information contract's log.

use super::{StakeEvent, StakeManager};
use alloy_primitives::{Address, U256};
use bttc_core::{amount::Amount, id::ValidatorId};
use serde::{Deserialize, Serialize};

/// Whose logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogWriter {
    /// The staking contract's.
    StakeManager,
    /// A validator's share contract's.
    ShareContract(ValidatorId),
    /// Either's: that a validator's stake changed.
    Either(ValidatorId),
    /// The slashing manager's.
    SlashingManager,
}

/// Why a log is not written. Displays the contract's revert text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// Only the staking contract may.
    #[error("Invalid sender, not stake manager")]
    NotStakeManager {
        /// Who asked.
        caller: Address,
    },
    /// Only the validator's share contract may.
    #[error("Invalid sender, not validator")]
    NotShareContract {
        /// Who asked.
        caller: Address,
    },
    /// Only those two may.
    #[error("Invalid sender, not stake manager or validator contract")]
    NeitherOfBoth {
        /// Who asked.
        caller: Address,
    },
    /// Only the slashing manager may.
    #[error("Invalid sender, not slashing manager")]
    NotSlashingManager {
        /// Who asked.
        caller: Address,
    },
}

impl LogError {
    /// The reason the contract reverts with.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NotStakeManager { .. } => "Invalid sender, not stake manager",
            Self::NotShareContract { .. } => "Invalid sender, not validator",
            Self::NeitherOfBoth { .. } => "Invalid sender, not stake manager or validator contract",
            Self::NotSlashingManager { .. } => "Invalid sender, not slashing manager",
        }
    }
}

/// Source of all: `root-contracts §6; contracts:staking/StakingInfo.sol:186-217`.
impl StakeManager {
    /// Whether somebody may write such logs.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn check_log(&self, caller: Address, writer: LogWriter) -> Result<(), LogError> {
        let manager = caller == self.deployment.manager;
        let share = |validator| caller == self.accounts.at(validator).contract;
        match writer {
            LogWriter::StakeManager if !manager => Err(LogError::NotStakeManager { caller }),
            LogWriter::ShareContract(validator) if !share(validator) => Err(LogError::NotShareContract { caller }),
            LogWriter::Either(validator) if !manager && !share(validator) => Err(LogError::NeitherOfBoth { caller }),
            LogWriter::SlashingManager if caller != self.deployment.slashing_manager => {
                Err(LogError::NotSlashingManager { caller })
            }
            _ => Ok(()),
        }
    }

    /// Writes that stake was slashed, which changes nothing. The log.
    ///
    /// # Errors
    /// [`LogError::NotSlashingManager`].
    pub fn log_slashed(&self, caller: Address, nonce: U256, amount: Amount) -> Result<StakeEvent, LogError> {
        self.check_log(caller, LogWriter::SlashingManager)?;
        Ok(StakeEvent::Slashed { nonce, amount })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delegation::tests::{ALICE, MANAGER, delegated, id};

    #[test]
    fn each_writes_his_own_logs() {
        let contract = delegated(&[0, 0]);
        let share = contract.account(id(1)).unwrap().contract;
        let may = |caller, writer| contract.check_log(caller, writer).is_ok();
        let writers = [
            LogWriter::StakeManager,
            LogWriter::ShareContract(id(1)),
            LogWriter::Either(id(1)),
            LogWriter::SlashingManager,
        ];
        assert_eq!(writers.map(|writer| may(MANAGER, writer)), [true, false, true, false]);
        assert_eq!(writers.map(|writer| may(share, writer)), [false, true, true, false]);
        assert_eq!(writers.map(|writer| may(ALICE, writer)), [false; 4]);
        assert!(!may(share, LogWriter::ShareContract(id(2))));
        assert!(contract.log_slashed(ALICE, U256::ONE, Amount::ZERO).is_err());
    }
}
