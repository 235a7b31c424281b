//! The golden vectors of the reference, and what public chains did.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod amino;
mod mirror;
mod registry;
mod selection;
mod snapshot;
mod stake;
mod state_sender;
mod validator_set;
mod vectors;
