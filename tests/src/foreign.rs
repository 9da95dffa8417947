//! A trait and its handle that the tests call from another crate.

use static_call::{Static, static_dispatch};

/// Calls of this trait cross from the tests into this crate.
#[static_dispatch(default = Halved, out_of_line)]
pub trait Foreign: Sync {
    /// Its receiver is the first argument.
    fn number(&self, x: u64) -> u64;
}

/// The handle of [`Foreign`].
pub const FOREIGN: Static<dyn Foreign> = Static::new();

/// The zero-sized default.
pub struct Halved;

impl Foreign for Halved {
    #[inline(never)]
    fn number(&self, x: u64) -> u64 {
        x / 2
    }
}

/// An ordinary function, to compare with how it is called.
#[inline(never)]
#[must_use]
pub fn ordinary(x: u64) -> u64 {
    x / 3
}
