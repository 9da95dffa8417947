//! Breaks the library in the ways that a file lists, one at a time in a copy of the last commit, and demands that the
//! test that is named with each fails. A test that cannot fail proves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
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

/// What the table says of one that could not be tried, or was not yet.
const NOT_TRIED: &str = "not tried";

/// The document whose invariants are broken.
const SOUNDNESS: &str = "runtime/src/docs/soundness.md";

/// How loom runs models, as in `ci/model`.
const MODEL: [(&str, &str); 3] = [
    ("RUSTFLAGS", "--cfg loom"),
    ("LOOM_MAX_PREEMPTIONS", "2"),
    ("LOOM_MAX_BRANCHES", "10000"),
];

/// Breaks the library in the ways that a file lists, and demands that a test fails each time.
#[derive(Parser)]
struct Arguments {
    /// The file that lists them.
    #[arg(default_value = "tests/mutations/mutations.toml")]
    mutations: PathBuf,
    /// Where the table of what was caught is written. The rows of those that are not tried stay.
    #[arg(long)]
    table: Option<PathBuf>,
    /// Only those whose description contains this, or one of these if it is given several times.
    #[arg(long)]
    only: Vec<String>,
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
    /// Which invariants of the document about soundness that breaks, if any.
    #[serde(default)]
    breaks: Vec<String>,
    /// The file that is changed.
    file: PathBuf,
    /// What stands there, once.
    replace: String,
    /// What stands there instead.
    by: String,
    /// The arguments of `cargo test`.
    test: String,
    /// The directory of the workspace that is tested, if it is another one.
    #[serde(default)]
    workspace: PathBuf,
    /// Whether the test is a model, which loom runs.
    #[serde(default)]
    is_model: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let text = fs::read_to_string(&arguments.mutations)
        .with_context(|| format!("cannot read {}", arguments.mutations.display()))?;
    let Mutations { mutation } = toml::from_str(&text)?;
    let copy = copy()?;
    check(copy.path(), &mutation)?;
    let mut caught = match &arguments.table {
        Some(path) => read(path)?,
        None => BTreeMap::new(),
    };
    let mut not_caught = 0;
    let only = &arguments.only;
    let wanted = mutation
        .iter()
        .filter(|mutation| only.is_empty() || only.iter().any(|text| mutation.what.contains(text)));
    for Mutation { what, .. } in wanted.clone() {
        caught.remove(what);
    }
    for wanted in wanted {
        let what = &wanted.what;
        let answer = match try_one(copy.path(), wanted) {
            Ok(Some(answer)) => {
                println!("{what}: {answer}");
                answer
            }
            Ok(None) => {
                println!("{what}: SURVIVED");
                not_caught += 1;
                String::from("nothing")
            }
            Err(error) => {
                println!("{what}: NOT TRIED: {error:#}");
                not_caught += 1;
                String::from(NOT_TRIED)
            }
        };
        caught.insert(what.clone(), answer);
        if let Some(path) = &arguments.table {
            write(path, &mutation, &caught)?;
        }
    }
    ensure!(not_caught == 0, "{not_caught} were not caught");
    Ok(())
}

/// What a table that was written before says that caught each.
fn read(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        text => text.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let [what, caught] = [cells.next()?, cells.nth(2)?].map(String::from);
        Some((what, caught))
    });
    Ok(rows.collect())
}

/// Writes the table.
fn write(
    path: &Path,
    mutations: &[Mutation],
    caught: &BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header([
        "what is wrong",
        "invariant",
        "where",
        "caught by",
    ]);
    for mutation in mutations {
        let Mutation {
            what, breaks, file, ..
        } = mutation;
        let caught = caught.get(what).map_or(NOT_TRIED, String::as_str);
        let file = format!("`{}`", file.display());
        table.add_row([what, &breaks.join(", "), &file, caught]);
    }
    let text = format!(
        "# What the tests were seen to catch\n\nWritten by `ci/mutations`, which breaks the library in each of these ways \
         and runs some tests, of\nwhich it names the first that fails. The invariants are those of `{SOUNDNESS}`, \
         of which\neach is broken.\n\n{}\n",
        table.trim_fmt()
    );
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
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

/// Checks that all can be tried, before hours are spent on some, and that each invariant is broken.
fn check(directory: &Path, mutations: &[Mutation]) -> anyhow::Result<()> {
    let known = invariants(directory)?;
    let mut unbroken = known.clone();
    let mut wrong = Vec::new();
    for mutation in mutations {
        let Mutation { what, breaks, .. } = mutation;
        if let Err(error) = mutated(directory, mutation) {
            wrong.push(format!("{what}: {error:#}"));
        }
        let unknown = breaks.iter().filter(|number| !known.contains(*number));
        wrong.extend(unknown.map(|number| format!("{what}: there is no {number}")));
        unbroken.retain(|number| !breaks.contains(number));
    }
    let unbroken = unbroken.iter();
    wrong.extend(unbroken.map(|number| format!("nothing breaks {number}")));
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The numbers of the invariants, from their headings.
fn invariants(directory: &Path) -> anyhow::Result<BTreeSet<String>> {
    let text = fs::read_to_string(directory.join(SOUNDNESS))?;
    let headings = text.lines().filter_map(|line| {
        let (number, _) = line.strip_prefix("### ")?.split_once(':')?;
        Some(String::from(number))
    });
    Ok(headings.collect())
}

/// The file as it is, and as it is broken.
fn mutated(directory: &Path, mutation: &Mutation) -> anyhow::Result<[String; 2]> {
    let Mutation {
        file, replace, by, ..
    } = mutation;
    let original = fs::read_to_string(directory.join(file))
        .with_context(|| format!("cannot read {}", file.display()))?;
    let places = original.matches(replace).count();
    ensure!(
        places == 1,
        "what is to be replaced stands there {places} times"
    );
    let broken = original.replacen(replace, by, 1);
    Ok([original, broken])
}

/// Tries one mutation. The answer is what failed, if anything did.
fn try_one(directory: &Path, mutation: &Mutation) -> anyhow::Result<Option<String>> {
    let [original, broken] = mutated(directory, mutation)?;
    let path = directory.join(&mutation.file);
    fs::write(&path, broken)?;
    let caught = failed(directory, mutation);
    fs::write(&path, original)?;
    caught
}

fn failed(directory: &Path, mutation: &Mutation) -> anyhow::Result<Option<String>> {
    let compiled = cargo(directory, mutation, "--no-run")?;
    if !compiled.status.success() {
        bail!(
            "it does not compile:\n{}",
            String::from_utf8_lossy(&compiled.stderr)
        );
    }
    let run = cargo(directory, mutation, "--no-fail-fast")?;
    if run.status.success() {
        return Ok(None);
    }
    let output = String::from_utf8_lossy(&run.stdout);
    // A test that runs in a process of its own is told of by both, so they are not counted.
    let first = output
        .lines()
        .find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    let Mutation {
        test, workspace, ..
    } = mutation;
    let test = match workspace.to_str() {
        Some(workspace) if test.is_empty() => workspace,
        _ => test,
    };
    let caught = match first {
        Some(name) => format!("`{name}`"),
        None if run.status.code() == Some(TIMED_OUT) => format!("`{test}`, which does not end"),
        None => format!("`{test}`, which dies"),
    };
    Ok(Some(caught))
}

fn cargo(directory: &Path, mutation: &Mutation, option: &str) -> anyhow::Result<Output> {
    let Mutation {
        test,
        workspace,
        is_model,
        ..
    } = mutation;
    let environment = if *is_model { &MODEL[..] } else { &[] };
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
        .args(test.split_whitespace())
        .arg(option)
        // One test for a line, also where cargo is quiet.
        .args(["--", "--format", "pretty"])
        .envs(environment.iter().copied())
        .current_dir(directory.join(workspace))
        .output()?;
    Ok(output)
}
