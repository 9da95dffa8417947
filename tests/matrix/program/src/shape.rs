//! Calls of shapes that were made in every crate, from every crate.

use middle::objects::{boxed_fitted, fitted, frame, grow, short_grow, square, tiles};
use static_call::Devirt;
use traits::Three;
use traits::shape::{
    BorrowedShape, BoxedShape, Frame, Shape, Tiles, dot, paint, paint_all, paint_borrowed_here,
    paint_here, square as square_of_traits,
};

use crate::learning::{self, ELSEWHERE, IN_TRAITS};

pub(crate) fn check() {
    let both = ["area", "edges"];
    check_calls(
        IN_TRAITS,
        &both,
        &|shapes| paint_here(shapes, 2),
        &|shape| paint(shape, 2),
    );
    check_calls(
        IN_TRAITS,
        &both,
        &|shapes| paint_borrowed_here(&borrowed(shapes), 3),
        &|shape| paint(shape, 3),
    );
    check_calls(ELSEWHERE, &both, &|shapes| paint_all(shapes, 5), &|shape| {
        paint(shape, 5)
    });
    check_calls(
        ELSEWHERE,
        &both,
        &|shapes| shapes.iter().map(boxed_fitted(4)).sum(),
        &|shape| fitted(4)(shape),
    );
    check_calls(
        ELSEWHERE,
        &["area"],
        &|shapes| short_grow(&borrowed(shapes)),
        &|shape| grow::<3>(shape),
    );
    check_calls(
        ELSEWHERE,
        &["area"],
        &|shapes| shapes.iter().map(grow::<5>).sum(),
        &|shape| grow::<5>(shape),
    );
}

/// Checks that calls of these methods do what those of the plain trait objects do, and what they learn.
fn check_calls(
    are_in_table: bool,
    methods: &[&str],
    learning: &dyn Fn(&[BoxedShape]) -> u64,
    plain: &dyn Fn(&dyn Shape) -> u64,
) {
    let [listed, unlisted] = [listed(), unlisted()];
    let mut call = |are_listed| {
        let shapes = if are_listed { &listed } else { &unlisted };
        let expected = shapes.iter().map(|shape| plain(&**shape.as_inner()));
        assert_eq!(learning(shapes), expected.sum());
    };
    learning::check("traits::shape::Shape", are_in_table, methods, &mut call);
}

/// Those of listed types, each from two crates, as a call compares with two vtables of a type.
fn listed() -> [BoxedShape; 5] {
    [
        square_of_traits(2),
        square(3),
        tiles(4),
        tiles_of_program(5),
        square(1),
    ]
    .map(Devirt::new)
}

fn unlisted() -> [BoxedShape; 5] {
    [
        dot(),
        frame(7, 4),
        frame_of_program(9, 2),
        dot(),
        frame(3, 1),
    ]
    .map(Devirt::new)
}

#[inline(never)]
fn tiles_of_program(side: u64) -> Box<dyn Shape> {
    Box::new(Tiles::<Three>::new(side))
}

#[inline(never)]
fn frame_of_program(outside: u64, inside: u64) -> Box<dyn Shape> {
    Box::new(Frame { outside, inside })
}

fn borrowed(shapes: &[BoxedShape]) -> Vec<BorrowedShape<'_>> {
    let objects = shapes.iter().map(|shape| &**shape.as_inner());
    objects.map(Devirt::new).collect()
}
