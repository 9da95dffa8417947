//! What the tests of the examples share.

use std::env;

use assert_cmd::Command;

/// The program of an example, which cargo builds beside the tests of the package.
pub(crate) fn example(name: &str) -> Command {
    let test = env::current_exe().expect("the test has a path");
    let profile = test
        .ancestors()
        .nth(2)
        .expect("the test is in target/<profile>/deps");
    let program = profile
        .join("examples")
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION);
    assert!(
        program.exists(),
        "{} is missing: `cargo build --examples` makes it",
        program.display(),
    );
    Command::new(program)
}
