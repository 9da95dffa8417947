//! How calls through [`Devirt`](crate::Devirt) learn: when a call is bypassed, and when it is looked at again.
//!
//! A call that compares counts what it misses, and nothing else. When it has missed often, it is *sampled*: for
//! some calls everything is counted, on the way of a virtual call. After that it compares again or, if it hit too
//! seldom twice in a row, is bypassed. The next sample takes twice as many misses as the one before, so that a call
//! that changes between phases settles: each change costs two patches, and they become rarer and rarer.
//!
//! What is here changes no memory; [`objects`](super::objects) does what it says.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::lock::lock;

/// How calls through [`Devirt`](crate::Devirt) learn, for the whole process.
///
/// # Examples
///
/// ```
/// use static_call::Learning;
///
/// let learning = Learning {
///     hit_share: 0.25,
///     ..Learning::default()
/// };
/// learning.set();
/// assert_eq!(Learning::get(), learning);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learning {
    /// How many misses there are before the first sample. 1,024 by default.
    pub misses: u32,
    /// How many calls are counted in a sample. 512 by default.
    pub sample: u32,
    /// The share of hits, from 0 to 1, below which a sample is bad. 0.4 by default: comparing costs less than a
    /// misprediction, and a hit saves more than one.
    pub hit_share: f32,
    /// How many samples in a row must be bad for the call to be bypassed. 2 by default.
    pub bad_samples: u32,
    /// How many patches are made per second, in all calls together. 1,000 by default, which takes about a
    /// hundredth of a processor.
    pub patches_per_second: u32,
}

impl Learning {
    const DEFAULT: Self = Self {
        misses: 1024,
        sample: 512,
        hit_share: 0.4,
        bad_samples: 2,
        patches_per_second: 1000,
    };

    /// Makes this the way in which all calls learn from now on.
    pub fn set(self) {
        lock(&SHARED).learning = self;
    }

    /// The way in which calls learn.
    #[must_use]
    pub fn get() -> Self {
        lock(&SHARED).learning
    }
}

impl Default for Learning {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What all calls share. It is only looked at where a call is to be patched.
struct Shared {
    learning: Learning,
    /// The second that is counted, and how many patches there were in it.
    second: Option<Instant>,
    patches: u32,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared {
    learning: Learning::DEFAULT,
    second: None,
    patches: 0,
});

/// Whether one more patch may be made in this second.
pub(crate) fn may_patch() -> bool {
    let mut shared = lock(&SHARED);
    let now = Instant::now();
    let second = Duration::from_secs(1);
    if shared.second.is_none_or(|start| now - start >= second) {
        shared.second = Some(now);
        shared.patches = 0;
    }
    let may = shared.patches < shared.learning.patches_per_second;
    shared.patches += u32::from(may);
    may
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It compares.
    Guarded,
    /// It counts, and does not compare.
    Sampled,
    /// It does neither.
    Bypassed,
}

/// What a call has learned so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct History {
    /// How many samples were bad since the last good one.
    bad_samples: u32,
    /// How many samples there were.
    samples: u32,
}

impl History {
    /// How many misses there must be before the next sample.
    pub(crate) fn misses(self, learning: &Learning) -> u32 {
        // The second sample of a row follows the first at once.
        let doublings = if self.bad_samples > 0 {
            0
        } else {
            self.samples
        };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        learning.misses.saturating_mul(factor)
    }

    /// What a call does after a sample with this share of hits.
    pub(crate) fn after_sample(&mut self, hit_share: f32, learning: &Learning) -> State {
        self.samples = self.samples.saturating_add(1);
        if hit_share >= learning.hit_share {
            self.bad_samples = 0;
            return State::Guarded;
        }
        self.bad_samples += 1;
        if self.bad_samples >= learning.bad_samples {
            State::Bypassed
        } else {
            State::Guarded
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_sample_is_not_enough_and_two_in_a_row_are() {
        let learning = Learning::default();
        let mut history = History::default();
        assert_eq!(history.after_sample(0.1, &learning), State::Guarded);
        assert_eq!(history.after_sample(0.9, &learning), State::Guarded);
        assert_eq!(history.after_sample(0.1, &learning), State::Guarded);
        assert_eq!(history.after_sample(0.39, &learning), State::Bypassed);
    }

    #[test]
    fn the_next_sample_is_twice_as_far_away_but_the_second_of_a_row() {
        let learning = Learning::default();
        let mut history = History::default();
        let mut misses = Vec::new();
        for share in [0.5, 0.5, 0.1, 0.5, 0.5] {
            misses.push(history.misses(&learning) / learning.misses);
            history.after_sample(share, &learning);
        }
        misses.push(history.misses(&learning) / learning.misses);
        assert_eq!(misses, [1, 2, 4, 1, 16, 32]);
        for _ in 0..100 {
            history.after_sample(0.5, &learning);
        }
        assert_eq!(history.misses(&learning), u32::MAX);
    }

    #[test]
    fn a_call_that_alternates_between_phases_settles() {
        let learning = Learning::default();
        let mut history = History::default();
        let mut calls = 0_u64;
        let mut samples = 0;
        while calls < 1 << 32 {
            calls += u64::from(history.misses(&learning));
            samples += 1;
            let good = samples % 2 == 0;
            if history.after_sample(if good { 1.0 } else { 0.0 }, &learning) == State::Bypassed {
                break;
            }
        }
        assert!(samples < 60, "{samples}");
    }
}
