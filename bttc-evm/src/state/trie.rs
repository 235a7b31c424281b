//! Roots over sorted leaves.

use alloy_primitives::{B256, U256};
use alloy_trie::{HashBuilder, Nibbles};
use std::collections::BTreeMap;

/// Root of leaves in ascending order of their 32-byte keys.
pub(super) fn root<'a>(leaves: impl Iterator<Item = (&'a B256, &'a [u8])>) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, leaf) in leaves {
        builder.add_leaf(Nibbles::unpack(key), leaf);
    }
    builder.root()
}

/// Root of an account's storage, keyed by the hashes of its slots.
pub(super) fn storage_root(slots: &BTreeMap<B256, U256>) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in slots {
        builder.add_leaf(Nibbles::unpack(key), &alloy_rlp::encode(value));
    }
    builder.root()
}
