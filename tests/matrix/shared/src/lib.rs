//! Whoever links this takes the traits from a shared object, not from a copy of their crate.

pub use traits;
