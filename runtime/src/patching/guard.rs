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
            // SAFETY: these pages were just seen to be code that can be read.
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
        window.write(|| {}).ok()?;
        Some(changed)
    }
}
