//! What the engine asks of a validator.

use super::{Decision, Height, Round};
use alloc::collections::BTreeMap;
use alloy_primitives::{Address, Bytes};
use bttc_core::validator::Validator;

/// A judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It may be decided, or counted.
    Valid,
    /// It may not.
    Invalid,
}

/// One validator's replica of what is being ordered. The engine calls it; the validation layer implements it.
///
/// Replicas that have heard the same decisions give the same answers to [`Self::validate`],
/// [`Self::verify_extension`] and [`Self::decide`]; what they propose and extend with is their own affair.
pub trait Application {
    /// The value to propose, when it is this validator's turn. `None` lets the round pass: the others wait until the
    /// time to propose is over.
    fn propose(&mut self, height: Height, round: Round) -> Option<Bytes>;

    /// Whether a value may be decided. `proposer` is who built it, also when another proposes it again in a later round.
    /// Asked once for a value at a height, and not about values of its own.
    fn validate(&mut self, height: Height, value: &Bytes, proposer: Address) -> Validity;

    /// What to attach to this validator's precommit for the value. Asked again in a later round of the height, if there
    /// is one.
    fn extend(&mut self, height: Height, value: &Bytes) -> Bytes;

    /// Whether the extension of this validator may be counted. The engine has checked that the validator signed it for
    /// this height; the value it came with may not have arrived yet.
    ///
    /// `Invalid` voids the whole precommit, so this is for what no honest validator sends. Asked for its own
    /// extensions too.
    fn verify_extension(&mut self, height: Height, validator: Address, extension: &Bytes) -> Validity;

    /// Takes what was decided, and answers how the set of validators changes: new or known signers with their power,
    /// power 0 for those to remove. Empty leaves it. The change holds from two heights later on.
    ///
    /// Called once for every height, in order, whether or not this validator had a part in it.
    fn decide(&mut self, decision: &Decision) -> Vec<Validator>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<A: Application + ?Sized> Application for $pointer {
            fn propose(&mut self, height: Height, round: Round) -> Option<Bytes> {
                (**self).propose(height, round)
            }

            fn validate(&mut self, height: Height, value: &Bytes, proposer: Address) -> Validity {
                (**self).validate(height, value, proposer)
            }

            fn extend(&mut self, height: Height, value: &Bytes) -> Bytes {
                (**self).extend(height, value)
            }

            fn verify_extension(&mut self, height: Height, validator: Address, extension: &Bytes) -> Validity {
                (**self).verify_extension(height, validator, extension)
            }

            fn decide(&mut self, decision: &Decision) -> Vec<Validator> {
                (**self).decide(decision)
            }
        }
    )*};
}

forward!(&mut A, Box<A>);

/// Finds applications by the validator's signing address. The engine calls it; the program implements it, or uses a map
/// for several validators and a pair for its own only.
///
/// A validator that is not found is silent: it hears nothing and says nothing. Found again, it is told the decisions it
/// missed before it takes part. Who is found does not change while [`Engine::advance`](super::Engine::advance) runs.
pub trait Hosts {
    /// The application of this validator, if it runs here.
    fn application(&mut self, validator: Address) -> Option<&mut dyn Application>;
}

impl<A: Application> Hosts for BTreeMap<Address, A> {
    fn application(&mut self, validator: Address) -> Option<&mut dyn Application> {
        self.get_mut(&validator).map(|application| application as _)
    }
}

impl<A: Application> Hosts for (Address, A) {
    fn application(&mut self, validator: Address) -> Option<&mut dyn Application> {
        (self.0 == validator).then_some(&mut self.1)
    }
}

type Own = (Address, Box<dyn Application>);
const _: fn(&mut Own) -> &mut dyn Hosts = |hosts| hosts;
