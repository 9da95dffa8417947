//! A trait that is called while it is updated.
//!
//! Its updates have numbers, and which object an update puts in force, and which crate does it, follows from its number.
//! Whoever calls reads before the call which update was done last, and after it which was begun last: the call must have
//! reached what one of these, or one between, put in force.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use static_call::{Change, Dispatch};
use static_call_tests::patched::assert_patched;

use crate::TORN;

/// How many objects of a subject may be put in force.
pub const OBJECTS: usize = 7;

/// In how many ways [`Functions::calls`] calls.
pub const CALLS: usize = 5;

/// A call that was made.
#[derive(Debug, Clone)]
pub struct Call {
    /// The number of the object that it reached.
    pub object: usize,
    /// The updates that were the latest while it was under way.
    pub during: RangeInclusive<u64>,
}

/// A trait under stress. [`subject!`](crate::subject!) makes one.
pub struct Subject {
    name: &'static str,
    seed: AtomicU64,
    begun: AtomicU64,
    done: AtomicU64,
    turn: Mutex<()>,
}

/// What is done to a subject, whatever its trait, by code that one crate has compiled for itself.
pub struct Functions {
    /// Puts the object of this number in force.
    pub update: fn(usize),
    /// The same; the answer is the number of the one that was in force before.
    pub replace: fn(usize) -> usize,
    /// Makes calls, of a caller and with an argument.
    pub calls: fn(usize, usize) -> [Call; CALLS],
    /// Makes a call that calls `body` with the number of the object, which is the answer too.
    pub around: fn(usize, &mut dyn FnMut(usize)) -> usize,
}

impl Subject {
    /// Describes the trait `name`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            seed: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            done: AtomicU64::new(0),
            turn: Mutex::new(()),
        }
    }

    /// The path of the trait, as reports name it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Makes the first update, before any call. The seed tells what all further updates put in force.
    pub fn begin(&self, seed: u64, functions: &Functions) {
        self.seed.store(seed, Ordering::Relaxed);
        (functions.update)(self.object_of(1));
        self.begun.store(1, Ordering::Relaxed);
        self.done.store(1, Ordering::Relaxed);
    }

    /// Makes the next update; each crate makes one in turn.
    ///
    /// # Panics
    ///
    /// It does not replace what the one before put in force.
    pub fn advance(&self, crates: &[&Functions]) {
        // Destructors advance while their threads panic.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.done.load(Ordering::Relaxed);
        let update = before + 1;
        // Whoever reaches the new object sees this, because `update` publishes the object later.
        self.begun.store(update, Ordering::Release);
        let functions = crates[update as usize % crates.len()];
        let replaced = (functions.replace)(self.object_of(update));
        assert_eq!(
            replaced,
            self.object_of(before),
            "update {update} of {} did not replace what the one before had put in force",
            self.name
        );
        // Release pairs with the Acquire in `during`: a call that begins then reaches the new object.
        self.done.store(update, Ordering::Release);
    }

    /// Whether an update is under way.
    #[must_use]
    pub fn is_updating(&self) -> bool {
        self.done.load(Ordering::Relaxed) != self.begun.load(Ordering::Relaxed)
    }

    /// Does something, and tells which updates were the latest meanwhile.
    #[inline]
    pub fn during<R>(&self, something: impl FnOnce() -> R) -> (R, RangeInclusive<u64>) {
        // Acquire pairs with the Release in `advance`.
        let first = self.done.load(Ordering::Acquire);
        let result = something();
        let last = self.begun.load(Ordering::Acquire);
        (result, first..=last)
    }

    /// Makes a call, whose answer is the number of the object.
    #[inline]
    pub fn call(&self, call: impl FnOnce() -> usize) -> Call {
        let (object, during) = self.during(call);
        Call { object, during }
    }

    /// Whether the object was in force while the call was under way.
    #[must_use]
    pub fn allows(&self, call: &Call) -> bool {
        let mut updates = call.during.clone();
        call.object < OBJECTS && updates.any(|update| self.object_of(update) == call.object)
    }

    /// Which object this update puts in force.
    fn object_of(&self, update: u64) -> usize {
        let seed = self.seed.load(Ordering::Relaxed);
        Rng::with_seed(seed.wrapping_add(update)).usize(..OBJECTS)
    }
}

/// What stands between a number and its complement.
#[must_use]
pub fn middle([first, middle, last]: [usize; 3], x: usize) -> usize {
    if (first, last) == (x, !x) {
        middle
    } else {
        TORN
    }
}

/// Puts an object in force, and asserts that all leads there.
///
/// # Panics
///
/// It does not.
pub fn put_in_force<D: Dispatch + ?Sized>(object: &'static D) -> Change<D> {
    let change = static_call::update(object).expect("code can be patched");
    assert_patched(&change);
    change
}
