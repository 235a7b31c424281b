//! Entries as any format writes them: lists, for texts cannot be keyed by bytes.

use super::StoreName;
use alloy_primitives::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

type Entries = BTreeMap<StoreName, BTreeMap<Vec<u8>, Vec<u8>>>;
type Saved = Vec<(StoreName, Vec<(Bytes, Bytes)>)>;

pub(super) fn serialize<S: Serializer>(entries: &Entries, serializer: S) -> Result<S::Ok, S::Error> {
    let bytes = |bytes: &Vec<u8>| Bytes::copy_from_slice(bytes);
    let pairs = |entries: &BTreeMap<Vec<u8>, Vec<u8>>| entries.iter().map(|(k, v)| (bytes(k), bytes(v))).collect();
    let saved: Saved = entries.iter().map(|(store, entries)| (*store, pairs(entries))).collect();
    saved.serialize(serializer)
}

/// A store without entries is none, and of two entries of one key the later one counts.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Entries, D::Error> {
    let mut entries = Entries::new();
    for (store, pairs) in Saved::deserialize(deserializer)? {
        for (key, value) in pairs {
            entries.entry(store).or_default().insert(key.into(), value.into());
        }
    }
    Ok(entries)
}
