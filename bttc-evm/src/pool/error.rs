//! Why the pool takes a transaction not.

use crate::transaction::{TransactionError, TransactionType};
use alloy_primitives::{U256, U512};

/// Why a transaction is not taken. `Display` is the text of the reference.
///
/// Source: `bttc:core/tx_pool.go:48-85, bttc:core/error.go:30-75`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// It is there already.
    #[error("already known")]
    Known,
    /// A type that no block can hold.
    #[error("transaction type not supported")]
    Type {
        /// Its type.
        got: TransactionType,
    },
    /// Too many bytes.
    #[error("oversized data")]
    Oversized {
        /// Its bytes.
        got: usize,
        /// The most.
        limit: usize,
    },
    /// More gas than a block has.
    #[error("exceeds block gas limit")]
    GasLimit {
        /// Gas it may use.
        got: u64,
        /// The block's.
        limit: u64,
    },
    /// Nobody sent it, or it is for another chain.
    #[error("invalid sender")]
    Sender(#[source] TransactionError),
    /// It pays less than the floor.
    #[error("transaction underpriced")]
    BelowFloor {
        /// Its price.
        got: U256,
        /// The least.
        floor: U256,
    },
    /// The pool is full of transactions that pay as much.
    #[error("transaction underpriced")]
    Full,
    /// The nonce was used.
    #[error("nonce too low")]
    NonceTooLow {
        /// Its nonce.
        got: u64,
        /// The account's.
        expected: u64,
    },
    /// The sender cannot pay gas and value.
    #[error("insufficient funds for gas * price + value")]
    InsufficientFunds {
        /// The balance.
        got: U256,
        /// What it needs.
        expected: U512,
    },
    /// The sender cannot pay it beside those of his that are pending.
    #[error("transaction would cause overdraft")]
    Overdraft {
        /// The balance.
        got: U256,
        /// What all of them need.
        expected: U512,
    },
    /// Not enough gas to begin with.
    #[error("intrinsic gas too low")]
    IntrinsicGas {
        /// Gas it may use.
        got: u64,
        /// Gas it needs before its first step.
        expected: u64,
    },
    /// It pays too little to replace the one with its nonce.
    #[error("replacement transaction underpriced")]
    Underpriced {
        /// Its price.
        got: U256,
        /// The least.
        expected: U256,
    },
    /// The account has as many as it may; the pool keeps those that it has.
    #[error("txpool is full")]
    AccountFull {
        /// Transactions of an account.
        limit: usize,
    },
}
