//! A store that ends with the process.

use super::{Store, StoreError, Table, Visitor, Write};
use std::collections::BTreeMap;

/// Entries in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryStore {
    tables: BTreeMap<Table, BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Store for MemoryStore {
    fn write(&mut self, changes: &[Write]) -> Result<(), StoreError> {
        for Write { table, key, value } in changes {
            let table = self.tables.entry(*table).or_default();
            match value {
                Some(value) => table.insert(key.clone(), value.clone()),
                None => table.remove(key),
            };
        }
        Ok(())
    }

    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables.get(&table).and_then(|table| table.get(key)).cloned())
    }

    fn scan(&self, table: Table, each: Visitor<'_>) -> Result<(), StoreError> {
        self.tables.get(&table).into_iter().flatten().try_for_each(|(key, value)| each(key, value))
    }
}
