//! The vtables of listed types, as they were learned.
#![allow(unsafe_code)]

use std::any::{TypeId, type_name};
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::objects::Objects;

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

/// The vtables that were learned for one listed type; null where there is none yet.
#[doc(hidden)]
pub struct Vtables {
    type_id: fn() -> TypeId,
    first: AtomicPtr<()>,
    second: AtomicPtr<()>,
}

impl Vtables {
    /// Describes the listed type `T`.
    #[must_use]
    pub const fn of<T: 'static>() -> Self {
        Self {
            type_id: TypeId::of::<T>,
            first: AtomicPtr::new(ptr::null_mut()),
            second: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Whether this is the vtable that was learned first.
    #[inline(always)]
    pub fn is_first(&self, vtable: *const ()) -> bool {
        // Relaxed: an address tells all that matters of a vtable, which is a constant.
        ptr::eq(self.first.load(Ordering::Relaxed), vtable)
    }

    /// Whether this is the vtable that was learned second.
    #[inline(always)]
    pub fn is_second(&self, vtable: *const ()) -> bool {
        // Relaxed: as above.
        ptr::eq(self.second.load(Ordering::Relaxed), vtable)
    }

    pub(crate) fn type_id(&self) -> TypeId {
        (self.type_id)()
    }

    /// Takes the vtable for one of this type, which it is; the answer is whether there was a place for it.
    pub(crate) fn learn(&self, vtable: *const ()) -> bool {
        [&self.first, &self.second].into_iter().any(|place| {
            // Relaxed: as above.
            let learned = place.compare_exchange(
                ptr::null_mut(),
                vtable.cast_mut(),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            learned.is_ok() || learned == Err(vtable.cast_mut())
        })
    }

    pub(crate) fn forget(&self) {
        for place in [&self.first, &self.second] {
            // Relaxed: as above.
            place.store(ptr::null_mut(), Ordering::Relaxed);
        }
    }
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
    // too, is a valid value of a pointer.
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
    // SAFETY: the words came from such a pointer.
    unsafe { mem::transmute_copy(&words) }
}
