//! What is known of vtables, so that no object is asked twice.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::ptr;

use crate::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// What is known of one vtable, for ever.
pub(super) struct Known {
    vtable: *const (),
    /// The listed type, counted from 1; 0 if it is not listed.
    pub(super) number: u32,
    type_name: &'static str,
    /// How often it was met in samples.
    count: AtomicU32,
}

// SAFETY: `vtable` is compared and never followed. (S17)
unsafe impl Sync for Known {}

impl Known {
    pub(super) const fn new(vtable: *const (), number: u32, type_name: &'static str) -> Self {
        Self {
            vtable,
            number,
            type_name,
            count: AtomicU32::new(0),
        }
    }
}

/// A table of vtables, by their addresses: as many as there is place for.
pub(super) struct KnownVtables {
    places: [AtomicPtr<Known>; Self::PLACES],
}

impl KnownVtables {
    const PLACES: usize = 64;
    /// How many places one address may have.
    const TRIES: usize = 8;

    pub(super) const fn new() -> Self {
        Self {
            places: [const { AtomicPtr::new(ptr::null_mut()) }; Self::PLACES],
        }
    }

    #[inline]
    fn places(&self, vtable: *const ()) -> impl Iterator<Item = &AtomicPtr<Known>> {
        // Vtables are aligned to words, and often of the same few sizes.
        let hash = (vtable.addr() >> 3).wrapping_mul(0x9e37_79b9) >> 16;
        (0..Self::TRIES).map(move |step| &self.places[(hash + step) % Self::PLACES])
    }

    #[inline]
    pub(super) fn find(&self, vtable: *const ()) -> Option<&'static Known> {
        for place in self.places(vtable) {
            // Acquire pairs with the Release in `note`: whoever sees the pointer sees what is known.
            // SAFETY: it is null or was leaked by `note`. (S24)
            let known = unsafe { place.load(Ordering::Acquire).as_ref() }?;
            if ptr::eq(known.vtable, vtable) {
                return Some(known);
            }
        }
        None
    }

    /// Keeps what is known, if there is a place for it.
    pub(super) fn note(&self, known: Known) {
        let vtable = known.vtable;
        let mut places = self.places(vtable);
        if places.all(|place| !place.load(Ordering::Relaxed).is_null()) {
            return;
        }
        #[cfg(all(test, loom))]
        known.count.begin();
        let known = Box::into_raw(Box::new(known));
        for place in self.places(vtable) {
            // Release pairs with the Acquire in `find`.
            let kept = place.compare_exchange(
                ptr::null_mut(),
                known,
                Ordering::Release,
                Ordering::Relaxed,
            );
            if kept.is_ok() {
                return;
            }
        }
        // SAFETY: it was boxed above, and nobody else has seen it. (S24)
        drop(unsafe { Box::from_raw(known) });
    }

    /// Counts an object in a sample.
    pub(super) fn count(&self, vtable: *const ()) {
        if let Some(known) = self.find(vtable) {
            // Relaxed, and not exact where threads count at once: statistics.
            let count = known.count.load(Ordering::Relaxed).saturating_add(1);
            known.count.store(count, Ordering::Relaxed);
        }
    }

    /// Begins an execution of a model.
    #[cfg(all(test, loom))]
    pub(super) fn begin(&self) {
        for place in &self.places {
            place.begin();
        }
    }

    fn all(&self) -> impl Iterator<Item = &'static Known> {
        self.places.iter().filter_map(|place| {
            // Acquire: as in `find`.
            // SAFETY: it is null or was leaked by `note`. (S24)
            unsafe { place.load(Ordering::Acquire).as_ref() }
        })
    }

    pub(super) fn forget_counts(&self) {
        for known in self.all() {
            known.count.store(0, Ordering::Relaxed);
        }
    }

    /// The types that are not listed and were met in samples, with how often; the most frequent come first.
    pub(super) fn unlisted(&self) -> Vec<(&'static str, u32)> {
        let mut counts = BTreeMap::new();
        for known in self.all().filter(|known| known.number == 0) {
            *counts.entry(known.type_name).or_default() += known.count.load(Ordering::Relaxed);
        }
        let mut counts: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses as vtables have them, more than there are places.
    fn vtables() -> impl Iterator<Item = *const ()> {
        (1..200_usize).map(|index| ptr::without_provenance(0x7f00_0000 + 40 * index))
    }

    #[test]
    fn what_is_known_of_a_vtable_is_never_told_of_another() {
        static KNOWN: KnownVtables = KnownVtables::new();
        for (vtable, number) in vtables().zip(1..) {
            KNOWN.note(Known::new(vtable, number, "a type"));
        }
        let mut found = 0;
        for (vtable, number) in vtables().zip(1..) {
            if let Some(known) = KNOWN.find(vtable) {
                assert_eq!((known.vtable, known.number), (vtable, number));
                found += 1;
            }
        }
        // Addresses that fall together leave some places empty.
        assert!(
            (KnownVtables::PLACES / 2..=KnownVtables::PLACES).contains(&found),
            "{found}"
        );
        assert!(KNOWN.find(ptr::without_provenance(8)).is_none());
    }

    #[test]
    fn only_types_that_are_not_listed_are_told_by_how_often_they_were_met() {
        static KNOWN: KnownVtables = KnownVtables::new();
        let [first, second, third] = [8, 80, 800].map(ptr::without_provenance);
        KNOWN.note(Known::new(first, 0, "rare"));
        KNOWN.note(Known::new(second, 1, "listed"));
        KNOWN.note(Known::new(third, 0, "frequent"));
        assert_eq!(KNOWN.unlisted(), []);
        for vtable in [first, second, third, third] {
            KNOWN.count(vtable);
        }
        assert_eq!(KNOWN.unlisted(), [("frequent", 2), ("rare", 1)]);
        KNOWN.forget_counts();
        assert_eq!(KNOWN.unlisted(), []);
    }
}
