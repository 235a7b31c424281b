//! The crate against recordings of the reference implementations.
//!
//! Every case of a kind is run. What the conformance runner checks of the crate is not repeated here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a vector that cannot be read is a failed test")]

mod exit;
mod fees;
mod ledger;
mod submission;
mod vectors;
mod vote;
