//! Counters that threads do not contend for.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many places a counter has; callers beyond share them.
const SHARDS: usize = 32;

/// Counts exactly, whoever counts at once, signal handlers included.
pub struct Counter {
    shards: [Shard; SHARDS],
}

/// A cache line.
#[repr(align(64))]
struct Shard(AtomicU64);

impl Counter {
    /// Nothing is counted yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            shards: [const { Shard(AtomicU64::new(0)) }; SHARDS],
        }
    }

    /// Counts one, by the caller of this number.
    #[inline]
    pub fn count(&self, caller: usize) {
        // Relaxed: sums are taken when the callers have ended.
        self.shards[caller % SHARDS]
            .0
            .fetch_add(1, Ordering::Relaxed);
    }

    /// How many were counted.
    #[must_use]
    pub fn sum(&self) -> u64 {
        let shards = self.shards.iter();
        shards.map(|shard| shard.0.load(Ordering::Relaxed)).sum()
    }
}

impl Default for Counter {
    fn default() -> Self {
        Self::new()
    }
}
