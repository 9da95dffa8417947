//! What a call executes that is patched where it stands.

#![cfg(target_arch = "x86_64")]

use std::ptr;

use static_call::{Mode, Static, static_dispatch};
use static_call_tests::child;
use static_call_tests::patched::{assert_patched, reported};
use static_call_tests::path::{End, Path};
use static_call_tests::route::{self, RECEIVER, RECEIVER_AFTER_RESULT, Step};
use static_call_tests::{PATCHES, foreign_sites};

/// A trait with its implementations and calls. Bodies are marked to be inlined at any opt-level, or never: then
/// each has one address. The numbers differ, so that no function is like another and
/// shares its code.
macro_rules! subject {
    ($name:ident, $number:literal, ($($option:tt)*), $inline:tt) => {
        #[allow(dead_code, reason = "not every test needs all of it")]
        mod $name {
            use super::*;

            #[static_dispatch($($option)*)]
            pub(crate) trait Subject: Sync {
                fn number(&self, x: u64) -> u64;
                fn triple(&self, x: u64) -> [u64; 3];
            }

            pub(crate) const HANDLE: Static<dyn Subject> = Static::new();

            pub(crate) struct Plain;
            pub(crate) struct Stateful(pub(crate) u64);
            pub(crate) struct Unlisted;

            impl Subject for Plain {
                #[inline $inline]
                fn number(&self, x: u64) -> u64 {
                    x ^ $number
                }
                #[inline $inline]
                fn triple(&self, x: u64) -> [u64; 3] {
                    [x, $number, 1]
                }
            }

            impl Subject for Stateful {
                #[inline $inline]
                fn number(&self, x: u64) -> u64 {
                    x ^ $number ^ self.0
                }
                #[inline $inline]
                fn triple(&self, x: u64) -> [u64; 3] {
                    [x, $number, self.0]
                }
            }

            impl Subject for Unlisted {
                #[inline(never)]
                fn number(&self, x: u64) -> u64 {
                    x ^ $number ^ 1
                }
                #[inline(never)]
                fn triple(&self, x: u64) -> [u64; 3] {
                    [x, $number, 2]
                }
            }

            #[inline(never)]
            pub(crate) fn call_number(x: u64) -> u64 {
                HANDLE.number(x) ^ 1
            }

            #[inline(never)]
            pub(crate) fn call_triple(x: u64) -> u64 {
                let [first, second, third] = HANDLE.triple(x);
                first ^ second ^ third
            }

            /// The two callers, each with its method of the implementation and its receiver's register.
            pub(crate) fn calls<T: Subject>() -> [(*const (), *const (), &'static str); 2] {
                [
                    (
                        call_number as *const (),
                        <T as Subject>::number as *const (),
                        RECEIVER,
                    ),
                    (
                        call_triple as *const (),
                        <T as Subject>::triple as *const (),
                        RECEIVER_AFTER_RESULT,
                    ),
                ]
            }

            /// Makes each call, and compares it with a direct one.
            #[track_caller]
            pub(crate) fn assert_reached<T: Subject>(object: &T) {
                assert_eq!(call_number(5), object.number(5) ^ 1);
                let [first, second, third] = object.triple(5);
                assert_eq!(call_triple(5), first ^ second ^ third);
            }
        }
    };
}

subject!(open, 0x100, (), (never));
subject!(unused, 0x200, (), (never));
subject!(listed, 0x300, (inline(Plain, Stateful)), (always));
subject!(noop, 0x400, (noop), (always));
subject!(by_default, 0x500, (default = Plain), (always));

#[test]
fn an_open_call_has_the_address_of_the_implementation_as_an_immediate() {
    use open::{Plain, Stateful, Subject, assert_reached, calls};

    let on_the_heap: &Stateful = Box::leak(Box::new(Stateful(8)));
    for _ in 0..2 {
        assert_patched(&static_call::update::<dyn Subject>(&Plain).unwrap());
        if PATCHES {
            for (caller, implementation, _) in calls::<Plain>() {
                let path = Path::of(caller);
                assert_eq!(path.end, End::Immediate(implementation.addr()), "{path:#?}");
                assert!(path.data_accesses().is_empty(), "{path:#?}");
            }
        }
        assert_reached(&Plain);

        assert_patched(&static_call::update::<dyn Subject>(on_the_heap).unwrap());
        if PATCHES {
            for (caller, implementation, register) in calls::<Stateful>() {
                let path = Path::of(caller);
                let End::Immediate(thunk) = path.end else {
                    panic!("{path:#?}")
                };
                assert!(path.data_accesses().is_empty(), "{path:#?}");
                let load = Step::Load {
                    register: register.to_owned(),
                    value: ptr::from_ref(on_the_heap).addr(),
                };
                let jump = Step::Jump {
                    to: implementation.addr(),
                };
                let thunk = ptr::with_exposed_provenance(thunk);
                assert_eq!(route::of_entry(thunk, implementation), [load, jump]);
            }
        }
        assert_reached(on_the_heap);
    }
    let mode = reported(concat!(module_path!(), "::open::Subject"), |row| row.mode());
    assert_eq!(
        mode,
        if PATCHES {
            Mode::Inline
        } else {
            Mode::Portable
        }
    );
}

#[test]
fn before_the_first_use_an_open_call_goes_to_the_entry() {
    child::run(
        module_path!(),
        "before_the_first_use_an_open_call_goes_to_the_entry",
        &[],
        || {
            use unused::{Subject, Unlisted, assert_reached, calls};

            if !PATCHES {
                return;
            }
            let mut entries = Vec::new();
            for (caller, ..) in calls::<Unlisted>() {
                match Path::of(caller).end {
                    End::Immediate(entry) => entries.push(entry),
                    // The linker has left the load from the global offset table alone.
                    End::Indirect => {}
                    end => panic!("{end:?}"),
                }
            }
            for entry in &entries {
                let entry = ptr::with_exposed_provenance(*entry);
                assert!(matches!(
                    route::of_entry(entry, entry.wrapping_byte_add(16))[..],
                    [Step::Jump { .. }, ..]
                ));
            }
            assert_patched(&static_call::update::<dyn Subject>(&Unlisted).unwrap());
            assert_reached(&Unlisted);
        },
    );
}

#[test]
fn a_listed_call_runs_the_body_in_place() {
    use listed::{Plain, Stateful, Subject, Unlisted, assert_reached, calls};

    static STATEFUL: Stateful = Stateful(3);
    for _ in 0..2 {
        assert_patched(&static_call::update::<dyn Subject>(&Plain).unwrap());
        if PATCHES {
            for (caller, ..) in calls::<Plain>() {
                let path = Path::of(caller);
                assert_eq!(path.end, End::Return, "{path:#?}");
                assert!(path.data_accesses().is_empty(), "{path:#?}");
            }
        }
        assert_reached(&Plain);

        assert_patched(&static_call::update::<dyn Subject>(&STATEFUL).unwrap());
        if PATCHES {
            for (caller, ..) in calls::<Stateful>() {
                let path = Path::of(caller);
                assert_eq!(path.end, End::Return, "{path:#?}");
                // The address of the object, and its field.
                assert_eq!(path.data_accesses().len(), 2, "{path:#?}");
            }
        }
        assert_reached(&STATEFUL);

        assert_patched(&static_call::update::<dyn Subject>(&Unlisted).unwrap());
        if PATCHES {
            for (caller, implementation, _) in calls::<Unlisted>() {
                let path = Path::of(caller);
                assert_eq!(path.end, End::Immediate(implementation.addr()), "{path:#?}");
                assert!(path.data_accesses().is_empty(), "{path:#?}");
            }
        }
        assert_reached(&Unlisted);
    }
}

#[test]
fn what_is_there_before_the_first_update_is_listed_by_itself() {
    assert_eq!(noop::call_number(5), 1);
    assert_eq!(by_default::call_number(5), 5 ^ 0x500 ^ 1);
    // The first use may have met another test's update; an update to the same is none.
    let nothing = static_call::current::<dyn noop::Subject>().as_dyn();
    assert_patched(&static_call::update(nothing).unwrap());
    assert_patched(&static_call::update::<dyn by_default::Subject>(&by_default::Plain).unwrap());
    if PATCHES {
        for caller in [noop::call_number, by_default::call_number] {
            let path = Path::of(caller as *const ());
            assert_eq!(path.end, End::Return, "{path:#?}");
            assert!(path.data_accesses().is_empty(), "{path:#?}");
        }
    }
    assert_eq!(noop::call_number(5), 1);
    by_default::assert_reached(&by_default::Plain);
}

macro_rules! many {
    ($($name:ident $number:literal)*) => {
        #[static_dispatch(noop, inline($($name),*))]
        trait Many: Sync {
            fn number(&self, x: u64) -> u64;
        }

        $(
            struct $name;

            impl Many for $name {
                #[inline(always)]
                fn number(&self, x: u64) -> u64 {
                    (x ^ $number).wrapping_mul($number + 4)
                }
            }
        )*

        const EVERY: &[(&dyn Many, u64)] = &[$((&$name, (7 ^ $number) * ($number + 4))),*];
    };
}

many! {
    A 1 B 2 C 3 D 4 E 5 F 6 G 7 H 8 I 9 J 10 K 11 L 12 M 13 N 14 O 15 P 16
}

/// A table of addresses would be read from memory, and jumped through.
#[test]
fn among_seventeen_listed_implementations_no_jump_is_indirect() {
    #[inline(never)]
    fn call_number(x: u64) -> u64 {
        Static::<dyn Many>::new().number(x)
    }

    for (implementation, expected) in EVERY {
        assert_patched(&static_call::update(*implementation).unwrap());
        assert_eq!(call_number(7), *expected);
        if PATCHES {
            let path = Path::of(call_number as *const ());
            assert_eq!(path.end, End::Return, "{path:#?}");
            assert!(path.data_accesses().is_empty(), "{path:#?}");
        }
    }
}

#[test]
fn a_call_into_another_crate_is_patched_where_it_stands() {
    use foreign_sites::{FOREIGN, Foreign, Tripled, call_there};

    struct Scaled(u64);

    impl Foreign for Scaled {
        #[inline(never)]
        fn number(&self, x: u64) -> u64 {
            x * self.0
        }
    }

    #[inline(never)]
    fn call_here(x: u64) -> u64 {
        FOREIGN.number(x) ^ 1
    }

    static SCALED: Scaled = Scaled(5);
    assert_patched(&static_call::update::<dyn Foreign>(&Tripled).unwrap());
    assert_eq!((call_here(2), call_there(2)), (7, 7));
    if PATCHES {
        for caller in [call_here as *const (), call_there as *const ()] {
            let implementation = <Tripled as Foreign>::number as *const ();
            assert_eq!(Path::of(caller).end, End::Immediate(implementation.addr()));
        }
    }
    assert_patched(&static_call::update::<dyn Foreign>(&SCALED).unwrap());
    assert_eq!((call_here(2), call_there(2)), (11, 11));
    if PATCHES {
        let path = Path::of(call_here as *const ());
        assert!(matches!(path.end, End::Immediate(_)), "{path:#?}");
        assert!(path.data_accesses().is_empty(), "{path:#?}");
    }
}

/// The compiler copies calls: into generic functions, closures, unrolled loops and inlined functions.
#[test]
fn every_copy_of_a_call_is_patched() {
    #[static_dispatch]
    trait Copied: Sync {
        fn number(&self, x: u64) -> u64;
    }

    const COPIED: Static<dyn Copied> = Static::new();

    struct Add(u64);

    impl Copied for Add {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }
    }

    #[inline(always)]
    fn inlined(x: u64) -> u64 {
        COPIED.number(x)
    }

    fn generic<T: Into<u64>>(x: T) -> u64 {
        inlined(x.into()) + COPIED.number(1)
    }

    fn by_reference(copied: &impl Copied) -> u64 {
        copied.number(2)
    }

    fn all() -> u64 {
        let boxed: Box<dyn Copied> = Box::new(COPIED);
        let closure = |x| COPIED.number(x);
        let unrolled: u64 = [1, 2, 3, 4].into_iter().map(inlined).sum();
        generic(1_u8)
            + generic(2_u16)
            + by_reference(&COPIED)
            + boxed.number(3)
            + closure(4)
            + unrolled
    }

    for number in [10, 20, 30] {
        assert_patched(
            &static_call::update::<dyn Copied>(Box::leak(Box::new(Add(number)))).unwrap(),
        );
        assert_eq!(all(), 11 * number + 24);
    }
    let (count, entry) = reported(concat!(module_path!(), "::Copied"), |row| {
        let sites = row.methods()[0].call_sites();
        (sites.count(), sites.at_the_entry())
    });
    assert_eq!(entry, 0);
    assert_eq!(count >= 6, PATCHES, "{count}");
}
