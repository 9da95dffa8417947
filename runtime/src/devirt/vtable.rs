//! The vtables of listed types, as they were learned.
#![allow(unsafe_code)]

use std::any::{TypeId, type_name};
use std::mem;
use std::ptr;

use super::objects::Objects;
use crate::sync::atomic::{AtomicPtr, Ordering};

/// What an object says of its type, through the hidden supertrait.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    type_id: TypeId,
    pub(crate) type_name: &'static str,
    /// The address of the trait's [`Objects`], as the object knows them.
    objects: usize,
}

impl Tag {
    /// The tag of the type `T`, which implements the trait of `objects`.
    #[must_use]
    pub fn of<T>(objects: &'static Objects) -> Self {
        Self {
            // `T` need not be `'static`. Listed types are, and lifetimes change no code.
            type_id: typeid::of::<T>(),
            type_name: type_name::<T>(),
            objects: ptr::from_ref(objects).addr(),
        }
    }

    /// Whether it is the tag of a type of this identity, compiled for these `objects`.
    ///
    /// A shared object may have a copy of the crate that holds the trait, with types of the same identity and
    /// statics of its own.
    pub(crate) fn is(&self, type_id: TypeId, objects: &'static Objects) -> bool {
        self.type_id == type_id && self.objects == ptr::from_ref(objects).addr()
    }
}

/// The vtables of one listed type.
#[doc(hidden)]
pub struct Vtables {
    type_id: fn() -> TypeId,
    /// Those that calls compare with; null where there is none yet.
    first: AtomicPtr<()>,
    second: AtomicPtr<()>,
    /// Those that were learned, which become the former.
    learned: [AtomicPtr<()>; 2],
    /// Those that were compared with before the sample that is taken.
    before: [AtomicPtr<()>; 2],
    /// The one that was learned before all others, for ever.
    canonical: AtomicPtr<()>,
}

// Relaxed in all of it: an address tells all that matters of a vtable, which is a constant.
impl Vtables {
    /// Describes the listed type `T`.
    #[must_use]
    pub const fn of<T: 'static>() -> Self {
        Self {
            type_id: TypeId::of::<T>,
            first: AtomicPtr::new(ptr::null_mut()),
            second: AtomicPtr::new(ptr::null_mut()),
            learned: [const { AtomicPtr::new(ptr::null_mut()) }; 2],
            before: [const { AtomicPtr::new(ptr::null_mut()) }; 2],
            canonical: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Whether this is the first vtable of this type that calls compare with.
    #[inline(always)]
    pub fn is_first(&self, vtable: *const ()) -> bool {
        ptr::eq(self.first.load(Ordering::Relaxed), vtable)
    }

    /// Whether this is the second vtable of this type that calls compare with.
    #[inline(always)]
    pub fn is_second(&self, vtable: *const ()) -> bool {
        ptr::eq(self.second.load(Ordering::Relaxed), vtable)
    }

    pub(crate) fn type_id(&self) -> TypeId {
        (self.type_id)()
    }

    /// Learns this vtable, which is one of this type, if there is a place for it; the answer is whether it is learned.
    #[inline]
    pub(crate) fn learn(&self, vtable: *const ()) -> bool {
        self.learned.iter().any(|place| take(place, vtable))
    }

    /// Whether calls compare with two vtables of this type.
    pub(crate) fn has_second(&self) -> bool {
        !self.second.load(Ordering::Relaxed).is_null()
    }

    /// Has calls compare with what was learned.
    #[inline]
    pub(crate) fn compare(&self) {
        copy(self.learned.each_ref(), self.compared());
    }

    /// Has calls compare with nothing, so that they learn anew.
    pub(crate) fn begin_sample(&self) {
        let compared = self.compared().map(|place| place.load(Ordering::Relaxed));
        // Nothing is compared with if another thread has begun a sample at the same time.
        if !compared[0].is_null() {
            for (place, vtable) in self.before.iter().zip(compared) {
                place.store(vtable, Ordering::Relaxed);
            }
        }
        clear(self.compared());
        clear(self.learned.each_ref());
    }

    /// Has calls compare with what was learned in the sample, and with what they compared with before if the type was
    /// not met in it.
    pub(crate) fn end_sample(&self) {
        let [first, _] = &self.learned;
        if first.load(Ordering::Relaxed).is_null() {
            copy(self.before.each_ref(), self.learned.each_ref());
        }
        self.compare();
    }

    /// Has calls compare with nothing, and forgets what was learned.
    pub(crate) fn forget(&self) {
        for places in [
            self.compared(),
            self.learned.each_ref(),
            self.before.each_ref(),
        ] {
            clear(places);
        }
    }

    /// Begins an execution of a model.
    #[cfg(all(test, loom))]
    pub(super) fn begin(&self) {
        for places in [
            self.compared(),
            self.learned.each_ref(),
            self.before.each_ref(),
        ] {
            for place in places {
                place.begin();
            }
        }
        self.canonical.begin();
    }

    fn compared(&self) -> [&AtomicPtr<()>; 2] {
        [&self.first, &self.second]
    }

    /// The vtable that stands for all of this type; `vtable` if there is none yet.
    pub(crate) fn canonical(&self, vtable: *const ()) -> *const () {
        if take(&self.canonical, vtable) {
            vtable
        } else {
            self.canonical.load(Ordering::Relaxed)
        }
    }
}

fn copy(from: [&AtomicPtr<()>; 2], to: [&AtomicPtr<()>; 2]) {
    for (from, to) in from.into_iter().zip(to) {
        to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

fn clear(places: [&AtomicPtr<()>; 2]) {
    for place in places {
        place.store(ptr::null_mut(), Ordering::Relaxed);
    }
}

/// Puts a vtable in a place that is empty; the answer is whether it is there.
#[inline]
fn take(place: &AtomicPtr<()>, vtable: *const ()) -> bool {
    let there = place.load(Ordering::Relaxed);
    if !there.is_null() {
        return ptr::eq(there, vtable);
    }
    let taken = place.compare_exchange(
        ptr::null_mut(),
        vtable.cast_mut(),
        Ordering::Relaxed,
        Ordering::Relaxed,
    );
    taken.is_ok() || taken == Err(vtable.cast_mut())
}

/// The two words of a pointer to a trait object: the address of the object, and that of its vtable.
///
/// Rust does not promise that layout, so nothing is learned from a pointer whose first word is not the address
/// of the object: see [`Objects::miss`].
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn words<D: ?Sized>(object: *const D) -> [*const (); 2] {
    const {
        assert!(size_of::<*const D>() == size_of::<[*const (); 2]>());
    }
    // SAFETY: both have two words, and a pointer, or the metadata of one to a trait object, which is an address
    // too, is a valid value of a pointer. (S18)
    unsafe { mem::transmute_copy(&object) }
}

/// The pointer to a trait object that has these words.
///
/// # Safety
///
/// - They are what [`words`] made of a pointer of this type.
#[doc(hidden)]
#[must_use]
pub unsafe fn from_words<D: ?Sized>(words: [*const (); 2]) -> *const D {
    const {
        assert!(size_of::<*const D>() == size_of::<[*const (); 2]>());
    }
    // SAFETY: the words came from such a pointer. (S18)
    unsafe { mem::transmute_copy(&words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these vtables calls compare with.
    fn compared(vtables: &Vtables, of: [*const (); 2]) -> [(bool, bool); 2] {
        of.map(|vtable| (vtables.is_first(vtable), vtables.is_second(vtable)))
    }

    #[test]
    fn nothing_is_compared_in_a_sample_and_afterwards_what_was_met_in_it_or_else_before() {
        let [one, other] = [8, 16].map(ptr::without_provenance);
        let vtables = Vtables::of::<u8>();
        let none = [(false, false); 2];
        let first = [(true, false), (false, false)];
        assert!(vtables.learn(one));
        assert_eq!(compared(&vtables, [one, other]), none);
        vtables.compare();
        assert_eq!(compared(&vtables, [one, other]), first);

        vtables.begin_sample();
        assert_eq!(compared(&vtables, [one, other]), none);
        vtables.end_sample();
        assert_eq!(compared(&vtables, [one, other]), first, "it was not met");

        vtables.begin_sample();
        assert!(vtables.learn(other) && !vtables.has_second());
        vtables.end_sample();
        assert_eq!(
            compared(&vtables, [one, other]),
            [(false, false), (true, false)]
        );
        assert!(vtables.learn(one));
        vtables.compare();
        assert!(vtables.has_second());
        assert_eq!(
            compared(&vtables, [one, other]),
            [(false, true), (true, false)]
        );

        vtables.forget();
        vtables.end_sample();
        assert_eq!(compared(&vtables, [one, other]), none);
    }
}
