//! What two versions of one crate contain, word for word, each with another version of `static_call`.

use static_call::{Devirt, MethodState, Static, static_dispatch};

/// The trait.
#[static_dispatch(default = Plain)]
pub trait Shared: Sync {
    /// Tells the implementation.
    fn number(&self, x: u64) -> u64;
}

const SHARED: Static<dyn Shared> = Static::new();

/// The implementation before the first update.
struct Plain;

impl Shared for Plain {
    #[inline(never)]
    fn number(&self, x: u64) -> u64 {
        x
    }
}

struct Keyed(u64);

static KEYED: [Keyed; 2] = [Keyed(1 << 32), Keyed(2 << 32)];

impl Shared for Keyed {
    #[inline(never)]
    fn number(&self, x: u64) -> u64 {
        self.0 | x
    }
}

/// How many implementations there are.
pub const IMPLEMENTATIONS: usize = 3;

fn implementation(number: usize) -> &'static dyn Shared {
    match number {
        0 => &Plain,
        _ => &KEYED[number - 1],
    }
}

/// What [`call`] returns with an implementation in force.
#[must_use]
pub fn answer(number: usize, x: u64) -> u64 {
    implementation(number).number(x)
}

/// Makes a static call, in the caller.
#[inline(always)]
#[must_use]
pub fn call(x: u64) -> u64 {
    SHARED.number(x)
}

/// Puts an implementation in force; the answer is how many entries and call sites lead to it, and how many do not.
///
/// # Panics
///
/// The update is refused, or leaves something behind.
#[must_use]
pub fn update(number: usize) -> (usize, usize) {
    let change = static_call::update(implementation(number)).expect("nothing refuses");
    assert!(change.warning().is_none(), "{change:?}");
    (change.patched(), change.unpatched())
}

/// How many traits this version of `static_call` knows, and whether the entries of all are patched.
#[must_use]
pub fn known() -> (usize, bool) {
    let report = static_call::report();
    let mut methods = report.traits().iter().flat_map(|row| row.methods());
    let is_patched = methods.all(|method| matches!(method.state(), MethodState::Patched));
    (report.traits().len(), is_patched)
}

/// A trait whose objects are called through `Devirt`.
#[static_dispatch(devirt, inline(Keyed))]
pub trait Object {
    /// Tells the object.
    fn tell(&self) -> u64;
}

impl Object for Keyed {
    fn tell(&self) -> u64 {
        self.0
    }
}

/// Calls an object, again and again, so that the call learns and is patched.
#[must_use]
pub fn learn() -> u64 {
    static_call::relearn();
    let object = Devirt::new(&KEYED[1] as &dyn Object);
    (0..100).fold(0, |all, _| all | object.tell())
}
