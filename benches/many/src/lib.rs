//! Thousands of targets: traits, implementations of them, and what else to compare their calls with.
//!
//! The calls are in another crate, `static-call-benches-many-callers`, as in programs that take a trait from a
//! library.

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
        pub mod $name {
            use super::*;

            #[static_dispatch]
            pub trait Open: Sync {
                $(fn $method(&self, x: u64) -> u64;)*
            }

            pub const OPEN: Static<dyn Open> = Static::new();
            pub static PLAIN: OnceLock<&'static dyn Open> = OnceLock::new();
            pub static HELD: OnceLock<&'static dyn Open> = OnceLock::new();

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
            pub mod direct {
                $(#[inline(never)]
                pub fn $method(x: u64) -> u64 {
                    super::work(x, $seed)
                })*
            }

            pub(crate) fn switch(stateful: bool) -> Switched {
                static HELD_STATE: Held = Held($number);
                PLAIN.get_or_init(|| &Plain);
                HELD.get_or_init(|| &HELD_STATE);
                let implementation: &dyn Open = if stateful { &HELD_STATE } else { &Plain };
                let change = static_call::update(implementation).expect("patching is allowed here");
                Switched {
                    patched: change.patched(),
                    unpatched: change.unpatched(),
                }
            }
        }
    };
}

/// How many entries and call sites lead straight to the implementation, and how many do not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Switched {
    pub patched: usize,
    pub unpatched: usize,
}

include!(concat!(env!("OUT_DIR"), "/targets.rs"));

/// Puts implementations with or without state in force, for all targets.
#[must_use]
pub fn switch(stateful: bool) -> Switched {
    let mut total = Switched::default();
    for switch in SWITCHES {
        let Switched { patched, unpatched } = switch(stateful);
        total.patched += patched;
        total.unpatched += unpatched;
    }
    total
}
