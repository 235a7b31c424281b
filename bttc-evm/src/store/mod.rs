//! Where a chain outlives its process: entries in tables, written a block at a time.
//!
//! ```text
//! judge ─▶ write(everything the block changes) ─▶ adopt            a crash leaves the store at a whole block
//!
//! head       ""              → hash of the head              codes      H(code)                  → code
//! canonical  number          → hash                          accounts   H(address)               → account
//! blocks     hash            → block, receipts, records      slots      H(address) ‖ H(slot)     → value
//! places     transaction     → number, place in the block    undo       number                   → entries before it
//! sides      number ‖ hash   → entries that it changed
//! ```
//!
//! A [`Store`] keeps bytes and knows nothing of blocks: [`MemoryStore`] in this process, `DiskStore` (feature `disk`) in a
//! file. A [`StoredChain`] is a [`Chain`](crate::chain::Chain) over one. The state at the head is in memory as a trie and in the store as
//! plain entries; older states are reached by the entries that each block overwrote, as far back as [`Retention`] says, and
//! those of blocks beside the chain by the entries that they changed. Blocks and their receipts are never forgotten, whether
//! they are of the chain or not. Why: `docs/adr/0006`.
//!
//! ```
//! use bttc_evm::store::{MemoryStore, Store, Table, Write};
//!
//! let mut store = MemoryStore::default();
//! store.write(&[Write::put(Table::Head, [], [7])])?;
//! assert_eq!(store.read(Table::Head, &[])?, Some(vec![7]));
//! # Ok::<(), bttc_evm::store::StoreError>(())
//! ```

mod chain;
#[cfg(feature = "disk")]
mod disk;
mod memory;
mod place;
mod record;
mod side;

pub use chain::{Retention, StoredChain, StoredError};
#[cfg(feature = "disk")]
pub use disk::DiskStore;
pub use memory::MemoryStore;

use core::fmt;

/// The tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Hash of the newest block.
    Head,
    /// Number → hash.
    Canonical,
    /// Hash → block and what it did.
    Blocks,
    /// Hash → code.
    Codes,
    /// Hash of the address → account.
    Accounts,
    /// Hashes of address and slot → value.
    Slots,
    /// Number → what the block overwrote.
    Undo,
    /// Hash of a transaction → number of its block, and its place there; of a synthetic one the number alone.
    Places,
    /// Number and hash of a block beside the chain that another may follow → what it changed.
    Sides,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Head,
        Self::Canonical,
        Self::Blocks,
        Self::Codes,
        Self::Accounts,
        Self::Slots,
        Self::Undo,
        Self::Places,
        Self::Sides,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Canonical => "canonical",
            Self::Blocks => "blocks",
            Self::Codes => "codes",
            Self::Accounts => "accounts",
            Self::Slots => "slots",
            Self::Undo => "undo",
            Self::Places => "places",
            Self::Sides => "sides",
        }
    }
}

/// A change of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub table: Table,
    /// Under which key.
    pub key: Vec<u8>,
    /// The new value; `None` removes the entry.
    pub value: Option<Vec<u8>>,
}

impl Write {
    /// Puts an entry.
    pub fn put(table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self { table, key: key.into(), value: Some(value.into()) }
    }

    /// Removes an entry.
    pub fn remove(table: Table, key: impl Into<Vec<u8>>) -> Self {
        Self { table, key: key.into(), value: None }
    }
}

/// Why a store does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The database or the disk refused.
    #[error("the store failed: {0}")]
    Failed(String),
    /// What is kept there does not read, or does not fit together.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// Is shown a key and its value.
pub type Visitor<'v> = &'v mut dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError>;

/// Keeps entries. A [`StoredChain`] calls it; [`MemoryStore`] and `DiskStore` implement it.
pub trait Store: fmt::Debug + Send + Sync {
    /// Makes all of these changes, in their order, or none of them.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing changed.
    fn write(&mut self, changes: &[Write]) -> Result<(), StoreError>;

    /// The value of a key.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows each entry of a table in ascending order of keys, until the first error. The store may be read meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read, or what `each` answers.
    fn scan(&self, table: Table, each: Visitor<'_>) -> Result<(), StoreError>;
}

const _: fn(&MemoryStore) = |store| {
    let _: &dyn Store = store;
};
