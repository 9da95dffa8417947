//! The shared object that the test loads.
#![allow(unsafe_code)]

use static_call_tests_far::Side;

/// This side.
// SAFETY: nothing else has this name.
#[unsafe(no_mangle)]
pub fn static_call_far_object() -> Side {
    static_call_tests_far::side()
}
