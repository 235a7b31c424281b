//! A store in one file, by redb: copy on write, checksums, one writer.

use super::{Store, StoreError, Table, Visitor, Write};
use core::fmt;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::path::Path;

/// Entries in a file. A write is one transaction, on the disk when it returns.
pub struct DiskStore(Database);

/// Bytes of the file that are held in memory. More is of little use: the state is in memory anyway.
const CACHE: usize = 64 << 20;

const fn definition(table: Table) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
    TableDefinition::new(table.name())
}

fn failed(error: impl Into<redb::Error>) -> StoreError {
    StoreError::Failed(error.into().to_string())
}

impl DiskStore {
    /// Opens the file, or makes it. What an interrupted write left behind is undone here.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be opened, or another process has it open.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let database = Database::builder().set_cache_size(CACHE).create(path).map_err(failed)?;
        let transaction = database.begin_write().map_err(failed)?;
        for table in Table::ALL {
            transaction.open_table(definition(table)).map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
        Ok(Self(database))
    }
}

impl Store for DiskStore {
    fn write(&mut self, changes: &[Write]) -> Result<(), StoreError> {
        let transaction = self.0.begin_write().map_err(failed)?;
        // Changes come table by table.
        for run in changes.chunk_by(|one, other| one.table == other.table) {
            let Some(Write { table, .. }) = run.first() else { continue };
            let mut table = transaction.open_table(definition(*table)).map_err(failed)?;
            for Write { key, value, .. } in run {
                match value {
                    Some(value) => table.insert(key.as_slice(), value.as_slice()).map_err(failed)?,
                    None => table.remove(key.as_slice()).map_err(failed)?,
                };
            }
        }
        transaction.commit().map_err(failed)
    }

    fn read(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let transaction = self.0.begin_read().map_err(failed)?;
        let table = transaction.open_table(definition(table)).map_err(failed)?;
        let found = table.get(key).map_err(failed)?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    fn scan(&self, table: Table, each: Visitor<'_>) -> Result<(), StoreError> {
        let transaction = self.0.begin_read().map_err(failed)?;
        let table = transaction.open_table(definition(table)).map_err(failed)?;
        for entry in table.iter().map_err(failed)? {
            let (key, value) = entry.map_err(failed)?;
            each(key.value(), value.value())?;
        }
        Ok(())
    }
}

impl fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DiskStore")
    }
}
