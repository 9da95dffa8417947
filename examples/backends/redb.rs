//! The store in a file of redb.

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use anyhow::Context as _;
use redb::{
    Database, ReadOnlyTable, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _,
    TableDefinition,
};

use crate::store::Store;

const TABLE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("store");

/// Keeps the records in a table of redb.
pub(crate) struct Redb {
    database: RwLock<Option<Database>>,
}

impl Redb {
    /// Creates the database file.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let database = Database::create(path)?;
        let transaction = database.begin_write()?;
        transaction.open_table(TABLE)?;
        transaction.commit()?;
        Ok(Self {
            database: RwLock::new(Some(database)),
        })
    }

    fn with<R>(&self, work: impl FnOnce(&Database) -> anyhow::Result<R>) -> anyhow::Result<R> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        work(database.as_ref().context("the database is closed")?)
    }

    fn table(&self) -> anyhow::Result<ReadOnlyTable<&'static str, &'static [u8]>> {
        self.with(|database| Ok(database.begin_read()?.open_table(TABLE)?))
    }
}

impl Store for Redb {
    fn put_all(&self, records: &[(&str, Vec<u8>)]) -> anyhow::Result<()> {
        self.with(|database| {
            let transaction = database.begin_write()?;
            let mut table = transaction.open_table(TABLE)?;
            for (key, value) in records {
                table.insert(*key, value.as_slice())?;
            }
            drop(table);
            Ok(transaction.commit()?)
        })
    }

    fn get(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let value = self.table()?.get(key)?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    fn len(&self) -> anyhow::Result<u64> {
        Ok(self.table()?.len()?)
    }

    fn scan(&self, visit: &mut dyn FnMut(&str, &[u8]) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for record in self.table()?.iter()? {
            let (key, value) = record?;
            visit(key.value(), value.value())?;
        }
        Ok(())
    }

    fn close(&self) -> anyhow::Result<()> {
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        database.take().context("the database is closed")?;
        Ok(())
    }

    fn name(&self) -> &'static str {
        "redb"
    }
}
