//! Puts the results of benchmarks into a document, as tables and plots.
//!
//! Between `<!-- WHAT BUILD PROGRAM TITLE -->` and `<!-- end -->`, where `WHAT` is one of these, everything is
//! replaced:
//!
//! - `rows`: a table of one comparison, a line for each subject.
//! - `matrix`: a table of the comparisons of a program whose titles begin with `TITLE`, a line for each that has the
//!   same subjects as the first.
//! - `plot`: a plot of one comparison.
//!
//! `BUILD` is the name of a file of results. What criterion measured in the plain build is one of its own, `criterion`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use static_call_paired::Comparison;

mod criterion;
mod document;
mod plot;
mod table;

/// Puts the results of benchmarks into a document, as tables and plots.
#[derive(Parser)]
struct Arguments {
    /// The document, which is rewritten.
    document: PathBuf,
    /// The directory with the results, `<build>.jsonl` each, to which the plots are written.
    results: PathBuf,
    /// The directory with what criterion has measured in the plain build, to be recorded with the results.
    #[arg(long)]
    criterion: Option<PathBuf>,
}

/// Comparisons by the build that they were measured in.
type Builds = BTreeMap<String, Vec<Comparison>>;

fn main() -> anyhow::Result<()> {
    let Arguments {
        document,
        results,
        criterion,
    } = Arguments::parse();
    if let Some(criterion) = criterion {
        record(&criterion, &results)?;
    }
    let builds = read(&results)?;
    let text = fs::read_to_string(&document)
        .with_context(|| format!("cannot read {}", document.display()))?;
    let text = document::rewritten(&text, &builds, &results)?;
    fs::write(&document, text).with_context(|| format!("cannot write {}", document.display()))
}

/// Makes what criterion measured one of the results.
fn record(criterion: &Path, results: &Path) -> anyhow::Result<()> {
    let builds = read(results)?;
    let plain = builds.get("plain").context("there is no plain build")?;
    let mut lines = String::new();
    for comparison in criterion::comparisons(criterion, plain)? {
        lines += &serde_json::to_string(&comparison)?;
        lines.push('\n');
    }
    let path = results.join("criterion.jsonl");
    fs::write(&path, lines).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads all results of a directory.
fn read(directory: &Path) -> anyhow::Result<Builds> {
    let mut builds = Builds::new();
    let entries =
        fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "jsonl")
        {
            continue;
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let comparisons = text.lines().zip(1..).map(|(line, number)| {
            serde_json::from_str(line).with_context(|| format!("{}:{number}", path.display()))
        });
        let build = path.file_stem().unwrap_or_default().to_string_lossy();
        builds.insert(build.into_owned(), comparisons.collect::<Result<_, _>>()?);
    }
    Ok(builds)
}
