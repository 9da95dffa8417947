//! Calls that meet shapes in different mixes, in one kind of numbers.
//!
//! Objects are made by another module than the one that calls them, as in programs: where these are other codegen
//! units, the objects have other vtables than the caller would give them.

use std::hint::black_box;

use enum_dispatch::enum_dispatch;
use static_call::{Devirt, static_dispatch};
use static_call_paired::{PLACES, Subject, compare, place, rounds};

use crate::Number;

/// More than a branch predictor can know by heart.
const SHAPES: u32 = 10_000;
const ROUNDS: usize = 501;

/// The trait, and types that implement it, of which the first two are listed.
macro_rules! shapes {
    ($($type:ident $factor:literal)*) => {
        #[static_dispatch(devirt, inline(Circle, Square))]
        trait Shape {
            fn area(&self) -> Number;
        }

        $(
            struct $type(Number);

            #[devirt::devirt]
            impl Compared for $type {
                fn compared_area(&self) -> Number {
                    self.0 * self.0 * Number::from($factor)
                }
            }

            impl Shape for $type {
                fn area(&self) -> Number {
                    self.0 * self.0 * Number::from($factor)
                }
            }

            impl Closed for $type {
                fn closed_area(&self) -> Number {
                    self.0 * self.0 * Number::from($factor)
                }
            }
        )*

        /// How to make a shape of each kind.
        mod makers {
            use super::*;

            pub(super) const OPEN: &[fn(Number) -> Box<dyn Shape>] =
                &[$(|size| Box::new($type(size))),*];
            pub(super) const COMPARED: &[fn(Number) -> Box<dyn Compared>] =
                &[$(|size| Box::new($type(size))),*];
            pub(super) const CLOSED: &[fn(Number) -> Either] = &[$(|size| $type(size).into()),*];
        }

        impl Either {
            fn matched_area(&self) -> Number {
                match self {
                    $(Self::$type(shape) => shape.0 * shape.0 * Number::from($factor),)*
                }
            }
        }
    };
}

#[devirt::devirt(Circle, Square)]
trait Compared {
    fn compared_area(&self) -> Number;
}

#[enum_dispatch]
trait Closed {
    fn closed_area(&self) -> Number;
}

#[enum_dispatch(Closed)]
enum Either {
    Circle,
    Square,
    Star,
    Line,
    Dot,
    Oval,
    Kite,
    Ring,
}

shapes!(Circle 3_u8 Square 1_u8 Star 6_u8 Line 7_u8 Dot 9_u8 Oval 27_u8 Kite 5_u8 Ring 19_u8);

/// Kinds in an order that looks random and is the same each time: each as often as its weight says.
fn kinds(weights: &[usize]) -> Vec<usize> {
    let total: usize = weights.iter().sum();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut kind = || {
        state = state
            .wrapping_mul(0x5851_f42d_4c95_7f2d)
            .wrapping_add(0x1405_7b7e_f767_814f);
        let mut rest = (state >> 33) as usize % total;
        let position = weights.iter().position(|weight| {
            let is_here = rest < *weight;
            rest = rest.saturating_sub(*weight);
            is_here
        });
        position.expect("the weights sum up to the total")
    };
    (0..SHAPES).map(|_| kind()).collect()
}

/// Sums what a call returns of each shape. Each mix has code of its own, for each place: functions that are alike would
/// be made one, and learn together.
#[inline(never)]
fn sum<const MIX: u32, const PLACE: u32, S>(shapes: &[S], area: impl Fn(&S) -> Number) -> Number {
    black_box(MIX);
    place::<PLACE>();
    shapes.iter().map(area).sum()
}

/// Compares the ways to sum the areas of these shapes, and of as many of one type that is known, of which nothing has to
/// be told apart. Each has code of its own, which learns for itself, at four places in a cache line: where its loop stands
/// decides whether a virtual call takes five cycles or six.
macro_rules! mix {
    ($number:literal, $title:literal, $kinds:expr) => {{
        let kinds: Vec<usize> = $kinds;
        macro_rules! made {
            ($makers:ident) => {{
                let sizes = (0..).map(|size: u32| Number::from(size % 7));
                let shapes = kinds.iter().zip(sizes);
                shapes
                    .map(|(kind, size)| makers::$makers[*kind](size).into())
                    .collect()
            }};
        }
        macro_rules! way {
            ($name:literal, $shapes:expr, $area:expr) => {
                Subject::new($name, || {
                    let shapes = &$shapes[..];
                    black_box([
                        sum::<$number, 0, _>(shapes, $area),
                        sum::<$number, 1, _>(shapes, $area),
                        sum::<$number, 2, _>(shapes, $area),
                        sum::<$number, 3, _>(shapes, $area),
                    ]);
                })
            };
        }
        let plain: Vec<Box<dyn Shape>> = made!(OPEN);
        let learning: Vec<Devirt<Box<dyn Shape>>> = made!(OPEN);
        let compared: Vec<Box<dyn Compared>> = made!(COMPARED);
        let closed: Vec<Either> = made!(CLOSED);
        let circles = (0..SHAPES).map(|size| Box::new(Circle(Number::from(size % 7))));
        let circles: Vec<_> = circles.collect();
        let subjects = vec![
            way!("Box<dyn Shape>", plain, |shape| shape.area()),
            way!("Devirt<Box<dyn Shape>>", learning, |shape| shape.area()),
            way!("devirt 0.2", compared, |shape| shape.compared_area()),
            way!("enum_dispatch", closed, |shape| shape.closed_area()),
            way!("match", closed, |shape| shape.matched_area()),
            way!("Box<Circle>", circles, |shape| shape.area()),
        ];
        compare($title, PLACES * SHAPES, rounds(ROUNDS), subjects);
    }};
}

/// Compares the ways to call, in all mixes.
pub(crate) fn compare_all() {
    mix!(0, "one listed type", kinds(&[1]));
    mix!(1, "the other listed type", kinds(&[0, 1]));
    mix!(
        2,
        "95 of 100 of one listed type",
        kinds(&[95, 0, 1, 1, 1, 1, 1])
    );
    mix!(3, "two listed types, shuffled, 95 to 5", kinds(&[95, 5]));
    mix!(4, "two listed types in turn", {
        (0..SHAPES as usize).map(|index| index % 2).collect()
    });
    mix!(5, "two listed types, shuffled, 80 to 20", kinds(&[80, 20]));
    mix!(
        6,
        "eight types, shuffled, two of them listed",
        kinds(&[1; 8])
    );
    mix!(7, "one type that is not listed", kinds(&[0, 0, 1]));
}
