//! Documents about this crate, which only its documentation holds.

/// Why it is sound to change the code of the running program.
#[doc = include_str!("docs/soundness.md")]
pub mod soundness {}
