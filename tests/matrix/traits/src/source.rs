//! A trait whose objects change when they are called.

use std::marker::PhantomData;

use static_call::{Devirt, static_dispatch};

use crate::{Factor, Three};

#[static_dispatch(devirt, inline(Counter, Steps<Three>))]
pub trait Source {
    fn next(&mut self, mask: u64) -> u64;
    fn total(&self) -> u64;
}

pub type BoxedSource = Devirt<Box<dyn Source>>;

/// Listed.
pub struct Counter(pub u64);

impl Source for Counter {
    fn next(&mut self, mask: u64) -> u64 {
        self.0 += 1;
        self.0 & mask
    }

    fn total(&self) -> u64 {
        self.0
    }
}

/// Listed and generic.
pub struct Steps<F> {
    total: u64,
    factor: PhantomData<F>,
}

impl<F> Steps<F> {
    pub const fn new(total: u64) -> Self {
        Self {
            total,
            factor: PhantomData,
        }
    }
}

impl<F: Factor> Source for Steps<F> {
    fn next(&mut self, mask: u64) -> u64 {
        self.total += F::FACTOR;
        self.total & mask
    }

    fn total(&self) -> u64 {
        self.total / F::FACTOR
    }
}

/// Not listed.
pub struct Mixer(pub u64);

impl Source for Mixer {
    fn next(&mut self, mask: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 & mask
    }

    fn total(&self) -> u64 {
        !self.0
    }
}

/// Made in this crate, with a vtable of this crate's.
#[inline(never)]
pub fn counter(start: u64) -> Box<dyn Source> {
    Box::new(Counter(start))
}

/// Inlined into every crate that calls it.
#[inline]
pub fn drain(source: &mut (impl Source + ?Sized), mask: u64) -> u64 {
    source.next(mask) + source.total()
}

/// One function, in this crate.
#[inline(never)]
pub fn drain_here(sources: &mut [BoxedSource], mask: u64) -> u64 {
    let drained = sources.iter_mut().map(|source| drain(source, mask));
    drained.sum()
}
