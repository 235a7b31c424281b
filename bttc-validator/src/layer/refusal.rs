//! Why a message does not take effect.

use super::records::RecordError;
use bttc_checkpoint::{
    ledger::{AckError, NoAckError, ProposeError},
    vote::VoteResult,
};
use bttc_staking::{
    proposer::RotationError,
    registry::{SpanError, StakingEventError},
};

/// Why a message does not take effect; the state is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A root event of TRON's staking.
    #[error(transparent)]
    Staking(#[from] StakingEventError),
    /// A state-sync record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A span.
    #[error(transparent)]
    Span(#[from] SpanError),
    /// A checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] ProposeError),
    /// An acknowledgement.
    #[error(transparent)]
    Ack(#[from] AckError),
    /// A no-ack.
    #[error(transparent)]
    NoAck(#[from] NoAckError),
    /// The set cannot turn.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// A field is empty.
    #[error("{kind}: the {field} is empty")]
    Missing {
        /// Kind of the message.
        kind: &'static str,
        /// The field.
        field: &'static str,
    },
    /// A staking message about an event that is not the layer's matter.
    #[error("unknown request")]
    UnknownRequest,
    /// The same message stands earlier in the block.
    #[error("the message is in the block already")]
    Twice,
    /// Too few said yes; of a checkpoint and its acknowledgement their own errors tell.
    #[error("the vote came out as {got:?}, expected yes")]
    Verdict {
        /// How it came out.
        got: VoteResult,
    },
}

impl Refusal {
    /// The reference's result code.
    ///
    /// Source: `validation-layer §9.4; delivery:common/error.go:15-78`.
    #[must_use]
    pub fn code(&self) -> u32 {
        match self {
            Self::Staking(e) => e.code(),
            Self::Record(e) => e.code(),
            Self::Span(e) => e.code(),
            Self::Checkpoint(e) => e.code(),
            Self::Ack(e) => e.code(),
            Self::NoAck(e) => e.code(),
            // A panic that the reference recovers from.
            Self::Rotation(_) => 1,
            // Two modules answer with the framework's own code for an invalid address.
            Self::Missing { kind: "event-record" | "propose-span", .. } => 7,
            Self::Missing { .. } => 1_400,
            Self::UnknownRequest => 6,
            Self::Twice => 1_401,
            Self::Verdict { .. } => 5_502,
        }
    }
}
