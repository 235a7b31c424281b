//! The golden vectors of the reference for what is encoded here.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod amino;
mod tron_transaction;
mod vectors;
