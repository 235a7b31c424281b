//! What happens in a height.

use super::{Received, Tally};
use crate::{
    message::Fault,
    module::{Event, Outcome, Refusal},
};
use alloy_primitives::B256;
use bttc_staking::registry::SetUpdate;

/// Something that happened in a height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerEvent {
    /// A transaction of two heights before was settled.
    Settled(Box<Settled>),
    /// A transaction was admitted.
    Admitted(Box<Admitted>),
    /// A transaction was refused.
    Refused(Box<Refused>),
    /// The set changes.
    SetChanged(Vec<SetUpdate>),
    /// The set should have changed and could not.
    SetStayed,
}

impl LayerEvent {
    /// The transaction's hash, if it is voted on from now on.
    pub(super) fn put_to_vote(&self) -> Option<B256> {
        match self {
            Self::Admitted(admitted) if admitted.vote == Vote::Open => Some(admitted.transaction.hash()),
            _ => None,
        }
    }
}

/// A transaction that was voted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The transaction.
    pub transaction: Received,
    /// The votes.
    pub tally: Tally,
    /// What came of it.
    pub outcome: Outcome,
}

/// A transaction that was admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The transaction.
    pub transaction: Received,
    /// What its message tells.
    pub events: Vec<Event>,
    /// Whether it is voted on from now on.
    pub vote: Vote,
}

/// Whether a transaction is voted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// It takes effect two heights later, if more than two thirds say so.
    Open,
    /// It has taken effect, or never will.
    None,
}

/// A transaction that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its hash.
    pub hash: B256,
    /// The transaction, unless it does not read.
    pub transaction: Option<Received>,
    /// Why.
    pub rejection: Rejection,
}

/// Why a transaction is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It did not come as far as its message; nothing changed.
    #[error(transparent)]
    Front(#[from] Fault),
    /// Its message is refused; the fee is paid, and the sequence has moved on.
    #[error(transparent)]
    Message(#[from] Refusal),
}

impl Rejection {
    /// The reference's result code.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Front(fault) => fault.refusal.code,
            Self::Message(refusal) => refusal.code,
        }
    }
}
