//! The compiler, with the library as cargo has built it for this package.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Where cargo has the library for this package.
pub(crate) fn library() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--lib", "--message-format=json"]);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    if cfg!(feature = "portable") {
        cargo.arg("--features=portable");
    }
    if cfg!(not(debug_assertions)) {
        cargo.arg("--release");
    }
    let output = cargo.output().expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    json_lines(&output.stdout)
        .filter(|line| line["target"]["name"] == "static_call")
        .find_map(|line| Some(line["filenames"][0].as_str()?.into()))
        .expect("cargo names the files that it made")
}

/// The compiler, told to compile `file` with the library and to write what it makes into cargo's directory for
/// tests.
pub(crate) fn compiler(file: &Path, edition: &str, library: &Path) -> Command {
    let mut compiler = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()));
    compiler
        .args(["--error-format=json", "--edition", edition, "--out-dir"])
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .arg(format!("--extern=static_call={}", library.display()))
        .arg("-L")
        .arg(library.parent().expect("a file is in a directory"))
        .arg(file);
    compiler
}

pub(crate) fn json_lines(output: &[u8]) -> impl Iterator<Item = Value> {
    output
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
}
