//! The crate against recordings of the reference implementations.
//!
//! Every case of a kind is run. Kinds that need chain data of others are read from `BTTC_CHAIN_DATA`; without it their
//! tests say that they did not run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a vector that cannot be read is a failed test")]

mod exit;
mod fees;
mod header_blocks;
mod ledger;
mod merkle;
mod receipts;
mod vectors;
mod vote;
