//! The command line.

use std::num::NonZero;
use std::path::PathBuf;

use clap::Parser;

/// Reads a scene of shapes and computes their areas, their bounds and the lengths of their outlines, in several
/// passes, while the calls learn which types they meet.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The scene; otherwise the one that ships with the example.
    #[arg(long, value_name = "FILE")]
    pub(crate) scene: Option<PathBuf>,

    /// How many passes to make.
    #[arg(long, value_name = "NUMBER", default_value = "20")]
    pub(crate) passes: NonZero<u32>,
}
