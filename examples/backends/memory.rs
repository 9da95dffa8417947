//! The store in memory.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::store::Store;

type Records = BTreeMap<String, Vec<u8>>;

/// Keeps the records in a map.
#[derive(Default)]
pub(crate) struct Memory {
    records: RwLock<Records>,
}

impl Memory {
    fn read(&self) -> RwLockReadGuard<'_, Records> {
        self.records.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Records> {
        self.records.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn put_all(&self, records: &[(&str, Vec<u8>)]) -> anyhow::Result<()> {
        let owned = |(key, value): &(&str, Vec<u8>)| (String::from(*key), value.clone());
        self.write().extend(records.iter().map(owned));
        Ok(())
    }

    fn get(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(self.read().get(key).cloned())
    }

    fn len(&self) -> anyhow::Result<u64> {
        Ok(self.read().len() as u64)
    }

    fn scan(&self, visit: &mut dyn FnMut(&str, &[u8]) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.read()
            .iter()
            .try_for_each(|(key, value)| visit(key, value))
    }

    fn close(&self) -> anyhow::Result<()> {
        self.write().clear();
        Ok(())
    }

    fn name(&self) -> &'static str {
        "memory"
    }
}
