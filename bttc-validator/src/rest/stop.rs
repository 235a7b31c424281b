//! Why there is no result.

use super::Response;
use crate::{
    module::{Halt, Question, Refusal},
    refusal::Fault,
    store::CorruptEntry,
};

#[derive(Debug)]
pub(super) enum Stop {
    /// The outside world has to be asked.
    Ask(Question),
    /// The query failed; the route knows the status.
    Fault(Fault),
    /// The request is answered with this.
    Refused { status: u16, words: String },
    /// The whole answer is written already.
    Written(Response),
    /// The reference answers nothing, with status 200.
    Silent,
}

impl Stop {
    pub(super) fn bad_request(words: impl Into<String>) -> Self {
        Self::Refused { status: 400, words: words.into() }
    }

    pub(super) fn not_found(words: &str) -> Self {
        Self::Refused { status: 404, words: words.to_owned() }
    }

    /// `sdk`/1 with what was tried and why it failed.
    pub(super) fn internal(tried: impl core::fmt::Display, why: impl core::fmt::Display) -> Self {
        Fault::sdk(1, format!("{tried}; {why}")).into()
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Where the reference panics, `sdk`/1 is answered.
impl From<CorruptEntry> for Stop {
    fn from(entry: CorruptEntry) -> Self {
        Fault::sdk(1, entry.to_string()).into()
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Fault { refusal, text: refusal.to_string() }.into()
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Ask(question) => Self::Ask(question),
            Halt::Refused(refusal) => refusal.into(),
        }
    }
}
