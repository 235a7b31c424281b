//! Refusals, with the reference's result codes.
//!
//! Source: `validation-layer §9.4; delivery:common/error.go:15-78`.

use crate::vote::VoteResult;
use alloy_primitives::{Address, B256};
use bttc_core::id::Epoch;

/// Why a proposal is refused, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposeError {
    /// Proposer or root is zero, or the range has one block (code 1400).
    #[error("expected a proposer, a root and at least two blocks")]
    Incomplete,
    /// Another one is waiting for its acknowledgement (code 1503).
    #[error("a checkpoint is buffered until {until}")]
    Buffered {
        /// When it expires, Unix seconds.
        until: u64,
    },
    /// It begins before the last one ends (code 1509).
    #[error("got start {got}, the last checkpoint ends at {last_end}")]
    Old {
        /// First block.
        got: u64,
        /// Last block of the last checkpoint.
        last_end: u64,
    },
    /// It does not begin right after the last one (code 1510).
    #[error("got start {got}, expected {expected}")]
    Gap {
        /// First block.
        got: u64,
        /// First block wanted.
        expected: u64,
    },
    /// The first one does not begin at the activation height (code 1501).
    #[error("got start {got}, expected the activation height {expected}")]
    Activation {
        /// First block.
        got: u64,
        /// The activation height.
        expected: u64,
    },
    /// Another account root, or none can be computed (code 1501).
    #[error("got account root {got}, expected {expected:?}")]
    AccountRoot {
        /// In the checkpoint.
        got: B256,
        /// Computed.
        expected: Option<B256>,
    },
    /// It is not this validator's turn, or there is no set (code 1400).
    #[error("got proposer {got}, expected {expected:?}")]
    NotProposer {
        /// In the checkpoint.
        got: Address,
        /// Whose turn it is.
        expected: Option<Address>,
    },
    /// Another epoch than TRON's count plus one (code 1400).
    #[error("got epoch {got}, expected {expected}")]
    Epoch {
        /// In the checkpoint.
        got: Epoch,
        /// The current one.
        expected: Epoch,
    },
    /// The vote did not say yes (code 1501).
    #[error("got the verdict {got:?}, expected yes")]
    Verdict {
        /// What it said.
        got: VoteResult,
    },
}

impl ProposeError {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Incomplete | Self::NotProposer { .. } | Self::Epoch { .. } => 1400,
            Self::Activation { .. } | Self::AccountRoot { .. } | Self::Verdict { .. } => 1501,
            Self::Buffered { .. } => 1503,
            Self::Old { .. } => 1509,
            Self::Gap { .. } => 1510,
        }
    }
}

/// Why an acknowledgement is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AckError {
    /// Proposer or root is zero (code 1400).
    #[error("expected a proposer and a root")]
    Incomplete,
    /// The vote did not say yes (code 1501).
    #[error("got the verdict {got:?}, expected yes")]
    Verdict {
        /// What it said.
        got: VoteResult,
    },
    /// Nothing is waiting for it (code 1502).
    #[error("no checkpoint is buffered")]
    NotBuffered,
    /// The buffered one begins elsewhere (code 1502).
    #[error("got start {got}, expected {expected}")]
    Start {
        /// First block in the acknowledgement.
        got: u64,
        /// First block buffered.
        expected: u64,
    },
    /// The same blocks have another root (code 1502).
    #[error("got root {got}, expected {expected}")]
    Root {
        /// Root in the acknowledgement.
        got: B256,
        /// Root buffered.
        expected: B256,
    },
}

impl AckError {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Incomplete => 1400,
            Self::Verdict { .. } => 1501,
            Self::NotBuffered | Self::Start { .. } | Self::Root { .. } => 1502,
        }
    }
}

/// Why a no-ack is refused, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAckError {
    /// The last TRON checkpoint is too young (code 1505).
    #[error("the last checkpoint is of {last}, expected one before {before:?}")]
    CheckpointTooYoung {
        /// When it was buffered.
        last: u64,
        /// What would be old enough; `None` when nothing is.
        before: Option<u64>,
    },
    /// The sender is not in the set (code 1505).
    #[error("the sender is not in the validator set")]
    Stranger,
    /// The last no-ack is too young (code 1506).
    #[error("the last no-ack is of {last}, expected one before {before:?}")]
    NoAckTooYoung {
        /// When it was.
        last: u64,
        /// What would be old enough; `None` when nothing is.
        before: Option<u64>,
    },
}

impl NoAckError {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::CheckpointTooYoung { .. } | Self::Stranger => 1505,
            Self::NoAckTooYoung { .. } => 1506,
        }
    }
}

/// Why a checkpoint sync, or its acknowledgement, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The proposer is zero (code 1400).
    #[error("expected a proposer")]
    Incomplete,
    /// The vote did not say yes (code 1501).
    #[error("got the verdict {got:?}, expected yes")]
    Verdict {
        /// What it said.
        got: VoteResult,
    },
    /// Another one is waiting for its acknowledgement (code 1503).
    #[error("a checkpoint sync is buffered until {until}")]
    Buffered {
        /// When it expires, Unix seconds.
        until: u64,
    },
}

impl SyncError {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Incomplete => 1400,
            Self::Verdict { .. } => 1501,
            Self::Buffered { .. } => 1503,
        }
    }
}
