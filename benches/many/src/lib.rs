//! Thousands of targets: the methods of many traits, and of implementations of them.
//!
//! The calls are in another crate, `static-call-benches-many-callers`, as in programs that take traits and
//! implementations from libraries.

#![allow(
    missing_docs,
    reason = "the functions are generated, and their names say what they are"
)]

use static_call::{Static, static_dispatch};

/// The work of one call, different for each target.
#[inline(always)]
pub fn work(x: u64, seed: u64) -> u64 {
    (x ^ seed)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}

/// A trait of which nothing is listed, and two implementations.
macro_rules! targets {
    ($name:ident $number:literal: $($method:ident $seed:literal),*) => {
        pub mod $name {
            use super::*;

            #[static_dispatch]
            pub trait Open: Sync {
                $(fn $method(&self, x: u64) -> u64;)*
            }

            pub const OPEN: Static<dyn Open> = Static::new();

            /// One that is zero-sized, and one that is stateful.
            pub static BOTH: [&dyn Open; 2] = [&Plain, &Held($number)];

            struct Plain;
            struct Held(u64);

            impl Open for Plain {
                $(fn $method(&self, x: u64) -> u64 {
                    work(x, $seed)
                })*
            }
            impl Open for Held {
                $(fn $method(&self, x: u64) -> u64 {
                    work(x, $seed ^ self.0)
                })*
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/targets.rs"));
