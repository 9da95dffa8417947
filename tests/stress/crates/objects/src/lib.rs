//! Objects of types of this crate, for traits of others.

mod shapes;

use static_call_stress_both::both;
use static_call_stress_open::open;
use static_call_stress_out_of_line::out_of_line;
use static_call_stress_shared::{Counter, Functions, Keyed, Object, numbered, objects};

pub use shapes::{CALL_SHAPE, MAKE_SHAPE, make};

/// An object of a type of this crate.
pub struct Own(Keyed<3>);

impl Own {
    const fn new(number: usize) -> Self {
        Self(Keyed::new(number))
    }
}

impl Object for Own {
    fn number(&self) -> usize {
        self.0.number()
    }

    fn counter(&self) -> &Counter {
        self.0.counter()
    }
}

numbered!([] open::Numbered, Own);
numbered!([] out_of_line::Numbered, Own);
numbered!([] both::Numbered, Own);

objects!(open_objects, open, Own);
objects!(out_of_line_objects, out_of_line, Own);
objects!(both_objects, both, Own);

/// What this crate does to `both`.
pub static BOTH: Functions = both_objects::functions::<1>();
