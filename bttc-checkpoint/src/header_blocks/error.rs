//! Reverts.

use crate::vote::ShortData;
use alloy_primitives::{Address, U256};

/// Why the contract refuses a checkpoint. Where it gives a reason, `Display` is its exact text; see
/// [`SubmitError::reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The data ends too early. No reason.
    #[error("reverted without a reason: {0}")]
    ShortData(#[from] ShortData),
    /// It is for another side chain.
    #[error("Invalid bor chain id")]
    ChainId {
        /// Id in the data.
        got: U256,
        /// The contract's.
        expected: u64,
    },
    /// It does not go on where the last one ended.
    #[error("INCORRECT_HEADER_DATA")]
    Start {
        /// First block in the data.
        got: U256,
        /// First block wanted.
        expected: U256,
    },
    /// The last block is before the first, or the number of blocks has more than 256 bits. No reason.
    #[error("reverted without a reason: {start} to {end} is no interval")]
    Interval {
        /// First block.
        start: U256,
        /// Last block.
        end: U256,
    },
    /// The stake manager paid nothing.
    #[error("Invalid checkpoint")]
    NoReward,
    /// The pointer stands below the first id, or leaves 256 bits. No reason.
    #[error("reverted without a reason: no record around id {next}")]
    Pointer {
        /// Next id.
        next: U256,
    },
}

impl SubmitError {
    /// The reason the contract gives; empty for none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::ShortData(_) | Self::Interval { .. } | Self::Pointer { .. } => "",
            Self::ChainId { .. } => "Invalid bor chain id",
            Self::Start { .. } => "INCORRECT_HEADER_DATA",
            Self::NoReward => "Invalid checkpoint",
        }
    }
}

/// Only the owner may. No reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reverted without a reason: {got} is not the owner {expected}")]
pub struct NotOwner {
    /// Who asked.
    pub got: Address,
    /// The owner.
    pub expected: Address,
}

/// Why the pointer stays where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResetError {
    /// Only the owner may. No reason.
    #[error(transparent)]
    Owner(#[from] NotOwner),
    /// No multiple of 10000.
    #[error("Invalid value")]
    Value {
        /// The value.
        got: U256,
    },
}

impl ResetError {
    /// The reason the contract gives; empty for none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Owner(_) => "",
            Self::Value { .. } => "Invalid value",
        }
    }
}

/// Why a root chain is not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// Ethereum's and BSC's contract has no such function. No reason.
    #[error("reverted without a reason: only TRON registers root chains")]
    NoFunction,
    /// Only the owner may. No reason.
    #[error(transparent)]
    Owner(#[from] NotOwner),
    /// The id is taken.
    #[error("rootChainId already exists")]
    Taken {
        /// The id.
        got: U256,
    },
}

impl RegisterError {
    /// The reason the contract gives; empty for none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NoFunction | Self::Owner(_) => "",
            Self::Taken { .. } => "rootChainId already exists",
        }
    }
}

/// Why deposits get no ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DepositError {
    /// Only the deposit manager may.
    #[error("UNAUTHORIZED_DEPOSIT_MANAGER_ONLY")]
    Manager {
        /// Who asked.
        got: Address,
        /// The deposit manager.
        expected: Address,
    },
    /// The pointer stands below the first id. No reason.
    #[error("reverted without a reason: no record around id {next}")]
    Pointer {
        /// Next id.
        next: U256,
    },
    /// Their number leaves 256 bits. No reason.
    #[error("reverted without a reason: {got} deposits")]
    Overflow {
        /// The number.
        got: U256,
    },
    /// More than there are ids between two checkpoints.
    #[error("TOO_MANY_DEPOSITS")]
    TooMany {
        /// Ids that would be given out, and one.
        got: U256,
    },
}

impl DepositError {
    /// The reason the contract gives; empty for none.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Manager { .. } => "UNAUTHORIZED_DEPOSIT_MANAGER_ONLY",
            Self::Pointer { .. } | Self::Overflow { .. } => "",
            Self::TooMany { .. } => "TOO_MANY_DEPOSITS",
        }
    }
}
