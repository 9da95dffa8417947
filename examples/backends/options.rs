//! The command line.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, ValueEnum};

/// Stores every word of a text with its count and positions in a key-value store, reads all of it
/// back, and measures the calls.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The storage engine.
    #[arg(long, env = "STORE_BACKEND", value_enum, default_value_t = Backend::Memory)]
    pub(crate) backend: Backend,

    /// A text in UTF-8 [default: Alice's Adventures in Wonderland]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,

    /// Where to create the database; nothing may be there yet [default: a temporary directory,
    /// removed at the end]
    #[arg(long, value_name = "PATH")]
    pub(crate) db: Option<PathBuf>,
}

/// The storage engines to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// A map in memory.
    Memory,
    /// A file of the embedded database redb.
    Redb,
    /// A file of SQLite.
    Sqlite,
}

impl Options {
    /// Reads the command line and the environment; explains what is wrong with them and ends the
    /// program if something is.
    pub(crate) fn read() -> Self {
        let options = Self::parse();
        if options.backend == Backend::Memory && options.db.is_some() {
            Self::command()
                .error(
                    ErrorKind::ArgumentConflict,
                    "the memory store has no database file: '--db <PATH>' needs '--backend redb' or '--backend sqlite'",
                )
                .exit();
        }
        options
    }
}
