//! Thousands of targets, called one after the other: what programs look like that do not run a loop around one
//! call.

#![allow(
    missing_docs,
    reason = "the functions are generated, and their names say what they are"
)]

use std::sync::OnceLock;

use static_call::{Static, static_dispatch};

/// The work of one call, different for each target.
#[inline(always)]
fn work(x: u64, seed: u64) -> u64 {
    (x ^ seed)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}

/// A trait of which nothing is listed, and the ways to compare its calls with.
macro_rules! targets {
    ($name:ident $number:literal: $($method:ident $seed:literal),*) => {
        mod $name {
            use super::*;

            #[static_dispatch]
            pub(crate) trait Open: Sync {
                $(fn $method(&self, x: u64) -> u64;)*
            }

            pub(crate) const OPEN: Static<dyn Open> = Static::new();
            pub(crate) static PLAIN: OnceLock<&'static dyn Open> = OnceLock::new();
            pub(crate) static HELD: OnceLock<&'static dyn Open> = OnceLock::new();

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
            pub(crate) mod direct {
                $(#[inline(never)]
                pub(crate) fn $method(x: u64) -> u64 {
                    super::work(x, $seed)
                })*
            }

            pub(crate) fn switch(stateful: bool) {
                static HELD_STATE: Held = Held($number);
                PLAIN.get_or_init(|| &Plain);
                HELD.get_or_init(|| &HELD_STATE);
                let patched = "patching is allowed here";
                if stateful {
                    static_call::update::<dyn Open>(&HELD_STATE).expect(patched);
                } else {
                    static_call::update::<dyn Open>(&Plain).expect(patched);
                }
            }
        }
    };
}

/// Functions that call each of many targets once, in an order that looks random, each with the result of the call
/// before.
pub struct Targets {
    /// How many there are.
    pub count: usize,
    /// By direct calls of functions that are not inlined.
    pub direct: fn(u64) -> u64,
    /// By static calls.
    pub open: fn(u64) -> u64,
    /// By a `OnceLock<&'static dyn Trait>` for each trait, with an implementation that is zero-sized.
    pub once_plain: fn(u64) -> u64,
    /// The same, with one that is stateful.
    pub once_held: fn(u64) -> u64,
}

include!(concat!(env!("OUT_DIR"), "/targets.rs"));

/// Puts implementations with or without state in force, for all targets.
pub fn switch(stateful: bool) {
    for switch in SWITCHES {
        switch(stateful);
    }
}
