//! The work with the words in the store.

use std::cmp::Reverse;

use anyhow::{Context as _, ensure};
use indicatif::HumanCount;

use crate::entry::Entry;
use crate::index::Index;
use crate::progress;
use crate::store::{STORE, Store as _};
use crate::table;

/// How many words are stored at once, in one transaction of a database.
const BATCH: usize = 1024;

/// Stores every word.
pub(crate) fn store(index: &Index) -> anyhow::Result<()> {
    let bar = progress::bar("storing", index.entries().len());
    for batch in index.entries().chunks(BATCH) {
        let records = batch
            .iter()
            .map(|(word, entry)| Ok((word.as_str(), entry.encode()?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        STORE.put_all(&records).context("cannot store the words")?;
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

/// Reads every word back and compares.
pub(crate) fn check(index: &Index) -> anyhow::Result<()> {
    let bar = progress::bar("checking", index.entries().len());
    for (word, entry) in index.entries() {
        let value = STORE.get(word).context("cannot read a word back")?;
        let value = value.with_context(|| format!("the store has lost the word \"{word}\""))?;
        ensure!(
            Entry::decode(&value)? == *entry,
            "the store has changed what it keeps of the word \"{word}\"",
        );
        bar.inc(1);
    }
    bar.finish_and_clear();
    let (stored, expected) = (STORE.len()?, index.entries().len() as u64);
    ensure!(
        stored == expected,
        "the store has {stored} words instead of {expected}",
    );
    Ok(())
}

/// The words of the store that occur most often, as a table.
pub(crate) fn most_frequent(limit: usize) -> anyhow::Result<String> {
    let mut words = Vec::new();
    STORE.scan(&mut |word, value| {
        let entry = Entry::decode(value)?;
        words.push((String::from(word), entry.count(), entry.first()));
        Ok(())
    })?;
    words.sort_by_key(|(_, count, _)| Reverse(*count));
    let rows = words.into_iter().take(limit).map(|(word, count, first)| {
        let first = first.map(|first| first.to_string());
        [
            word,
            HumanCount(count).to_string(),
            first.unwrap_or_default(),
        ]
    });
    Ok(table::plain(
        ["WORD", "COUNT", "FIRST AT LINE:COLUMN"],
        rows,
    ))
}
