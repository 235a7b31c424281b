//! The state: one ordered store a module, raw keys and values, as the reference writes them.
//!
//! ```text
//! store ──▶ key = prefix byte ‖ suffix ──▶ value        suffix: address, root id, number in ASCII decimals, …
//!
//! attempt: ── write ── write ── write ──┬── Ok ──▶ kept
//!            └── undo ◀── undo ◀── undo ┴── Err        what was there before goes back, newest first
//! ```
//!
//! Because suffixes of numbers are decimals, entries come in the order 1, 10, 100, 2, ….
//!
//! Source: `validation-layer §1.12; delivery:checkpoint/keeper.go:19-32, staking/keeper.go:19-33, bor/keeper.go:25-29,
//! clerk/keeper.go:19-39, topup/keeper.go:20-45`.
//!
//! ```
//! use bttc_validator::store::{StoreName, Stores};
//!
//! let mut stores = Stores::default();
//! stores.set(StoreName::Clerk, b"\x18".to_vec(), b"7".to_vec());
//! let failed: Result<(), &str> = stores.attempt(|stores| {
//!     stores.set(StoreName::Clerk, b"\x18".to_vec(), b"8".to_vec());
//!     Err("no")
//! });
//! assert!(failed.is_err());
//! assert_eq!(stores.number(StoreName::Clerk, b"\x18")?, Some(7));
//! # Ok::<(), bttc_validator::store::CorruptEntry>(())
//! ```

mod digest;
mod key;
mod name;
mod page;
mod saved;
mod tree;

pub use digest::DIGESTED;
pub use key::{numbered, prefixed, sortable};
pub use name::StoreName;
pub use page::Page;
pub use tree::StateTree;

use bttc_core::amino::{self, Field};
use core::ops::Bound;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// All stores.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Stores {
    #[serde(with = "saved")]
    entries: BTreeMap<StoreName, BTreeMap<Vec<u8>, Vec<u8>>>,
    /// What stood there before each write of the attempts under way, oldest first.
    #[serde(skip)]
    undo: Vec<Undo>,
    #[serde(skip)]
    attempts: usize,
    /// Keys written since they were last asked for; whether the write was taken back is of no matter.
    #[serde(skip)]
    touched: BTreeSet<(StoreName, Vec<u8>)>,
}

/// Stores are equal that hold the same.
impl PartialEq for Stores {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Stores {}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Undo {
    store: StoreName,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

/// An entry that does not read as what is kept under its key. The reference stops at one with a panic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "store {store}, key {}: got {}, expected {expected}",
    alloy_primitives::hex::encode(key),
    alloy_primitives::hex::encode(got)
)]
pub struct CorruptEntry {
    /// The store.
    pub store: StoreName,
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub got: Vec<u8>,
    /// What is kept under such keys.
    pub expected: &'static str,
}

impl Stores {
    /// The value under a key.
    #[must_use]
    pub fn get(&self, store: StoreName, key: &[u8]) -> Option<&[u8]> {
        self.entries.get(&store)?.get(key).map(Vec::as_slice)
    }

    /// Whether there is an entry of this key.
    #[must_use]
    pub fn has(&self, store: StoreName, key: &[u8]) -> bool {
        self.get(store, key).is_some()
    }

    /// Writes an entry.
    pub fn set(&mut self, store: StoreName, key: Vec<u8>, value: Vec<u8>) {
        self.touched.insert((store, key.clone()));
        let entries = self.entries.entry(store).or_default();
        if self.attempts == 0 {
            entries.insert(key, value);
        } else {
            let old = entries.insert(key.clone(), value);
            self.undo.push(Undo { store, key, value: old });
        }
    }

    /// Removes an entry, if there is one.
    pub fn remove(&mut self, store: StoreName, key: &[u8]) {
        let Some(entries) = self.entries.get_mut(&store) else { return };
        let Some((key, value)) = entries.remove_entry(key) else { return };
        if entries.is_empty() {
            self.entries.remove(&store);
        }
        self.touched.insert((store, key.clone()));
        if self.attempts > 0 {
            self.undo.push(Undo { store, key, value: Some(value) });
        }
    }

    /// The keys that were written since this was last asked.
    pub fn take_touched(&mut self) -> BTreeSet<(StoreName, Vec<u8>)> {
        core::mem::take(&mut self.touched)
    }

    /// The entries of a store whose keys begin so, in key order.
    pub fn with_prefix<'a>(
        &'a self,
        store: StoreName,
        prefix: &'a [u8],
    ) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + 'a {
        let entries = self.entries.get(&store).into_iter();
        let from =
            entries.flat_map(move |entries| entries.range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded)));
        from.take_while(move |(key, _)| key.starts_with(prefix)).map(|(key, value)| (key.as_slice(), value.as_slice()))
    }

    /// The entries of a store from one key on and before another, in key order.
    pub fn range<'a>(
        &'a self,
        store: StoreName,
        from: &'a [u8],
        to: &'a [u8],
    ) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + 'a {
        // A map refuses a range that ends before it begins.
        let entries = self.entries.get(&store).filter(|_| from < to).into_iter();
        let range = (Bound::Included(from), Bound::Excluded(to));
        entries
            .flat_map(move |entries| entries.range::<[u8], _>(range))
            .map(|(key, value)| (key.as_slice(), value.as_slice()))
    }

    /// All entries of a store, in key order.
    pub fn entries(&self, store: StoreName) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.with_prefix(store, &[])
    }

    /// Stores that hold something, in order.
    pub fn names(&self) -> impl Iterator<Item = StoreName> + '_ {
        self.entries.keys().copied()
    }

    /// The value under a key, read as amino.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn load<F: Field>(&self, store: StoreName, key: &[u8]) -> Result<Option<F>, CorruptEntry> {
        let Some(value) = self.get(store, key) else { return Ok(None) };
        read(store, key, value).map(Some)
    }

    /// The values under keys that begin so, read as amino, in key order.
    pub fn load_all<'a, F: Field>(
        &'a self,
        store: StoreName,
        prefix: &'a [u8],
    ) -> impl Iterator<Item = Result<F, CorruptEntry>> + 'a {
        self.with_prefix(store, prefix).map(move |(key, value)| read(store, key, value))
    }

    /// Writes a value as amino.
    pub fn save<F: Field>(&mut self, store: StoreName, key: Vec<u8>, value: &F) {
        self.set(store, key, amino::to_bytes(value));
    }

    /// The number under a key, read from ASCII decimals.
    ///
    /// # Errors
    /// [`CorruptEntry`].
    pub fn number(&self, store: StoreName, key: &[u8]) -> Result<Option<u64>, CorruptEntry> {
        let Some(value) = self.get(store, key) else { return Ok(None) };
        let number = core::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        let corrupt = || CorruptEntry { store, key: key.to_vec(), got: value.to_vec(), expected: "a decimal number" };
        number.map(Some).ok_or_else(corrupt)
    }

    /// Writes a number as ASCII decimals.
    pub fn set_number(&mut self, store: StoreName, key: Vec<u8>, number: u64) {
        self.set(store, key, number.to_string().into_bytes());
    }

    /// Changes the stores, all or nothing: on `Err` every entry is what it was. Costs what is written, not what is
    /// there. Attempts may stand in one another.
    ///
    /// # Errors
    /// That of `change`.
    pub fn attempt<T, E>(&mut self, change: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let mark = self.undo.len();
        self.attempts = self.attempts.saturating_add(1);
        let result = change(self);
        if result.is_err() {
            for Undo { store, key, value } in self.undo.drain(mark..).rev() {
                let entries = self.entries.entry(store).or_default();
                match value {
                    Some(value) => entries.insert(key, value),
                    None => entries.remove(&key),
                };
                if entries.is_empty() {
                    self.entries.remove(&store);
                }
            }
        }
        self.attempts = self.attempts.saturating_sub(1);
        if self.attempts == 0 {
            self.undo.clear();
        }
        result
    }
}

fn read<F: Field>(store: StoreName, key: &[u8], value: &[u8]) -> Result<F, CorruptEntry> {
    amino::from_bytes(value).map_err(|_| CorruptEntry {
        store,
        key: key.to_vec(),
        got: value.to_vec(),
        expected: core::any::type_name::<F>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_attempt_leaves_nothing_behind() {
        let mut stores = Stores::default();
        stores.set(StoreName::Bor, vec![1], vec![1]);
        stores.set(StoreName::Bor, vec![2], vec![2]);
        let before = stores.clone();
        let failed: Result<(), ()> = stores.attempt(|stores| {
            stores.set(StoreName::Bor, vec![1], vec![9]);
            stores.remove(StoreName::Bor, &[2]);
            stores.remove(StoreName::Bor, &[1]);
            stores.set(StoreName::Topup, vec![1], vec![1]);
            stores.set(StoreName::Bor, vec![2], vec![9]);
            Err(())
        });
        assert_eq!((failed, stores), (Err(()), before));
    }

    #[test]
    fn an_inner_attempt_fails_alone() {
        let mut stores = Stores::default();
        let done: Result<(), ()> = stores.attempt(|stores| {
            stores.set(StoreName::Bor, vec![1], vec![1]);
            let inner: Result<(), ()> = stores.attempt(|stores| {
                stores.set(StoreName::Bor, vec![1], vec![2]);
                Err(())
            });
            assert!(inner.is_err());
            Ok(())
        });
        assert_eq!((done, stores.get(StoreName::Bor, &[1])), (Ok(()), Some([1].as_slice())));
        assert!(stores.undo.is_empty());
    }

    #[test]
    fn an_outer_attempt_takes_an_inner_ones_writes_back() {
        let mut stores = Stores::default();
        let failed: Result<(), ()> = stores.attempt(|stores| {
            let inner: Result<(), ()> = stores.attempt(|stores| {
                stores.set(StoreName::Bor, vec![1], vec![2]);
                Ok(())
            });
            inner.and(Err(()))
        });
        assert_eq!((failed, stores), (Err(()), Stores::default()));
    }

    #[test]
    fn numbers_are_decimals_and_sort_as_texts() {
        let mut stores = Stores::default();
        for number in [1, 2, 10] {
            stores.set_number(StoreName::Bor, numbered(0x36, number), number);
        }
        stores.set(StoreName::Bor, vec![0x37], b"x".to_vec());
        let values: Vec<_> = stores.with_prefix(StoreName::Bor, &[0x36]).map(|(_, value)| value).collect();
        assert_eq!(values, [b"1".as_slice(), b"10", b"2"]);
        assert!(stores.number(StoreName::Bor, &[0x37]).is_err());
    }
}
