//! What the program and the shared object of the test both contain, each for itself: a trait, its
//! implementations, and a copy of `static_call`.

use static_call::{Devirt, Static, static_dispatch};

/// The trait that both sides call and implement.
#[static_dispatch(default = Plain)]
pub trait Shared: Sync {
    /// Its receiver is the first argument.
    fn number(&self, x: u64) -> u64;

    /// Its receiver follows the hidden pointer to the result.
    fn triple(&self, x: u64) -> (u64, u64, u64);
}

const SHARED: Static<dyn Shared> = Static::new();

static KEYED: Keyed = Keyed(7);

/// A number that tells the sides apart.
fn mark() -> u64 {
    std::ptr::from_ref(&KEYED).addr() as u64
}

struct Plain;

impl Shared for Plain {
    #[inline(never)]
    fn number(&self, x: u64) -> u64 {
        x ^ mark()
    }

    #[inline(never)]
    fn triple(&self, x: u64) -> (u64, u64, u64) {
        (x, x + 1, mark())
    }
}

struct Keyed(u64);

impl Shared for Keyed {
    #[inline(never)]
    fn number(&self, x: u64) -> u64 {
        x ^ mark() ^ self.0
    }

    #[inline(never)]
    fn triple(&self, x: u64) -> (u64, u64, u64) {
        (x, self.0, mark())
    }
}

/// A trait whose objects either side calls, its own and those of the other.
#[static_dispatch(devirt, inline(Keyed))]
pub trait Marked {
    /// What tells the sides apart.
    fn marked(&self) -> u64;
}

impl Marked for Keyed {
    fn marked(&self) -> u64 {
        mark()
    }
}

/// The addresses of the methods of a type.
pub struct Methods {
    /// Of [`Shared::number`].
    pub number: *const (),
    /// Of [`Shared::triple`].
    pub triple: *const (),
}

impl Methods {
    fn of<T: Shared>() -> Self {
        Self {
            number: <T as Shared>::number as *const (),
            triple: <T as Shared>::triple as *const (),
        }
    }
}

/// What both methods return.
pub type Answers = (u64, (u64, u64, u64));

/// Calls both methods.
pub fn ask(shared: &(impl Shared + ?Sized), x: u64) -> Answers {
    (shared.number(x), shared.triple(x))
}

#[inline(never)]
fn number(x: u64) -> u64 {
    SHARED.number(x)
}

#[inline(never)]
fn triple(x: u64) -> (u64, u64, u64) {
    SHARED.triple(x)
}

/// The program, or the shared object.
pub struct Side {
    /// The functions that make static calls.
    pub callers: Methods,
    /// A zero-sized implementation, and its methods.
    pub plain: (&'static dyn Shared, Methods),
    /// A stateful implementation, and its methods.
    pub keyed: (&'static dyn Shared, Methods),
    /// Switches this side to an implementation of any side; the answer is how many entries and call sites
    /// are patched and how many are not.
    pub update: fn(&'static dyn Shared) -> (usize, usize),
    /// Makes static calls.
    pub call: fn(u64) -> Answers,
    /// Makes an object, which either side can call.
    pub object: fn() -> Box<dyn Marked>,
    /// Calls an object of either side.
    pub call_object: fn(&Devirt<Box<dyn Marked>>) -> u64,
}

/// The side that this code is in.
#[must_use]
pub fn side() -> Side {
    Side {
        callers: Methods {
            number: number as *const (),
            triple: triple as *const (),
        },
        plain: (&Plain, Methods::of::<Plain>()),
        keyed: (&KEYED, Methods::of::<Keyed>()),
        update: |implementation| {
            let change = static_call::update::<dyn Shared>(implementation);
            let change = change.expect("an implementation of the other side is like any other");
            (change.patched(), change.unpatched())
        },
        call: |x| (number(x), triple(x)),
        object: || Box::new(Keyed(7)),
        call_object: |object| object.marked(),
    }
}
