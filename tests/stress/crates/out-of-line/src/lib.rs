//! A trait that other crates call and put objects of theirs in force on.

use static_call_stress_shared::subject;

subject!(
    /// Calls go through entries.
    out_of_line(out_of_line)
);
