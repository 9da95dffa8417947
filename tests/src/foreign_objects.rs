//! Trait objects that are made in this crate: another codegen unit than that of the test, so they have another
//! vtable than the test's own.

use static_call::{Devirt, static_dispatch};

/// A trait of which this crate and the test make objects.
#[static_dispatch(devirt, inline(Doubled, Tripled))]
pub trait Multiple {
    /// A number.
    fn multiple(&self) -> u64;
}

/// Listed.
#[derive(Clone, Copy)]
pub struct Doubled(pub u64);

/// Listed.
#[derive(Clone, Copy)]
pub struct Tripled(pub u64);

/// Not listed.
#[derive(Clone, Copy)]
pub struct Squared(pub u64);

impl Multiple for Doubled {
    fn multiple(&self) -> u64 {
        self.0 * 2
    }
}

impl Multiple for Tripled {
    fn multiple(&self) -> u64 {
        self.0 * 3
    }
}

impl Multiple for Squared {
    fn multiple(&self) -> u64 {
        self.0 * self.0
    }
}

/// One object of each type.
#[inline(never)]
#[must_use]
pub fn made_there(size: u64) -> [Box<dyn Multiple>; 3] {
    [
        Box::new(Doubled(size)),
        Box::new(Tripled(size)),
        Box::new(Squared(size)),
    ]
}

/// A call that is compiled here.
#[inline(never)]
#[must_use]
pub fn call_there(object: &Devirt<Box<dyn Multiple>>) -> u64 {
    object.multiple() ^ 1
}
