//! The BFT engine: validators order opaque values, one height after another.
//!
//! ```text
//!   height h, round r                     powers p₁ … pₙ, total P, quorum q = ⌊2P/3⌋ + 1
//!
//!   propose     the round's proposer asks its application for bytes v and sends them       id = H(proposer ‖ v)
//!   prevote     every validator's application judges v: Valid → vote for id, Invalid → for nothing
//!   precommit   q of prevotes for id → vote to commit id, with an *extension* of the application's own bytes
//!   decide      q of precommits for id → v is the value of h; otherwise round r + 1, the next proposer
//! ```
//!
//! The algorithm is Tendermint's. The engine knows nothing of what a value or an extension means: in BTTC a value is a
//! list of transactions, and an extension holds a validator's votes about the outside facts of the height before
//! (`validation-layer §3.8`). With less than a third of the power faulty, no two validators decide differently; with
//! more than two thirds live and connected, every height gets decided.
//!
//! | part | what it is | who implements or calls it |
//! |---|---|---|
//! | [`Application`] | what one validator is asked: propose, validate, extend, verify, decide | the validation layer |
//! | [`Hosts`] | finds the application of a validator | the program: all of them, or its own only |
//! | [`Engine`] | drives applications to the next [`Decision`] | [`Simulated`]; a networked one beside it |
//!
//! **The block proposer** rotates by Tendermint's weighted priorities and has nothing to do with the checkpoint
//! proposer, which the validation layer rotates by itself (`validation-layer §2`). Over many heights each validator
//! proposes in proportion to its power; round r of a height belongs to the validator r more steps along.
//!
//! **Change of the set.** What applications answer to the decision of height h holds from height h + 2 on, as in
//! Tendermint: h + 1 may be under way when the answer is known.
//!
//! **Vote extensions** travel with precommits for a value, and every validator checks each one it receives: the
//! signature itself, then its application by [`Application::verify_extension`]. A refused extension makes its precommit
//! void, signature and all; the height goes on as if that validator were silent. So an application refuses only what
//! every honest one refuses (wrong form, wrong signer), never what it merely disagrees with. Unlike in the reference,
//! a precommit for nothing carries no extension.
//!
//! Sources: `validation-layer §1.11, §2, §3.8; peppermint:consensus/state.go:1706-1742`.
//!
//! ```
//! use alloy_primitives::{Address, Bytes};
//! use bttc_core::{hash::keccak256, id::ValidatorId, signature::SecretKey, validator::{Validator, VotingPower}};
//! use bttc_validator::engine::{Application, Decision, Engine, Height, Round, Simulated, Validity};
//! use std::collections::BTreeMap;
//!
//! /// Counts: the value of a height is its number.
//! struct Counter(u64);
//!
//! impl Application for Counter {
//!     fn propose(&mut self, height: Height, _: Round) -> Option<Bytes> {
//!         Some(height.get().to_be_bytes().into())
//!     }
//!     fn validate(&mut self, height: Height, value: &Bytes, _: Address) -> Validity {
//!         if value[..] == height.get().to_be_bytes() { Validity::Valid } else { Validity::Invalid }
//!     }
//!     fn extend(&mut self, _: Height, _: &Bytes) -> Bytes {
//!         Bytes::from_static(b"seen")
//!     }
//!     fn verify_extension(&mut self, _: Height, _: Address, extension: &Bytes) -> Validity {
//!         if extension[..] == *b"seen" { Validity::Valid } else { Validity::Invalid }
//!     }
//!     fn decide(&mut self, decision: &Decision) -> Vec<Validator> {
//!         self.0 = decision.height.get();
//!         Vec::new() // the set stays
//!     }
//! }
//!
//! let keys = [1u8, 2, 3, 4].map(|i| SecretKey::from_bytes(&keccak256([i])).expect("a hash is a key"));
//! let set: Vec<Validator> = (1..).zip(&keys)
//!     .map(|(id, key)| Validator::new(ValidatorId::new(id), key.address(), VotingPower::new(10)))
//!     .collect();
//! let mut hosts: BTreeMap<_, _> = keys.iter().map(|key| (key.address(), Counter(0))).collect();
//!
//! let mut engine = Simulated::new(199, &set, keys)?;
//! for _ in 0..3 {
//!     let decision = engine.advance(&mut hosts)?;
//!     decision.verify(199, &set)?; // more than two thirds signed it
//!     assert_eq!(decision.commits.len(), 4);
//! }
//! assert!(hosts.values().all(|counter| counter.0 == 3));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod application;
mod checker;
mod context;
mod decision;
mod digest;
mod simulated;
mod validator_set;

pub use application::{Application, Hosts, Validity};
pub use decision::{Commit, Decision, DecisionError, Height, Round};
pub use simulated::Simulated;
pub use validator_set::SetError;

use alloy_primitives::Address;
use bttc_core::validator::Validator;
use core::{fmt, time::Duration};

/// Drives applications from one decision to the next. A program's main loop calls it; the deterministic [`Simulated`]
/// plays all validators in one process, a networked one plays a single validator and waits for the others' messages.
pub trait Engine: fmt::Debug {
    /// The height that the next [`Self::advance`] decides.
    fn height(&self) -> Height;

    /// Who votes at that height, by ascending address.
    fn validators(&self) -> Vec<Validator>;

    /// Runs until the height at hand is decided and every hosted application has heard so, and returns the decision.
    ///
    /// The engine only calls the applications it is handed; it keeps none. Their answers are values: an application
    /// touches no network and no clock in any of its methods.
    ///
    /// # Errors
    /// [`EngineError::Stalled`] is a pause: no progress in the time the engine is willing to wait. Calling again goes
    /// on where it stopped, perhaps with more validators hosted. Every other error is final, and comes again.
    fn advance(&mut self, hosts: &mut dyn Hosts) -> Result<Decision, EngineError>;
}

/// Why no decision came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// Too little power answered for too long.
    #[error("height {height} stalled in round {round} after {} s: {tally}", waited.as_secs())]
    Stalled {
        /// The height at hand.
        height: Height,
        /// The highest round that a live validator has reached.
        round: Round,
        /// How long was waited, in the engine's own time.
        waited: Duration,
        /// The power that was heard of in that round.
        tally: Tally,
    },
    /// An application was among the hosts when the height began and is not any more.
    #[error("the application of {validator} left in the middle of height {height}")]
    Left {
        /// The height at hand.
        height: Height,
        /// Whose application it was.
        validator: Address,
    },
    /// Two applications drew different changes of the set from one decision: replicas that are none.
    #[error(
        "after height {height} {validator} asks for other changes of the set than {other}: {got:?}, not {expected:?}"
    )]
    Diverged {
        /// The decided height.
        height: Height,
        /// Who answered otherwise …
        validator: Address,
        /// … than this one.
        other: Address,
        /// Its answer.
        got: Vec<Validator>,
        /// The other's answer.
        expected: Vec<Validator>,
    },
    /// The applications asked for a change of the set that cannot be.
    #[error("the change of the set after height {height} cannot be made: {source}")]
    Change {
        /// The decided height.
        height: Height,
        /// What is wrong with it.
        source: SetError,
    },
    /// The heights are used up.
    #[error("no height follows {height}")]
    LastHeight {
        /// The decided height.
        height: Height,
    },
    /// The consensus core gave up; this cannot happen unless the engine is wrong.
    #[error("the consensus core of {validator} failed at height {height}: {reason}")]
    Core {
        /// The height at hand.
        height: Height,
        /// Whose core.
        validator: Address,
        /// What it said.
        reason: String,
    },
}

/// Where a height stands: powers of the validators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Of those whose applications are hosted.
    pub live: u64,
    /// Of those that prevoted in the round, for anything or nothing.
    pub prevotes: u64,
    /// Of those that precommitted in the round, for anything or nothing.
    pub precommits: u64,
    /// What a decision needs.
    pub needed: u64,
    /// Of all.
    pub total: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { live, prevotes, precommits, needed, total } = self;
        write!(f, "{live} of {total} power live, {prevotes} prevoted, {precommits} precommitted, {needed} needed")
    }
}

const _: fn(&Simulated) -> &dyn Engine = |engine| engine;
