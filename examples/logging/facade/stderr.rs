//! The logger that writes to standard error.

use std::io::{self, Stderr};

use super::output::Output;
use super::{Filter, Level, Logger, Record, line};

/// Writes records to standard error, each at once.
pub(crate) struct StderrLogger {
    filter: Filter,
    output: Output<Stderr>,
}

impl StderrLogger {
    /// A logger of the records that the filter admits.
    pub(crate) fn new(filter: Filter) -> Self {
        Self {
            filter,
            output: Output::new(io::stderr()),
        }
    }
}

impl Logger for StderrLogger {
    fn enabled(&self, level: Level, target: &str) -> bool {
        self.filter.admits(level, target)
    }

    fn log(&self, record: &Record<'_>) {
        self.output.write(line::of(record));
    }

    fn flush(&self) -> io::Result<()> {
        self.output.outcome()
    }
}
