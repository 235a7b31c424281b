//! The receipt that is in no root: logs that state sync made, under a transaction hash of its own.
//!
//! ```text
//! key   = "matic-bor-receipt-" ‖ number(8) ‖ block hash(32)
//! hash  = H(key)                                              the synthetic transaction's hash
//! value = rlp([ 01, 0, [[ address, [topics], data ], …] ])
//! ```
//!
//! It exists only where a system call logged something.
//!
//! Source: `block-layer §4.3; bttc:core/types/bor_receipt.go:18-86, bttc:core/rawdb/bor_receipt.go:20-30`.

use crate::{
    header::list,
    receipt::{Status, logs_bloom},
};
use alloy_primitives::{B256, Bloom, Log};
use alloy_rlp::Encodable;
use bttc_core::hash::keccak256;
use serde::{Deserialize, Serialize};

/// Under which key a database keeps the receipt.
#[must_use]
pub fn receipt_key(number: u64, block_hash: B256) -> Vec<u8> {
    [&b"matic-bor-receipt-"[..], &number.to_be_bytes(), block_hash.as_slice()].concat()
}

/// Hash of the synthetic transaction. It depends on the sealed block's hash.
///
/// ```
/// use bttc_evm::state_sync::synthetic_hash;
/// use alloy_primitives::b256;
///
/// let genesis = b256!("0x021eb3b7c4161d91f6f92632ebe6e28aa440dd23e3016c086d0fad4b119fcdc1");
/// let expected = b256!("0xaa14682349ec33ca6e71ea597ad091beb16f97468f32febe1cb1589840cb1243");
/// assert_eq!(synthetic_hash(64, genesis), expected);
/// ```
#[must_use]
pub fn synthetic_hash(number: u64, block_hash: B256) -> B256 {
    keccak256(receipt_key(number, block_hash))
}

/// Logs of a block that no transaction made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyntheticReceipt {
    /// Hash of the synthetic transaction.
    pub tx_hash: B256,
    /// Its place behind the block's transactions.
    pub transaction_index: u64,
    /// Place of its first log among the block's logs.
    pub first_log_index: u64,
    /// The logs.
    pub logs: Vec<Log>,
}

impl SyntheticReceipt {
    /// Always a success.
    #[must_use]
    pub const fn status(&self) -> Status {
        Status::Succeeded
    }

    /// Filter over its logs; the header's filter does not hold them.
    #[must_use]
    pub fn bloom(&self) -> Bloom {
        logs_bloom(&self.logs)
    }

    /// What a database keeps.
    #[must_use]
    pub fn to_stored_bytes(&self) -> Vec<u8> {
        let mut items = Vec::new();
        true.encode(&mut items);
        0_u8.encode(&mut items);
        self.logs.encode(&mut items);
        list(&items)
    }
}
