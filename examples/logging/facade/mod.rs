//! A small logging facade: statements, and the loggers that they may go to.

#[macro_use]
mod macros;

mod file;
mod filter;
pub(crate) mod gates;
mod level;
mod line;
mod output;
mod record;
mod stderr;

use std::io;

use static_call::{Static, static_dispatch};

pub(crate) use self::file::FileLogger;
pub(crate) use self::filter::Filter;
pub(crate) use self::level::Level;
pub(crate) use self::record::{Field, Record};
pub(crate) use self::stderr::StderrLogger;

/// Where the records of the program go.
#[static_dispatch(noop)]
pub(crate) trait Logger: Sync {
    /// Whether a record of this level, from this part of the program, is wanted.
    fn enabled(&self, level: Level, target: &str) -> bool;

    /// Takes a record that is wanted. What goes wrong is told by [`flush`](Self::flush).
    fn log(&self, record: &Record<'_>);

    /// Makes sure that all records taken so far are where they belong; fails if any is not.
    #[static_dispatch(cold)]
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

/// The logger of this process.
pub(crate) const LOGGER: Static<dyn Logger> = Static::new();

/// Chooses the logger, of which `least` is the least important level that it wants.
pub(crate) fn choose(logger: &'static dyn Logger, least: Level) -> Result<(), static_call::Error> {
    static_call::update::<dyn Logger>(logger)?;
    gates::open(least)
}

/// Logs a record that is wanted. Statements call this so as not to hold more code themselves.
#[cold]
#[inline(never)]
pub(crate) fn submit(record: &Record<'_>) {
    LOGGER.log(record);
}
