//! A trait whose calls have many receivers, which are made in other crates, and called there and here.

use std::hint::black_box;

use static_call::{Devirt, static_dispatch};
use static_call_stress_shared::Counter;

/// How many kinds of shapes there are.
pub const KINDS: usize = 7;

/// How many of the kinds are listed; they come first.
pub const LISTED: usize = 3;

/// Makes a shape of a kind and a size.
pub type Make = fn(usize, usize) -> Box<dyn Shape>;

/// Calls each method of a shape, as this caller and with this argument.
pub type Calls = fn(&mut Devirt<Box<dyn Shape>>, usize, usize) -> [usize; 2];

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
pub struct Polygon<const KIND: usize>(pub usize);

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

/// Calls each method, by calls that are compiled once for each `COPY` and `S`, in the crate that names them.
#[inline(never)]
pub fn call_each<const COPY: usize, S: Shape + ?Sized>(
    shape: &mut S,
    caller: usize,
    by: usize,
) -> [usize; 2] {
    // Copies that are equal could be merged.
    black_box(COPY);
    [shape.area(caller), shape.scale(caller, by)]
}

/// Calls that are compiled in this crate.
pub static CALL_SHAPE: Calls = call_each::<0, _>;
