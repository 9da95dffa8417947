//! The command line.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::ensure;
use clap::Parser;

use crate::facade::Filter;

/// Counts the words of a text, and logs what it does.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// A text [default: Alice's Adventures in Wonderland]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,

    /// Where to log: nowhere (off), to standard error (stderr), or to the end of a file
    #[arg(long, value_name = "off|stderr|FILE", default_value = "off")]
    pub(crate) log: Log,

    /// What to log: error, warn, info, debug or trace, and what else of some targets, as in
    /// 'warn,logging::statistics=trace'
    #[arg(long, value_name = "LEVEL[,TARGET=LEVEL]...", default_value = "info")]
    pub(crate) level: Filter,

    /// How long a record may wait in the buffer of the file
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = duration)]
    pub(crate) flush_interval: Duration,

    /// Measure statements that are off instead, and those of the crate `log`
    #[arg(long, conflicts_with_all = ["input", "log", "level", "flush_interval"])]
    pub(crate) measure: bool,
}

/// Where to log.
#[derive(Debug, Clone)]
pub(crate) enum Log {
    Off,
    Stderr,
    File(PathBuf),
}

impl FromStr for Log {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "off" => Self::Off,
            "stderr" => Self::Stderr,
            path => Self::File(PathBuf::from(path)),
        })
    }
}

fn duration(text: &str) -> anyhow::Result<Duration> {
    let duration = humantime::parse_duration(text)?;
    ensure!(
        !duration.is_zero(),
        "a record has to wait a moment at least"
    );
    Ok(duration)
}
