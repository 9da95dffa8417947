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
    /// own, all of the method are one. None if they cannot be found, or not be patched.
    pub(crate) fn find_guards(
        &mut self,
        objects: usize,
        methods: &BTreeMap<usize, &'static ObjectMethod>,
    ) -> Vec<(&'static ObjectMethod, Option<Guard>)> {
        if !arch::HAS_GUARDS {
            return methods.values().map(|method| (*method, None)).collect();
        }
        if self.allow().is_err() {
            return Vec::new();
        }
        let mut registrations = inventory::iter::<DevirtRegistration>();
        let Some(registration) =
            registrations.find(|registration| registration.objects_address() == objects)
        else {
            return Vec::new();
        };
        let records = registration.sites.records().iter();
        let mut places: Vec<_> = records
            .filter_map(|record| Some((record.place(), *methods.get(&record.owner())?)))
            .collect();
        places.sort_unstable_by_key(|(address, _)| *address);
        let ranges = places
            .iter()
            .map(|(address, _)| arch::around_site(*address));
        if self.protections.require_code_at(ranges).is_err() {
            return Vec::new();
        }
        let guards = places.into_iter().filter_map(|(address, method)| {
            #[allow(unsafe_code)]
            // SAFETY: these pages were just seen to be code that can be read. (S11)
            let read = |address| unsafe { byte(address) };
            let now = arch::guard(address, read)?;
            Some((method, Some(Guard { address, now })))
        });
        guards.collect()
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
    use crate::patching::os::fault;
    use crate::report::{DevirtSite, DevirtState};
    use crate::{Devirt, static_dispatch};

    #[static_dispatch(devirt, inline(Listed))]
    trait Refused {
        fn number(&self) -> u64;
    }

    struct Listed;
    struct Other;

    impl Refused for Listed {
        fn number(&self) -> u64 {
            1
        }
    }

    impl Refused for Other {
        fn number(&self) -> u64 {
            2
        }
    }

    /// What the report says of the call, once that is known.
    fn state() -> Option<(DevirtState, u32)> {
        let report = crate::report();
        let mut traits = report.devirt().iter();
        let described = traits.find(|described| described.name().ends_with("::Refused"));
        let sites = described.expect("the trait is registered").sites();
        let state = |site: &DevirtSite| (site.state(), site.patches());
        sites.first().map(state)
    }

    /// The one call.
    #[inline(never)]
    fn call(object: &Devirt<&dyn Refused>) -> u64 {
        object.number()
    }

    #[test]
    fn a_call_whose_patch_is_refused_goes_on_as_it_did() {
        let other = Devirt::new(&Other as &dyn Refused);
        while state().is_none() {
            assert_eq!(call(&other), 2);
        }
        let mut refused = 0;
        while refused < 3 {
            fault::arm(|made, _| made == 0);
            assert_eq!(call(&other), 2);
            if fault::any_failed(&fault::disarm()) {
                refused += 1;
                assert_eq!(state(), Some((DevirtState::Guarded, 0)));
            }
        }
        while state() != Some((DevirtState::Bypassed, 1)) {
            assert_eq!(call(&other), 2);
        }
    }
}
