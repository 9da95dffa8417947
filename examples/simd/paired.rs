//! Times taken in turn.
//!
//! Times taken one after the other on a shared machine differ by more than what is to be compared.
//! So every way runs once in each round, in an order that changes, and is compared with the first way
//! of the same round.

use std::time::{Duration, Instant};

/// What was measured of one way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// The median of its times.
    pub(crate) time: Duration,
    /// The median of the ratios of its times to those of the first way.
    pub(crate) ratio: f64,
}

/// Runs all ways for so many rounds.
pub(crate) fn compare<const WAYS: usize>(
    rounds: usize,
    mut ways: [&mut dyn FnMut(); WAYS],
) -> [Measured; WAYS] {
    let mut times = vec![[Duration::ZERO; WAYS]; rounds + 1];
    for (round, times) in times.iter_mut().enumerate() {
        for turn in 0..WAYS {
            let way = (round + turn) % WAYS;
            times[way] = time(&mut ways[way]);
        }
    }
    // The first round only warms up.
    let times = &times[1..];
    std::array::from_fn(|way| Measured {
        time: median(times.iter().map(|times| times[way]), Duration::cmp),
        ratio: median(
            times.iter().map(|times| ratio(times[way], times[0])),
            f64::total_cmp,
        ),
    })
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn ratio(time: Duration, reference: Duration) -> f64 {
    time.as_secs_f64() / reference.as_secs_f64()
}

fn median<T: Copy>(
    values: impl Iterator<Item = T>,
    order: impl FnMut(&T, &T) -> std::cmp::Ordering,
) -> T {
    let mut values: Vec<_> = values.collect();
    values.sort_by(order);
    values[values.len() / 2]
}
