//! What a validator makes of what it knows: the defaults are the protocol's.
//!
//! A policy that withholds, lags or lies is one small `impl`: that is how Byzantine tests are written, and how an idea
//! is tried.
//!
//! ```
//! use alloy_primitives::B256;
//! use bttc_validator::duties::Policy;
//!
//! /// Sees another chain than everybody else.
//! #[derive(Debug)]
//! struct Liar;
//!
//! impl Policy for Liar {
//!     fn root(&self, honest: B256) -> B256 {
//!         !honest
//!     }
//! }
//! assert_ne!(Liar.root(B256::ZERO), B256::ZERO);
//! ```

use crate::layer::AnyMessage;
use alloy_primitives::B256;
use bttc_checkpoint::vote::VoteResult;
use core::fmt;

/// A validator's character. [`Node`](crate::node::Node) asks it; [`Honest`] and your own implement it. Every method has the
/// protocol's answer as its default.
pub trait Policy: fmt::Debug + Send + Sync {
    /// The root this validator holds to be that of a range, given the true one.
    fn root(&self, honest: B256) -> B256 {
        honest
    }

    /// The vote about a message, given the one that follows from the facts.
    fn attest(&self, message: &AnyMessage, honest: VoteResult) -> VoteResult {
        let _ = message;
        honest
    }

    /// Whether to send a message that it would be this validator's duty to send.
    fn sends(&self, message: &AnyMessage) -> Sending {
        let _ = message;
        Sending::Yes
    }
}

/// Whether a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It does.
    Yes,
    /// It is withheld.
    No,
}

/// Does what the protocol asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Honest;

impl Policy for Honest {}

/// Lies about roots: proposes checkpoints over a wrong root, and holds every true one to be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongRoots;

impl Policy for WrongRoots {
    fn root(&self, honest: B256) -> B256 {
        !honest
    }
}

const _: fn(&Honest) -> &dyn Policy = |policy| policy;
