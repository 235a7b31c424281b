//! A fingerprint of the modules' entries.

use super::{StoreName, Stores};
use alloy_primitives::FixedBytes;
use bttc_core::hash::keccak256;

/// The stores that are digested, in this order: those whose bytes are the protocol's own.
pub const DIGESTED: [StoreName; 6] = [
    StoreName::Checkpoint,
    StoreName::Staking,
    StoreName::Bor,
    StoreName::Clerk,
    StoreName::Topup,
    StoreName::Chainmanager,
];

impl Stores {
    /// First eight bytes of the Keccak-256 over the entries of the [`DIGESTED`] stores, in key order:
    /// store name ‖ key length ‖ key ‖ value length ‖ value, lengths in four bytes, big-endian. A means to compare
    /// states, no part of the protocol.
    #[must_use]
    pub fn digest(&self) -> FixedBytes<8> {
        let mut bytes = Vec::new();
        for store in DIGESTED {
            for (key, value) in self.entries(store) {
                bytes.extend(store.name().bytes());
                for part in [key, value] {
                    // No entry is of 4 GiB.
                    bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
                    bytes.extend(part);
                }
            }
        }
        let [a, b, c, d, e, f, g, h, ..] = keccak256(&bytes).0;
        FixedBytes([a, b, c, d, e, f, g, h])
    }
}
