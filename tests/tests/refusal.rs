//! Updates that the system refuses, or that find code changed by someone else. Both concern the
//! whole process, so each test has one of its own.

#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(unsafe_code)]

use std::error::Error as _;
use std::io;
use std::ptr;

use region::Protection;
use static_call::{Error, MethodState, Reason, Static, static_dispatch};
use static_call_tests::PATCHES;
use static_call_tests::child;
use static_call_tests::patched::{assert_patched, states};

#[static_dispatch(default = Echo)]
trait Filter: Sync {
    fn number(&self, x: u64) -> u64;
    fn text(&self, x: u64) -> String;
    fn free(x: u64) -> u64
    where
        Self: Sized;
}

const FILTER: Static<dyn Filter> = Static::new();

/// The number of the methods.
const METHODS: usize = 3;

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

/// A trait that is not used before the system refuses.
#[static_dispatch(default = Echo)]
trait Late: Sync {
    fn number(&self, x: u64) -> u64;
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
    assert_eq!(FILTER.number(5), 5);
    assert_eq!(FILTER.text(5), "5");
    assert_eq!(<Static<dyn Filter>>::free(5), 6);
}

#[track_caller]
fn assert_gain(gain: u64) {
    assert_eq!(FILTER.number(5), 5 * gain);
    assert_eq!(FILTER.text(5), format!("5 * {gain}"));
    assert_eq!(<Static<dyn Filter>>::free(5), 7);
}

fn entries() -> [*const (); METHODS] {
    [
        <Static<dyn Filter> as Filter>::number as *const (),
        <Static<dyn Filter> as Filter>::text as *const (),
        <Static<dyn Filter> as Filter>::free as *const (),
    ]
}

fn protections() -> [Protection; METHODS] {
    entries().map(|entry| region::query(entry).unwrap().protection())
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

#[track_caller]
fn assert_refused(error: &Error) {
    assert!(matches!(error, Error::Protect { .. }), "{error:?}");
    let source = error.source().unwrap().downcast_ref::<region::Error>();
    match source.unwrap() {
        region::Error::SystemCall(code) => {
            assert_eq!(*code, libc::EACCES);
        }
        source => panic!("{source:?}"),
    }
}

#[track_caller]
fn assert_unpatched(trait_name: &str) {
    for state in states(trait_name) {
        match state {
            MethodState::Unpatched(Reason::Refused(error)) if PATCHES => assert_refused(&error),
            MethodState::Unpatched(Reason::Portable) if !PATCHES => {}
            state => panic!("{state:?}"),
        }
    }
}

#[test]
fn refused_before_the_first_update_calls_go_by_the_truth() {
    child::run(
        "refused_before_the_first_update_calls_go_by_the_truth",
        &[],
        || {
            if !refuse() {
                return;
            }
            let before = protections();
            for _ in 0..2 {
                for gain in [2, 3, 2] {
                    let change =
                        static_call::update::<dyn Filter>(Box::leak(Box::new(Gain(gain)))).unwrap();
                    assert_eq!((change.patched(), change.unpatched()), (0, METHODS));
                    assert!(change.warning().is_none());
                    assert_gain(gain);
                    assert_unpatched("refusal::Filter");
                }
                let change = static_call::update::<dyn Filter>(&Echo).unwrap();
                assert_eq!((change.patched(), change.unpatched()), (0, METHODS));
                assert_echo();
                assert_unpatched("refusal::Filter");
            }
            assert_eq!(protections(), before);
        },
    );
}

#[test]
fn refused_at_the_first_call_the_default_is_reached_by_the_truth() {
    child::run(
        "refused_at_the_first_call_the_default_is_reached_by_the_truth",
        &[],
        || {
            if !refuse() {
                return;
            }
            assert_echo();
            assert_unpatched("refusal::Filter");
            assert_echo();
        },
    );
}

#[test]
fn refused_between_two_updates_nothing_changes() {
    child::run("refused_between_two_updates_nothing_changes", &[], || {
        if !PATCHES {
            return;
        }
        assert_patched(&static_call::update::<dyn Filter>(&Echo).unwrap());
        assert_patched(&static_call::update::<dyn Filter>(&TWICE).unwrap());
        let report = static_call::report().to_string();
        let before = protections();
        if !refuse() {
            return;
        }

        // To a known implementation, to a zero-sized one, and to one that needs thunks yet.
        let others: [&'static dyn Filter; 2] = [&Echo, &Gain(3)];
        for other in others {
            let error = static_call::update::<dyn Filter>(other).unwrap_err();
            assert_refused(&error);
            assert_gain(2);
            assert!(ptr::addr_eq(
                static_call::current::<dyn Filter>().as_dyn(),
                &TWICE
            ));
            assert_eq!(static_call::report().to_string(), report);
            assert_eq!(protections(), before);
        }
        // What is in force already can be put in force again.
        assert_eq!(
            static_call::update::<dyn Filter>(&TWICE).unwrap().patched(),
            METHODS
        );

        // A trait that was never patched goes by the truth.
        assert_eq!(LATE.number(5), 5);
        let change = static_call::update::<dyn Late>(&TWICE).unwrap();
        assert_eq!((change.patched(), change.unpatched()), (0, 1));
        assert_eq!(LATE.number(5), 10);
        assert_unpatched("refusal::Late");
    });
}

/// Writes over the bytes at `address`, as a debugger does, and returns what was there.
fn overwrite<const LENGTH: usize>(address: *const (), bytes: [u8; LENGTH]) -> [u8; LENGTH] {
    let place = address.cast_mut().cast::<[u8; LENGTH]>();
    // SAFETY: the process has one thread that runs this code, and it is here.
    let guard =
        unsafe { region::protect_with_handle(place, LENGTH, Protection::READ_WRITE_EXECUTE) };
    let guard = guard.unwrap();
    // SAFETY: the bytes can be written now, and bytes have no alignment.
    let old = unsafe { place.replace(bytes) };
    drop(guard);
    flush(address);
    old
}

/// Makes the processor fetch the instructions at `address` anew.
fn flush(address: *const ()) {
    #[cfg(target_arch = "aarch64")]
    // SAFETY: the instructions maintain caches, and `address` is mapped.
    unsafe {
        std::arch::asm!(
            "dc cvau, {address}",
            "dsb ish",
            "ic ivau, {address}",
            "dsb ish",
            "isb",
            address = in(reg) address,
            options(nostack, preserves_flags)
        );
    }
    let _ = address;
}

/// A breakpoint, as long as it takes not to leave the rest of an instruction behind.
const BREAKPOINT: [u8; 4] = if cfg!(target_arch = "x86_64") {
    [0xcc; 4]
} else {
    [0x00, 0x00, 0x20, 0xd4]
};

#[test]
fn an_entry_that_was_changed_before_the_first_use_stays_unpatched() {
    child::run(
        "an_entry_that_was_changed_before_the_first_use_stays_unpatched",
        &[],
        || {
            if !PATCHES {
                return;
            }
            let [entry, ..] = entries();
            let code = overwrite(entry, BREAKPOINT);
            let change = static_call::update::<dyn Filter>(&TWICE).unwrap();
            assert_eq!((change.patched(), change.unpatched()), (METHODS - 1, 1));
            let states = states("refusal::Filter");
            assert!(matches!(
                states[..],
                [
                    MethodState::Unpatched(Reason::NotFirst),
                    MethodState::Patched,
                    MethodState::Patched
                ]
            ));
            assert_eq!(overwrite(entry, code), BREAKPOINT);
            assert_gain(2);
            static_call::update::<dyn Filter>(&Echo).unwrap();
            assert_echo();
        },
    );
}

#[test]
fn an_entry_that_was_changed_after_an_update_keeps_everything_as_it_is() {
    child::run(
        "an_entry_that_was_changed_after_an_update_keeps_everything_as_it_is",
        &[],
        || {
            if !PATCHES {
                return;
            }
            for changed in entries() {
                assert_patched(&static_call::update::<dyn Filter>(&TWICE).unwrap());
                let report = static_call::report().to_string();
                let before = protections();

                let code = overwrite(changed, BREAKPOINT);
                let error = static_call::update::<dyn Filter>(&Echo).unwrap_err();
                let Error::Changed {
                    address,
                    expected,
                    found,
                    ..
                } = error
                else {
                    panic!("{error:?}")
                };
                assert_eq!(address, changed.addr());
                assert_eq!(expected.to_le_bytes()[..4], code);
                assert_eq!(found.to_le_bytes()[..4], BREAKPOINT);
                assert!(error.source().is_none());
                assert_eq!(static_call::report().to_string(), report);
                assert_eq!(protections(), before);

                assert_eq!(overwrite(changed, code), BREAKPOINT);
                assert_gain(2);
                assert_patched(&static_call::update::<dyn Filter>(&Echo).unwrap());
                assert_echo();
            }
        },
    );
}
