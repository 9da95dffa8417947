//! A trait that is called while it is updated.
//!
//! Its updates have numbers, and which object an update puts in force follows from its number. Whoever calls reads
//! before the call which update was done last, and after it which was begun last: the call must have reached what
//! one of these, or one between, put in force.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use fastrand::Rng;

use crate::{Counter, TORN};

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
    functions: Functions,
    counters: [&'static Counter; OBJECTS],
    seed: AtomicU64,
    begun: AtomicU64,
    done: AtomicU64,
    turn: Mutex<()>,
}

/// What is done to a subject, whatever its trait.
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
    pub const fn new(
        name: &'static str,
        functions: Functions,
        counters: [&'static Counter; OBJECTS],
    ) -> Self {
        Self {
            name,
            functions,
            counters,
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

    /// What is done to it.
    #[must_use]
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// How many calls reached each object.
    #[must_use]
    pub fn counts(&self) -> [u64; OBJECTS] {
        self.counters.map(Counter::sum)
    }

    /// Makes the first update, before any call. The seed tells what all further updates put in force.
    pub fn begin(&self, seed: u64) {
        self.seed.store(seed, Ordering::Relaxed);
        (self.functions.update)(self.object_of(1));
        self.begun.store(1, Ordering::Relaxed);
        self.done.store(1, Ordering::Relaxed);
    }

    /// Makes the next update.
    ///
    /// # Panics
    ///
    /// It does not replace what the one before put in force.
    pub fn advance(&self) {
        // Destructors advance while their threads panic.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.done.load(Ordering::Relaxed);
        let update = before + 1;
        // Whoever reaches the new object sees this, because `update` publishes the object later.
        self.begun.store(update, Ordering::Release);
        let replaced = (self.functions.replace)(self.object_of(update));
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

/// Makes a module: a trait with these options, objects that implement it, and the [`Subject`].
///
/// The objects are a `Unit`, and two each of the types `Keyed<1>`, `Keyed<2>` and `Keyed<3>`.
#[macro_export]
macro_rules! subject {
    ($(#[$documentation:meta])* $module:ident($($option:tt)*)) => {
        $(#[$documentation])*
        pub mod $module {
            use std::hint::black_box;

            use static_call::{Change, Static, static_dispatch};
            use static_call_tests::patched::assert_patched;
            use $crate::{
                CALLS, Call, Counter, Functions, Keyed, OBJECTS, Object, Subject, TORN, middle,
            };

            /// Each method tells the number of the object.
            #[static_dispatch($($option)*)]
            pub trait Numbered: Sync {
                /// Combined with `x`.
                fn narrow(&self, caller: usize, x: usize) -> usize;

                /// Between `x` and its complement. This returns through memory.
                fn wide(&self, caller: usize, x: usize) -> [usize; 3];

                /// Added to `x`. On x86-64 this takes arguments from the stack.
                fn long(&self, caller: usize, x: usize, first: &str, second: &str) -> usize;

                /// This calls `body` with it.
                fn around(&self, caller: usize, body: &mut dyn FnMut(usize)) -> usize;

                /// Uncounted.
                #[static_dispatch(cold)]
                fn number(&self) -> usize;
            }

            /// An object without state.
            pub struct Unit;

            static UNIT: Counter = Counter::new();
            static ONE: [Keyed<1>; 2] = [Keyed::new(1), Keyed::new(2)];
            static TWO: [Keyed<2>; 2] = [Keyed::new(3), Keyed::new(4)];
            static THREE: [Keyed<3>; 2] = [Keyed::new(5), Keyed::new(6)];

            impl Object for Unit {
                fn number(&self) -> usize {
                    0
                }

                fn counter(&self) -> &Counter {
                    &UNIT
                }
            }

            $crate::numbered!(Unit, Keyed<1>, Keyed<2>, Keyed<3>);

            const HANDLE: Static<dyn Numbered> = Static::new();

            /// The trait.
            pub static SUBJECT: Subject = Subject::new(
                concat!(module_path!(), "::Numbered"),
                Functions {
                    update: |object| {
                        update(object);
                    },
                    replace: |object| update(object).previous().number(),
                    calls: calls::<0>,
                    around: |caller, body| HANDLE.around(caller, body),
                },
                [
                    &UNIT,
                    ONE[0].counter(),
                    ONE[1].counter(),
                    TWO[0].counter(),
                    TWO[1].counter(),
                    THREE[0].counter(),
                    THREE[1].counter(),
                ],
            );

            fn update(object: usize) -> Change<dyn Numbered> {
                let objects: [&dyn Numbered; OBJECTS] =
                    [&Unit, &ONE[0], &ONE[1], &TWO[0], &TWO[1], &THREE[0], &THREE[1]];
                let change = static_call::update(objects[object]).expect("code can be patched");
                assert_patched(&change);
                change
            }

            /// Calls that are compiled once for each `COPY`, in the crate that names it.
            #[inline(never)]
            pub fn calls<const COPY: usize>(caller: usize, x: usize) -> [Call; CALLS] {
                // Copies that are equal could be merged.
                black_box(COPY);
                let (snapshot, during) = SUBJECT.during(|| HANDLE.current());
                let objects = [
                    snapshot.narrow(caller, x) ^ x,
                    middle(snapshot.wide(caller, x), x),
                ];
                let [fourth, fifth] = objects.map(|object| Call {
                    object: if objects == [object; 2] { object } else { TORN },
                    during: during.clone(),
                });
                [
                    SUBJECT.call(|| HANDLE.narrow(caller, x) ^ x),
                    SUBJECT.call(|| middle(HANDLE.wide(caller, x), x)),
                    SUBJECT.call(|| HANDLE.long(caller, x, "first", "second").wrapping_sub(x)),
                    fourth,
                    fifth,
                ]
            }
        }
    };
}

/// Implements the trait of a [`subject!`] for its objects.
#[doc(hidden)]
#[macro_export]
macro_rules! numbered {
    ($($object:ty),*) => {$(
        impl Numbered for $object {
            fn narrow(&self, caller: usize, x: usize) -> usize {
                self.reach(caller) ^ x
            }

            fn wide(&self, caller: usize, x: usize) -> [usize; 3] {
                [x, self.reach(caller), !x]
            }

            fn long(&self, caller: usize, x: usize, first: &str, second: &str) -> usize {
                if (first, second) == ("first", "second") {
                    self.reach(caller).wrapping_add(x)
                } else {
                    TORN
                }
            }

            fn around(&self, caller: usize, body: &mut dyn FnMut(usize)) -> usize {
                body(self.reach(caller));
                // The state is still its own.
                Object::number(self)
            }

            fn number(&self) -> usize {
                Object::number(self)
            }
        }
    )*};
}
