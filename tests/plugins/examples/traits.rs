//! The same, with the copy of `static_call` that the program has.

use shared as _;

pub mod alone;
