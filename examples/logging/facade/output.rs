//! Where lines are written to by all threads.

use std::io::{self, Write};
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Something to write lines to, that keeps its first error until somebody can be told.
pub(super) struct Output<W> {
    state: Mutex<State<W>>,
}

struct State<W> {
    writer: W,
    outcome: io::Result<()>,
}

impl<W: Write> Output<W> {
    pub(super) const fn new(writer: W) -> Self {
        Self {
            state: Mutex::new(State {
                writer,
                outcome: Ok(()),
            }),
        }
    }

    /// Writes a line, or notes why there is none.
    pub(super) fn write(&self, line: io::Result<String>) {
        self.lock()
            .attempt(|writer| writer.write_all(line?.as_bytes()));
    }

    /// Empties the buffers on the way.
    pub(super) fn flush(&self) {
        self.lock().attempt(W::flush);
    }

    /// What went wrong first since this was last asked.
    pub(super) fn outcome(&self) -> io::Result<()> {
        mem::replace(&mut self.lock().outcome, Ok(()))
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W> State<W> {
    fn attempt(&mut self, attempt: impl FnOnce(&mut W) -> io::Result<()>) {
        let outcome = attempt(&mut self.writer);
        if self.outcome.is_ok() {
            self.outcome = outcome;
        }
    }
}
