//! Calls of thousands of targets, one after the other: what programs look like that do not run a loop around one
//! call.
//!
//! The targets are in another crate, so that every call crosses from one crate to another.

use std::hint::black_box;

use static_call_benches_many::*;

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

include!(concat!(env!("OUT_DIR"), "/calls.rs"));
