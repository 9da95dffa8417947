//! Ratios of times taken in turn.
//!
//! Times taken one after the other on a shared machine differ by more than what is to be compared.
//! Here every subject runs once in each round, in an order that changes, and is compared with the
//! reference of the same round; the median over the rounds is what the machine does not shake.

use std::env;
use std::time::{Duration, Instant};

mod place;
mod results;

pub use place::{PLACES, place};
pub use results::{Comparison, RESULTS, Row};

/// Something to be timed: a name, and code that runs a batch.
pub struct Subject<'code> {
    name: &'static str,
    prepare: Box<dyn FnMut() + 'code>,
    run: Box<dyn FnMut() + 'code>,
    times: Vec<Duration>,
}

impl<'code> Subject<'code> {
    /// Names the code of one batch.
    pub fn new(name: &'static str, run: impl FnMut() + 'code) -> Self {
        Self {
            name,
            prepare: Box::new(|| {}),
            run: Box::new(run),
            times: Vec::new(),
        }
    }

    /// Runs `prepare` before each batch, which is not timed.
    #[must_use]
    pub fn after(mut self, prepare: impl FnMut() + 'code) -> Self {
        self.prepare = Box::new(prepare);
        self
    }
}

/// How many rounds to run: one with `--test`, which other benchmarks understand too as a run to see that they
/// work, and otherwise `full`.
#[must_use]
pub fn rounds(full: usize) -> usize {
    if env::args().any(|argument| argument == "--test") {
        1
    } else {
        full
    }
}

/// What was measured of one subject.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// The median of the times of its batches.
    pub time: Duration,
    /// The median of the ratios of its times to those of the first subject.
    pub ratio: f64,
    /// The quartiles of these ratios.
    pub quartiles: [f64; 2],
}

/// Runs all subjects for `rounds` rounds.
pub fn measure(rounds: usize, subjects: &mut [Subject<'_>]) -> Vec<Measured> {
    for round in 0..=rounds {
        let count = subjects.len();
        for turn in 0..count {
            let subject = &mut subjects[(round + turn) % count];
            (subject.prepare)();
            let start = Instant::now();
            (subject.run)();
            let time = start.elapsed();
            // The first round only warms up.
            if round > 0 {
                subject.times.push(time);
            }
        }
    }
    let reference = &subjects[0].times;
    let measured = subjects.iter().map(|subject| {
        let mut times = subject.times.clone();
        let mut ratios: Vec<_> = times
            .iter()
            .zip(reference)
            .map(|(time, reference)| time.as_secs_f64() / reference.as_secs_f64())
            .collect();
        times.sort();
        ratios.sort_by(f64::total_cmp);
        Measured {
            time: times[rounds / 2],
            ratio: ratios[rounds / 2],
            quartiles: [ratios[rounds / 4], ratios[rounds - 1 - rounds / 4]],
        }
    });
    measured.collect()
}

/// Runs all subjects for `rounds` rounds, and prints what was measured per call, of which a batch has `calls`. It is
/// recorded too if [`RESULTS`] names a file.
///
/// # Panics
///
/// The file cannot be written.
pub fn compare(title: &str, calls: u32, rounds: usize, mut subjects: Vec<Subject<'_>>) {
    let measured = measure(rounds, &mut subjects);
    let rows = subjects.iter().zip(measured);
    let rows = rows.map(|(subject, measured)| Row {
        name: String::from(subject.name),
        nanoseconds: measured.time.as_secs_f64() * 1e9 / f64::from(calls),
        ratio: measured.ratio,
        quartiles: measured.quartiles,
    });
    Comparison::new(title, rounds, rows.collect()).publish();
}
