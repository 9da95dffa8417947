//! How often code was writable, and for how long.

use std::time::Duration;

/// How often this crate had pages of code writable, and for how long, since the program began: the moments in which a thread
/// that can write to any address can change code too. See [`Report::windows`](crate::Report::windows).
///
/// All pages that a switch writes to are writable at once, from before the first is made so until the last has the protection
/// that it had. What could not be given back ([`Error::Restore`](crate::Error::Restore)) stays writable beyond that, and is not
/// counted any more. The process's other ways to write to code are not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    pub(crate) count: u64,
    pub(crate) total: Duration,
    pub(crate) longest: Duration,
}

impl Windows {
    pub(crate) const NONE: Self = Self {
        count: 0,
        total: Duration::ZERO,
        longest: Duration::ZERO,
    };

    /// How many there were.
    #[must_use]
    pub fn count(self) -> u64 {
        self.count
    }

    /// How long all of them were together.
    #[must_use]
    pub fn total(self) -> Duration {
        self.total
    }

    /// How long the longest was.
    #[must_use]
    pub fn longest(self) -> Duration {
        self.longest
    }
}
