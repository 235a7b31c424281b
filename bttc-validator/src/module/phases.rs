//! The three phases of a message.

use super::{Context, Event, Facts, Halt, Question, Refusal};
use crate::store::Stores;
use bttc_checkpoint::vote::VoteResult;
use core::fmt;

/// What a phase that changes stores ends in: the events of its success, or a refusal.
pub type Outcome = Result<Vec<Event>, Refusal>;

/// What a message does. It is dyn-compatible. The layer calls it; the messages of the network implement it in their modules, and a user's
/// own message in his program.
///
/// A message without `attest` and `settle` of its own answers as the reference does where a module has no handler: it
/// is voted about by nobody.
pub trait Phases: fmt::Debug {
    /// Block H: is it acceptable, and what does it change at once?
    ///
    /// # Errors
    /// [`Refusal`]; what was written until then is taken back by [`admit`].
    fn admit(&self, stores: &mut Stores, context: &Context<'_>) -> Outcome;

    /// Block H: is what it says of the outside world true?
    ///
    /// # Errors
    /// [`Halt`]: a question, or a code to skip with.
    fn attest(&self, stores: &Stores, facts: &Facts) -> Result<VoteResult, Halt> {
        let _ = (stores, facts);
        Err(Refusal::UNKNOWN_REQUEST.into())
    }

    /// Block H+2: what does it change, now that the validators have spoken?
    ///
    /// # Errors
    /// [`Refusal`]; what was written until then is taken back by [`settle`].
    fn settle(&self, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
        let _ = (stores, context, verdict);
        Err(Refusal::UNKNOWN_REQUEST)
    }
}

/// [`Phases::admit`], all or nothing.
///
/// # Errors
/// [`Refusal`]; then nothing changed.
pub fn admit(message: &dyn Phases, stores: &mut Stores, context: &Context<'_>) -> Outcome {
    stores.attempt(|stores| message.admit(stores, context))
}

/// [`Phases::attest`]: the vote and its code, 0 for an answer; or the next question.
///
/// # Errors
/// The [`Question`].
pub fn attest(message: &dyn Phases, stores: &Stores, facts: &Facts) -> Result<(VoteResult, u32), Question> {
    match message.attest(stores, facts) {
        Ok(vote) => Ok((vote, 0)),
        Err(Halt::Refused(refusal)) => Ok((VoteResult::Skip, refusal.code)),
        Err(Halt::Ask(question)) => Err(question),
    }
}

/// [`Phases::settle`], all or nothing.
///
/// # Errors
/// [`Refusal`]; then nothing changed.
pub fn settle(message: &dyn Phases, stores: &mut Stores, context: &Context<'_>, verdict: VoteResult) -> Outcome {
    stores.attempt(|stores| message.settle(stores, context, verdict))
}

const _: fn(&dyn Phases) = |_| {};
