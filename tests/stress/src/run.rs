//! One scenario's run: how long it goes on, the threads in it, and whether it hangs.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::options::Options;

/// After how long without any call or update a scenario is taken to hang.
const HANG: Duration = Duration::from_secs(120);

pub(crate) struct Run {
    options: Options,
    begun: Instant,
    calls: AtomicU64,
    updates: AtomicU64,
    failed: AtomicBool,
}

impl Run {
    /// Begins now.
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            begun: Instant::now(),
            calls: AtomicU64::new(0),
            updates: AtomicU64::new(0),
            failed: AtomicBool::new(false),
        }
    }

    /// Whether there is more to be done.
    pub(crate) fn goes_on(&self) -> bool {
        let is_wanted = self.calls() < self.options.calls
            || self.updates() < self.options.updates
            || self.begun.elapsed() < Duration::from_secs(self.options.seconds);
        is_wanted && !self.failed.load(Ordering::Relaxed)
    }

    /// Notes calls that were made.
    pub(crate) fn called(&self, calls: u64) {
        self.calls.fetch_add(calls, Ordering::Relaxed);
    }

    /// Notes updates that were made.
    pub(crate) fn updated(&self, updates: u64) {
        self.updates.fetch_add(updates, Ordering::Relaxed);
    }

    pub(crate) fn seconds(&self) -> f32 {
        self.begun.elapsed().as_secs_f32()
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(crate) fn updates(&self) -> u64 {
        self.updates.load(Ordering::Relaxed)
    }

    /// How many threads shall call.
    pub(crate) fn callers(&self) -> usize {
        self.options.threads.into()
    }

    /// What is random for the thread of this number.
    pub(crate) fn rng(&self, thread: usize) -> Rng {
        Rng::with_seed(self.options.seed.wrapping_add(thread as u64))
    }

    /// Runs this many threads, each with its number. If one panics, the others stop, and this panics.
    pub(crate) fn in_parallel<R: Send>(
        &self,
        threads: usize,
        thread: impl Fn(usize) -> R + Sync,
    ) -> Vec<R> {
        let thread = &thread;
        let guarded = |number| {
            let _stop = StopOnPanic(&self.failed);
            thread(number)
        };
        let guarded = &guarded;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..threads)
                .map(|number| scope.spawn(move || guarded(number)))
                .collect();
            let results = threads.into_iter().map(|thread| thread.join());
            results
                .map(|result| result.unwrap_or_else(|panic| resume_unwind(panic)))
                .collect()
        })
    }

    /// Runs a scenario, and ends the process if that hangs.
    pub(crate) fn watch<R>(&self, scenario: impl FnOnce(&Self) -> R) -> thread::Result<R> {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let watcher = scope.spawn(|| self.end_if_it_hangs(&is_over));
            let result = catch_unwind(AssertUnwindSafe(|| scenario(self)));
            is_over.store(true, Ordering::Relaxed);
            watcher.thread().unpark();
            result
        })
    }

    fn end_if_it_hangs(&self, is_over: &AtomicBool) {
        let mut done = (0, 0);
        let mut since = Instant::now();
        while !is_over.load(Ordering::Relaxed) {
            thread::park_timeout(Duration::from_secs(1));
            let now_done = (self.calls(), self.updates());
            if now_done != done {
                (done, since) = (now_done, Instant::now());
            } else if since.elapsed() > HANG {
                let (calls, updates) = done;
                eprintln!("it hangs after {calls} calls and {updates} updates");
                process::exit(1);
            }
        }
    }
}

/// Tells the other threads to stop when this one panics.
struct StopOnPanic<'flag>(&'flag AtomicBool);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}
