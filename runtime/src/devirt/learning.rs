//! How calls through [`Devirt`](crate::Devirt) learn: when a call is bypassed, and when it is looked at again.
//!
//! A call compares. What it misses is counted, and nothing else: of 127 misses of a thread one comes to the runtime,
//! which learns the vtable if it is that of a listed type. When a call has missed often, a *sample* is taken: for some
//! calls of the trait no vtable is compared, so that all come to the runtime, which counts them and finds the bodies.
//! That takes no patch, only stores to the learned vtables. A call that hit too seldom in two samples in a row is
//! *bypassed*: its misses go straight to the virtual call, past all of this. As long as it is not, the samples become
//! rarer, up to a limit: they take a few hundredths of the time of a call that misses often, and a call notices within
//! 10,000 calls that it does not hit any more, unless the calls of the trait are hardly ever it.
//!
//! A call that is bypassed hits what others have learned, if at most two types are listed, but counts and learns nothing,
//! and stays as it is, unless the program wants it otherwise: see [`relearn`](crate::relearn) and
//! [`Relearner`](crate::Relearner). So a call that changes between phases settles.
//!
//! What is here changes no memory; [`objects`](super::objects) does what it says.

use std::time::{Duration, Instant};

use crate::lock::try_lock;
use crate::report::DevirtState;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU32, Ordering};

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
    /// How many misses there are before the first sample, counted in steps of 127. 1,024 by default.
    pub misses: u32,
    /// How often that number is doubled, once after each sample. 2 by default, so that there are 4,096 in the end.
    pub doublings: u32,
    /// How many calls are counted in a sample, which begins with a miss. 128 by default.
    pub sample: u32,
    /// The share of hits, from 0 to 1, below which a sample is bad. 0.4 by default. The more a call misses, the more it
    /// takes to count that; what it gains is that vtables are learned which nobody has met yet.
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
        doublings: 2,
        sample: 128,
        hit_share: 0.4,
        bad_samples: 2,
        patches_per_second: 1000,
    };

    /// Makes this the way in which all calls learn from now on.
    pub fn set(self) {
        LEARNING.set(self);
    }

    /// The way in which calls learn.
    #[must_use]
    pub fn get() -> Self {
        LEARNING.get()
    }
}

impl Default for Learning {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What is set. Each number for itself, without a lock, which another thread might hold for ever in a child process.
struct Settings {
    misses: AtomicU32,
    doublings: AtomicU32,
    sample: AtomicU32,
    hit_share: AtomicU32,
    bad_samples: AtomicU32,
    patches_per_second: AtomicU32,
}

static LEARNING: Settings = Settings::new(Learning::DEFAULT);

// Relaxed in all of it: numbers that do not depend on each other.
impl Settings {
    const fn new(learning: Learning) -> Self {
        Self {
            misses: AtomicU32::new(learning.misses),
            doublings: AtomicU32::new(learning.doublings),
            sample: AtomicU32::new(learning.sample),
            hit_share: AtomicU32::new(learning.hit_share.to_bits()),
            bad_samples: AtomicU32::new(learning.bad_samples),
            patches_per_second: AtomicU32::new(learning.patches_per_second),
        }
    }

    fn set(&self, learning: Learning) {
        let Learning {
            misses,
            doublings,
            sample,
            hit_share,
            bad_samples,
            patches_per_second,
        } = learning;
        self.misses.store(misses, Ordering::Relaxed);
        self.doublings.store(doublings, Ordering::Relaxed);
        self.sample.store(sample, Ordering::Relaxed);
        self.hit_share.store(hit_share.to_bits(), Ordering::Relaxed);
        self.bad_samples.store(bad_samples, Ordering::Relaxed);
        self.patches_per_second
            .store(patches_per_second, Ordering::Relaxed);
    }

    fn get(&self) -> Learning {
        Learning {
            misses: self.misses.load(Ordering::Relaxed),
            doublings: self.doublings.load(Ordering::Relaxed),
            sample: self.sample.load(Ordering::Relaxed),
            hit_share: f32::from_bits(self.hit_share.load(Ordering::Relaxed)),
            bad_samples: self.bad_samples.load(Ordering::Relaxed),
            patches_per_second: self.patches_per_second.load(Ordering::Relaxed),
        }
    }
}

/// The second that is counted, and how many patches there were in it.
struct Counted {
    second: Option<Instant>,
    patches: u32,
}

static COUNTED: Mutex<Counted> = Mutex::new(Counted {
    second: None,
    patches: 0,
});

/// Whether one more patch may be made in this second. Who would have to wait for the answer may not.
pub(crate) fn may_patch() -> bool {
    let Some(mut counted) = try_lock(&COUNTED) else {
        return false;
    };
    let now = Instant::now();
    let second = Duration::from_secs(1);
    if counted.second.is_none_or(|start| now - start >= second) {
        counted.second = Some(now);
        counted.patches = 0;
    }
    let may = counted.patches < Learning::get().patches_per_second;
    counted.patches += u32::from(may);
    may
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
            self.samples.min(learning.doublings)
        };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        learning.misses.max(1).saturating_mul(factor)
    }

    /// What a call does after a sample with this share of hits.
    pub(crate) fn after_sample(&mut self, hit_share: f32, learning: &Learning) -> DevirtState {
        self.samples = self.samples.saturating_add(1);
        if hit_share >= learning.hit_share {
            self.bad_samples = 0;
            return DevirtState::Guarded;
        }
        self.bad_samples += 1;
        if self.bad_samples >= learning.bad_samples {
            DevirtState::Bypassed
        } else {
            DevirtState::Guarded
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
        assert_eq!(history.after_sample(0.1, &learning), DevirtState::Guarded);
        assert_eq!(history.after_sample(0.9, &learning), DevirtState::Guarded);
        assert_eq!(history.after_sample(0.1, &learning), DevirtState::Guarded);
        assert_eq!(history.after_sample(0.39, &learning), DevirtState::Bypassed);
    }

    #[test]
    fn the_next_sample_is_twice_as_far_away_up_to_a_limit_but_the_second_of_a_row() {
        let learning = Learning {
            doublings: 3,
            ..Learning::default()
        };
        let mut history = History::default();
        let mut misses = Vec::new();
        for share in [0.5, 0.5, 0.1, 0.5, 0.5] {
            misses.push(history.misses(&learning) / learning.misses);
            history.after_sample(share, &learning);
        }
        misses.push(history.misses(&learning) / learning.misses);
        assert_eq!(misses, [1, 2, 4, 1, 8, 8]);
        let learning = Learning {
            misses: 0,
            doublings: u32::MAX,
            ..learning
        };
        assert_eq!(History::default().misses(&learning), 1);
        for _ in 0..100 {
            history.after_sample(0.5, &learning);
        }
        assert_eq!(history.misses(&learning), u32::MAX);
    }

    #[test]
    fn a_call_that_does_not_hit_any_more_is_bypassed_within_ten_thousand_calls() {
        let learning = Learning::default();
        let mut history = History::default();
        for _ in 0..1000 {
            assert_eq!(history.after_sample(0.8, &learning), DevirtState::Guarded);
        }
        // As few misses as there may be.
        let hit_share = learning.hit_share - 0.01;
        let mut calls = 0.0;
        loop {
            let misses = history.misses(&learning) as f32;
            calls += misses / (1.0 - hit_share) + learning.sample as f32;
            if history.after_sample(hit_share, &learning) == DevirtState::Bypassed {
                break;
            }
        }
        assert!(calls < 10_000.0, "{calls}");
    }
}
