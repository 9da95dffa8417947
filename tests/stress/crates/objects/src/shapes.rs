//! Shapes, of which some have types of this crate.

use static_call_stress_shape::{Calls, Make, Polygon, Shape, call_each};

/// A shape of this kind.
struct Star<const KIND: usize>(Polygon<KIND>);

impl<const KIND: usize> Shape for Star<KIND> {
    fn area(&self, caller: usize) -> usize {
        self.0.area(caller)
    }

    fn scale(&mut self, caller: usize, by: usize) -> usize {
        self.0.scale(caller, by)
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
        5 => Box::new(Star(Polygon::<5>(size))),
        _ => Box::new(Star(Polygon::<6>(size))),
    }
}

/// Shapes with vtables of this crate.
pub static MAKE_SHAPE: Make = make::<1>;

/// Calls that are compiled in this crate.
pub static CALL_SHAPE: Calls = call_each::<1, _>;
