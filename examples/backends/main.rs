//! A small key-value application that chooses its storage engine at start-up: it stores every word
//! of a text with its count and positions, reads all of it back, and measures the calls.

mod database;
mod entry;
mod index;
mod measure;
mod memory;
mod options;
mod progress;
mod redb;
mod sqlite;
mod store;
mod table;
mod text;
mod words;

use std::borrow::Cow;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use indicatif::HumanCount;

use crate::database::DatabaseFile;
use crate::index::Index;
use crate::memory::Memory;
use crate::options::{Backend, Options};
use crate::redb::Redb;
use crate::sqlite::Sqlite;
use crate::store::{STORE, Store};

fn main() -> ExitCode {
    let options = Options::read();
    match run(&options, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options, output: &mut impl Write) -> anyhow::Result<()> {
    let text = match &options.input {
        Some(path) => Cow::Owned(text::read(path)?),
        None => Cow::Borrowed(text::SHIPPED),
    };
    let index = Index::of(&text)?;

    let (store, database) = open(options)?;
    let used = work(store, &index, output);
    let closed = store.close().context("cannot close the store");
    used?;
    closed?;

    if let Some(path) = database.map(DatabaseFile::finish).transpose()?.flatten() {
        writeln!(output, "\nThe database is in {}.", path.display())?;
    }
    Ok(())
}

/// Opens the chosen store, and tells where its file is, if it has one.
fn open(options: &Options) -> anyhow::Result<(&'static dyn Store, Option<DatabaseFile>)> {
    let create = || DatabaseFile::create(options.db.as_deref());
    Ok(match options.backend {
        Backend::Memory => (Box::leak(Box::<Memory>::default()), None),
        Backend::Redb => {
            let database = create()?;
            let store = Redb::create(&database.path()).context("cannot create the database")?;
            (Box::leak(Box::new(store)), Some(database))
        }
        Backend::Sqlite => {
            let database = create()?;
            let store = Sqlite::create(&database.path()).context("cannot create the database")?;
            (Box::leak(Box::new(store)), Some(database))
        }
    })
}

/// Does everything with the store while it is open.
fn work(store: &'static dyn Store, index: &Index, output: &mut impl Write) -> anyhow::Result<()> {
    let change = static_call::update::<dyn Store>(store)?;
    if let Some(warning) = change.warning() {
        eprintln!("warning: {warning}");
    }
    static_call::seal::<dyn Store>();
    writeln!(
        output,
        "{} words, {} of them different, go to the {} store; {} of its {} hot methods are patched.\n",
        HumanCount(index.words()),
        HumanCount(index.len()),
        STORE.name(),
        change.patched(),
        change.patched() + change.unpatched(),
    )?;

    words::store(index)?;
    words::check(index)?;
    writeln!(
        output,
        "All were read back and are as they were stored. The most frequent:"
    )?;
    writeln!(output, "{}\n", words::most_frequent(10)?)?;

    writeln!(output, "{}\n", static_call::report())?;

    writeln!(output, "{}", measure::compare(index)?)?;
    Ok(())
}
