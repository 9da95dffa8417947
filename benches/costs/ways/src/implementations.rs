//! What is called: as much work by each of three types.

use std::hint::black_box;

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The work of one call: three instructions, each of which needs the result of the one before.
#[inline]
pub(crate) fn scramble(seed: u64, x: u64) -> u64 {
    (x ^ seed).wrapping_mul(FACTOR).rotate_left(29)
}

/// As much work, but other, because bodies that are alike would be made one.
#[inline]
pub(crate) fn stir(seed: u64, x: u64) -> u64 {
    (x.wrapping_mul(FACTOR) ^ seed).rotate_left(29)
}

pub(crate) const SEED: u64 = 0x51f2;

pub(crate) struct Unit;

pub(crate) struct Stateful {
    pub(crate) seed: u64,
}

/// Has state too.
pub(crate) struct Other {
    pub(crate) seed: u64,
}

pub(crate) static STATEFUL: Stateful = Stateful { seed: SEED };
pub(crate) static OTHER: Other = Other { seed: SEED };

/// Puts a value where a call has to read it from memory.
pub(crate) fn in_memory<T>(value: T) -> &'static T {
    black_box(Box::leak(Box::new(value)))
}

/// Traits that the types implement, with the attributes that a trait and its implementations have.
macro_rules! mixers {
    ($($(#[$attribute:meta])* $name:ident $(: #[$each:meta])?;)*) => {
        $(
            $(#[$attribute])*
            trait $name: Send + Sync {
                fn mix(&self, x: u64) -> u64;
            }

            $(#[$each])?
            impl $name for Unit {
                fn mix(&self, x: u64) -> u64 {
                    scramble(SEED, x)
                }
            }

            $(#[$each])?
            impl $name for Stateful {
                fn mix(&self, x: u64) -> u64 {
                    scramble(self.seed, x)
                }
            }

            $(#[$each])?
            impl $name for Other {
                fn mix(&self, x: u64) -> u64 {
                    stir(self.seed, x)
                }
            }
        )*
    };
}

pub(crate) use mixers;
