//! Counts the words of a text, and logs what it does: nowhere, to standard error or to a file.

#[macro_use]
mod facade;
mod measure;
mod options;
mod statistics;
#[path = "../backends/table.rs"]
mod table;

use std::borrow::Cow;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use indicatif::HumanCount;

use crate::facade::{FileLogger, LOGGER, Logger, StderrLogger};
use crate::options::{Log, Options};
use crate::statistics::Statistics;

/// The text that ships with the examples; `data/README.md` tells its origin.
const SHIPPED: &[u8] = include_bytes!("../data/alice29.txt");

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options, &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options, output: &mut impl Write) -> anyhow::Result<()> {
    if options.measure {
        writeln!(output, "{}", measure::compare()?)?;
        return Ok(());
    }
    choose_logger(options)?;
    let worked = work(options, output);
    if let Err(error) = &worked {
        error!("{error:#}");
    }
    let logged = LOGGER.flush().with_context(|| match &options.log {
        Log::File(path) => format!("cannot write the log {}", path.display()),
        Log::Off | Log::Stderr => String::from("cannot write the log"),
    });
    if let (Err(_), Err(error)) = (&worked, &logged) {
        eprintln!("error: {error:#}");
    }
    worked.and(logged)
}

/// Puts the logger in force that was asked for.
fn choose_logger(options: &Options) -> anyhow::Result<()> {
    let filter = options.level.clone();
    let least = filter.least();
    let logger: &'static dyn Logger = match &options.log {
        // Nothing is logged until a logger is chosen.
        Log::Off => return Ok(()),
        Log::Stderr => Box::leak(Box::new(StderrLogger::new(filter))),
        Log::File(path) => FileLogger::open(path, filter, options.flush_interval)
            .with_context(|| format!("cannot open the log {}", path.display()))?,
    };
    facade::choose(logger, least)?;
    Ok(())
}

fn work(options: &Options, output: &mut impl Write) -> anyhow::Result<()> {
    let text = match &options.input {
        Some(path) => {
            info!("reading"; file = path.display());
            let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Cow::Owned(text)
        }
        None => Cow::Borrowed(SHIPPED),
    };
    info!("read the text"; bytes = text.len());

    let statistics = Statistics::of(&text);
    writeln!(
        output,
        "{} words, {} of them different, on {} lines, of which {} were left out.\n",
        HumanCount(statistics.words),
        HumanCount(statistics.different() as u64),
        HumanCount(statistics.lines),
        HumanCount(statistics.left_out),
    )?;
    let rows = statistics.most_frequent(10).into_iter();
    let rows = rows.map(|(word, count)| [String::from(word), HumanCount(count).to_string()]);
    writeln!(output, "{}\n", table::plain(["WORD", "COUNT"], rows))?;
    writeln!(output, "{}", static_call::report())?;
    Ok(())
}
