//! What the tests of `static-call` share; each file in `tests` owns its traits, because patching is
//! process-wide.

pub mod child;
pub mod foreign;
pub mod foreign_objects;
pub mod foreign_sites;
pub mod path;
pub mod protection;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub mod route;

/// Whether this build patches on this platform, so that a test can demand it.
pub const PATCHES: bool = cfg!(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(feature = "portable")
));

pub mod patched;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
