//! What is to be proven.

use crate::exit::{ExitLog, LogChoice, Receipt, exitable};
use alloc::vec::Vec;
use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use super::ProveError;

/// A burn on the side chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Burn {
    /// The transaction.
    pub transaction: B256,
    /// Which of its logs; `None` for the only one that is a withdrawal.
    pub log: Option<LogChoice>,
}

impl Burn {
    /// This log of this transaction.
    #[must_use]
    pub const fn log(transaction: B256, log: LogChoice) -> Self {
        Self { transaction, log: Some(log) }
    }

    /// The log of its receipt. Several withdrawals without a choice are an error, for each is an exit of its own.
    pub(super) fn choice(&self, receipt: &Receipt) -> Result<LogChoice, ProveError> {
        if let Some(choice) = &self.log {
            return Ok(choice.clone());
        }
        let exits: Vec<u64> = exitable(receipt)?.iter().map(|log: &ExitLog| log.log_index).collect();
        match *exits.as_slice() {
            [only] => Ok(LogChoice::At(only)),
            _ => Err(ProveError::SeveralExits { transaction: self.transaction, logs: exits }),
        }
    }
}

impl From<B256> for Burn {
    /// The only withdrawal of this transaction.
    fn from(transaction: B256) -> Self {
        Self { transaction, log: None }
    }
}
