//! Outside facts: what the layer must know that it cannot compute, asked for as a value and answered with a value.
//!
//! The layer never looks outside. For a message it names a [`Question`]; whoever can look brings the [`Answer`], or
//! says that it could not; [`Question::verdict`] compares. Every check that the reference's side handlers make is one
//! comparison here.
//!
//! Source: `validation-layer §3.4–3.5, §4.2, §5.2, §6.1`.
//!
//! ```
//! use bttc_checkpoint::vote::VoteResult;
//! use bttc_validator::layer::{Answer, Question};
//! use alloy_primitives::B256;
//!
//! let question = Question::RangeRoot { start: 0, end: 63, expected: B256::repeat_byte(1) };
//! assert_eq!(question.verdict(&Answer::Root(B256::repeat_byte(1))), VoteResult::Yes);
//! assert_eq!(question.verdict(&Answer::Root(B256::repeat_byte(2))), VoteResult::Skip); // never "no"
//! assert_eq!(question.verdict(&Answer::Unknown), VoteResult::Skip);
//! ```

use super::message::LogPlace;
use alloy_primitives::{Address, B256};
use bttc_checkpoint::vote::VoteResult;
use bttc_core::{
    id::CheckpointNumber,
    root_chain::{RootChainId, RootEvent, Staked},
};
use serde::{Deserialize, Serialize};

/// What a message claims about the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// That a contract wrote this event at this place.
    Event {
        /// On which root chain.
        root_chain: RootChainId,
        /// Where.
        place: LogPlace,
        /// What.
        expected: RootEvent,
    },
    /// That these blocks of the side chain have this root.
    RangeRoot {
        /// First block.
        start: u64,
        /// Last block.
        end: u64,
        /// The root.
        expected: B256,
    },
    /// That a root chain keeps this checkpoint under this number.
    Header {
        /// Which root chain.
        root_chain: RootChainId,
        /// The number.
        number: CheckpointNumber,
        /// The checkpoint.
        expected: Header,
    },
    /// That an Ethereum block has this hash, and that the side chain's head lies in the last span.
    Seed {
        /// Height of the Ethereum block.
        block: u64,
        /// Its hash.
        expected: B256,
        /// First and last block of the last span.
        last_span: (u64, u64),
    },
}

/// A checkpoint as a root chain keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its root.
    pub root: B256,
    /// First block.
    pub start: u64,
    /// Last block.
    pub end: u64,
    /// Who proposed it.
    pub proposer: Address,
}

/// What was found outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The event at the place asked for.
    Event(RootEvent),
    /// The root of the range asked for.
    Root(B256),
    /// The checkpoint under the number asked for.
    Header(Header),
    /// The hash of the block asked for, and the side chain's head.
    Seed {
        /// The hash.
        hash: B256,
        /// Height of the side chain.
        head: u64,
    },
    /// Nothing there, or no way to look.
    Unknown,
}

impl Question {
    /// What to vote, given what was found. Disagreement and ignorance are both a skip: no module here ever says no.
    ///
    /// Source: `validation-layer §3.8; delivery:checkpoint/side_handler.go:41-71`.
    #[must_use]
    pub fn verdict(&self, answer: &Answer) -> VoteResult {
        let holds = match (self, answer) {
            (Self::Event { expected, .. }, Answer::Event(got)) => claims(expected, got),
            (Self::RangeRoot { expected, .. }, Answer::Root(got)) => got == expected,
            (Self::Header { expected, .. }, Answer::Header(got)) => got == expected,
            (Self::Seed { expected, last_span: (start, end), .. }, Answer::Seed { hash, head }) => {
                hash == expected && (start..=end).contains(&head)
            }
            _ => false,
        };
        if holds { VoteResult::Yes } else { VoteResult::Skip }
    }
}

/// Whether an event is what a message claims of it. The total stake is no part of the claim.
///
/// Source: `validation-layer §5.2; delivery:staking/side_handler.go:72-158`.
fn claims(expected: &RootEvent, got: &RootEvent) -> bool {
    match (expected, got) {
        (RootEvent::Staked(expected), RootEvent::Staked(got)) => {
            Staked { total: expected.total, ..got.clone() } == *expected
        }
        _ => expected == got,
    }
}
