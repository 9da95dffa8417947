//! A trait whose calls are patched where they stand, in this crate and in the tests.

use static_call::{Static, static_dispatch};

/// Calls of this trait are made here and in the tests.
#[static_dispatch]
pub trait Foreign: Sync {
    /// Its receiver is the first argument.
    fn number(&self, x: u64) -> u64;
}

/// The handle of [`Foreign`].
pub const FOREIGN: Static<dyn Foreign> = Static::new();

/// A zero-sized implementation.
pub struct Tripled;

impl Foreign for Tripled {
    #[inline(never)]
    fn number(&self, x: u64) -> u64 {
        x * 3
    }
}

/// Calls from this crate.
#[inline(never)]
#[must_use]
pub fn call_there(x: u64) -> u64 {
    FOREIGN.number(x) ^ 1
}
