//! Counts what a call costs in each way that it can be made, and keeps the table `COUNTS.md`.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use clap::Parser;
use static_call_benches_costs::build::{DIRECTORY, build, compiler};
use static_call_benches_costs::callgrind::{self, Counts};

use crate::table::Section;

mod table;

const PROGRAM: &str = "static-call-benches-ways";
const FUNCTION: &str = "static_call_benches_ways::counted";

/// How many calls are made first, and then. What the second takes more is what the calls take, and nothing of what
/// surrounds them.
const CALLS: [i64; 2] = [10_000, 20_000];

/// Counts what a call costs in each way that it can be made, and writes `benches/costs/COUNTS.md`.
#[derive(Parser)]
struct Options {
    /// Write nothing, and fail if the table says something else of the calls of `static-call`.
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    ensure!(
        cfg!(all(target_arch = "x86_64", target_os = "linux")),
        "the table is for x86-64 Linux"
    );
    let path = Path::new(DIRECTORY).join("COUNTS.md");
    let compiler = compiler()?;
    let mut counted = Vec::new();
    for section in Section::ALL {
        if section.is_ours() || !options.check {
            counted.push((section, count(section)?));
        }
    }
    if options.check {
        let text = fs::read_to_string(&path).context("there is no COUNTS.md: run ci/counts")?;
        if let Some(complaint) = table::compare(&counted, &text, &compiler)? {
            eprintln!("{complaint}");
            return Ok(ExitCode::FAILURE);
        }
        println!("COUNTS.md is as counted.");
    } else {
        fs::write(&path, table::to_markdown(&counted, &compiler))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What one call takes in each of the ways, less what the loop around it takes.
fn count(section: Section) -> anyhow::Result<Vec<(String, Counts)>> {
    let program = build(PROGRAM, section.options(), &[])?;
    let [fewer, more] = CALLS;
    let calls = CALLS.map(|calls| calls.to_string());
    let arguments = [section.ways(), &calls[0], &calls[1]];
    let run = callgrind::run(&program, &arguments, Some(FUNCTION))?;
    let (pairs, rest) = run.counts.as_chunks();
    let names: Vec<_> = run.output.lines().collect();
    ensure!(
        rest.is_empty() && pairs.len() == names.len(),
        "{FUNCTION} was counted {} times for {} ways",
        run.counts.len(),
        names.len()
    );
    let loops: Vec<_> = names
        .into_iter()
        .zip(pairs)
        .map(|(name, [less, all])| (name, difference(all, less)))
        .collect();
    let [(_, empty), loops @ ..] = &loops[..] else {
        bail!("there are no ways");
    };
    let calls = loops.iter().map(|(name, counts)| {
        let mut counts = difference(counts, empty);
        for count in &mut counts {
            ensure!(
                *count % (more - fewer) == 0,
                "{name}: not all calls take the same"
            );
            *count /= more - fewer;
        }
        Ok(((*name).to_owned(), counts))
    });
    calls.collect()
}

fn difference(more: &Counts, less: &Counts) -> Counts {
    std::array::from_fn(|event| more[event] - less[event])
}
