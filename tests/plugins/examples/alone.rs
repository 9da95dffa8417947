//! A plugin that has a trait of its own, and a copy of `static_call` of its own.
#![allow(unsafe_code)]

use static_call::{Static, static_dispatch};

/// The trait.
#[static_dispatch(default = Three)]
pub trait OfPlugin: Sync {
    /// A number.
    fn number(&self) -> u64;
}

struct Three;

impl OfPlugin for Three {
    fn number(&self) -> u64 {
        3
    }
}

const OF_PLUGIN: Static<dyn OfPlugin> = Static::new();

/// Calls it.
// SAFETY: nothing else has this name.
#[unsafe(no_mangle)]
pub fn number() -> u64 {
    OF_PLUGIN.number()
}
