//! Breaks the library in the ways that a file lists, one at a time in a copy of the last commit, and demands that the
//! test that is named with each fails. A test that cannot fail proves nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, bail, ensure};
use clap::Parser;
use comfy_table::{Table, presets};
use serde::Deserialize;
use tempfile::TempDir;

/// How long one test may take, to be compiled or to run. A call that never returns is noticed too.
const SECONDS: &str = "300";
/// The status of `timeout` when that was too long.
const TIMED_OUT: i32 = 124;

/// Breaks the library in the ways that a file lists, and demands that a test fails each time.
#[derive(Parser)]
struct Arguments {
    /// The file that lists them.
    #[arg(default_value = "tests/mutations/mutations.toml")]
    mutations: PathBuf,
    /// Where the table of what was caught is written, if all is tried.
    #[arg(long)]
    table: Option<PathBuf>,
    /// Only those whose description contains this.
    #[arg(long, default_value = "")]
    only: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutations {
    mutation: Vec<Mutation>,
}

/// One way to break it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutation {
    /// What is wrong then.
    what: String,
    /// The file that is changed.
    file: PathBuf,
    /// What stands there, once.
    replace: String,
    /// What stands there instead.
    by: String,
    /// The arguments of `cargo test`.
    test: String,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let text = fs::read_to_string(&arguments.mutations)
        .with_context(|| format!("cannot read {}", arguments.mutations.display()))?;
    let Mutations { mutation } = toml::from_str(&text)?;
    let copy = copy()?;
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(["what is wrong", "where", "caught by"]);
    let mut survivors = 0;
    let wanted = mutation
        .iter()
        .filter(|mutation| mutation.what.contains(&arguments.only));
    for mutation in wanted {
        let Mutation { what, file, .. } = mutation;
        let caught = try_one(copy.path(), mutation).with_context(|| what.clone())?;
        println!("{what}: {}", caught.as_deref().unwrap_or("SURVIVED"));
        survivors += u32::from(caught.is_none());
        let caught = caught.unwrap_or_else(|| String::from("nothing"));
        table.add_row([what.clone(), format!("`{}`", file.display()), caught]);
    }
    if let Some(path) = arguments.table {
        let text = format!(
            "# What the tests were seen to catch\n\nWritten by `ci/mutations`, which breaks the library in each of these \
             ways and runs one test program.\n\n{}\n",
            table.trim_fmt()
        );
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    ensure!(survivors == 0, "{survivors} survived");
    Ok(())
}

/// A copy of the last commit.
fn copy() -> anyhow::Result<TempDir> {
    let copy = tempfile::tempdir()?;
    let cloned = Command::new("git")
        .args(["clone", "--quiet", "--shared", "."])
        .arg(copy.path())
        .status()?;
    ensure!(cloned.success(), "the repository cannot be cloned");
    Ok(copy)
}

/// Tries one mutation. The answer is what failed, if anything did.
fn try_one(directory: &Path, mutation: &Mutation) -> anyhow::Result<Option<String>> {
    let Mutation {
        file,
        replace,
        by,
        test,
        ..
    } = mutation;
    let path = directory.join(file);
    let original =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let places = original.matches(replace).count();
    ensure!(
        places == 1,
        "what is to be replaced stands there {places} times"
    );
    fs::write(&path, original.replacen(replace, by, 1))?;
    let caught = failed(directory, test);
    fs::write(&path, original)?;
    caught
}

fn failed(directory: &Path, test: &str) -> anyhow::Result<Option<String>> {
    let test: Vec<_> = test.split_whitespace().collect();
    let compiled = cargo(directory, &test, &["--no-run"])?;
    if !compiled.status.success() {
        bail!(
            "it does not compile:\n{}",
            String::from_utf8_lossy(&compiled.stderr)
        );
    }
    let run = cargo(directory, &test, &["--no-fail-fast"])?;
    if run.status.success() {
        return Ok(None);
    }
    let output = String::from_utf8_lossy(&run.stdout);
    let failed = output
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let failed: Vec<_> = failed.map(|name| format!("`{name}`")).collect();
    let caught = match &failed[..] {
        [] if run.status.code() == Some(TIMED_OUT) => {
            format!("`{}`, which does not end", test.join(" "))
        }
        [] => format!("`{}`, which dies", test.join(" ")),
        [one] => one.clone(),
        [first, others @ ..] => format!("{first} and {} more", others.len()),
    };
    Ok(Some(caught))
}

fn cargo(directory: &Path, test: &[&str], options: &[&str]) -> anyhow::Result<Output> {
    let output = Command::new("timeout")
        .args([
            "--kill-after=5",
            SECONDS,
            "cargo",
            "test",
            "--locked",
            "--quiet",
        ])
        .args(["--color", "never"])
        .args(test)
        .args(options)
        // One test for a line, also where cargo is quiet.
        .args(["--", "--format", "pretty"])
        .current_dir(directory)
        .output()?;
    Ok(output)
}
