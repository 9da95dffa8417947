//! Owned objects with one vtable for all of a type, of the many that it may have.
#![allow(unsafe_code)]

use std::mem::{self, ManuallyDrop};
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use super::objects::Objects;
use super::vtable::{from_words, words};

/// A trait object of a trait whose calls learn.
///
/// # Safety
///
/// - It is `dyn Trait`, perhaps with auto traits, of the trait of these [`Objects`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no trait object of a trait with `#[static_dispatch(devirt, …)]`",
    label = "a pointer to such a trait object is wanted"
)]
pub unsafe trait TraitObject {
    /// What its calls share.
    fn objects() -> &'static Objects;
}

/// The same pointer, with the vtable that stands for all of its object's type, if it owns the object.
pub(super) fn normalised<P: Deref<Target: TraitObject>>(pointer: P) -> P {
    let identity = typeid::of::<P>();
    let is = |identities: [_; 2]| identities.contains(&identity);
    type Target<P> = <P as Deref>::Target;
    if is([
        typeid::of::<Box<Target<P>>>(),
        typeid::of::<Pin<Box<Target<P>>>>(),
    ]) {
        let change = |owner: Box<Target<P>>| {
            let vtable = Target::<P>::objects().canonical_vtable(&*owner);
            let object = with_vtable(Box::into_raw(owner), vtable);
            // SAFETY: it came from a `Box` of the same type, with another vtable of the same type. (S22)
            unsafe { Box::from_raw(object.cast_mut()) }
        };
        // SAFETY: their identities are the same, and the object stays where it is. (S23)
        unsafe { changed(pointer, change) }
    } else if is([
        typeid::of::<Rc<Target<P>>>(),
        typeid::of::<Pin<Rc<Target<P>>>>(),
    ]) {
        let change = |owner: Rc<Target<P>>| {
            let vtable = Target::<P>::objects().canonical_vtable(&*owner);
            let object = with_vtable(Rc::into_raw(owner), vtable);
            // SAFETY: as above. (S22)
            unsafe { Rc::from_raw(object) }
        };
        // SAFETY: their identities are the same, and the object stays where it is. (S23)
        unsafe { changed(pointer, change) }
    } else if is([
        typeid::of::<Arc<Target<P>>>(),
        typeid::of::<Pin<Arc<Target<P>>>>(),
    ]) {
        let change = |owner: Arc<Target<P>>| {
            let vtable = Target::<P>::objects().canonical_vtable(&*owner);
            let object = with_vtable(Arc::into_raw(owner), vtable);
            // SAFETY: as above. (S22)
            unsafe { Arc::from_raw(object) }
        };
        // SAFETY: their identities are the same, and the object stays where it is. (S23)
        unsafe { changed(pointer, change) }
    } else {
        pointer
    }
}

/// The pointer to the same object with this vtable, which is its own or one of the same type and trait.
fn with_vtable<D: ?Sized + TraitObject>(object: *const D, vtable: *const ()) -> *const D {
    let [address, _] = words(object);
    // SAFETY: these are the words of such a pointer. (S18, S22)
    unsafe { from_words([address, vtable]) }
}

/// Changes a pointer as what it is.
///
/// # Safety
///
/// - `P` is `Q` or `Pin<Q>`, but for lifetimes, and `change` does not move the object.
unsafe fn changed<P, Q>(pointer: P, change: impl FnOnce(Q) -> Q) -> P {
    let pointer = ManuallyDrop::new(pointer);
    // SAFETY: both are the same in memory ("`Pin<Ptr>` is guaranteed to have the same memory layout and ABI as
    // `Ptr`", documentation of `Pin`), and only this one is used from now on. (S23)
    let owner = unsafe { mem::transmute_copy(&pointer) };
    let owner = ManuallyDrop::new(change(owner));
    // SAFETY: as above. (S23)
    unsafe { mem::transmute_copy(&owner) }
}
