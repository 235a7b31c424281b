//! What a height decided, and the signatures that prove it.

use super::digest::{self, Chain, Step};
use alloc::collections::BTreeSet;
use alloy_primitives::{Address, B256, Bytes};
use bttc_core::{
    quorum::{PowerQuorum, Quorum as _, Weight},
    signature::Signature,
    validator::Validator,
};
use core::fmt;
use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            /// The one with this number.
            #[must_use]
            pub const fn new(number: $inner) -> Self {
                Self(number)
            }

            /// Its number.
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

number! {
    /// Position of a value in the order; the first is 1.
    Height(u64)
}
number! {
    /// Attempt at a height; the first is 0.
    Round(u32)
}

impl Height {
    /// Where every order begins.
    pub const FIRST: Self = Self(1);

    /// The following height; `None` past the last one.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

/// A validator's vote to commit the decided value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commit {
    /// Whose vote.
    pub validator: Address,
    /// Its signature over height, round, value and validator.
    pub signature: Signature,
    /// What its application attached.
    pub extension: Bytes,
    /// Its signature over height, round, value, validator and extension.
    pub extension_signature: Signature,
}

/// What a height decided.
///
/// The value is the same for every validator. Which commits one has seen can differ between validators of a real
/// network, and [`Simulated`](super::Simulated) hands all of them the same list; a state machine that must agree on
/// extensions puts the commits it was handed into the next value it proposes, as Tendermint's blocks carry the last
/// commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The height.
    pub height: Height,
    /// The round in which it was decided.
    pub round: Round,
    /// The value.
    pub value: Bytes,
    /// Who built the value: the proposer of that round, or of an earlier one whose value was proposed again.
    pub proposer: Address,
    /// Who could vote, by ascending address.
    pub validators: Vec<Validator>,
    /// Votes of more than two thirds of their power, by ascending address.
    pub commits: Vec<Commit>,
}

impl Decision {
    /// What votes name the value by: the Keccak-256 of its proposer and its bytes.
    #[must_use]
    pub fn value_id(&self) -> B256 {
        digest::value_id(self.proposer, &self.value)
    }

    /// Checks that validators with more than two thirds of this set's power committed the value, and that each signed
    /// its extension. The set is the verifier's own, not the one the decision claims. Returns the power that signed.
    ///
    /// # Errors
    /// [`DecisionError`] at the first commit that does not hold, or when they are too few.
    pub fn verify(&self, chain_id: u64, set: &[Validator]) -> Result<Weight, DecisionError> {
        let quorum = PowerQuorum::over(set);
        let (chain, id, round) = (Chain::new(chain_id), self.value_id(), i64::from(self.round.get()));
        let mut seen = BTreeSet::new();
        for Commit { validator, signature, extension, extension_signature } in &self.commits {
            let validator = *validator;
            if quorum.weight(validator).is_none() {
                return Err(DecisionError::Stranger { validator });
            }
            if !seen.insert(validator) {
                return Err(DecisionError::Twice { validator });
            }
            let vote = chain.vote(Step::Precommit, self.height, round, Some(id), validator);
            if !is_signed_by(validator, &vote, signature) {
                return Err(DecisionError::Signature { validator });
            }
            let attached = chain.extension(self.height, round, id, validator, extension);
            if !is_signed_by(validator, &attached, extension_signature) {
                return Err(DecisionError::Extension { validator });
            }
        }
        let got = quorum.tally(seen);
        if !quorum.is_met(got) {
            return Err(DecisionError::Power { got, needed: quorum.threshold() });
        }
        Ok(got)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { height, round, value, proposer, validators, commits } = self;
        let (bytes, signed, all) = (value.len(), commits.len(), validators.len());
        write!(f, "height {height} round {round}: {bytes} bytes by {proposer}, {signed} of {all} committed")
    }
}

/// Why a decision proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// A commit of somebody who has no vote.
    #[error("{validator} has no vote")]
    Stranger {
        /// Who.
        validator: Address,
    },
    /// Two commits of one validator.
    #[error("{validator} committed twice")]
    Twice {
        /// Who.
        validator: Address,
    },
    /// A commit that its validator did not sign.
    #[error("the commit of {validator} is not signed by it")]
    Signature {
        /// Who.
        validator: Address,
    },
    /// An extension that its validator did not sign.
    #[error("the extension of {validator} is not signed by it")]
    Extension {
        /// Who.
        validator: Address,
    },
    /// Too few.
    #[error("{got} power committed, {needed} needed")]
    Power {
        /// The power that signed.
        got: Weight,
        /// The least that is enough.
        needed: Weight,
    },
}

/// Whether the signature over the digest is this address's.
pub(super) fn is_signed_by(signer: Address, digest: &B256, signature: &Signature) -> bool {
    signature.recover(digest).is_ok_and(|key| key.address() == signer)
}
