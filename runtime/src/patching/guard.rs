//! Guards: the immediates by which calls through [`Devirt`](crate::Devirt) know what they do.

use std::collections::BTreeMap;

use super::Patcher;
use super::arch;
use super::plan::Plan;
use super::table::byte;
use crate::devirt::objects::ObjectMethod;
use crate::registry::DevirtRegistration;

/// The immediate of one call in the code of this process.
#[derive(Clone, Copy)]
pub(crate) struct Guard {
    address: usize,
    /// What was last written.
    now: u64,
}

impl Guard {
    /// Where the call is.
    pub(crate) fn address(self) -> usize {
        self.address
    }
}

impl Patcher {
    /// Finds the calls of these methods, which are given by their addresses; where a call has no immediate of its
    /// own, all of the method are one. They are none if nothing can be patched; there is no answer if the process map
    /// gives none.
    pub(crate) fn find_guards(
        &mut self,
        objects: usize,
        methods: &BTreeMap<usize, &'static ObjectMethod>,
    ) -> Option<Vec<(&'static ObjectMethod, Option<Guard>)>> {
        // In models there is no code.
        if !arch::HAS_GUARDS || cfg!(all(test, loom)) {
            return Some(methods.values().map(|method| (*method, None)).collect());
        }
        if self.allow().is_err() {
            return Some(Vec::new());
        }
        let mut registrations = inventory::iter::<DevirtRegistration>();
        let Some(registration) =
            registrations.find(|registration| registration.objects_address() == objects)
        else {
            return Some(Vec::new());
        };
        let records = registration.sites.records().iter();
        let mut places: Vec<_> = records
            .filter_map(|record| Some((record.place(), *methods.get(&record.owner())?)))
            .collect();
        places.sort_unstable_by_key(|(address, _)| *address);
        let ranges = places
            .iter()
            .map(|(address, _)| arch::around_site(*address));
        self.protections.require_code_at(ranges).ok()?;
        let guards = places.into_iter().filter_map(|(address, method)| {
            #[allow(unsafe_code)]
            // SAFETY: these pages were just seen to be code that can be read. (S11)
            let read = |address| unsafe { byte(address) };
            let now = arch::guard(address, read)?;
            Some((method, Some(Guard { address, now })))
        });
        Some(guards.collect())
    }

    /// Gives the calls these numbers, all or none; the answer is what they are then.
    pub(crate) fn set_guards(&mut self, guards: &[Guard], numbers: &[u32]) -> Option<Vec<Guard>> {
        let mut plan = Plan::new();
        let changed: Vec<_> = guards
            .iter()
            .zip(numbers)
            .map(|(guard, number)| {
                let Guard { address, now } = *guard;
                let new = arch::set_guard(now, *number);
                plan.write(address, arch::WORD, now, new);
                Guard { address, now: new }
            })
            .collect();
        let window = plan.open(&mut self.protections).ok()?;
        window.write(&|| {}).ok()?;
        Some(changed)
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
#[allow(
    unsafe_code,
    reason = "what the attribute writes is code of this crate here"
)]
mod tests {
    use std::cell::Cell;

    use crate::lock::lock;
    use crate::patching::os::fault::{self, Request};
    use crate::report::{DevirtSite, DevirtState};
    use crate::sync::Mutex;
    use crate::{Devirt, static_dispatch};

    struct Listed;
    struct Other;

    /// A trait for each test, and the one call of it.
    macro_rules! subjects {
        ($($name:ident $call:ident)*) => {$(
            #[static_dispatch(devirt, inline(Listed))]
            trait $name {
                fn number(&self) -> u64;
            }

            impl $name for Listed {
                fn number(&self) -> u64 {
                    1
                }
            }

            impl $name for Other {
                fn number(&self) -> u64 {
                    2
                }
            }

            #[inline(never)]
            fn $call(object: &Devirt<&dyn $name>) -> u64 {
                object.number()
            }
        )*};
    }

    subjects!(Decided call_decided Numbered call_numbered);

    /// What the report says of the call, once that is known.
    fn state(name: &str) -> Option<(DevirtState, u32)> {
        let report = crate::report();
        let mut traits = report.devirt().iter();
        let described = traits.find(|described| described.name().rsplit("::").next() == Some(name));
        let sites = described.expect("the trait is registered").sites();
        let state = |site: &DevirtSite| (site.state(), site.patches());
        sites.first().map(state)
    }

    /// Held by each test: they make all calls relearn.
    static TURN: Mutex<()> = Mutex::new(());

    /// Calls until that asks the system for something, while requests fail that `fails` says. The answer is what was
    /// asked for. Other tests hold the lock of the patcher for moments, in which calls do not learn.
    fn call_until_asked<F>(call: impl Fn() -> u64, fails: impl Fn() -> F) -> Vec<(Request, bool)>
    where
        F: Fn(usize, Request) -> bool + 'static,
    {
        loop {
            fault::arm(fails());
            assert_eq!(call(), 2);
            let made = fault::disarm();
            if !made.is_empty() {
                return made;
            }
        }
    }

    /// Makes calls relearn, while requests fail that `fails` says.
    #[track_caller]
    fn relearn_in_vain(fails: impl Fn(usize, Request) -> bool + 'static) {
        fault::arm(fails);
        crate::relearn();
        let made = fault::disarm();
        assert!(fault::any_failed(&made), "{made:?}");
    }

    #[test]
    fn a_call_whose_patch_is_refused_goes_on_as_it_did() {
        let _turn = lock(&TURN);
        let other = Devirt::new(&Other as &dyn Decided);
        let call = || call_decided(&other);
        let state = || state("Decided");
        while state().is_none() {
            assert_eq!(call(), 2);
        }
        let mut patches = 0;
        for is_for_good in [false, true] {
            let fails =
                |successes| move |made, _| made == successes || is_for_good && made > successes;
            let (mut refused, mut warned) = (0, 0);
            for successes in 0.. {
                let made = call_until_asked(call, || fails(successes));
                if !fault::any_failed(&made) {
                    break;
                }
                if state() == Some((DevirtState::Guarded, patches)) {
                    refused += 1;
                } else {
                    // It is written, though not all could be tidied up.
                    assert_eq!(state(), Some((DevirtState::Bypassed, patches + 1)));
                    warned += 1;
                    patches += 2;
                }
                crate::relearn();
                assert_eq!(state(), Some((DevirtState::Guarded, patches)));
            }
            // Made writable, and synchronised; restored, and synchronised.
            assert_eq!((refused, warned), (2, 2));
            patches += 1;
            assert_eq!(state(), Some((DevirtState::Bypassed, patches)));
            for successes in 0..2 {
                relearn_in_vain(fails(successes));
                assert_eq!(state(), Some((DevirtState::Bypassed, patches)));
                assert_eq!(call(), 2);
            }
            crate::relearn();
            patches += 1;
            assert_eq!(state(), Some((DevirtState::Guarded, patches)));
        }
    }

    #[test]
    fn calls_that_were_refused_their_numbers_get_them_when_they_shall_relearn() {
        let _turn = lock(&TURN);
        let other = Devirt::new(&Other as &dyn Numbered);
        let call = || call_numbered(&other);
        let state = || state("Numbered");
        let first = |refused| {
            let has_failed = Cell::new(false);
            move |_, request| request == refused && !has_failed.replace(true)
        };
        let made = call_until_asked(call, || first(Request::Protect));
        assert!(fault::any_failed(&made), "{made:?}");
        for refused in [Request::Protect, Request::Synchronise] {
            assert_eq!(state(), Some((DevirtState::Guarded, 0)));
            relearn_in_vain(first(refused));
        }
        // They compare, and learn nothing else.
        for _ in 0..10_000 {
            assert_eq!(call(), 2);
        }
        assert_eq!(state(), Some((DevirtState::Guarded, 0)));
        crate::relearn();
        while state() != Some((DevirtState::Bypassed, 1)) {
            assert_eq!(call(), 2);
        }
        crate::relearn();
        assert_eq!(state(), Some((DevirtState::Guarded, 2)));
    }
}
