//! The logger that appends to a file.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::output::Output;
use super::{Filter, Level, Logger, Record, line};

/// Appends records to a file, through a buffer. It is emptied by a record of an error, by
/// [`flush`](Logger::flush), and every so often.
pub(crate) struct FileLogger {
    filter: Filter,
    output: Output<BufWriter<File>>,
}

impl FileLogger {
    /// Opens the file, or creates it, and begins to empty the buffer every `interval`.
    ///
    /// The logger lives for ever, for the thread that empties its buffer does.
    pub(crate) fn open(
        path: &Path,
        filter: Filter,
        interval: Duration,
    ) -> io::Result<&'static Self> {
        let file = File::options().append(true).create(true).open(path)?;
        let logger: &'static Self = Box::leak(Box::new(Self {
            filter,
            output: Output::new(BufWriter::new(file)),
        }));
        thread::Builder::new()
            .name(String::from("log"))
            .spawn(move || {
                loop {
                    thread::sleep(interval);
                    logger.output.flush();
                }
            })?;
        Ok(logger)
    }
}

impl Logger for FileLogger {
    fn enabled(&self, level: Level, target: &str) -> bool {
        self.filter.admits(level, target)
    }

    fn log(&self, record: &Record<'_>) {
        // The line is made before anything is locked: what it shows may itself log.
        self.output.write(line::of(record));
        if record.level == Level::Error {
            self.output.flush();
        }
    }

    fn flush(&self) -> io::Result<()> {
        self.output.flush();
        self.output.outcome()
    }
}
