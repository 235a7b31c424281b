//! What a message is told of the block it stands in.

use alloy_primitives::B256;
use bttc_core::{amino::Time, hash::sha256};

/// A block, and the transaction at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    /// The block's height.
    pub height: u64,
    /// The block's time.
    pub time: Time,
    /// The transaction's bytes as they were received.
    pub tx: &'a [u8],
}

impl Context<'_> {
    /// The transaction's hash: SHA-256 over its bytes.
    ///
    /// Source: `validation-layer §1.9; delivery:auth/types/stdtx.go:201-226`.
    #[must_use]
    pub fn tx_hash(&self) -> B256 {
        sha256(self.tx)
    }

    /// The block's time in whole seconds since 1970; before that, wrapped round.
    #[must_use]
    pub const fn seconds(&self) -> u64 {
        self.time.seconds().cast_unsigned()
    }
}
