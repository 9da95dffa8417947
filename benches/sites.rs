//! What an update costs that has many call sites to patch.

use std::hint::black_box;
use std::time::{Duration, Instant};

use static_call::{Static, static_dispatch};
use static_call_paired::{Comparison, Row, rounds};

const ROUNDS: usize = 101;

macro_rules! once {
    ($($statement:tt)*) => {
        $($statement)*
    };
}

/// Repeats a statement.
macro_rules! ten {
    ($($statement:tt)*) => {
        $($statement)* $($statement)* $($statement)* $($statement)* $($statement)*
        $($statement)* $($statement)* $($statement)* $($statement)* $($statement)*
    };
}

macro_rules! hundred {
    ($($statement:tt)*) => {
        ten! { ten! { $($statement)* } }
    };
}

macro_rules! thousand {
    ($($statement:tt)*) => {
        ten! { hundred! { $($statement)* } }
    };
}

/// A trait, and functions that hold so many calls of its method each.
macro_rules! called {
    ($name:ident: $repeat:ident $($function:ident)*) => {
        mod $name {
            use super::*;

            #[static_dispatch]
            pub(crate) trait Called: Sync {
                fn number(&self, x: u64) -> u64;
            }

            const CALLED: Static<dyn Called> = Static::new();

            /// Of two types, because between objects of one type no call site changes.
            pub(crate) static BOTH: [&dyn Called; 2] = [&Add(1), &Subtract(2)];

            struct Add(u64);

            impl Called for Add {
                fn number(&self, x: u64) -> u64 {
                    x.wrapping_add(self.0)
                }
            }

            struct Subtract(u64);

            impl Called for Subtract {
                fn number(&self, x: u64) -> u64 {
                    x.wrapping_sub(self.0)
                }
            }

            $(
                #[inline(never)]
                fn $function(mut x: u64) -> u64 {
                    // Functions that are alike would be made one.
                    black_box(stringify!($function));
                    $repeat! { x = CALLED.number(x); }
                    x
                }
            )*

            /// Makes all the calls.
            pub(crate) fn call(mut x: u64) -> u64 {
                $(x = $function(x);)*
                x
            }
        }
    };
}

called!(one: once f0);
called!(a_hundred: hundred f0);
called!(a_thousand: thousand f0);
called!(ten_thousand: thousand f0 f1 f2 f3 f4 f5 f6 f7 f8 f9);
#[cfg(feature = "full")]
called!(a_hundred_thousand: thousand
    f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19
    f20 f21 f22 f23 f24 f25 f26 f27 f28 f29 f30 f31 f32 f33 f34 f35 f36 f37 f38 f39
    f40 f41 f42 f43 f44 f45 f46 f47 f48 f49 f50 f51 f52 f53 f54 f55 f56 f57 f58 f59
    f60 f61 f62 f63 f64 f65 f66 f67 f68 f69 f70 f71 f72 f73 f74 f75 f76 f77 f78 f79
    f80 f81 f82 f83 f84 f85 f86 f87 f88 f89 f90 f91 f92 f93 f94 f95 f96 f97 f98 f99
);

macro_rules! measure {
    ($name:ident, $rounds:expr) => {{
        use $name::{BOTH, Called, call};

        let update = |index: usize| {
            let start = Instant::now();
            let change = static_call::update::<dyn Called>(BOTH[index]);
            let time = start.elapsed();
            (change.expect("patching is allowed here"), time)
        };
        let (change, first) = update(0);
        let sites = change.patched() - 1;
        assert_eq!(change.unpatched(), 0);
        assert_eq!(call(black_box(0)), sites as u64);
        let mut times: Vec<_> = (1..=$rounds).map(|round| update(round % 2).1).collect();
        times.sort();
        let median = times[times.len() / 2];
        println!(
            "{sites:>7} call sites: first update {first:>10.1?}, then {median:>10.1?}, {:.1} ns for each",
            median.as_secs_f64() * 1e9 / sites as f64
        );
        let quartiles = [times[times.len() / 4], times[times.len() * 3 / 4]];
        (sites, median, quartiles)
    }};
}

/// What updates took, to that of the first.
fn row(first: Duration, (sites, median, quartiles): (usize, Duration, [Duration; 2])) -> Row {
    let ratio = |time: Duration| time.as_secs_f64() / first.as_secs_f64();
    Row {
        name: format!("call sites: {sites}"),
        nanoseconds: median.as_secs_f64() * 1e9,
        ratio: ratio(median),
        quartiles: quartiles.map(ratio),
    }
}

fn main() {
    let rounds = rounds(ROUNDS);
    let measured = [
        measure!(one, rounds),
        measure!(a_hundred, rounds),
        measure!(a_thousand, rounds),
        measure!(ten_thousand, rounds),
        #[cfg(feature = "full")]
        measure!(a_hundred_thousand, rounds),
    ];
    let first = measured[0].1;
    let rows = measured.map(|measured| row(first, measured));
    Comparison::new("updates", rounds, rows.into()).publish();
}
