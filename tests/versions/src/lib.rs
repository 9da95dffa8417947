//! Calls of two versions side by side.

/// Calls of both versions in one function, so that their call sites are in the same pages.
#[inline(never)]
#[must_use]
pub fn call_both(x: u64) -> (u64, u64) {
    (first::call(x), second::call(x))
}
