//! What the program of the tests and its plugins share: a shared object with the traits, and with `static_call`.

use static_call::{Current, Devirt, Report, Static, static_dispatch};

/// The trait that plugins implement, and call.
#[static_dispatch(default = Plain)]
pub trait Shared: Sync {
    /// Its receiver is the first argument.
    fn number(&self, x: u64) -> u64;

    /// Its receiver follows the hidden pointer to the result.
    fn text(&self, x: u64) -> String;
}

/// The implementation before the first update.
pub struct Plain;

impl Shared for Plain {
    fn number(&self, x: u64) -> u64 {
        x
    }

    fn text(&self, x: u64) -> String {
        x.to_string()
    }
}

/// A trait of which plugins make objects.
#[static_dispatch(devirt, inline(Square))]
pub trait Shape {
    /// The area.
    fn area(&self) -> u64;
}

/// The type that is listed.
pub struct Square(pub u64);

impl Shape for Square {
    fn area(&self) -> u64 {
        self.0 * self.0
    }
}

/// What a plugin has to offer.
pub struct Plugin {
    /// An implementation without state.
    pub plain: &'static dyn Shared,
    /// One with state.
    pub keyed: &'static dyn Shared,
    /// Makes static calls, in the plugin.
    pub call: fn(u64) -> (u64, String),
    /// Makes an object of a type that is not listed.
    pub shape: fn(u64) -> Box<dyn Shape>,
}

/// The type of the function that a plugin exports by the name `plugin`.
pub type Load = fn() -> Plugin;

const SHARED: Static<dyn Shared> = Static::new();

/// Makes static calls.
#[inline(never)]
#[must_use]
pub fn call(x: u64) -> (u64, String) {
    (SHARED.number(x), SHARED.text(x))
}

/// Puts an implementation in force; the answer is how many entries and call sites lead to it and how many do not.
///
/// # Panics
///
/// The update is refused, or leaves something behind.
pub fn update(implementation: &'static dyn Shared) -> (usize, usize) {
    let change = static_call::update(implementation).expect("nothing refuses");
    assert!(change.warning().is_none(), "{change:?}");
    (change.patched(), change.unpatched())
}

/// The implementation in force.
#[must_use]
pub fn current() -> Current<dyn Shared> {
    SHARED.current()
}

/// Calls an object.
#[inline(never)]
#[must_use]
pub fn area(shape: &Devirt<Box<dyn Shape>>) -> u64 {
    shape.area()
}

/// What `static_call` reports.
#[must_use]
pub fn report() -> Report {
    static_call::report()
}
