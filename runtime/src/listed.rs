//! Listed implementations: those whose bodies are compiled into the calls.
//!
//! A call finds out by a small number, the *choice*, which of them is in force. What it needs
//! besides, the object, it never gets from the same place for two types: each listed type of a trait
//! has a pointer of its own, so a call that acts on an old choice meets an object of the right type,
//! though perhaps not the latest. Nothing is ever taken back from such a pointer but by the next
//! object of the same type.
#![allow(unsafe_code)]

use std::any::TypeId;
use std::ptr;

use crate::sync::atomic::{AtomicPtr, Ordering};

/// The choice of no listed implementation: the call goes the open way.
pub(crate) const OPEN: u32 = 0;

/// The greatest choice: one byte is all that is patched of it.
const GREATEST: u32 = u8::MAX as u32;

/// Whether the type's methods may be given any address as their receiver.
pub(crate) const fn takes_any_receiver(size: usize, align: usize) -> bool {
    size == 0 && align == align_of::<()>()
}

/// A listed implementation of one trait.
#[doc(hidden)]
pub struct Listed<T> {
    choice: u32,
    object: AtomicPtr<T>,
}

impl<T: 'static> Listed<T> {
    /// Describes the type that `choice` names; no two types of a trait have the same.
    #[must_use]
    pub const fn new(choice: u32) -> Self {
        assert!(
            choice != OPEN && choice <= GREATEST,
            "no implementation can have this choice"
        );
        Self {
            choice,
            object: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// The object of this type that is, or was last, in force.
    ///
    /// # Safety
    ///
    /// - The caller has found this type's choice in force.
    #[inline(always)]
    pub unsafe fn object(&'static self) -> &'static T {
        if const { takes_any_receiver(size_of::<T>(), align_of::<T>()) } {
            // SAFETY: any address will do for a type without size, and since an object of the type
            // was put in force for ever, another reference to one is nothing new. (S4)
            return unsafe { &*ptr::without_provenance(align_of::<T>()) };
        }
        // Acquire pairs with the Release in `set`, for what the object holds.
        let object = self.object.load(Ordering::Acquire);
        // SAFETY: `set` was called before the choice was in force, with a `&'static T`. (S3)
        unsafe { &*object }
    }
}

#[cfg(all(test, loom))]
impl<T> Listed<T> {
    /// Begins an execution of a model.
    pub(crate) fn begin(&self) {
        self.object.begin();
    }
}

/// What a key needs of its listed implementations, whatever their types.
#[doc(hidden)]
pub trait AnyListed: Sync {
    /// What names the type.
    fn choice(&self) -> u32;

    /// The type.
    fn type_id(&self) -> TypeId;

    /// Makes `object` the one that calls reach.
    ///
    /// # Safety
    ///
    /// - `object` is the address of an object of this type, which lives for ever.
    unsafe fn set(&self, object: *const ());
}

impl<T: Sync + 'static> AnyListed for Listed<T> {
    fn choice(&self) -> u32 {
        self.choice
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<T>()
    }

    unsafe fn set(&self, object: *const ()) {
        // Release pairs with the Acquire in `object`.
        self.object
            .store(object.cast_mut().cast(), Ordering::Release);
    }
}

/// An implementation of the trait `D` that is listed.
#[doc(hidden)]
#[macro_export]
macro_rules! __listed {
    ($listed:expr) => {
        // SAFETY: the attribute writes this where the choice was found to be this type's. (S2, S3)
        unsafe { $listed.object() }
    };
}

/// The object of a snapshot, whose choice was found to be `$type`'s.
#[doc(hidden)]
#[macro_export]
macro_rules! __chosen {
    ($snapshot:expr, $type:ty) => {
        // SAFETY: the attribute writes this where the snapshot's choice was found to be this type's. (S2)
        unsafe { $crate::__private::Current::__object::<$type>($snapshot) }
    };
}
