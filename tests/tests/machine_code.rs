//! What an out-of-line call executes, from the call instruction to the implementation's first instruction.

#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]

use std::ptr;

use static_call::{Mode, Static, static_dispatch};
use static_call_tests::PATCHES;
use static_call_tests::child;
use static_call_tests::foreign::{FOREIGN, Foreign, Halved, ordinary};
use static_call_tests::patched::{assert_patched, reported};
use static_call_tests::route::{self, RECEIVER, RECEIVER_AFTER_RESULT, Step};

/// A function that calls a method, and what lies on its route.
struct Call {
    caller: *const (),
    implementation: *const (),
    /// Where the receiver is passed, if there is one.
    register: Option<&'static str>,
}

impl Call {
    fn entry(&self) -> *const () {
        route::entry_of(self.caller)
    }

    fn route(&self) -> Vec<Step> {
        route::of_call(self.caller, self.entry(), self.implementation)
    }
}

/// A trait with its implementations and calls. The numbers differ, so that no function is like
/// another and shares its code.
macro_rules! subject {
    ($name:ident, $number:literal) => {
        #[allow(dead_code, reason = "not every test needs all of it")]
        mod $name {
            use super::*;

            #[static_dispatch(default = Plain, out_of_line)]
            pub(crate) trait Subject: Sync {
                fn number(&self, x: u64) -> u64;
                fn triple(&self, x: u64) -> (u64, u64, u64);
                fn free(x: u64) -> u64
                where
                    Self: Sized;
            }

            pub(crate) const HANDLE: Static<dyn Subject> = Static::new();

            pub(crate) struct Plain;
            pub(crate) struct Stateful(pub(crate) u64);
            #[repr(align(64))]
            pub(crate) struct Aligned;

            implement!(Plain, $number, |_| 0);
            implement!(Stateful, $number + 1, |this: &Stateful| this.0);
            implement!(Aligned, $number + 2, |this| ptr::from_ref(this).addr()
                as u64);

            #[inline(never)]
            pub(crate) fn call_number(x: u64) -> u64 {
                HANDLE.number(x) ^ 1
            }

            #[inline(never)]
            pub(crate) fn call_triple(x: u64) -> u64 {
                let (first, second, third) = HANDLE.triple(x);
                first ^ second ^ third
            }

            #[inline(never)]
            pub(crate) fn call_free(x: u64) -> u64 {
                <Static<dyn Subject>>::free(x) ^ 1
            }

            pub(crate) fn calls<T: Subject>() -> [Call; 3] {
                [
                    Call {
                        caller: call_number as *const (),
                        implementation: <T as Subject>::number as *const (),
                        register: Some(RECEIVER),
                    },
                    Call {
                        caller: call_triple as *const (),
                        implementation: <T as Subject>::triple as *const (),
                        register: Some(RECEIVER_AFTER_RESULT),
                    },
                    Call {
                        caller: call_free as *const (),
                        implementation: <T as Subject>::free as *const (),
                        register: None,
                    },
                ]
            }

            /// Makes each call, and compares it with a direct one.
            pub(crate) fn assert_reached<T: Subject>(object: &T) {
                let (first, second, third) = object.triple(5);
                assert_eq!(call_number(5), object.number(5) ^ 1);
                assert_eq!(call_triple(5), first ^ second ^ third);
                assert_eq!(call_free(5), T::free(5) ^ 1);
            }
        }
    };
}

macro_rules! implement {
    ($name:ident, $number:expr, $state:expr) => {
        impl Subject for $name {
            #[inline(never)]
            fn number(&self, x: u64) -> u64 {
                let state: fn(&Self) -> u64 = $state;
                x + $number + state(self)
            }

            #[inline(never)]
            fn triple(&self, x: u64) -> (u64, u64, u64) {
                let state: fn(&Self) -> u64 = $state;
                (x, $number, state(self))
            }

            #[inline(never)]
            fn free(x: u64) -> u64 {
                x * $number
            }
        }
    };
}

subject!(first_use, 100);
subject!(zero_sized, 200);
subject!(stateful, 300);
subject!(over_aligned, 400);
subject!(to_and_fro, 500);
subject!(portable, 600);

/// Asserts that each call leads directly to the entry, and from there to the implementation.
#[track_caller]
fn assert_direct<T>(calls: &[Call], receiver: &T) {
    for call in calls {
        let route = call.route();
        let entry = call.entry().addr();
        assert_eq!(route.first(), Some(&Step::Call { to: entry }));
        assert_arrives(&route[1..], call, receiver);
    }
}

/// Asserts that the entry leads straight to the implementation if that can do with any receiver, and
/// otherwise by a thunk that loads `receiver`.
#[track_caller]
fn assert_arrives<T>(route: &[Step], call: &Call, receiver: &T) {
    let is_plain = size_of::<T>() == 0 && align_of::<T>() == 1;
    let jump = Step::Jump {
        to: call.implementation.addr(),
    };
    let Some(register) = call.register.filter(|_| !is_plain) else {
        assert_eq!(route, [jump]);
        return;
    };
    let [Step::Jump { .. }, by_thunk @ ..] = route else {
        panic!("the entry does not jump: {route:#?}")
    };
    let load = Step::Load {
        register: String::from(register),
        value: ptr::from_ref(receiver).addr(),
    };
    assert_eq!(by_thunk, [load, jump]);
}

/// In a process of its own: a first call does not wait for the updates of other tests.
#[test]
fn before_the_first_use_an_entry_leads_to_the_slow_path_behind_it() {
    use first_use::{Plain, assert_reached, calls};

    child::run(
        module_path!(),
        "before_the_first_use_an_entry_leads_to_the_slow_path_behind_it",
        &[],
        || {
            if !PATCHES {
                return;
            }
            for call in calls::<Plain>() {
                let route = call.route();
                let [Step::Call { to: called }, Step::Jump { to: slow }, ..] = route[..] else {
                    panic!("the entry does not jump: {route:#?}")
                };
                assert_eq!(called, call.entry().addr());
                let distance = slow.wrapping_sub(called);
                assert!((1..=32).contains(&distance), "{distance}: {route:#?}");
            }
            assert_reached(&Plain);
            assert_direct(&calls::<Plain>(), &Plain);
        },
    );
}

#[test]
fn a_zero_sized_implementation_is_a_call_and_a_jump_away() {
    use zero_sized::{Plain, Stateful, Subject, assert_reached, calls};

    assert_patched(&static_call::update::<dyn Subject>(&Stateful(1)).unwrap());
    assert_patched(&static_call::update::<dyn Subject>(&Plain).unwrap());
    if PATCHES {
        assert_direct(&calls::<Plain>(), &Plain);
    }
    assert_reached(&Plain);
}

#[test]
fn a_stateful_implementation_gets_its_receiver_as_an_immediate() {
    use stateful::{Stateful, Subject, assert_reached, calls};

    static IN_THE_PROGRAM: Stateful = Stateful(7);
    let on_the_heap: &Stateful = Box::leak(Box::new(Stateful(8)));
    for receiver in [&IN_THE_PROGRAM, on_the_heap] {
        assert_patched(&static_call::update::<dyn Subject>(receiver).unwrap());
        if PATCHES {
            assert_direct(&calls::<Stateful>(), receiver);
        }
        assert_reached(receiver);
    }
}

#[test]
fn an_over_aligned_zero_sized_implementation_gets_an_aligned_receiver() {
    use over_aligned::{Aligned, Subject, assert_reached, calls};

    assert_patched(&static_call::update::<dyn Subject>(&Aligned).unwrap());
    let receiver: *const dyn Subject = static_call::current::<dyn Subject>().as_dyn();
    // SAFETY: `&Aligned` is the implementation in force.
    #[allow(unsafe_code)]
    let receiver = unsafe { &*receiver.cast::<Aligned>() };
    if PATCHES {
        assert_direct(&calls::<Aligned>(), receiver);
    }
    assert_reached(receiver);
}

#[test]
fn switching_to_and_fro_leads_back_to_the_same_routes() {
    use to_and_fro::{Plain, Stateful, Subject, assert_reached, calls};

    static STATEFUL: Stateful = Stateful(9);
    let mut routes = Vec::new();
    for _ in 0..3 {
        assert_patched(&static_call::update::<dyn Subject>(&STATEFUL).unwrap());
        if PATCHES {
            assert_direct(&calls::<Stateful>(), &STATEFUL);
            routes.push(calls::<Stateful>().map(|call| call.route()));
        }
        assert_reached(&STATEFUL);

        assert_patched(&static_call::update::<dyn Subject>(&Plain).unwrap());
        if PATCHES {
            assert_direct(&calls::<Plain>(), &Plain);
        }
        assert_reached(&Plain);
    }
    // The thunks are the same ones again.
    assert!(routes.windows(2).all(|pair| pair[0] == pair[1]));
}

/// A library is compiled without knowledge of what it is linked into. On x86-64 Rust then calls every
/// function of it through the global offset table, unless the linker or LTO knows better.
#[test]
fn a_call_into_another_crate_is_made_as_to_any_function_there() {
    struct Scaled(u64);

    impl Foreign for Scaled {
        #[inline(never)]
        fn number(&self, x: u64) -> u64 {
            x * self.0
        }
    }

    #[inline(never)]
    fn call_number(x: u64) -> u64 {
        FOREIGN.number(x) ^ 1
    }

    #[inline(never)]
    fn call_ordinary(x: u64) -> u64 {
        ordinary(x) ^ 2
    }

    fn call<T: Foreign>() -> Call {
        Call {
            caller: call_number as *const (),
            implementation: <T as Foreign>::number as *const (),
            register: Some(RECEIVER),
        }
    }

    static SCALED: Scaled = Scaled(3);
    let there = ordinary as *const ();
    let call_of_ordinary = route::of_call(call_ordinary as *const (), there, there);
    assert_eq!(call_ordinary(9), 3 ^ 2);

    assert_patched(&static_call::update::<dyn Foreign>(&SCALED).unwrap());
    assert_eq!(call_number(8), 24 ^ 1);
    if PATCHES {
        let entry = call::<Scaled>().entry().addr();
        let expected = match call_of_ordinary[..] {
            [Step::Call { .. }] => Step::Call { to: entry },
            [Step::CallThroughMemory { .. }] => Step::CallThroughMemory { to: entry },
            _ => panic!("not a call: {call_of_ordinary:#?}"),
        };
        let route = call::<Scaled>().route();
        assert_eq!(route[0], expected);
        assert_arrives(&route[1..], &call::<Scaled>(), &SCALED);
    }

    assert_patched(&static_call::update::<dyn Foreign>(&Halved).unwrap());
    assert_eq!(call_number(8), 4 ^ 1);
    if PATCHES {
        assert_arrives(&call::<Halved>().route()[1..], &call::<Halved>(), &Halved);
    }
}

#[test]
fn the_report_tells_how_calls_are_made() {
    use portable::{Plain, Stateful, Subject, assert_reached};

    let change = static_call::update::<dyn Subject>(&Stateful(2)).unwrap();
    assert_patched(&change);
    assert_eq!(change.patched() + change.unpatched(), 3);
    assert_reached(&Stateful(2));
    let mode = reported("machine_code::portable::Subject", |row| row.mode());
    let expected = if PATCHES {
        Mode::OutOfLine
    } else {
        Mode::Portable
    };
    assert_eq!(mode, expected);

    static_call::update::<dyn Subject>(&Plain).unwrap();
    assert_reached(&Plain);
}
