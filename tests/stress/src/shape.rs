//! Trait objects with many receivers, which are made and called in this crate and in others.

use std::hint::black_box;

use static_call::{Devirt, static_dispatch};

use crate::Counter;

/// How many kinds of shapes there are.
pub const KINDS: usize = 7;

/// How many of the kinds are listed; they come first.
pub const LISTED: usize = 3;

/// The path of the trait.
pub const NAME: &str = concat!(module_path!(), "::Shape");

/// How often the bodies of each kind ran.
pub static COUNTERS: [Counter; KINDS] = [const { Counter::new() }; KINDS];

/// A trait whose calls learn.
#[static_dispatch(devirt, inline(Polygon<0>, Polygon<1>, Polygon<2>))]
pub trait Shape: Send {
    /// A number that tells the kind and the size.
    fn area(&self, caller: usize) -> usize;

    /// Changes the size, which is the answer, as the kind does.
    fn scale(&mut self, caller: usize, by: usize) -> usize;
}

/// A shape of this kind, of some size.
struct Polygon<const KIND: usize>(usize);

impl<const KIND: usize> Shape for Polygon<KIND> {
    fn area(&self, caller: usize) -> usize {
        COUNTERS[KIND].count(caller);
        self.0.wrapping_mul(KINDS).wrapping_add(KIND)
    }

    fn scale(&mut self, caller: usize, by: usize) -> usize {
        COUNTERS[KIND].count(caller);
        self.0 = self.0.wrapping_mul(by).wrapping_add(KIND);
        self.0
    }
}

/// Makes a shape, which is compiled once for each `COPY`, in the crate that names it: so are its vtables.
#[inline(never)]
#[must_use]
pub fn make<const COPY: usize>(kind: usize, size: usize) -> Box<dyn Shape> {
    match kind {
        0 => Box::new(Polygon::<0>(size)),
        1 => Box::new(Polygon::<1>(size)),
        2 => Box::new(Polygon::<2>(size)),
        3 => Box::new(Polygon::<3>(size)),
        4 => Box::new(Polygon::<4>(size)),
        5 => Box::new(Polygon::<5>(size)),
        _ => Box::new(Polygon::<6>(size)),
    }
}

/// Calls each method, by calls that are compiled once for each `COPY` and `S`, in the crate that names them.
#[inline(never)]
pub fn calls<const COPY: usize, S: Shape + ?Sized>(
    shape: &mut S,
    caller: usize,
    by: usize,
) -> [usize; 2] {
    // Copies that are equal could be merged.
    black_box(COPY);
    [shape.area(caller), shape.scale(caller, by)]
}

/// A shape that was made in this crate.
#[must_use]
pub fn made_here(kind: usize, size: usize) -> Box<dyn Shape> {
    make::<0>(kind, size)
}

/// Calls that were compiled in this crate.
pub fn called_here(shape: &mut Devirt<Box<dyn Shape>>, caller: usize, by: usize) -> [usize; 2] {
    calls::<0, _>(shape, caller, by)
}
