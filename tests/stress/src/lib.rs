//! What the program of this package stresses that has to be in another crate than its calls.

mod counter;
mod object;
pub mod shape;
mod subject;

pub use counter::Counter;
pub use object::{Keyed, Object, TORN};
pub use subject::{CALLS, Call, Functions, OBJECTS, Subject, middle};

subject!(
    /// Nothing is listed.
    open()
);

subject!(
    /// Some of what is put in force is listed.
    listed(inline(Keyed<1>, Unit))
);

subject!(
    /// Calls go through entries.
    out_of_line(out_of_line)
);

subject!(
    /// The trait has calls through `Devirt` besides.
    both(devirt, default = Unit, inline(Keyed<2>))
);
