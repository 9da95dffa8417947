//! Updates that the system refuses. That concerns the whole process, so each test has one of its own.

#![allow(unsafe_code)]

use std::error::Error as _;
use std::io;
use std::ptr;

use static_call::{Error, Static};
use static_call_tests::PATCHES;
use static_call_tests::child;
use static_call_tests::patched::{assert_by_truth, assert_nothing_patched, assert_patched};
use static_call_tests::protection;

dispatch! {
    [Echo, Gain] (default = Echo)
    trait Filter: Sync {
        fn number(&self, x: u64) -> u64;
        fn text(&self, x: u64) -> String;
        fn free(x: u64) -> u64
        where
            Self: Sized;
    }
}

const FILTER: Static<dyn Filter> = Static::new();

struct Echo;

impl Filter for Echo {
    fn number(&self, x: u64) -> u64 {
        x
    }

    fn text(&self, x: u64) -> String {
        format!("{x}")
    }

    fn free(x: u64) -> u64 {
        x + 1
    }
}

struct Gain(u64);

impl Filter for Gain {
    fn number(&self, x: u64) -> u64 {
        x * self.0
    }

    fn text(&self, x: u64) -> String {
        format!("{x} * {}", self.0)
    }

    fn free(x: u64) -> u64 {
        x + 2
    }
}

static TWICE: Gain = Gain(2);

// A trait that is not used before the system refuses.
dispatch! {
    [Echo, Gain] (default = Echo)
    trait Late: Sync {
        fn number(&self, x: u64) -> u64;
    }
}

const LATE: Static<dyn Late> = Static::new();

impl Late for Echo {
    fn number(&self, x: u64) -> u64 {
        x
    }
}

impl Late for Gain {
    fn number(&self, x: u64) -> u64 {
        x * self.0
    }
}

#[track_caller]
fn assert_echo() {
    assert_eq!(through!(FILTER).number(5), 5);
    assert_eq!(through!(FILTER).text(5), "5");
    assert_eq!(<Static<dyn Filter>>::free(5), 6);
}

#[track_caller]
fn assert_gain(gain: u64) {
    assert_eq!(through!(FILTER).number(5), 5 * gain);
    assert_eq!(through!(FILTER).text(5), format!("5 * {gain}"));
    assert_eq!(<Static<dyn Filter>>::free(5), 7);
}

/// Makes the system refuse, from now on, to make code writable. Returns false if it cannot.
fn refuse() -> bool {
    // SAFETY: this call takes no pointer, and changes what later calls may do, nothing else.
    let result = unsafe {
        libc::prctl(
            libc::PR_SET_MDWE,
            libc::c_ulong::from(libc::PR_MDWE_REFUSE_EXEC_GAIN),
            0,
            0,
            0,
        )
    };
    if result != 0 {
        let error = io::Error::last_os_error();
        println!("skipped: PR_SET_MDWE cannot be had here (Linux 6.3 has it): {error}");
    }
    result == 0
}

fn is_refusal(error: &Error) -> bool {
    let source = error.source();
    let source = source.and_then(|source| source.downcast_ref::<io::Error>());
    let number = source.and_then(io::Error::raw_os_error);
    matches!(error, Error::Protect { .. }) && number == Some(libc::EACCES)
}

#[test]
fn refused_before_the_first_update_calls_go_by_the_truth() {
    child::run(
        module_path!(),
        "refused_before_the_first_update_calls_go_by_the_truth",
        &[],
        || {
            if !refuse() {
                return;
            }
            let before = protection::of_code();
            for _ in 0..2 {
                for gain in [2, 3, 2] {
                    let change =
                        static_call::update::<dyn Filter>(Box::leak(Box::new(Gain(gain)))).unwrap();
                    assert_nothing_patched(&change);
                    assert_gain(gain);
                    assert_by_truth(concat!(module_path!(), "::Filter"), is_refusal);
                }
                let change = static_call::update::<dyn Filter>(&Echo).unwrap();
                assert_nothing_patched(&change);
                assert_echo();
                assert_by_truth(concat!(module_path!(), "::Filter"), is_refusal);
            }
            assert_eq!(protection::of_code(), before);
        },
    );
}

#[test]
fn refused_at_the_first_call_the_default_is_reached_by_the_truth() {
    child::run(
        module_path!(),
        "refused_at_the_first_call_the_default_is_reached_by_the_truth",
        &[],
        || {
            if !refuse() {
                return;
            }
            assert_echo();
            assert_by_truth(concat!(module_path!(), "::Filter"), is_refusal);
            assert_echo();
        },
    );
}

#[test]
fn refused_between_two_updates_nothing_changes() {
    child::run(
        module_path!(),
        "refused_between_two_updates_nothing_changes",
        &[],
        || {
            if !PATCHES {
                return;
            }
            assert_patched(&static_call::update::<dyn Filter>(&Echo).unwrap());
            assert_patched(&static_call::update::<dyn Filter>(&TWICE).unwrap());
            let report = static_call::report().to_string();
            let before = protection::of_code();
            if !refuse() {
                return;
            }

            // To a known implementation, to a zero-sized one, and to one that needs thunks yet.
            let others: [&'static dyn Filter; 2] = [&Echo, &Gain(3)];
            for other in others {
                let error = static_call::update::<dyn Filter>(other).unwrap_err();
                assert!(is_refusal(&error), "{error:?}");
                assert_gain(2);
                assert!(ptr::addr_eq(
                    static_call::current::<dyn Filter>().as_dyn(),
                    &TWICE
                ));
                assert_eq!(static_call::report().to_string(), report);
                assert_eq!(protection::of_code(), before);
            }
            // What is in force already can be put in force again.
            assert_patched(&static_call::update::<dyn Filter>(&TWICE).unwrap());

            // A trait that was never patched goes by the truth.
            assert_eq!(through!(LATE).number(5), 5);
            let change = static_call::update::<dyn Late>(&TWICE).unwrap();
            assert_nothing_patched(&change);
            assert_eq!(through!(LATE).number(5), 10);
            assert_by_truth(concat!(module_path!(), "::Late"), is_refusal);
        },
    );
}
