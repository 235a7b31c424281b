//! A map that can take back what was done to it.
//!
//! A contract's call may change a lot before it reverts. A full copy before each call would cost as much as there is;
//! a table remembers only what it overwrites.
//!
//! ```text
//! begin ── put, put, … ──┬── keep         forget what was overwritten
//!                        └── take_back    put it back, last first
//! ```

use alloc::{collections::BTreeMap, vec::Vec};
use serde::{Deserialize, Serialize};

/// As on chain, what was never written reads as the default, and the default is not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "K: Serialize, V: Serialize"))]
#[serde(bound(deserialize = "K: Ord + Deserialize<'de>, V: Deserialize<'de>"))]
pub(crate) struct Table<K, V> {
    entries: BTreeMap<K, V>,
    /// Whether a call is under way.
    #[serde(skip)]
    is_begun: bool,
    /// What it has overwritten, in the order in which it did; nothing between calls but the room.
    #[serde(skip)]
    overwritten: Vec<(K, Option<V>)>,
}

impl<K: Ord + Copy, V: Default + PartialEq + Clone> Table<K, V> {
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        self.entries.get(&key)
    }

    pub(crate) fn at(&self, key: K) -> V {
        self.get(key).cloned().unwrap_or_default()
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        let old = if value == V::default() { self.entries.remove(&key) } else { self.entries.insert(key, value) };
        if self.is_begun {
            self.overwritten.push((key, old));
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.entries.iter().map(|(key, value)| (*key, value))
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn begin(&mut self) {
        self.is_begun = true;
    }

    pub(crate) fn keep(&mut self) {
        self.is_begun = false;
        self.overwritten.clear();
    }

    pub(crate) fn take_back(&mut self) {
        self.is_begun = false;
        while let Some((key, old)) = self.overwritten.pop() {
            match old {
                Some(value) => self.entries.insert(key, value),
                None => self.entries.remove(&key),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_taken_back_was_never_there(
            before in prop::collection::vec((0_u8..8, 0_u8..3), 0..12),
            during in prop::collection::vec((0_u8..8, 0_u8..3), 0..12),
        ) {
            let mut table = Table::default();
            before.iter().for_each(|(key, value)| table.put(*key, *value));
            let old = table.clone();
            table.begin();
            during.iter().for_each(|(key, value)| table.put(*key, *value));
            let mut kept = table.clone();
            table.take_back();
            prop_assert_eq!(table, old);
            kept.keep();
            let last = during.iter().rev().find(|(key, _)| *key == 0).or(before.iter().rev().find(|(key, _)| *key == 0));
            prop_assert_eq!(kept.at(0), last.map_or(0, |(_, value)| *value));
            prop_assert!(kept.iter().all(|(_, value)| *value != 0));
        }
    }
}
