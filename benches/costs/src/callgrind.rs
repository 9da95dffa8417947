//! Runs programs under callgrind, and reads what it counts.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// What is counted: the names of callgrind, and those for readers.
pub const EVENTS: [(&str, &str); 4] = [
    ("Ir", "instructions"),
    ("Dr", "data reads"),
    ("Bc", "conditional branches"),
    ("Bi", "indirect branches"),
];

/// How often each of the [`EVENTS`] happened.
pub type Counts = [i64; EVENTS.len()];

/// What a run under callgrind gave.
pub struct Run {
    /// What the program wrote.
    pub output: String,
    /// The counts of each call of the function, in the order of time, or else those of the whole run.
    pub counts: Vec<Counts>,
}

/// Runs a program under callgrind. If a function is named, its calls are counted, and nothing else.
///
/// # Errors
///
/// There is no valgrind, or the program fails.
pub fn run(program: &Path, arguments: &[&str], function: Option<&str>) -> anyhow::Result<Run> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--quiet", "--tool=callgrind", "--combine-dumps=yes"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        // The program changes its own code.
        .arg("--smc-check=all")
        // Else a call through a register counts as direct where valgrind knows what is in the register.
        .arg("--vex-iropt-level=0")
        // Without the first there are no data reads, without the second no branches.
        .args(["--cache-sim=yes", "--branch-sim=yes"]);
    if let Some(function) = function {
        valgrind
            .arg(format!("--toggle-collect={function}"))
            .arg(format!("--dump-after={function}"));
    }
    // The program's stack begins with the environment.
    valgrind.env_clear();
    if let Some(path) = env::var_os("PATH") {
        valgrind.env("PATH", path);
    }
    let output = valgrind
        .arg(program)
        .args(arguments)
        .output()
        .context("valgrind cannot be run")?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the program failed: {complaints}");
    let mut counts = parse(&fs::read_to_string(&file)?)?;
    if function.is_some() {
        // The last part is what came after the last call.
        counts.pop();
    }
    Ok(Run {
        output: String::from_utf8(output.stdout)?,
        counts,
    })
}

/// The sums of each part of the file that callgrind wrote.
///
/// Its format: <https://valgrind.org/docs/manual/cl-format.html>. Zeros at the end of a line may be left out.
fn parse(text: &str) -> anyhow::Result<Vec<Counts>> {
    let mut parts = Vec::new();
    let mut positions = None;
    for line in text.lines() {
        if let Some(events) = line.strip_prefix("events:") {
            let events: Vec<_> = events.split_whitespace().collect();
            let position = |(name, _)| events.iter().position(|event| *event == name);
            let found: Option<Vec<_>> = EVENTS.into_iter().map(position).collect();
            positions = Some(found.context("callgrind did not count everything")?);
        } else if let Some(sums) = line.strip_prefix("summary:") {
            let sums: Vec<i64> = sums
                .split_whitespace()
                .map(str::parse)
                .collect::<Result<_, _>>()?;
            let positions = positions.as_ref().context("there are no events")?;
            let mut counts = Counts::default();
            for (count, position) in counts.iter_mut().zip(positions) {
                *count = sums.get(*position).copied().unwrap_or(0);
            }
            parts.push(counts);
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_found_by_their_events_and_zeros_at_the_end_may_lack() {
        let text = "part: 1\n\
            events: Ir Dr Dw Bc Bcm Bi\n\
            summary: 10 3 7 1 1 2\n\
            fn=(1) f\n\
            0 10 3 7 1 1 2\n\
            totals: 10 3 7 1 1 2\n\
            part: 2\n\
            events: Ir Dr Dw Bc Bcm Bi\n\
            summary: 20 6\n";
        assert_eq!(parse(text).unwrap(), [[10, 3, 1, 2], [20, 6, 0, 0]]);
        assert!(parse("events: Ir Dr Dw\nsummary: 10 3 7\n").is_err());
    }
}
