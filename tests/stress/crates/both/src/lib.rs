//! A trait that other crates call and put objects of theirs in force on.

use static_call_stress_shared::subject;

subject!(
    /// The trait has calls through `Devirt` besides.
    both(devirt, default = Unit, inline(Keyed<2>))
);
