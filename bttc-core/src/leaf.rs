//! The four words of a block that enter a checkpoint.
//!
//! ```text
//! leaf = H( number ‖ time ‖ transactions root ‖ receipts root )      each 32 bytes, integers big-endian
//! ```
//!
//! Source: `withdrawal-proofs §3.1; bttc:consensus/bor/api.go:157-168`.
//!
//! ```
//! use bttc_core::leaf::Leaf;
//! use alloy_primitives::b256;
//!
//! let empty = b256!("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
//! let genesis = Leaf { number: 0, time: 0x5ce2_8211, transactions_root: empty, receipts_root: empty };
//! assert_eq!(genesis.hash(), b256!("0x1200fc044836f9bdeae31c0262f8dca88577a8b889c4e2b32f6c5b65afc2ca24"));
//! ```

use crate::hash::keccak256;
use alloc::vec::Vec;
use alloy_primitives::{B256, U256};
use core::fmt;
use serde::{Deserialize, Serialize};

/// What a checkpoint commits to of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leaf {
    /// Height of the block.
    pub number: u64,
    /// Its time, Unix seconds.
    pub time: u64,
    /// Root of its transactions.
    pub transactions_root: B256,
    /// Root of its receipts, state-sync receipt excluded.
    pub receipts_root: B256,
}

impl Leaf {
    /// The bytes that are hashed.
    #[must_use]
    pub fn preimage(&self) -> [u8; 128] {
        let mut bytes = [0; 128];
        let words = [
            U256::from(self.number).to_be_bytes(),
            U256::from(self.time).to_be_bytes(),
            self.transactions_root.0,
            self.receipts_root.0,
        ];
        for (place, word) in bytes.chunks_exact_mut(32).zip(words) {
            place.copy_from_slice(&word);
        }
        bytes
    }

    /// The leaf of the checkpoint's tree.
    #[must_use]
    pub fn hash(&self) -> B256 {
        keccak256(self.preimage())
    }
}

/// Makes the root of a range of blocks from their leaves: checkpoint's tree, as who answers `eth_getRootHash` asks it.
///
/// Source: `block-layer §7.2.4; bttc:consensus/bor/api.go:157-177`.
pub trait RangeRoot: fmt::Debug {
    /// The root over these leaves, in the order of their blocks; `None` where there are none.
    fn root_of(&self, leaves: Vec<B256>) -> Option<B256>;
}

const _: fn(&dyn RangeRoot) = |_| {};
