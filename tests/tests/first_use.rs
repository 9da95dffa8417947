//! What a trait does before anybody chose an implementation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;

use static_call::{MethodState, Mode, Reason, Static, static_dispatch};
use static_call_tests::PATCHES;
use static_call_tests::patched::{assert_all_patched, assert_patched, reported, states};

/// A first call patches unless a report, an update or another first call is under way; then it goes
/// by the truth, and the next call patches. So that a test can tell, only one of them runs at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[track_caller]
fn assert_unused(trait_name: &str) {
    assert_eq!(reported(trait_name, |row| row.mode()), Mode::Portable);
    for state in states(trait_name) {
        let MethodState::Unpatched(reason) = state else {
            panic!("{trait_name} was used already: {state:?}");
        };
        if PATCHES {
            assert!(matches!(reason, Reason::Unused), "{reason:?}");
        } else {
            assert!(matches!(reason, Reason::Portable), "{reason:?}");
        }
    }
}

struct Unit;

struct Number(u64);

/// Makes a trait for one test, and implements it for `Unit` and `Number`.
macro_rules! own_trait {
    ($name:ident $(, $($option:tt)*)?) => {
        #[static_dispatch($($($option)*)?)]
        trait $name: Sync {
            fn number(&self, x: u64) -> u64;
            fn text(&self) -> String;
        }

        impl $name for Unit {
            fn number(&self, x: u64) -> u64 {
                x
            }

            fn text(&self) -> String {
                "unit".to_owned()
            }
        }

        impl $name for Number {
            fn number(&self, x: u64) -> u64 {
                self.0 + x
            }

            fn text(&self) -> String {
                self.0.to_string()
            }
        }
    };
}

#[test]
fn the_first_call_puts_the_default_in_force() {
    own_trait!(UnitCalled, default = Unit);
    own_trait!(NumberCalled, default: Number = Number(10));
    let _turn = alone();
    let unit = Static::<dyn UnitCalled>::new();
    let number = Static::<dyn NumberCalled>::new();

    assert_unused("first_use::UnitCalled");
    assert_eq!(unit.text(), "unit");
    assert_all_patched("first_use::UnitCalled");
    assert_eq!((unit.number(1), unit.text()), (1, "unit".to_owned()));

    assert_unused("first_use::NumberCalled");
    assert_eq!(number.number(1), 11);
    assert_all_patched("first_use::NumberCalled");
    assert_eq!((number.number(2), number.text()), (12, "10".to_owned()));
}

#[test]
fn the_first_snapshot_puts_the_default_in_force() {
    own_trait!(Taken, default: Number = Number(20));
    let _turn = alone();
    assert_unused("first_use::Taken");
    let snapshot = static_call::current::<dyn Taken>();
    assert_all_patched("first_use::Taken");
    assert_eq!(snapshot.number(1), 21);
    assert_eq!(Static::<dyn Taken>::new().text(), "20");
}

#[test]
fn the_first_update_replaces_the_default() {
    own_trait!(Updated, default: Number = Number(30));
    let _turn = alone();
    assert_unused("first_use::Updated");
    let change = static_call::update::<dyn Updated>(&Number(31)).unwrap();
    assert_patched(&change);
    assert_all_patched("first_use::Updated");
    let handle = Static::<dyn Updated>::new();
    assert_eq!((handle.number(1), handle.text()), (32, "31".to_owned()));

    assert_eq!(change.previous().number(1), 31);
    assert_patched(&static_call::update(change.previous()).unwrap());
    assert_eq!((handle.number(1), handle.text()), (31, "30".to_owned()));
}

#[test]
fn a_handle_that_is_formatted_names_the_default() {
    own_trait!(Formatted, default = Unit);
    let _turn = alone();
    let handle = Static::<dyn Formatted>::new();
    assert_eq!(format!("{handle:?}"), "Static(first_use::Unit)");
    assert_all_patched("first_use::Formatted");
    assert_eq!((handle.number(1), handle.text()), (1, "unit".to_owned()));
    assert_patched(&static_call::update::<dyn Formatted>(&Number(1)).unwrap());
    assert_eq!(format!("{handle:?}"), "Static(first_use::Number)");
    assert_eq!(
        format!("{:?}", handle.current()),
        "Current(first_use::Number)"
    );
}

#[test]
fn a_noop_trait_returns_defaults_and_runs_default_bodies() {
    #[static_dispatch(noop)]
    trait Noop: Sync {
        fn nothing(&self, x: &mut u64);
        fn number(&self, x: u64) -> u64;
        fn text(&self, x: String) -> String;
        fn slice<'bytes>(&self, x: &'bytes [u8]) -> Option<&'bytes [u8]>;
        fn wide(&self) -> ([u64; 4], f64);
        fn body(&self, x: u64) -> u64 {
            self.number(x) + x
        }
        fn free(x: u64) -> bool
        where
            Self: Sized;
    }

    impl Noop for Number {
        fn nothing(&self, x: &mut u64) {
            *x += self.0;
        }

        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }

        fn text(&self, x: String) -> String {
            x + &self.0.to_string()
        }

        fn slice<'bytes>(&self, x: &'bytes [u8]) -> Option<&'bytes [u8]> {
            Some(x)
        }

        fn wide(&self) -> ([u64; 4], f64) {
            ([self.0; 4], 1.0)
        }

        fn free(x: u64) -> bool {
            x > 0
        }
    }

    const NOOP: Static<dyn Noop> = Static::new();

    #[track_caller]
    fn assert_nothing_happens() {
        let mut untouched = 5;
        NOOP.nothing(&mut untouched);
        assert_eq!(untouched, 5);
        assert_eq!(NOOP.number(5), 0);
        assert_eq!(NOOP.text("text".to_owned()), "");
        assert_eq!(NOOP.slice(b"bytes"), None);
        assert_eq!(NOOP.wide(), ([0; 4], 0.0));
        assert_eq!(NOOP.body(5), 5);
        assert!(!<Static<dyn Noop>>::free(5));
    }

    let _turn = alone();
    assert_unused("first_use::Noop");
    assert_nothing_happens();
    assert_all_patched("first_use::Noop");
    assert_nothing_happens();

    let change = static_call::update::<dyn Noop>(&Number(40)).unwrap();
    assert_patched(&change);
    let mut touched = 5;
    NOOP.nothing(&mut touched);
    assert_eq!(touched, 45);
    assert_eq!(NOOP.text("text".to_owned()), "text40");
    assert_eq!(NOOP.slice(b"bytes"), Some(&b"bytes"[..]));
    assert_eq!(NOOP.wide(), ([40; 4], 1.0));
    assert_eq!(NOOP.body(5), 50);
    assert!(<Static<dyn Noop>>::free(5));

    assert_patched(&static_call::update(change.previous()).unwrap());
    assert_nothing_happens();
}

#[test]
fn a_call_panics_until_an_implementation_is_chosen() {
    #[static_dispatch]
    trait Unset: Sync {
        fn number(&self, x: u64) -> u64;
        fn r#move(&self, x: String) -> String;
        fn free() -> u64
        where
            Self: Sized;
    }

    impl Unset for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }

        fn r#move(&self, x: String) -> String {
            x
        }

        fn free() -> u64 {
            1
        }
    }

    const UNSET: Static<dyn Unset> = Static::new();

    #[track_caller]
    fn assert_panics<R>(method: &str, call: impl FnOnce() -> R) {
        let Err(payload) = catch_unwind(AssertUnwindSafe(call)) else {
            panic!("{method} returned");
        };
        let message = payload.downcast_ref::<String>().unwrap();
        for part in [
            &format!("first_use::Unset::{method}"),
            "update::<dyn Unset>",
        ] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[track_caller]
    fn assert_all_panic() {
        assert_panics("number", || UNSET.number(1));
        assert_panics("number", || UNSET.current().number(1));
        assert_panics("move", || UNSET.r#move("text".to_owned()));
        assert_panics("free", <Static<dyn Unset>>::free);
    }

    let _turn = alone();
    assert_unused("first_use::Unset");
    assert_all_panic();
    assert_all_panic();

    for number in [50, 51] {
        let change = static_call::update::<dyn Unset>(Box::leak(Box::new(Number(number)))).unwrap();
        assert_patched(&change);
        assert_eq!(UNSET.number(1), number + 1);
        assert_eq!(UNSET.r#move("text".to_owned()), "text");
        assert_eq!(<Static<dyn Unset>>::free(), 1);

        static_call::update(change.previous()).unwrap();
        assert_all_panic();
    }
}

/// Calls methods of a trait for the first time from eight threads at once.
macro_rules! first_called_by_many {
    ($($name:ident)*) => {
        $({
            own_trait!($name, default: Number = Number(60));
            let barrier = Barrier::new(8);
            thread::scope(|scope| {
                for thread in 0..8 {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        let handle = Static::<dyn $name>::new();
                        barrier.wait();
                        for x in 0..100 {
                            if thread % 2 == 0 {
                                assert_eq!(handle.number(x), 60 + x);
                            }
                            assert_eq!(handle.text(), "60");
                        }
                    });
                }
            });
            assert_all_patched(concat!("first_use::", stringify!($name)));
        })*
    };
}

#[test]
fn a_first_call_from_many_threads_at_once_reaches_the_default() {
    let _turn = alone();
    first_called_by_many!(
        Many1 Many2 Many3 Many4 Many5 Many6 Many7 Many8 Many9 Many10 Many11 Many12
    );
}
