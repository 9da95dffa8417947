//! Calls of thousands of targets, one after the other: what programs look like that do not run a loop around one
//! call.
//!
//! Traits and implementations are in another crate, so that every static and every virtual call crosses from one
//! crate to another. What these are compared with is here, because of another crate rustc takes each address from
//! the global offset table: functions that are called directly would not be, and each `OnceLock` would be one more
//! load away.

use std::hint::black_box;
use std::sync::OnceLock;

use static_call_benches_many::work;

/// What to compare the calls of one trait with.
macro_rules! targets {
    ($name:ident $number:literal: $($method:ident $seed:literal),*) => {
        mod $name {
            use super::*;

            use static_call_benches_many::$name::BOTH;
            pub(crate) use static_call_benches_many::$name::{OPEN, Open};

            pub(crate) static PLAIN: OnceLock<&'static dyn Open> = OnceLock::new();
            pub(crate) static HELD: OnceLock<&'static dyn Open> = OnceLock::new();

            pub(crate) mod direct {
                $(#[inline(never)]
                pub(crate) fn $method(x: u64) -> u64 {
                    super::work(x, $seed)
                })*
            }

            pub(crate) fn switch(stateful: bool) -> Switched {
                PLAIN.get_or_init(|| BOTH[0]);
                HELD.get_or_init(|| BOTH[1]);
                let change = static_call::update(BOTH[usize::from(stateful)])
                    .expect("patching is allowed here");
                Switched {
                    patched: change.patched(),
                    unpatched: change.unpatched(),
                }
            }
        }
    };
}

/// Functions that call each of many targets once, in an order that looks random, each with the result of the call
/// before.
pub struct Targets<Function> {
    /// How many there are.
    pub count: usize,
    /// By direct calls of functions that are not inlined.
    pub direct: Function,
    /// By static calls.
    pub open: Function,
    /// By a `OnceLock<&'static dyn Trait>` for each trait, with an implementation that is zero-sized.
    pub once_plain: Function,
    /// The same, with one that is stateful.
    pub once_held: Function,
}

/// Makes the calls so many times.
pub type InTurn = fn(u64, usize) -> u64;

/// Makes the calls once for each word, each after a branch on a bit of the word.
pub type BetweenBranches = fn(u64, &[u64]) -> u64;

/// Branches on a bit.
///
/// What is behind the branch keeps it one: the compiler can make a choice without a branch of what it may do in
/// vain, and a black box is not of that kind.
#[inline(always)]
fn branch(word: u64, bit: u32) {
    if word >> bit & 1 != 0 {
        black_box(word);
    }
}

include!(concat!(env!("OUT_DIR"), "/targets.rs"));

/// How many entries and call sites lead straight to the implementation, and how many do not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Switched {
    /// Those that do.
    pub patched: usize,
    /// Those that do not.
    pub unpatched: usize,
}

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
