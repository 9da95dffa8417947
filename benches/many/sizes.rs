//! What the build scripts of targets and callers must agree on.

use std::env;

/// How many methods a trait has.
pub(crate) const METHODS: usize = 8;

/// How many targets are called in turn, each once. The last is the largest.
pub(crate) fn sizes() -> &'static [usize] {
    const SIZES: [usize; 4] = [1, 64, 1024, 16_384];
    let full = env::var_os("CARGO_FEATURE_FULL").is_some();
    &SIZES[..if full { 4 } else { 3 }]
}
