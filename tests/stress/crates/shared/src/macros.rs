//! Traits under stress, and what implements, updates and calls them, in whichever crates.

/// Makes a module: a trait with these options, the [`Subject`](crate::Subject), and what implements the trait wherever
/// it is used: a `Unit`, and all types `Keyed`.
#[macro_export]
macro_rules! subject {
    ($(#[$documentation:meta])* $module:ident($($option:tt)*)) => {
        $(#[$documentation])*
        pub mod $module {
            use std::hint::black_box;

            use static_call::{Static, static_dispatch};
            use $crate::{CALLS, Call, Counter, Keyed, Object, Subject, TORN, middle};

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

            impl Object for Unit {
                fn number(&self) -> usize {
                    0
                }

                fn counter(&self) -> &Counter {
                    static UNIT: Counter = Counter::new();

                    &UNIT
                }
            }

            $crate::numbered!([] Numbered, Unit);
            $crate::numbered!([const KEY: u32] Numbered, Keyed<KEY>);

            const HANDLE: Static<dyn Numbered> = Static::new();

            /// The trait.
            pub static SUBJECT: Subject = Subject::new(concat!(module_path!(), "::Numbered"));

            /// A call that is compiled once for each `COPY`, in the crate that names it.
            #[inline(never)]
            pub fn around<const COPY: usize>(
                caller: usize,
                body: &mut dyn FnMut(usize),
            ) -> usize {
                // Copies that are equal could be merged.
                black_box(COPY);
                HANDLE.around(caller, body)
            }

            /// Further calls that are compiled like that.
            #[inline(never)]
            pub fn calls<const COPY: usize>(caller: usize, x: usize) -> [Call; CALLS] {
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

/// Makes a module: the objects that are put in force on a trait, which a module of [`subject!`] has.
///
/// They are its `Unit`, two each of the types `Keyed<1>` and `Keyed<2>`, and two of a third type.
#[macro_export]
macro_rules! objects {
    ($module:ident, $subject:ident, $third:ty) => {
        /// The objects that are put in force on a trait.
        pub mod $module {
            use std::hint::black_box;

            use static_call::Change;
            use $crate::{Counter, Functions, Keyed, OBJECTS, Object, put_in_force};

            use super::$subject::{Numbered, Unit, around, calls};
            use super::*;

            static ONE: [Keyed<1>; 2] = [Keyed::new(1), Keyed::new(2)];
            static TWO: [Keyed<2>; 2] = [Keyed::new(3), Keyed::new(4)];
            static THREE: [$third; 2] = [<$third>::new(5), <$third>::new(6)];

            /// How many calls reached each object.
            #[must_use]
            pub fn counts() -> [u64; OBJECTS] {
                let objects: [&dyn Object; OBJECTS] = [
                    &Unit, &ONE[0], &ONE[1], &TWO[0], &TWO[1], &THREE[0], &THREE[1],
                ];
                objects.map(|object| object.counter().sum())
            }

            /// Updates and calls, with vtables of the types, that are compiled once for each `COPY`, in the crate that
            /// names it.
            #[must_use]
            pub const fn functions<const COPY: usize>() -> Functions {
                Functions {
                    update: |object| {
                        update::<COPY>(object);
                    },
                    replace: |object| update::<COPY>(object).previous().number(),
                    calls: calls::<COPY>,
                    around: around::<COPY>,
                }
            }

            #[inline(never)]
            fn update<const COPY: usize>(object: usize) -> Change<dyn Numbered> {
                black_box(COPY);
                let objects: [&dyn Numbered; OBJECTS] = [
                    &Unit, &ONE[0], &ONE[1], &TWO[0], &TWO[1], &THREE[0], &THREE[1],
                ];
                put_in_force(objects[object])
            }
        }
    };
}

/// Implements the trait of a [`subject!`] for a type that is an [`Object`](crate::Object).
#[macro_export]
macro_rules! numbered {
    ([$($parameters:tt)*] $numbered:path, $object:ty) => {
        impl<$($parameters)*> $numbered for $object {
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
                    $crate::TORN
                }
            }

            fn around(&self, caller: usize, body: &mut dyn FnMut(usize)) -> usize {
                body(self.reach(caller));
                // The state is still its own.
                $crate::Object::number(self)
            }

            fn number(&self) -> usize {
                $crate::Object::number(self)
            }
        }
    };
}
