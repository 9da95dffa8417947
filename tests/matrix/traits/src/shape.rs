//! A trait whose objects are called through any pointer.

use std::marker::PhantomData;

use static_call::{Devirt, static_dispatch};

use crate::{Factor, Three};

#[static_dispatch(devirt, inline(Square, Tiles<Three>))]
pub trait Shape {
    fn area(&self, unit: u64) -> u64;
    fn edges(&self) -> u64;
}

pub type BoxedShape = Devirt<Box<dyn Shape>>;
pub type BorrowedShape<'a> = Devirt<&'a dyn Shape>;

/// Listed.
pub struct Square(pub u64);

impl Shape for Square {
    fn area(&self, unit: u64) -> u64 {
        self.0 * self.0 * unit
    }

    fn edges(&self) -> u64 {
        4
    }
}

/// Listed and generic.
pub struct Tiles<F> {
    side: u64,
    factor: PhantomData<F>,
}

impl<F> Tiles<F> {
    pub const fn new(side: u64) -> Self {
        Self {
            side,
            factor: PhantomData,
        }
    }
}

impl<F: Factor> Shape for Tiles<F> {
    fn area(&self, unit: u64) -> u64 {
        self.side * F::FACTOR * unit
    }

    fn edges(&self) -> u64 {
        self.side + F::FACTOR
    }
}

/// Not listed.
pub struct Frame {
    pub outside: u64,
    pub inside: u64,
}

impl Shape for Frame {
    fn area(&self, unit: u64) -> u64 {
        (self.outside - self.inside) * unit
    }

    fn edges(&self) -> u64 {
        self.inside + 8
    }
}

/// Not listed, without state.
pub struct Dot;

impl Shape for Dot {
    fn area(&self, unit: u64) -> u64 {
        unit
    }

    fn edges(&self) -> u64 {
        0
    }
}

/// Made in this crate, with a vtable of this crate's.
#[inline(never)]
pub fn square(side: u64) -> Box<dyn Shape> {
    Box::new(Square(side))
}

/// Another.
#[inline(never)]
pub fn dot() -> Box<dyn Shape> {
    Box::new(Dot)
}

/// Inlined into every crate that calls it.
#[inline]
pub fn paint(shape: &(impl Shape + ?Sized), unit: u64) -> u64 {
    shape.area(unit) + shape.edges()
}

/// A copy in each crate that calls it with other types.
pub fn paint_all<'a, S: Shape + ?Sized + 'a>(
    shapes: impl IntoIterator<Item = &'a S>,
    unit: u64,
) -> u64 {
    let paints = shapes.into_iter().map(|shape| paint(shape, unit));
    paints.sum()
}

/// One function, in this crate.
#[inline(never)]
pub fn paint_here(shapes: &[BoxedShape], unit: u64) -> u64 {
    paint_all(shapes, unit)
}

/// Another.
#[inline(never)]
pub fn paint_borrowed_here(shapes: &[BorrowedShape], unit: u64) -> u64 {
    paint_all(shapes, unit)
}
