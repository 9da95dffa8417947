//! Trait objects with many receivers: calls that learn which types they meet.
//!
//! # The idea
//!
//! A [`Static`](crate::Static) has one implementation in force. Most trait objects have many receivers, but most
//! calls meet one or two types. Kernel developers promote the target that a call has learned: compare, then a
//! direct call (Amit, Jacobs, Wei: "JumpSwitches", USENIX ATC 2019). Here the types are known, as they are
//! listed, and what is learned is by which vtables their objects come; so the bodies are compiled into the call.
//!
//! A call through [`Devirt`] compares the vtable of its receiver with those that were learned for the listed
//! types, runs the body that fits, and makes an ordinary virtual call if none does. Such misses are counted, and some are
//! looked at, to learn. A call whose receivers are mostly of other types is *bypassed* after a while: what it misses goes
//! past all that, straight to the virtual call. With more than two listed types it does not even compare then.
//!
//! # Why a call never runs the body of another type
//!
//! 1. An address is learned for a type only when an object that has it said that it is of this type, through a
//!    method of the hidden supertrait, in [`Objects::miss`](objects::Objects::miss).
//! 2. That method returns something else for each type, so no two types have the same vtable: neither LLVM nor a
//!    linker that folds what is identical (`--icf=all`) can merge two tables of which that entry differs, nor the
//!    functions, which return different values.
//! 3. Vtables are constants of a program or shared object, which stay where they are: one that was called through
//!    a [`Devirt`] must not be unloaded.
//!
//! So "this address is a vtable of that type" is true for ever once it is true, whoever reads it when. Learning,
//! forgetting and patching only decide what a call finds by comparing. Nothing has to be read together with
//! anything else, and a stale or racing read costs a virtual call.
//!
//! # One type, many vtables
//!
//! A type has a vtable in each codegen unit that makes trait objects of it. A call compares with one for each listed
//! type, and one that is not bypassed with another, out of line, if there is one; each sample learns anew which. Objects
//! with others are called virtually, unless they were given the first
//! vtable of their type when they were wrapped (`normalise`). To exchange one vtable of a type for another of the
//! same type and trait changes nothing else: both hold the same functions, size and alignment.
#![allow(unsafe_code)]

use std::fmt;
use std::ops::Deref;

pub(crate) mod call;
mod known;
pub(crate) mod learning;
#[cfg(all(test, loom))]
#[path = "../models"]
mod models {
    mod calls;
    mod known;
}
pub(crate) mod normalise;
pub(crate) mod objects;
pub(crate) mod vtable;
pub(crate) mod worker;

use normalise::TraitObject;

/// A pointer to a trait object whose calls learn which types they meet.
///
/// Store a `Devirt<Box<dyn Shape>>` where you would store a `Box<dyn Shape>`, and call it in the same way: it
/// implements `Shape`. The trait is annotated with
/// [`#[static_dispatch(devirt, inline(Circle, Square))]`](crate::static_dispatch), which lists the types whose
/// bodies are compiled into the calls. Objects of all other types are called as ever.
///
/// `P` is any pointer to the trait object, be it `dyn Shape`, `dyn Shape + Send` or the like: `&`, `&mut`, `Box`,
/// `Rc`, `Arc`, [`Pin`](std::pin::Pin) of these, or a type of your own that implements [`Deref`].
/// For a trait with methods that take `&mut self`, it must implement [`DerefMut`](std::ops::DerefMut).
/// `Devirt<P>` is in memory what `P` is.
///
/// Each copy that the compiler makes of a call learns for itself, on x86-64 Linux; elsewhere all calls of a
/// method learn together. See [`Learning`](crate::Learning) for how.
///
/// # Examples
///
/// ```
/// use static_call::{Devirt, static_dispatch};
///
/// #[static_dispatch(devirt, inline(Circle, Square))]
/// trait Shape {
///     fn area(&self) -> f64;
///     fn scale(&mut self, by: f64);
/// }
///
/// struct Circle(f64);
/// struct Square(f64);
///
/// impl Shape for Circle {
///     fn area(&self) -> f64 {
///         3.14 * self.0 * self.0
///     }
///     fn scale(&mut self, by: f64) {
///         self.0 *= by;
///     }
/// }
///
/// impl Shape for Square {
///     fn area(&self) -> f64 {
///         self.0 * self.0
///     }
///     fn scale(&mut self, by: f64) {
///         self.0 *= by;
///     }
/// }
///
/// let mut shapes: Vec<Devirt<Box<dyn Shape>>> = Vec::new();
/// shapes.push(Devirt::new(Box::new(Circle(1.0))));
/// shapes.push(Devirt::new(Box::new(Square(1.0))));
/// for shape in &mut shapes {
///     shape.scale(2.0);
/// }
/// let area: f64 = shapes.iter().map(|shape| shape.area()).sum();
/// assert_eq!(area, 3.14 * 4.0 + 4.0);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Devirt<P>(P);

impl<P> Devirt<P> {
    /// Wraps a pointer as it is. [`From`] does more for pointers that own their objects.
    #[inline]
    #[must_use]
    pub const fn new(pointer: P) -> Self {
        Self(pointer)
    }

    /// The pointer itself.
    #[inline]
    #[must_use]
    pub fn into_inner(self) -> P {
        self.0
    }

    /// The pointer, borrowed; calls through it are ordinary virtual calls.
    #[inline]
    #[must_use]
    pub const fn as_inner(&self) -> &P {
        &self.0
    }

    /// The same, to be changed.
    #[inline]
    #[must_use]
    pub const fn as_inner_mut(&mut self) -> &mut P {
        &mut self.0
    }
}

/// Wraps a pointer. If it owns its object, which is of a listed type, the object gets the vtable that all objects have
/// which are wrapped in this way.
///
/// A type has a vtable in each codegen unit that makes trait objects of it. Calls compare with two of them, so this
/// is for types that have more. It finds the type as a call does that misses, in some nanoseconds. `Box`, `Rc`,
/// `Arc` and [`Pin`](std::pin::Pin) of these own their objects; all other pointers stay as they are.
impl<P: Deref<Target: TraitObject>> From<P> for Devirt<P> {
    #[inline]
    fn from(pointer: P) -> Self {
        Self(normalise::normalised(pointer))
    }
}

impl<P: fmt::Debug> fmt::Debug for Devirt<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<P: fmt::Display> fmt::Display for Devirt<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<P: std::error::Error> std::error::Error for Devirt<P> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// Describes the objects of a trait.
#[doc(hidden)]
#[macro_export]
macro_rules! __objects {
    ($name:expr, $methods:expr, $listed:expr, $object:ty, $tag:path) => {{
        unsafe fn tag(words: [*const (); 2]) -> $crate::__private::Tag {
            // SAFETY: the caller promises that the words are those of a pointer to such an object. (S18, S19)
            let object = unsafe { $crate::__private::from_words::<$object>(words) };
            // SAFETY: the object is being called, so it is there. (S19)
            $tag(unsafe { &*object })
        }
        // SAFETY: this asks the object by the method of the hidden supertrait. (S21)
        unsafe { $crate::__private::Objects::new($name, $methods, $listed, tag) }
    }};
}

/// Makes the objects of a trait known by their type, which has no other traits than auto traits.
#[doc(hidden)]
#[macro_export]
macro_rules! __trait_object {
    ($object:ty, $objects:path) => {
        // SAFETY: the attribute names the trait's own objects. (S21)
        unsafe impl $crate::__private::TraitObject for $object {
            fn objects() -> &'static $crate::__private::Objects {
                &$objects
            }
        }
    };
}

/// A trait object as what it is, a listed type.
#[doc(hidden)]
#[macro_export]
macro_rules! __listed_object {
    (const $object:ident, $type:ty) => {
        // SAFETY: the attribute writes this where the object's vtable was found to be one of this type. (S18, S20)
        unsafe { &*(&raw const *$object).cast::<$type>() }
    };
    (mut $object:ident, $type:ty) => {
        // SAFETY: as above. (S18, S20)
        unsafe { &mut *(&raw mut *$object).cast::<$type>() }
    };
}
