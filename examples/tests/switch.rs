//! The command line of the example `switch`.

mod support;

use predicates::str::{contains, is_match};

#[test]
fn every_thread_is_answered_by_an_implementation() {
    support::example("switch")
        .args(["--milliseconds", "300", "--threads", "3"])
        .assert()
        .success()
        .stdout(is_match(r"(?m)^ +3 +[0-9,]+ +[0-9,]+ +0$").unwrap())
        .stdout(is_match(r"(?m)^ +all +[1-9][0-9,]+ +[1-9][0-9,]+ +0$").unwrap())
        .stdout(is_match(r"(?m)^[1-9][0-9,]+ updates while 3 threads called").unwrap());
}

#[test]
fn no_threads_are_refused() {
    support::example("switch")
        .args(["--threads", "0"])
        .assert()
        .code(2)
        .stderr(contains("--threads"));
}
