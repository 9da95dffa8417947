//! Trait objects that are made here, and calls of such in the shapes of which compilers make copies.

use traits::Three;
use traits::shape::{BorrowedShape, BoxedShape, Frame, Shape, Square, Tiles, paint_all};
use traits::source::{BoxedSource, Mixer, Source, Steps, drain};

#[inline(never)]
pub fn square(side: u64) -> Box<dyn Shape> {
    Box::new(Square(side))
}

#[inline(never)]
pub fn tiles(side: u64) -> Box<dyn Shape> {
    Box::new(Tiles::<Three>::new(side))
}

#[inline(never)]
pub fn frame(outside: u64, inside: u64) -> Box<dyn Shape> {
    Box::new(Frame { outside, inside })
}

#[inline(never)]
pub fn steps(start: u64) -> Box<dyn Source> {
    Box::new(Steps::<Three>::new(start))
}

#[inline(never)]
pub fn mixer(seed: u64) -> Box<dyn Source> {
    Box::new(Mixer(seed))
}

/// A copy for each number of rounds, each a loop to be unrolled.
pub fn grow<const ROUNDS: u64>(shape: &(impl Shape + ?Sized)) -> u64 {
    (0..ROUNDS).map(|round| shape.area(round)).sum()
}

/// The loop of this crate alone.
#[inline(never)]
pub fn short_grow(shapes: &[BorrowedShape]) -> u64 {
    shapes.iter().map(grow::<3>).sum()
}

/// A closure that calls, compiled where it is used.
pub fn fitted<S: Shape + ?Sized>(limit: u64) -> impl Fn(&S) -> u64 {
    move |shape| {
        if shape.area(1) < limit {
            shape.area(2)
        } else {
            shape.edges()
        }
    }
}

/// The closure, called through a pointer.
#[inline(never)]
pub fn boxed_fitted(limit: u64) -> Box<dyn Fn(&BoxedShape) -> u64> {
    Box::new(fitted(limit))
}

/// Goes on while it is below the limit, with the same object.
#[inline]
pub fn drain_below(source: &mut (impl Source + ?Sized), limit: u64) -> u64 {
    let mut rounds = 0;
    while rounds < limit && source.next(31) < limit {
        rounds += 1 + drain(source, 1);
    }
    rounds
}

/// Called by nobody.
#[inline(never)]
pub fn unused(shapes: &[BorrowedShape], sources: &mut [BoxedSource]) -> u64 {
    let grown: u64 = shapes.iter().map(grow::<7>).sum();
    let sources = sources.iter_mut();
    let drained: u64 = sources.map(|source| drain_below(source, 5)).sum();
    paint_all(shapes, 3) + grown + drained
}
