//! What a trait does before anybody chose an implementation.
//!
//! A first call patches unless a report, an update or another first call is under way; then it goes by the
//! truth, and the next call patches. So that a test can tell, each has a process of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

use static_call::{MethodState, Mode, Reason, Static};
use static_call_tests::PATCHES;
use static_call_tests::child;
use static_call_tests::patched::{assert_all_patched, assert_patched, reported, states};

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
        dispatch! {
            [Unit, Number] ($($($option)*)?)
            trait $name: Sync {
                fn number(&self, x: u64) -> u64;
                fn text(&self) -> String;
            }
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
    child::run(
        module_path!(),
        "the_first_call_puts_the_default_in_force",
        &[],
        || {
            own_trait!(UnitCalled, default = Unit);
            own_trait!(NumberCalled, default: Number = Number(10));
            let unit = Static::<dyn UnitCalled>::new();
            let number = Static::<dyn NumberCalled>::new();

            assert_unused(concat!(module_path!(), "::UnitCalled"));
            assert_eq!(through!(unit).text(), "unit");
            assert_all_patched(concat!(module_path!(), "::UnitCalled"));
            assert_eq!(
                (through!(unit).number(1), through!(unit).text()),
                (1, "unit".to_owned())
            );

            assert_unused(concat!(module_path!(), "::NumberCalled"));
            assert_eq!(through!(number).number(1), 11);
            assert_all_patched(concat!(module_path!(), "::NumberCalled"));
            assert_eq!(
                (through!(number).number(2), through!(number).text()),
                (12, "10".to_owned())
            );
        },
    );
}

#[test]
fn the_first_snapshot_puts_the_default_in_force() {
    child::run(
        module_path!(),
        "the_first_snapshot_puts_the_default_in_force",
        &[],
        || {
            own_trait!(Taken, default: Number = Number(20));
            assert_unused(concat!(module_path!(), "::Taken"));
            let snapshot = static_call::current::<dyn Taken>();
            assert_all_patched(concat!(module_path!(), "::Taken"));
            assert_eq!(snapshot.number(1), 21);
            assert_eq!(Static::<dyn Taken>::new().text(), "20");
        },
    );
}

#[test]
fn the_first_update_replaces_the_default() {
    child::run(
        module_path!(),
        "the_first_update_replaces_the_default",
        &[],
        || {
            own_trait!(Updated, default: Number = Number(30));
            assert_unused(concat!(module_path!(), "::Updated"));
            let change = static_call::update::<dyn Updated>(&Number(31)).unwrap();
            assert_patched(&change);
            assert_all_patched(concat!(module_path!(), "::Updated"));
            let handle = Static::<dyn Updated>::new();
            assert_eq!(
                (through!(handle).number(1), through!(handle).text()),
                (32, "31".to_owned())
            );

            assert_eq!(change.previous().number(1), 31);
            assert_patched(&static_call::update(change.previous()).unwrap());
            assert_eq!(
                (through!(handle).number(1), through!(handle).text()),
                (31, "30".to_owned())
            );
        },
    );
}

#[test]
fn a_handle_that_is_formatted_names_the_default() {
    child::run(
        module_path!(),
        "a_handle_that_is_formatted_names_the_default",
        &[],
        || {
            own_trait!(Formatted, default = Unit);
            let handle = Static::<dyn Formatted>::new();
            assert_eq!(
                format!("{handle:?}"),
                concat!("Static(", module_path!(), "::Unit)")
            );
            assert_all_patched(concat!(module_path!(), "::Formatted"));
            assert_eq!(
                (through!(handle).number(1), through!(handle).text()),
                (1, "unit".to_owned())
            );
            assert_patched(&static_call::update::<dyn Formatted>(&Number(1)).unwrap());
            assert_eq!(
                format!("{handle:?}"),
                concat!("Static(", module_path!(), "::Number)")
            );
            assert_eq!(
                format!("{:?}", handle.current()),
                concat!("Current(", module_path!(), "::Number)")
            );
        },
    );
}

#[test]
fn a_noop_trait_returns_defaults_and_runs_default_bodies() {
    child::run(
        module_path!(),
        "a_noop_trait_returns_defaults_and_runs_default_bodies",
        &[],
        || {
            dispatch! {
                [Number] (noop)
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
                through!(NOOP).nothing(&mut untouched);
                assert_eq!(untouched, 5);
                assert_eq!(through!(NOOP).number(5), 0);
                assert_eq!(through!(NOOP).text("text".to_owned()), "");
                assert_eq!(through!(NOOP).slice(b"bytes"), None);
                assert_eq!(through!(NOOP).wide(), ([0; 4], 0.0));
                assert_eq!(through!(NOOP).body(5), 5);
                assert!(!<Static<dyn Noop>>::free(5));
            }

            assert_unused(concat!(module_path!(), "::Noop"));
            assert_nothing_happens();
            assert_all_patched(concat!(module_path!(), "::Noop"));
            assert_nothing_happens();

            let change = static_call::update::<dyn Noop>(&Number(40)).unwrap();
            assert_patched(&change);
            let mut touched = 5;
            through!(NOOP).nothing(&mut touched);
            assert_eq!(touched, 45);
            assert_eq!(through!(NOOP).text("text".to_owned()), "text40");
            assert_eq!(through!(NOOP).slice(b"bytes"), Some(&b"bytes"[..]));
            assert_eq!(through!(NOOP).wide(), ([40; 4], 1.0));
            assert_eq!(through!(NOOP).body(5), 50);
            assert!(<Static<dyn Noop>>::free(5));

            assert_patched(&static_call::update(change.previous()).unwrap());
            assert_nothing_happens();
        },
    );
}

#[test]
fn a_call_panics_until_an_implementation_is_chosen() {
    child::run(
        module_path!(),
        "a_call_panics_until_an_implementation_is_chosen",
        &[],
        || {
            dispatch! {
                [Number] ()
                trait Unset: Sync {
                    fn number(&self, x: u64) -> u64;
                    fn r#move(&self, x: String) -> String;
                    fn free() -> u64
                    where
                        Self: Sized;
                }
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
                    &format!(concat!(module_path!(), "::Unset::{}"), method),
                    "update::<dyn Unset>",
                ] {
                    assert!(message.contains(part), "{message}");
                }
            }

            #[track_caller]
            fn assert_all_panic() {
                assert_panics("number", || through!(UNSET).number(1));
                assert_panics("number", || UNSET.current().number(1));
                assert_panics("move", || through!(UNSET).r#move("text".to_owned()));
                assert_panics("free", <Static<dyn Unset>>::free);
            }

            assert_unused(concat!(module_path!(), "::Unset"));
            assert_all_panic();
            assert_all_panic();

            for number in [50, 51] {
                let change =
                    static_call::update::<dyn Unset>(Box::leak(Box::new(Number(number)))).unwrap();
                assert_patched(&change);
                assert_eq!(through!(UNSET).number(1), number + 1);
                assert_eq!(through!(UNSET).r#move("text".to_owned()), "text");
                assert_eq!(<Static<dyn Unset>>::free(), 1);

                static_call::update(change.previous()).unwrap();
                assert_all_panic();
            }
        },
    );
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
                                assert_eq!(through!(handle).number(x), 60 + x);
                            }
                            assert_eq!(through!(handle).text(), "60");
                        }
                    });
                }
            });
            assert_all_patched(concat!(module_path!(), "::", stringify!($name)));
        })*
    };
}

#[test]
fn a_first_call_from_many_threads_at_once_reaches_the_default() {
    child::run(
        module_path!(),
        "a_first_call_from_many_threads_at_once_reaches_the_default",
        &[],
        || {
            first_called_by_many!(
                Many1 Many2 Many3 Many4 Many5 Many6 Many7 Many8 Many9 Many10 Many11 Many12
            );
        },
    );
}
