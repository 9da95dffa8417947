//! The work: counts words.

use std::cmp::Reverse;
use std::collections::HashMap;

/// What is counted of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    pub(crate) lines: u64,
    /// How many of the lines were left out because they are not UTF-8.
    pub(crate) left_out: u64,
    pub(crate) words: u64,
    counts: HashMap<String, u64>,
}

impl Statistics {
    /// Counts the words of a text, line by line.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut statistics = Self::default();
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            statistics.lines += 1;
            match str::from_utf8(line) {
                Ok(line) => statistics.add(line),
                Err(error) => {
                    statistics.left_out += 1;
                    warn!(
                        "a line is left out: {error}";
                        line = statistics.lines,
                        offset = error.valid_up_to(),
                    );
                }
            }
        }
        info!(
            "counted the words";
            lines = statistics.lines,
            words = statistics.words,
            different = statistics.different(),
        );
        statistics
    }

    fn add(&mut self, line: &str) {
        let before = self.words;
        for word in words(line) {
            trace!("{word}"; line = self.lines, letters = word.chars().count());
            self.words += 1;
            *self.counts.entry(word.to_lowercase()).or_default() += 1;
        }
        debug!("read a line"; line = self.lines, words = self.words - before);
    }

    /// How many different words there are.
    pub(crate) fn different(&self) -> usize {
        self.counts.len()
    }

    /// The words that occur most often, and those that come first in the alphabet among equals.
    pub(crate) fn most_frequent(&self, limit: usize) -> Vec<(&str, u64)> {
        let mut words: Vec<_> = self
            .counts
            .iter()
            .map(|(word, count)| (word.as_str(), *count))
            .collect();
        words.sort_unstable_by_key(|&(word, count)| (Reverse(count), word));
        words.truncate(limit);
        words
    }
}

/// Runs of letters and digits, which may have apostrophes inside.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|character: char| !character.is_alphanumeric() && character != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
}
