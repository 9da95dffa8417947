//! Updates and calls of traits of other crates. What is generic of them is compiled here once more, as the crate `right`
//! is unknown here.

use static_call_stress_listed::listed_objects;
use static_call_stress_objects::{both_objects, make, open_objects, out_of_line_objects};
use static_call_stress_shape::{Calls, Make, call_each};
use static_call_stress_shared::Functions;

/// What this crate does to `open`.
pub static OPEN: Functions = open_objects::functions::<2>();

/// What this crate does to `listed`.
pub static LISTED: Functions = listed_objects::functions::<2>();

/// What this crate does to `out_of_line`.
pub static OUT_OF_LINE: Functions = out_of_line_objects::functions::<2>();

/// What this crate does to `both`.
pub static BOTH: Functions = both_objects::functions::<2>();

/// Shapes with vtables of this crate.
pub static MAKE_SHAPE: Make = make::<2>;

/// Calls that are compiled in this crate.
pub static CALL_SHAPE: Calls = call_each::<2, _>;
