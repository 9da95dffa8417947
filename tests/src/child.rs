//! Tests that need a process of their own.

use std::env;
use std::process::Command;

/// Names the test whose body shall run, in the environment of a child process.
const TEST: &str = "STATIC_CALL_TESTS_CHILD";

/// Runs the body of the test `name`, which is in the module of this path, in a child process, which is the
/// test's executable started anew for this test alone, with further environment variables.
///
/// # Panics
///
/// The child process fails.
pub fn run(module: &str, name: &str, environment: &[(&str, &str)], body: impl FnOnce()) {
    let name = match module.split_once("::") {
        Some((_, within_crate)) => &format!("{within_crate}::{name}"),
        None => name,
    };
    let end = format!("the body of {name} has ended");
    if env::var(TEST).is_ok_and(|test| test == name) {
        body();
        println!("{end}");
        return;
    }
    let output = command()
        .args(["--exact", name, "--nocapture"])
        .env(TEST, name)
        .envs(environment.iter().copied())
        .output()
        .expect("the test starts itself");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    print!("{text}");
    assert!(
        output.status.success() && text.contains(&end),
        "the child process of {name} failed with {}:\n{text}\n{errors}",
        output.status
    );
}

/// This executable, started by the runner that cargo was told of, if any: without it the kernel
/// cannot start a program for another processor.
fn command() -> Command {
    let executable = env::current_exe().expect("the executable has a path");
    let runner = if cfg!(target_arch = "aarch64") {
        env::var("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER").unwrap_or_default()
    } else {
        String::new()
    };
    let mut words = runner.split_whitespace();
    match words.next() {
        Some(program) => {
            let mut command = Command::new(program);
            command.args(words).arg(executable);
            command
        }
        None => Command::new(executable),
    }
}
