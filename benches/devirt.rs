//! What a call of a trait object costs that meets one type, a few, or many: through `Devirt`, as ever, and by a
//! closed set of types.

use std::hint::black_box;

use enum_dispatch::enum_dispatch;
use static_call::{Devirt, static_dispatch};
use static_call_paired::{Subject, compare, rounds};

const SHAPES: u32 = 1000;
const ROUNDS: usize = 2001;

/// The trait, and types that implement it, of which the first two are listed.
macro_rules! shapes {
    ($($type:ident $factor:literal)*) => {
        #[static_dispatch(devirt, inline(Circle, Square))]
        trait Shape {
            fn area(&self) -> f64;
        }

        $(
            struct $type(f64);

            impl Shape for $type {
                fn area(&self) -> f64 {
                    self.0 * self.0 * $factor
                }
            }

            impl Closed for $type {
                fn closed_area(&self) -> f64 {
                    self.0 * self.0 * $factor
                }
            }
        )*

        /// How to make a shape of each kind.
        const OPEN: &[fn(f64) -> Box<dyn Shape>] = &[$(|size| Box::new($type(size))),*];
        const CLOSED: &[fn(f64) -> Either] = &[$(|size| $type(size).into()),*];
    };
}

#[enum_dispatch]
trait Closed {
    fn closed_area(&self) -> f64;
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

shapes!(Circle 3.1 Square 1.0 Star 0.6 Line 0.1 Dot 0.01 Oval 2.7 Kite 0.5 Ring 1.9);

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

/// Compares the ways to sum the areas of these shapes. Each has code of its own, which learns for itself.
macro_rules! mix {
    ($title:literal, $kinds:expr) => {{
        let kinds: Vec<usize> = $kinds;
        let sizes = || kinds.iter().zip((0..).map(|size| f64::from(size % 7)));
        let plain: Vec<Box<dyn Shape>> = sizes().map(|(kind, size)| OPEN[*kind](size)).collect();
        let devirt: Vec<Devirt<Box<dyn Shape>>> = sizes()
            .map(|(kind, size)| OPEN[*kind](size).into())
            .collect();
        let closed: Vec<Either> = sizes().map(|(kind, size)| CLOSED[*kind](size)).collect();
        let subjects = vec![
            Subject::new("Box<dyn Shape>", || {
                let areas = black_box(&plain).iter().map(|shape| shape.area());
                black_box(areas.sum::<f64>());
            }),
            Subject::new("Devirt<Box<dyn Shape>>", || {
                // Functions that are alike would be made one, and learn together.
                black_box($title);
                let areas = black_box(&devirt).iter().map(|shape| shape.area());
                black_box(areas.sum::<f64>());
            }),
            Subject::new("enum_dispatch", || {
                let areas = black_box(&closed).iter().map(Closed::closed_area);
                black_box(areas.sum::<f64>());
            }),
        ];
        compare($title, SHAPES, rounds(ROUNDS), subjects);
    }};
}

fn main() {
    mix!("one listed type", kinds(&[1]));
    mix!("the other listed type", kinds(&[0, 1]));
    mix!(
        "95 of 100 of one listed type",
        kinds(&[95, 0, 1, 1, 1, 1, 1])
    );
    mix!("two listed types in turn", {
        (0..SHAPES as usize).map(|index| index % 2).collect()
    });
    mix!("two listed types, 80 to 20", kinds(&[80, 20]));
    mix!("eight types, two of them listed", kinds(&[1; 8]));
    mix!("one type that is not listed", kinds(&[0, 0, 1]));
    println!("{}", static_call::report());
}
