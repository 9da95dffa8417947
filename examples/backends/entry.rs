//! What is stored of a word, and its encoding.

use std::fmt;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

/// Where a word begins. Lines count from 1, and so do columns, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// How often a word occurs, and where.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    count: u64,
    positions: Vec<Position>,
}

impl Entry {
    /// Adds an occurrence.
    pub(crate) fn add(&mut self, position: Position) {
        self.count += 1;
        self.positions.push(position);
    }

    /// How often the word occurs.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Where the word occurs first.
    pub(crate) fn first(&self) -> Option<Position> {
        self.positions.first().copied()
    }

    /// The entry as the store keeps it, in the format of `postcard`.
    pub(crate) fn encode(&self) -> anyhow::Result<Vec<u8>> {
        postcard::to_stdvec(self).context("cannot encode an entry")
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else.
    pub(crate) fn decode(bytes: &[u8]) -> anyhow::Result<Self> {
        let (entry, rest) =
            postcard::take_from_bytes::<Self>(bytes).context("an entry cannot be decoded")?;
        ensure!(
            rest.is_empty(),
            "an entry has {} bytes too many",
            rest.len()
        );
        ensure!(
            entry.count == entry.positions.len() as u64,
            "an entry counts {} occurrences and has {} positions",
            entry.count,
            entry.positions.len(),
        );
        Ok(entry)
    }
}
