//! Traits of well-known crates, annotated as an application would annotate them.
//!
//! Each is called through plain `dyn` and through what the attribute makes of it, and both have to return and do the
//! same. `REAL_TRAITS.md` is the table of them; those that are refused stand in `ui/real_traits.rs`, with the
//! messages. `BLESS=1 cargo test` writes the table anew.
//!
//! The signatures are those of the crates, but for the changes that the rows name. Types are the crates' own where
//! these are small, and elsewhere types of the same shape: with the same lifetimes, passed in the same way.
// What the attribute makes of them is the same in each profile, and there is much of it to compile.
#![cfg(debug_assertions)]
#![allow(
    dead_code,
    reason = "what types hold is only shown, and not all that a trait has is called"
)]

use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::sync::Mutex;

use static_call::{MethodState, Reason};
use static_call_tests::PATCHES;
use static_call_tests::patched::reported;

#[macro_use]
mod check;

mod allocation;
mod cryptography;
mod diagnostics;
mod hardware;
mod input_output;
mod logging;
mod services;
mod storage;
mod table;

/// An implementation of all the traits, which keeps notes of what it is told.
#[derive(Debug)]
pub(crate) struct Backend {
    notes: &'static Mutex<Vec<String>>,
}

/// The notes of an implementation that is there before the first update.
pub(crate) static INITIAL_NOTES: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Backend {
    pub(crate) fn new() -> Self {
        Self::with(Box::leak(Box::default()))
    }

    pub(crate) const fn with(notes: &'static Mutex<Vec<String>>) -> Self {
        Self { notes }
    }

    /// One that keeps its notes in the same place.
    pub(crate) fn twin(&self) -> Self {
        Self::with(self.notes)
    }

    /// Keeps a note; the answer is how many there are.
    pub(crate) fn note(&self, note: impl Debug) -> u64 {
        let mut notes = self.notes.lock().expect("nobody panicked");
        notes.push(format!("{note:?}"));
        notes.len() as u64
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.lock().expect("nobody panicked").clone()
    }
}

impl Display for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("backend")
    }
}

impl Error for Backend {}

/// Asserts that the report says of all methods of the trait that they are patched, where this build patches, but for
/// entries in front of whose jump the compiler has put something; and on x86-64 of all calls too.
pub(crate) fn assert_patched(trait_name: &str) {
    reported(trait_name, |row| {
        let mut calls = 0;
        for method in row.methods() {
            let is_patched = match method.state() {
                MethodState::Patched | MethodState::Unpatched(Reason::NotFirst) => true,
                MethodState::Unpatched(Reason::Portable) => false,
                MethodState::Cold => continue,
                _ => panic!("{row:?}"),
            };
            assert_eq!(is_patched, PATCHES, "{row:?}");
            assert_eq!(method.call_sites().at_the_entry(), 0, "{row:?}");
            calls += method.call_sites().patched();
        }
        let in_place =
            PATCHES && cfg!(target_arch = "x86_64") && cfg!(not(feature = "out-of-line"));
        assert_eq!(calls > 0, in_place, "{row:?}");
    });
}
