//! The store in a file of SQLite.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _};

use crate::store::Store;

/// Keeps the records in a table of SQLite.
pub(crate) struct Sqlite {
    connection: Mutex<Option<Connection>>,
}

impl Sqlite {
    /// Creates the database file.
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "CREATE TABLE store (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
        )?;
        Ok(Self {
            connection: Mutex::new(Some(connection)),
        })
    }

    fn with<R>(
        &self,
        work: impl FnOnce(&mut Connection) -> anyhow::Result<R>,
    ) -> anyhow::Result<R> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(connection.as_mut().context("the database is closed")?)
    }
}

impl Store for Sqlite {
    fn put_all(&self, records: &[(&str, Vec<u8>)]) -> anyhow::Result<()> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO store (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?;
            for (key, value) in records {
                insert.execute((key, value))?;
            }
            drop(insert);
            Ok(transaction.commit()?)
        })
    }

    fn get(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        self.with(|connection| {
            let mut query = connection.prepare_cached("SELECT value FROM store WHERE key = ?1")?;
            Ok(query.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    fn len(&self) -> anyhow::Result<u64> {
        self.with(|connection| {
            let mut query = connection.prepare_cached("SELECT count(*) FROM store")?;
            Ok(query.query_row([], |row| row.get(0))?)
        })
    }

    fn scan(&self, visit: &mut dyn FnMut(&str, &[u8]) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.with(|connection| {
            let mut query =
                connection.prepare_cached("SELECT key, value FROM store ORDER BY key")?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let key = row.get_ref(0)?.as_str()?;
                let value = row.get_ref(1)?.as_blob()?;
                visit(key, value)?;
            }
            Ok(())
        })
    }

    fn close(&self) -> anyhow::Result<()> {
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let connection = connection.take().context("the database is closed")?;
        connection.close().map_err(|(_, error)| error)?;
        Ok(())
    }

    fn name(&self) -> &'static str {
        "sqlite"
    }
}
