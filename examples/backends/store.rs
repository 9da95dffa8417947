//! The interface of the storage engines, called through static calls.

use static_call::{Static, static_dispatch};

/// A key-value store.
#[static_dispatch]
pub(crate) trait Store: Send + Sync {
    /// Stores all records, or none of them if it fails.
    fn put_all(&self, records: &[(&str, Vec<u8>)]) -> anyhow::Result<()>;

    /// The value of a key.
    fn get(&self, key: &str) -> anyhow::Result<Option<Vec<u8>>>;

    /// How many keys there are.
    fn len(&self) -> anyhow::Result<u64>;

    /// Shows every record to `visit`, in the order of the keys, until it fails.
    fn scan(&self, visit: &mut dyn FnMut(&str, &[u8]) -> anyhow::Result<()>) -> anyhow::Result<()>;

    /// Closes the store, which is of no use afterwards.
    #[static_dispatch(cold)]
    fn close(&self) -> anyhow::Result<()>;

    /// The name of the storage engine.
    #[static_dispatch(cold)]
    fn name(&self) -> &'static str;
}

/// The store of this process.
pub(crate) const STORE: Static<dyn Store> = Static::new();
