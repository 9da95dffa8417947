//! The words of a text, where each of them stands.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::ensure;
use regex::Regex;

use crate::entry::{Entry, Position};
use crate::progress;

/// A word is a run of letters and digits, which may have apostrophes inside.
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\w&&[^_]]+(?:['’][\w&&[^_]]+)*").expect("the expression is correct")
});

/// Every word of a text in lower case, in alphabetical order.
pub(crate) struct Index {
    entries: Vec<(String, Entry)>,
}

impl Index {
    /// Finds the words of `text`, of which there must be one at least.
    pub(crate) fn of(text: &str) -> anyhow::Result<Self> {
        let bar = progress::bar("reading", text.len());
        let mut entries = BTreeMap::<String, Entry>::new();
        for (line, content) in (1..).zip(text.lines()) {
            for word in WORD.find_iter(content) {
                let column = word.start() as u64 + 1;
                entries
                    .entry(word.as_str().to_lowercase().replace('’', "'"))
                    .or_default()
                    .add(Position { line, column });
            }
            bar.inc(content.len() as u64 + 1);
        }
        bar.finish_and_clear();
        ensure!(!entries.is_empty(), "the text has no words");
        Ok(Self {
            entries: entries.into_iter().collect(),
        })
    }

    /// The different words.
    pub(crate) fn entries(&self) -> &[(String, Entry)] {
        &self.entries
    }

    /// How many different words there are.
    pub(crate) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// How many words the text has.
    pub(crate) fn words(&self) -> u64 {
        self.entries.iter().map(|(_, entry)| entry.count()).sum()
    }
}
