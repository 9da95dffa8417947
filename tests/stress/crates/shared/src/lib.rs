//! What the crates of the stress program share.

mod counter;
mod macros;
mod object;
mod subject;

pub use counter::Counter;
pub use object::{Keyed, Object, TORN};
pub use subject::{CALLS, Call, Functions, OBJECTS, Subject, middle, put_in_force};
