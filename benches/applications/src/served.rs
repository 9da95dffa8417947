//! A program that serves batches.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running program. It ends when this is dropped.
pub(crate) struct Served {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Served {
    /// Starts a program.
    pub(crate) fn start(program: &Path) -> Self {
        let mut process = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        Self {
            orders: process.stdin.take(),
            answers: BufReader::new(process.stdout.take().expect("it is piped")),
            process,
        }
    }

    /// Has it run a batch; returns the digest of what came out.
    pub(crate) fn batch(&mut self) -> String {
        let orders = self.orders.as_mut().expect("it is running");
        writeln!(orders).expect("the program reads its orders");
        let mut digest = String::new();
        let length = self.answers.read_line(&mut digest);
        assert_ne!(
            length.expect("the program answers in text"),
            0,
            "the program ended"
        );
        digest
    }

    /// Ends it; returns what it reports of its calls, which is nothing if none was changed.
    pub(crate) fn finish(mut self) -> String {
        self.orders = None;
        let mut report = String::new();
        let errors = self.process.stderr.as_mut().expect("it is piped");
        errors
            .read_to_string(&mut report)
            .expect("the program reports in text");
        report
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.orders = None;
        // It may still be writing its report, which nobody wants.
        self.process.stderr = None;
        let _ = self.process.wait();
    }
}
