//! The example `logging`: its command line, and its statements themselves.

mod support;

#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the program uses all of it"
)]
#[path = "../logging/facade/mod.rs"]
#[macro_use]
mod facade;

use std::cell::Cell;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use predicates::prelude::PredicateBooleanExt as _;
use predicates::str::{contains, is_empty, is_match};
use tempfile::TempDir;

use crate::facade::{Level, Logger, Record};

/// Six words, of which four are different, on the lines that are UTF-8.
const TEXT: &[u8] = b"One fish, two fish\n\xff three\n  'RED' ... FISH\n";

const TIME: &str = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z";

/// A directory to work in, with a text.
struct Workplace {
    directory: TempDir,
}

impl Workplace {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("text"), TEXT).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn logging(&self, arguments: &[&str]) -> Command {
        let mut command = support::example("logging");
        command.args(arguments).current_dir(&self.directory);
        command
    }

    /// The lines of a log, without the times, of which each must have one.
    fn log(&self, name: &str) -> Vec<String> {
        without_times(&fs::read_to_string(self.path(name)).unwrap())
    }
}

fn without_times(log: &str) -> Vec<String> {
    let time = regex::Regex::new(&format!("^{TIME} ")).unwrap();
    log.lines()
        .map(|line| {
            let time = time.find(line).unwrap_or_else(|| panic!("no time: {line}"));
            String::from(&line[time.end()..])
        })
        .collect()
}

#[test]
fn the_words_are_counted_and_nothing_is_logged_by_default() {
    Workplace::new()
        .logging(&["--input", "text"])
        .assert()
        .success()
        .stderr(is_empty())
        .stdout(contains(
            "6 words, 4 of them different, on 3 lines, of which 1 were left out.",
        ))
        .stdout(is_match(r"(?m)^fish +3\none +1\nred +1\ntwo +1$").unwrap())
        .stdout(is_match(r"(?m)^logging::facade::Logger +.*Initial<").unwrap());
}

#[test]
fn a_text_ships_with_the_example() {
    Workplace::new()
        .logging(&[])
        .assert()
        .success()
        .stderr(is_empty())
        .stdout(contains(
            "26,685 words, 2,638 of them different, on 3,608 lines, of which 0 were left out.",
        ));
}

#[test]
fn records_go_to_standard_error() {
    let output = Workplace::new()
        .logging(&["--input", "text", "--log", "stderr"])
        .assert()
        .success()
        .stdout(is_match(r"(?m)^logging::facade::Logger +.*StderrLogger ").unwrap())
        .get_output()
        .clone();
    assert_eq!(
        without_times(str::from_utf8(&output.stderr).unwrap()),
        [
            "INFO  logging reading file=text",
            "INFO  logging read the text bytes=44",
            "WARN  logging::statistics a line is left out: invalid utf-8 sequence of 1 bytes from \
             index 0 line=2 offset=0",
            "INFO  logging::statistics counted the words lines=3 words=6 different=4",
        ]
    );
}

#[test]
fn records_go_to_the_end_of_a_file() {
    let workplace = Workplace::new();
    let run = || {
        workplace
            .logging(&["--input", "text", "--log", "log", "--level", "warn"])
            .assert()
            .success()
            .stderr(is_empty());
    };
    run();
    let log = workplace.log("log");
    assert_eq!(log.len(), 1);
    assert!(log[0].starts_with("WARN  logging::statistics a line is left out"));
    run();
    assert_eq!(workplace.log("log").len(), 2);
}

#[test]
fn a_level_admits_the_levels_above_it() {
    let workplace = Workplace::new();
    for (level, expected) in [
        ("error", [0, 0, 0, 0]),
        ("warn", [1, 0, 0, 0]),
        ("info", [1, 3, 0, 0]),
        ("debug", [1, 3, 2, 0]),
        ("trace", [1, 3, 2, 6]),
    ] {
        workplace
            .logging(&["--input", "text", "--log", level, "--level", level])
            .assert()
            .success();
        let log = workplace.log(level);
        let count = |level| log.iter().filter(|line| line.starts_with(level)).count();
        assert_eq!(["WARN", "INFO", "DEBUG", "TRACE"].map(count), expected);
        assert_eq!(log.len(), expected.iter().sum());
    }
}

#[test]
fn a_target_may_have_its_own_level() {
    let workplace = Workplace::new();
    let lines = |level| {
        let _ = fs::remove_file(workplace.path("log"));
        workplace
            .logging(&["--input", "text", "--log", "log", "--level", level])
            .assert()
            .success();
        workplace.log("log").len()
    };
    assert_eq!(lines("error,logging::statistics=trace"), 1 + 1 + 2 + 6);
    assert_eq!(lines("error,logging=info,logging::statistics=error"), 2);
    assert_eq!(lines("error,logging::statistic=trace"), 0);
    assert_eq!(lines("logging::statistics=error"), 2);
}

#[test]
fn a_bad_level_is_refused() {
    let workplace = Workplace::new();
    for (level, cause) in [
        ("loud", "there is no level 'loud'"),
        ("info,logging=loud", "there is no level 'loud'"),
        ("=info", "'=info' names no target"),
        ("info,warn", "'warn' is a second level"),
        ("", "there is no level ''"),
    ] {
        workplace
            .logging(&["--level", level])
            .assert()
            .code(2)
            .stdout(is_empty())
            .stderr(contains(cause).and(contains("--level")));
    }
}

#[test]
fn a_missing_file_is_named_and_logged() {
    let workplace = Workplace::new();
    workplace
        .logging(&["--input", "nowhere", "--log", "log"])
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(contains("error: cannot read nowhere: No such file"));
    let log = workplace.log("log");
    assert_eq!(log[0], "INFO  logging reading file=nowhere");
    assert!(log[1].starts_with("ERROR logging cannot read nowhere: No such file"));
    assert_eq!(log.len(), 2);
}

#[test]
fn a_log_that_cannot_be_opened_is_named() {
    let workplace = Workplace::new();
    for (path, cause) in [
        ("nowhere/log", "No such file or directory"),
        ("text/log", "Not a directory"),
        (".", "Is a directory"),
    ] {
        workplace
            .logging(&["--log", path])
            .assert()
            .code(1)
            .stdout(is_empty())
            .stderr(contains(format!("error: cannot open the log {path}: ")).and(contains(cause)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_cannot_be_written_is_named() {
    let workplace = Workplace::new();
    workplace
        .logging(&["--input", "text", "--log", "/dev/full"])
        .assert()
        .code(1)
        .stdout(contains("6 words"))
        .stderr(contains(
            "error: cannot write the log /dev/full: No space left on device",
        ));
    workplace
        .logging(&["--input", "nowhere", "--log", "/dev/full"])
        .assert()
        .code(1)
        .stderr(contains("error: cannot read nowhere: No such file"))
        .stderr(contains("error: cannot write the log /dev/full"));
}

/// While the program waits for its input, nothing but the interval empties the buffer.
#[cfg(target_os = "linux")]
#[test]
fn the_buffer_is_emptied_every_interval() {
    let workplace = Workplace::new();
    let mut program = std::process::Command::new(support::example("logging").get_program())
        .args(["--input", "/dev/stdin", "--log", "log"])
        .args(["--flush-interval", "5ms"])
        .current_dir(&workplace.directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let log = workplace.path("log");
    wait_for(&log, "reading file=/dev/stdin\n");
    program.stdin.take().unwrap().write_all(TEXT).unwrap();
    assert!(program.wait_with_output().unwrap().status.success());
    assert_eq!(workplace.log("log").len(), 4);
}

/// While the program waits for its input, and long after, nothing empties the buffer.
#[cfg(target_os = "linux")]
#[test]
fn the_buffer_waits_for_the_interval() {
    let workplace = Workplace::new();
    let program = std::process::Command::new(support::example("logging").get_program())
        .args(["--input", "/dev/stdin", "--log", "log"])
        .args(["--flush-interval", "1h"])
        .current_dir(&workplace.directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for(&workplace.path("log"), "");
    thread::sleep(Duration::from_millis(50));
    assert_eq!(workplace.log("log").len(), 0);
    assert!(program.wait_with_output().unwrap().status.success());
    assert_eq!(workplace.log("log").len(), 3);
}

/// Waits until the file ends like that.
fn wait_for(path: &Path, end: &str) {
    let start = Instant::now();
    while !fs::read_to_string(path).is_ok_and(|text| text.ends_with(end)) {
        assert!(start.elapsed() < Duration::from_secs(60), "it never comes");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_bad_interval_is_refused() {
    for (interval, cause) in [("soon", "expected number"), ("0s", "a moment at least")] {
        Workplace::new()
            .logging(&["--flush-interval", interval])
            .assert()
            .code(2)
            .stderr(contains("--flush-interval").and(contains(cause)));
    }
}

#[test]
fn statements_are_measured() {
    let row = |statement, state| {
        is_match(format!(
            r"(?m)^ *{statement} +{state}( +[0-9]+\.[0-9]+){{4}}$"
        ))
        .unwrap()
    };
    let mut assert = Workplace::new().logging(&["--measure"]).assert().success();
    for statement in ["constant message", "formatted number", "computed values"] {
        assert = assert
            .stderr(is_empty())
            .stdout(row(statement, "off"))
            .stdout(row(statement, "only info on"));
    }
    Workplace::new()
        .logging(&["--measure", "--log", "stderr"])
        .assert()
        .code(2)
        .stderr(contains("cannot be used with"));
}

/// Keeps what it is given, without the level and the target.
struct Keeper(Mutex<Vec<String>>);

impl Logger for Keeper {
    fn enabled(&self, _: Level, target: &str) -> bool {
        target != "elsewhere"
    }

    fn log(&self, record: &Record<'_>) {
        let fields = record.fields.iter();
        let fields: String = fields
            .map(|field| format!(" {}={}", field.name, field.value))
            .collect();
        let message = record.message;
        let mut kept = self.0.lock().unwrap();
        kept.push(format!(
            "{} {}: {message}{fields}",
            record.level, record.target
        ));
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_is_not_logged_is_not_computed() {
    static KEEPER: Keeper = Keeper(Mutex::new(Vec::new()));
    let computed = Cell::new(0);
    let compute = || {
        computed.set(computed.get() + 1);
        computed.get()
    };
    let statements = || {
        error!("an error");
        info!("{}", compute());
        info!("{} and {}", compute(), compute(); field = compute());
        info!(target: "elsewhere", "{}", compute(); field = compute(),);
        debug!("{}", compute(),; field = compute(), other = compute());
    };

    statements();
    assert_eq!(computed.get(), 0, "nothing is logged at first");

    facade::choose(&KEEPER, Level::Info).unwrap();
    statements();
    assert_eq!(
        computed.get(),
        4,
        "only what is logged is computed, and once"
    );
    assert_eq!(
        *KEEPER.0.lock().unwrap(),
        [
            "ERROR logging: an error",
            "INFO logging: 1",
            "INFO logging: 2 and 3 field=4",
        ]
    );
}
