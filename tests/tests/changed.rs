//! Updates that find code changed by someone else. Each test overwrites code, so each has a process of its
//! own.

#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(unsafe_code)]

use std::error::Error as _;

use region::Protection;
use static_call::{Error, MethodState, Reason, Static, static_dispatch};
use static_call_tests::PATCHES;
use static_call_tests::child;
use static_call_tests::patched::{assert_patched, states};
use static_call_tests::protection;
use static_call_tests::route;

struct Echo;

struct Gain(u64);

static TWICE: Gain = Gain(2);

/// A trait, and functions that call its methods.
macro_rules! filter {
    ($name:ident, ($($option:tt)*)) => {
        mod $name {
            use super::*;

            #[static_dispatch(default = Echo, $($option)*)]
            pub(crate) trait Filter: Sync {
                fn number(&self, x: u64) -> u64;
                fn text(&self, x: u64) -> String;
                fn free(x: u64) -> u64
                where
                    Self: Sized;
            }

            const FILTER: Static<dyn Filter> = Static::new();

            #[inline(never)]
            fn number(x: u64) -> u64 {
                FILTER.number(x) ^ 1
            }

            #[inline(never)]
            fn text(x: u64) -> String {
                FILTER.text(x) + "."
            }

            #[inline(never)]
            fn free(x: u64) -> u64 {
                <Static<dyn Filter>>::free(x) ^ 1
            }

            #[track_caller]
            pub(crate) fn assert_echo() {
                assert_eq!((number(5), free(5)), (5 ^ 1, 6 ^ 1));
                assert_eq!(text(5), "5.");
            }

            #[track_caller]
            pub(crate) fn assert_twice() {
                assert_eq!((number(5), free(5)), (10 ^ 1, 7 ^ 1));
                assert_eq!(text(5), "5 * 2.");
            }

            #[allow(dead_code, reason = "not every trait's are looked at")]
            pub(crate) fn callers() -> [*const (); 3] {
                [number as *const (), text as *const (), free as *const ()]
            }

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
        }
    };
}

filter!(out_of_line, (out_of_line));
#[cfg(target_arch = "x86_64")]
filter!(listed, (inline(Gain)));

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

/// The bytes at the address of a word, and on AArch64 those of the next.
fn word(address: &*const ()) -> [u8; 8] {
    // SAFETY: code is readable, and bytes have no alignment.
    unsafe { address.cast::<[u8; 8]>().read_volatile() }
}

/// A breakpoint, as long as it takes not to leave the rest of an instruction behind.
const BREAKPOINT: [u8; 4] = if cfg!(target_arch = "x86_64") {
    [0xcc; 4]
} else {
    [0x00, 0x00, 0x20, 0xd4]
};

#[test]
fn an_entry_that_was_changed_before_the_first_use_stays_unpatched() {
    use out_of_line::{Filter, assert_echo, assert_twice, callers};

    child::run(
        module_path!(),
        "an_entry_that_was_changed_before_the_first_use_stays_unpatched",
        &[],
        || {
            if !PATCHES {
                return;
            }
            let [entry, ..] = callers().map(route::entry_of);
            let code = overwrite(entry, BREAKPOINT);
            let change = static_call::update::<dyn Filter>(&TWICE).unwrap();
            assert_eq!((change.patched(), change.unpatched()), (2, 1));
            let states = states(concat!(module_path!(), "::out_of_line::Filter"));
            assert!(matches!(
                states[..],
                [
                    MethodState::Unpatched(Reason::NotFirst),
                    MethodState::Patched,
                    MethodState::Patched
                ]
            ));
            assert_eq!(overwrite(entry, code), BREAKPOINT);
            assert_twice();
            static_call::update::<dyn Filter>(&Echo).unwrap();
            assert_echo();
        },
    );
}

/// Overwrites each of the words in turn, and demands that an update then changes none of them.
macro_rules! assert_all_or_nothing {
    ($filter:ident, $words:expr) => {{
        use $filter::{Filter, assert_echo, assert_twice};

        let words: Vec<*const ()> = $words;
        for &changed in &words {
            assert_patched(&static_call::update::<dyn Filter>(&TWICE).unwrap());
            let report = static_call::report().to_string();
            let before = protection::of_code();

            let code = overwrite(changed, BREAKPOINT);
            let with_breakpoint: Vec<_> = words.iter().map(word).collect();
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
            assert!(words.iter().map(word).eq(with_breakpoint));
            assert_eq!(static_call::report().to_string(), report);
            assert_eq!(protection::of_code(), before);

            assert_eq!(overwrite(changed, code), BREAKPOINT);
            assert_twice();
            assert_patched(&static_call::update::<dyn Filter>(&Echo).unwrap());
            assert_echo();
        }
        words.len()
    }};
}

#[test]
fn an_entry_that_was_changed_after_an_update_keeps_everything_as_it_is() {
    child::run(
        module_path!(),
        "an_entry_that_was_changed_after_an_update_keeps_everything_as_it_is",
        &[],
        || {
            if PATCHES {
                let entries = out_of_line::callers().map(route::entry_of);
                assert_all_or_nothing!(out_of_line, entries.to_vec());
            }
        },
    );
}

/// Each call of these has two sites, the choice and the address of what is not listed.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_call_site_that_was_changed_after_an_update_keeps_everything_as_it_is() {
    use static_call_tests::path::call_sites;

    child::run(
        module_path!(),
        "a_call_site_that_was_changed_after_an_update_keeps_everything_as_it_is",
        &[],
        || {
            if PATCHES {
                let sites = listed::callers().into_iter().flat_map(call_sites);
                let mut sites: Vec<*const ()> =
                    sites.map(std::ptr::with_exposed_provenance).collect();
                // Other instructions may stand at aligned places too, and the end of a function that ends in a
                // panic is not seen.
                sites.sort_unstable();
                sites.dedup();
                static_call::update::<dyn listed::Filter>(&TWICE).unwrap();
                let twice: Vec<_> = sites.iter().map(word).collect();
                static_call::update::<dyn listed::Filter>(&Echo).unwrap();
                let mut twice = twice.into_iter();
                sites.retain(|site| Some(word(site)) != twice.next());
                assert_eq!(assert_all_or_nothing!(listed, sites), 6);
            }
        },
    );
}
