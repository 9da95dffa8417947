//! What the compiler says of traits and programs that are wrong: each file in `ui` is compiled, and
//! comments in it tell each error, below its line, by the token that it points at and its message:
//!
//! ```text
//!     fn set(&mut self, value: u32);
//!     //~ error at `&mut self`: all threads share the current implementation, so …
//! ```
//!
//! An error with a code, such as `error[E0277]`, is the compiler's, which may change its words from
//! release to release: the token can be left out, and of the message only those parts are given,
//! separated by ` … `, that come from this library. An error or warning that no comment tells is a
//! failure, so one mistake gives one message. A file without such comments is one that must compile
//! without a word.
//!
//! Why neither `trybuild` nor `ui_test`: `trybuild` compares all words of the compiler's, and
//! `ui_test`, with its 75 crates, compares the line of an error but not the token.

// The compiler cannot be run under emulation.
#![cfg(not(target_arch = "aarch64"))]

mod compiler;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use compiler::{compiler, json_lines, library};
use serde_json::Value;

/// An error or warning, as it was found or is expected.
struct Message {
    line: usize,
    /// `error` or `error[E0277]`.
    kind: String,
    token: String,
    text: String,
}

impl Message {
    /// Reads what follows `//~ ` in a comment.
    fn parse(line: usize, comment: &str) -> Self {
        let (kind, rest) = comment.split_at(comment.find([' ', ':']).unwrap_or(comment.len()));
        let (token, text) = match rest.strip_prefix(" at `") {
            Some(rest) => rest.split_once('`').expect("the token ends"),
            None => ("", rest),
        };
        Self {
            line,
            kind: kind.to_owned(),
            token: token.to_owned(),
            text: text.trim_start_matches(": ").to_owned(),
        }
    }

    /// Reads the compiler's message. The count of errors, at the end, has no place in the source and
    /// is none.
    fn read(diagnostic: &Value, source: &str) -> Option<Self> {
        let spans = diagnostic["spans"].as_array()?;
        let mut span = spans.iter().find(|span| span["is_primary"] == true)?;
        while let Some(outer) = span.pointer("/expansion/span") {
            span = outer;
        }
        let number = |name: &str| usize::try_from(span[name].as_u64()?).ok();
        let level = diagnostic["level"].as_str()?;
        let (kind, text) = match diagnostic["code"]["code"].as_str() {
            Some(code) => (format!("{level}[{code}]"), &diagnostic["rendered"]),
            None => (level.to_owned(), &diagnostic["message"]),
        };
        Some(Self {
            line: number("line_start")?,
            kind,
            token: source[number("byte_start")?..number("byte_end")?].to_owned(),
            text: text.as_str()?.to_owned(),
        })
    }

    /// Whether the message is the one that is expected.
    fn is(&self, expected: &Self) -> bool {
        let same = if self.kind.contains('[') {
            let mut parts = expected.text.split(" … ");
            parts.all(|part| self.text.contains(part))
                && (expected.token.is_empty() || self.token == expected.token)
        } else {
            self.text == expected.text && self.token == expected.token
        };
        same && self.line == expected.line && self.kind == expected.kind
    }
}

/// Compiles a file, in each edition that it names, and compares what the compiler says with what the comments
/// tell.
fn check(file: &Path, library: &Path) -> Vec<String> {
    let source = fs::read_to_string(file).expect("the file can be read");
    let editions = source
        .lines()
        .find_map(|line| line.strip_prefix("// editions: "))
        .unwrap_or("2024");
    editions
        .split_whitespace()
        .flat_map(|edition| check_in(edition, file, &source, library))
        .collect()
}

fn check_in(edition: &str, file: &Path, source: &str, library: &Path) -> Vec<String> {
    let output = compiler(file, edition, library)
        .args(["--crate-type=lib", "--emit=metadata"])
        .output()
        .expect("the compiler runs");
    let mut found: Vec<_> = json_lines(&output.stderr)
        .filter_map(|diagnostic| Message::read(&diagnostic, source))
        .collect();

    let mut failures = Vec::new();
    let mut fail = |what, message: Message| {
        let Message {
            line,
            kind,
            token,
            text,
        } = message;
        failures.push(format!(
            "{}:{line}, edition {edition}: {what}: {kind} at `{token}`: {text}",
            file.display()
        ));
    };
    let mut line = 0;
    for (number, text) in (1..).zip(source.lines()) {
        let Some(comment) = text.trim_start().strip_prefix("//~ ") else {
            line = number;
            continue;
        };
        let expected = Message::parse(line, comment);
        let count = found.len();
        found.retain(|message| !message.is(&expected));
        if found.len() == count {
            fail("expected", expected);
        }
    }
    for message in found {
        fail("not expected", message);
    }
    failures
}

#[test]
fn every_mistake_gives_one_message() {
    let library = library();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let files: Vec<_> = fs::read_dir(directory)
        .expect("the directory can be read")
        .map(|entry| entry.expect("the directory can be read").path())
        .collect();
    assert!(!files.is_empty());
    let files = Mutex::new(files);
    let failures = Mutex::new(Vec::new());
    let work = || {
        while let Some(file) = { files.lock().expect("nobody panicked").pop() } {
            let failed = check(&file, &library);
            failures.lock().expect("nobody panicked").extend(failed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut failures = failures.into_inner().expect("nobody panicked");
    failures.sort();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
