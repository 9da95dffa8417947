//! A trait with its objects and with calls, which other crates make too.

use static_call_stress_shared::{Functions, objects, subject};

subject!(
    /// Some of what is put in force is listed.
    listed(inline(Keyed<1>, Unit))
);
objects!(listed_objects, listed, Keyed<3>);

/// What this crate does to it.
pub static LISTED: Functions = listed_objects::functions::<0>();
