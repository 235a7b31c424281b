//! Putting new code in place of old at a height: the only hard fork there was.
//!
//! Balance, nonce and storage that a genesis file gives next to the code are ignored; the account keeps its own. The
//! block's own transactions still ran the old code.
//!
//! Source: `block-layer §1.4; bttc:consensus/bor/bor.go:741-755`.
//!
//! ```
//! use bttc_evm::system::code_replacement::CodeReplacements;
//! use bttc_core::hash::keccak256;
//! use alloy_primitives::Address;
//!
//! let mut replacements = CodeReplacements::default();
//! replacements.insert(841_500, Address::repeat_byte(0x10), vec![0x60].into());
//! assert_eq!(replacements.at(841_500).len(), 1);
//! assert_eq!(replacements.at(841_501), []);
//! ```

use alloy_primitives::{Address, Bytes};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Block → the accounts that get new code in it, and the code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeReplacements(BTreeMap<u64, BTreeMap<Address, Bytes>>);

impl CodeReplacements {
    /// Adds one.
    pub fn insert(&mut self, block: u64, account: Address, code: Bytes) {
        self.0.entry(block).or_default().insert(account, code);
    }

    /// Those of a block.
    #[must_use]
    pub fn at(&self, block: u64) -> Vec<(Address, Bytes)> {
        let replaced = self.0.get(&block).into_iter().flatten();
        replaced.map(|(account, code)| (*account, code.clone())).collect()
    }

    /// Every block, account and code.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Address, &Bytes)> {
        let blocks = self.0.iter();
        blocks.flat_map(|(block, accounts)| accounts.iter().map(|(account, code)| (*block, *account, code)))
    }
}
