//! A balance in the validation layer becomes a claim on TRON.

use super::FeeAccounts;
use alloy_primitives::{Address, I256};
use bttc_core::amount::{Amount, AmountError};
use serde::{Deserialize, Serialize};

/// What a withdrawal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// What left the balance.
    pub amount: Amount,
    /// What is left of it.
    pub left: Amount,
    /// What the fee account holds now.
    pub total: Amount,
}

/// Why nothing is withdrawn, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawError {
    /// All was asked for, and there is nothing (code 104, codespace `topup`).
    #[error("expected a balance, got none")]
    Nothing,
    /// Less than nothing was asked for (code 11, codespace `sdk`).
    #[error("got the amount {got}, expected none below 0")]
    Negative {
        /// The amount.
        got: I256,
    },
    /// More was asked for than there is (code 10, codespace `sdk`).
    #[error("got the amount {got}, expected at most the balance {balance}")]
    TooMuch {
        /// The amount.
        got: Amount,
        /// The balance.
        balance: Amount,
    },
    /// The account would hold more than 256 bits. No balance comes near (code 1, codespace `sdk`).
    #[error(transparent)]
    Total(#[from] AmountError),
}

impl WithdrawError {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Nothing => 104,
            Self::Negative { .. } => 11,
            Self::TooMuch { .. } => 10,
            Self::Total(_) => 1,
        }
    }
}

impl FeeAccounts {
    /// Moves so much of a user's balance, all of it for 0, into his account. The balance itself is the caller's to keep;
    /// the transaction's own fee has left it already.
    ///
    /// Source: `validation-layer §5.7; delivery:topup/handler.go:72-113, delivery:topup/keeper.go:187-209`.
    ///
    /// # Errors
    /// [`WithdrawError`]; then nothing changed.
    pub fn withdraw(&mut self, user: Address, asked: I256, balance: Amount) -> Result<Withdrawn, WithdrawError> {
        if asked.is_negative() {
            return Err(WithdrawError::Negative { got: asked });
        }
        let amount = if asked.is_zero() { balance } else { Amount::from_word(asked.into_raw()) };
        if amount.is_zero() {
            return Err(WithdrawError::Nothing);
        }
        let too_much = WithdrawError::TooMuch { got: amount, balance };
        let left = balance.checked_sub(amount).map_err(|_| too_much)?;
        Ok(Withdrawn { amount, left, total: self.credit(user, amount)? })
    }
}
