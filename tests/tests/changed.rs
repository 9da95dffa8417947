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

/// A place in code that is patched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    address: *const (),
    /// How many bytes are patched by one store.
    length: usize,
}

impl Place {
    fn of_entry(entry: *const ()) -> Self {
        let length = if cfg!(target_arch = "x86_64") { 8 } else { 4 };
        let address = entry;
        Self { address, length }
    }

    fn read(&self) -> Vec<u8> {
        let bytes = (0..self.length).map(|index| self.address.cast::<u8>().wrapping_add(index));
        // SAFETY: code is readable, and bytes have no alignment.
        bytes.map(|byte| unsafe { byte.read_volatile() }).collect()
    }

    /// Puts a breakpoint there, as a debugger does, and returns what was there.
    fn break_here(&self) -> Vec<u8> {
        let breakpoint = &BREAKPOINT[..self.length.min(BREAKPOINT.len())];
        self.write(breakpoint)
    }

    /// Writes over the first bytes, and returns what was there.
    fn write(&self, bytes: &[u8]) -> Vec<u8> {
        let old = self.read()[..bytes.len()].to_vec();
        let start = self.address.cast_mut().cast::<u8>();
        // SAFETY: the process has one thread that runs this code, and it is here.
        let guard = unsafe {
            region::protect_with_handle(start, bytes.len(), Protection::READ_WRITE_EXECUTE)
        };
        let guard = guard.unwrap();
        for (index, byte) in bytes.iter().enumerate() {
            // SAFETY: the bytes can be written now, and bytes have no alignment.
            unsafe { start.wrapping_add(index).write_volatile(*byte) };
        }
        drop(guard);
        flush(self.address);
        old
    }
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
    use out_of_line::{Filter, assert_echo, assert_twice, callers};

    child::run(
        module_path!(),
        "an_entry_that_was_changed_before_the_first_use_stays_unpatched",
        &[],
        || {
            if !PATCHES {
                return;
            }
            let [entry, ..] = callers().map(route::entry_of).map(Place::of_entry);
            let code = entry.break_here();
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
            assert_eq!(entry.write(&code), BREAKPOINT);
            assert_twice();
            static_call::update::<dyn Filter>(&Echo).unwrap();
            assert_echo();
        },
    );
}

/// Overwrites each of the places in turn, and demands that an update then changes none of them.
macro_rules! assert_all_or_nothing {
    ($filter:ident, $places:expr) => {{
        use $filter::{Filter, assert_echo, assert_twice};

        let places: Vec<Place> = $places;
        for changed in &places {
            assert_patched(&static_call::update::<dyn Filter>(&TWICE).unwrap());
            let report = static_call::report().to_string();
            let before = protection::of_code();

            let code = changed.break_here();
            let with_breakpoint: Vec<_> = places.iter().map(Place::read).collect();
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
            let length = code.len();
            assert_eq!(address, changed.address.addr());
            assert_eq!(expected.to_le_bytes()[..length], code);
            assert_eq!(found.to_le_bytes()[..length], BREAKPOINT[..length]);
            assert!(error.source().is_none());
            assert!(places.iter().map(Place::read).eq(with_breakpoint));
            assert_eq!(static_call::report().to_string(), report);
            assert_eq!(protection::of_code(), before);

            assert_eq!(changed.write(&code), BREAKPOINT[..length]);
            assert_twice();
            assert_patched(&static_call::update::<dyn Filter>(&Echo).unwrap());
            assert_echo();
        }
        places.len()
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
                assert_all_or_nothing!(out_of_line, entries.map(Place::of_entry).to_vec());
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
                let mut sites: Vec<_> = sites
                    .map(|(address, length)| Place {
                        address: std::ptr::with_exposed_provenance(address),
                        length,
                    })
                    .collect();
                // Other instructions may look like these, and the end of a function that ends in a panic is not
                // seen.
                sites.sort_unstable();
                sites.dedup();
                static_call::update::<dyn listed::Filter>(&TWICE).unwrap();
                let twice: Vec<_> = sites.iter().map(Place::read).collect();
                static_call::update::<dyn listed::Filter>(&Echo).unwrap();
                let mut twice = twice.into_iter();
                sites.retain(|site| Some(site.read()) != twice.next());
                assert_eq!(assert_all_or_nothing!(listed, sites), 6);
            }
        },
    );
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_call_site_that_was_changed_before_the_first_use_stays_unpatched() {
    use listed::{Filter, assert_echo, assert_twice, callers};
    use static_call_tests::patched::reported;
    use static_call_tests::path::call_sites;

    child::run(
        module_path!(),
        "a_call_site_that_was_changed_before_the_first_use_stays_unpatched",
        &[],
        || {
            if !PATCHES {
                return;
            }
            let [caller, ..] = callers();
            // Other instructions may look like these, which nobody runs meanwhile.
            let places = call_sites(caller)
                .into_iter()
                .map(|(address, length)| Place {
                    address: std::ptr::with_exposed_provenance(address),
                    length,
                });
            let places: Vec<_> = places.collect();
            let code: Vec<_> = places.iter().map(Place::break_here).collect();
            static_call::update::<dyn Filter>(&TWICE).unwrap();
            let counts = reported(concat!(module_path!(), "::listed::Filter"), |row| {
                let methods = row.methods().iter();
                let sites = methods.map(|method| method.call_sites());
                sites
                    .map(|sites| (sites.count(), sites.patched()))
                    .collect::<Vec<_>>()
            });
            assert_eq!(counts, [(0, 0), (2, 2), (2, 2)]);
            for (place, code) in places.iter().zip(&code) {
                place.write(code);
            }
            assert_twice();
            static_call::update::<dyn Filter>(&Echo).unwrap();
            assert_echo();
        },
    );
}

/// The thunks of an implementation hold the address of the object.
#[cfg(target_arch = "x86_64")]
#[test]
fn a_receiver_that_was_changed_after_an_update_keeps_everything_as_it_is() {
    use iced_x86::Code;
    use out_of_line::{Filter, assert_twice, callers};
    use static_call_tests::path;

    static THRICE: Gain = Gain(3);

    child::run(
        module_path!(),
        "a_receiver_that_was_changed_after_an_update_keeps_everything_as_it_is",
        &[],
        || {
            if !PATCHES {
                return;
            }
            assert_patched(&static_call::update::<dyn Filter>(&TWICE).unwrap());
            // Not of the third, which has no receiver.
            let [first, second, _] = callers().map(route::entry_of);
            let receivers = [first, second].map(|entry| {
                let steps = route::of_entry(entry, std::ptr::null());
                let [route::Step::Jump { to: thunk }, ..] = steps[..] else {
                    panic!("the entry does not jump: {steps:#?}")
                };
                let instructions = path::whole(std::ptr::with_exposed_provenance(thunk));
                let mut moves = instructions.iter();
                let load = moves.find(|instruction| instruction.code() == Code::Mov_r64_imm64);
                let load = load.expect("a thunk loads the receiver");
                assert_eq!(load.immediate64(), (&raw const TWICE).addr() as u64);
                Place {
                    address: std::ptr::with_exposed_provenance(load.next_ip() as usize - 8),
                    length: 8,
                }
            });
            for changed in receivers {
                let report = static_call::report().to_string();
                let before = protection::of_code();

                let code = changed.break_here();
                let with_breakpoint = receivers.map(|place| place.read());
                let error = static_call::update::<dyn Filter>(&THRICE).unwrap_err();
                let Error::Changed { address, .. } = error else {
                    panic!("{error:?}")
                };
                assert_eq!(address, changed.address.addr());
                assert_eq!(receivers.map(|place| place.read()), with_breakpoint);
                assert_eq!(static_call::report().to_string(), report);
                assert_eq!(protection::of_code(), before);

                assert_eq!(changed.write(&code), BREAKPOINT);
                assert_twice();
            }
            assert_patched(&static_call::update::<dyn Filter>(&THRICE).unwrap());
            let thrice = (&raw const THRICE).addr().to_le_bytes();
            assert!(receivers.iter().all(|place| place.read() == thrice));
        },
    );
}

/// Calls through `Devirt` hold their numbers.
#[cfg(target_arch = "x86_64")]
mod numbers {
    use static_call::{Devirt, DevirtSite, DevirtState, Learning, static_dispatch};
    use static_call_tests::path::call_sites;

    use super::*;

    #[static_dispatch(devirt, inline(Listed))]
    trait Shape {
        fn area(&self) -> u64;
    }

    struct Listed(u64);

    struct Other(u64);

    impl Shape for Listed {
        fn area(&self) -> u64 {
            self.0
        }
    }

    impl Shape for Other {
        fn area(&self) -> u64 {
            2 * self.0
        }
    }

    type Object<'object> = Devirt<&'object dyn Shape>;

    type Call = fn(&Object<'_>) -> u64;

    #[inline(never)]
    fn first(object: &Object<'_>) -> u64 {
        object.area() ^ 1
    }

    #[inline(never)]
    fn second(object: &Object<'_>) -> u64 {
        object.area() ^ 2
    }

    fn sites<R>(look: impl Fn(&DevirtSite) -> R) -> Vec<R> {
        let report = static_call::report();
        let name = concat!(module_path!(), "::Shape");
        let mut traits = report.devirt().iter();
        let described = traits.find(|described| described.name() == name);
        let sites = described.expect("the trait is registered").sites().iter();
        sites.map(look).collect()
    }

    /// Makes the calls, with objects of the type that is not listed, until the report says this.
    fn call_until(has_come: impl Fn() -> bool, calls: &[(Call, u64)]) {
        let other = Object::new(&Other(5));
        for _ in 0..1000 {
            if has_come() {
                return;
            }
            for (call, bit) in calls.iter().cycle().take(1000) {
                assert_eq!(call(&other), 10 ^ bit);
            }
        }
        panic!("{}", static_call::report());
    }

    fn assert_both_right() {
        for (object, area) in [(Object::new(&Listed(5)), 5), (Object::new(&Other(5)), 10)] {
            assert_eq!((first(&object), second(&object)), (area ^ 1, area ^ 2));
        }
    }

    #[test]
    fn a_number_that_was_changed_after_it_was_patched_stays_as_it_is() {
        child::run(
            module_path!(),
            "a_number_that_was_changed_after_it_was_patched_stays_as_it_is",
            &[],
            || {
                if !PATCHES {
                    return;
                }
                Learning {
                    misses: 64,
                    sample: 32,
                    patches_per_second: u32::MAX,
                    ..Learning::default()
                }
                .set();
                call_until(|| sites(|_| ()).len() == 2, &[(first, 1), (second, 2)]);
                let places = sites(|site| Place {
                    address: std::ptr::with_exposed_provenance(site.address().unwrap()),
                    length: 8,
                });
                for changed in 0..2 {
                    let are_bypassed = || sites(DevirtSite::state) == [DevirtState::Bypassed; 2];
                    call_until(are_bypassed, &[(first, 1), (second, 2)]);
                    let before = protection::of_code();
                    let code = places[changed].break_here();
                    let with_breakpoint = places[changed].read();
                    static_call::relearn();
                    assert_eq!(places[changed].read(), with_breakpoint);
                    assert_eq!(protection::of_code(), before);
                    let states = sites(DevirtSite::state);
                    assert_eq!(states[changed], DevirtState::Bypassed);
                    assert_eq!(states[1 - changed], DevirtState::Guarded);

                    assert_eq!(places[changed].write(&code), BREAKPOINT);
                    assert_both_right();
                    static_call::relearn();
                    assert_eq!(sites(DevirtSite::state), [DevirtState::Guarded; 2]);
                    assert_both_right();
                }
            },
        );
    }

    #[test]
    fn a_call_that_was_changed_before_it_was_given_a_number_goes_on_without() {
        child::run(
            module_path!(),
            "a_call_that_was_changed_before_it_was_given_a_number_goes_on_without",
            &[],
            || {
                if !PATCHES {
                    return;
                }
                // The instruction that holds the number stands where a word does.
                let mut places = call_sites(first as *const ()).into_iter();
                let number = places.find(|(address, length)| *length == 1 && address % 8 <= 2);
                let (address, length) = number.expect("the call has a number");
                let place = Place {
                    address: std::ptr::with_exposed_provenance(address),
                    length,
                };
                let code = place.break_here();
                call_until(|| !sites(|_| ()).is_empty(), &[(second, 2)]);
                assert_eq!(sites(|_| ()).len(), 1);
                assert_eq!(place.write(&code), BREAKPOINT[..1]);
                assert_both_right();
                call_until(
                    || sites(DevirtSite::state) == [DevirtState::Bypassed],
                    &[(first, 1), (second, 2)],
                );
                assert_both_right();
            },
        );
    }
}
