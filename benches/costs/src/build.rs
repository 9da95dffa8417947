//! Builds the programs that are looked at.

use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use cargo_metadata::Message;

/// The directory of the tables.
pub const DIRECTORY: &str = env!("CARGO_MANIFEST_DIR");

/// The compiler that builds them.
///
/// # Errors
///
/// It cannot be asked.
pub fn compiler() -> anyhow::Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    ensure!(output.status.success(), "rustc --version failed");
    let version = String::from_utf8(output.stdout)?;
    Ok(version.trim().to_owned())
}

/// Builds a program of the workspace as for a release, and tells where it is.
///
/// # Errors
///
/// It cannot be built.
pub fn build(
    package: &str,
    options: &[&str],
    variables: &[(&str, &str)],
) -> anyhow::Result<PathBuf> {
    let mut cargo = Command::new("cargo")
        .args(["build", "--quiet", "--release", "--locked"])
        .args(["--message-format", "json-render-diagnostics"])
        .args(["--package", package])
        .args(options)
        .envs(variables.iter().copied())
        .current_dir(DIRECTORY)
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo cannot be run")?;
    let output = cargo.stdout.take().context("the output is not there")?;
    let mut program = None;
    for message in Message::parse_stream(BufReader::new(output)) {
        if let Message::CompilerArtifact(artifact) = message? {
            program = artifact.executable.or(program);
        }
    }
    ensure!(cargo.wait()?.success(), "{package} cannot be built");
    let program = program.with_context(|| format!("{package} has no program"))?;
    Ok(program.into())
}
