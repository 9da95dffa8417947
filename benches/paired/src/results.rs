//! What was measured, as it is printed and recorded.

use std::env;
use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The environment variable that names the file to which comparisons are appended, one line of JSON for each.
pub const RESULTS: &str = "STATIC_CALL_RESULTS";

/// Subjects that were compared with the first of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Comparison {
    /// The program that measured.
    pub program: String,
    /// What was measured.
    pub title: String,
    /// How many rounds there were.
    pub rounds: usize,
    /// The subjects.
    pub rows: Vec<Row>,
}

/// What was measured of one subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    /// What it is.
    pub name: String,
    /// The median of its times per call.
    pub nanoseconds: f64,
    /// The median of the ratios of its times to those of the first subject.
    pub ratio: f64,
    /// The quartiles of these ratios.
    pub quartiles: [f64; 2],
}

impl Comparison {
    /// What this program measured.
    #[must_use]
    pub fn new(title: &str, rounds: usize, rows: Vec<Row>) -> Self {
        Self {
            program: program(),
            title: String::from(title),
            rounds,
            rows,
        }
    }

    /// Prints it, and records it if [`RESULTS`] names a file.
    ///
    /// # Panics
    ///
    /// The file cannot be written.
    pub fn publish(&self) {
        println!("{self}");
        self.record().expect("results can be recorded");
    }

    fn record(&self) -> io::Result<()> {
        let Some(path) = env::var_os(RESULTS) else {
            return Ok(());
        };
        let mut line = serde_json::to_string(self)?;
        line.push('\n');
        let mut file = File::options().append(true).create(true).open(path)?;
        file.write_all(line.as_bytes())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, rounds, .. } = self;
        writeln!(
            formatter,
            "{title}: ns per call; ratio to the first, median (quartiles) of {rounds} rounds"
        )?;
        for row in &self.rows {
            let Row {
                name,
                nanoseconds,
                ratio,
                quartiles: [low, high],
            } = row;
            writeln!(
                formatter,
                "  {name:<44} {nanoseconds:8.2}   {ratio:.3} ({low:.3} to {high:.3})"
            )?;
        }
        Ok(())
    }
}

/// The name of this program, without the hash that cargo appends to that of a benchmark.
fn program() -> String {
    let path = env::current_exe().unwrap_or_else(|_| PathBuf::from("unknown"));
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let (program, _hash) = name.rsplit_once('-').unwrap_or((&name, ""));
    String::from(program)
}
