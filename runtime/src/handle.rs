//! The handles through which a program calls: [`Static`], [`Current`] and [`Initial`].
#![allow(unsafe_code)]

use std::fmt;
use std::marker::PhantomData;
use std::ptr;

use crate::Dispatch;

/// A zero-sized handle that implements a trait by its current implementation.
///
/// Read `Static<dyn Trait>` as "a `&'static dyn Trait` whose value [`update`](crate::update) can
/// change, and whose calls cost no load of data". It implements `Trait` itself, so it can be used
/// wherever an implementation is expected: called directly, given to generic code, or coerced to
/// `&dyn Trait`.
///
/// A call runs wholly on one implementation. Two calls in a row may run on two, when another thread
/// updates in between; use [`current`](Static::current) for several calls on one implementation.
///
/// # Examples
///
/// ```
/// use static_call::{Static, static_dispatch};
///
/// struct Celsius;
///
/// #[static_dispatch(default = Celsius)]
/// trait Unit: Sync {
///     fn show(&self, degrees: i32) -> String;
/// }
///
/// impl Unit for Celsius {
///     fn show(&self, degrees: i32) -> String {
///         format!("{degrees} °C")
///     }
/// }
///
/// const UNIT: Static<dyn Unit> = Static::new();
/// assert_eq!(UNIT.show(20), "20 °C");
/// ```
pub struct Static<D: ?Sized> {
    trait_object: PhantomData<fn() -> *const D>,
}

impl<D: ?Sized> Static<D> {
    /// Creates a handle; all handles of one trait are alike.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            trait_object: PhantomData,
        }
    }
}

impl<D: Dispatch + ?Sized> Static<D> {
    /// Takes a snapshot of the implementation in force, for a sequence of calls on one
    /// implementation.
    ///
    /// An update does not reach a snapshot that was already taken.
    #[inline]
    #[must_use]
    pub fn current(self) -> Current<D> {
        crate::current()
    }
}

impl<D: ?Sized> Clone for Static<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: ?Sized> Copy for Static<D> {}

impl<D: ?Sized> Default for Static<D> {
    fn default() -> Self {
        Self::new()
    }
}

/// Names the handle and the type of the current implementation.
impl<D: Dispatch + ?Sized> fmt::Debug for Static<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Static")
            .field(&format_args!("{}", type_name(self.current().as_dyn())))
            .finish()
    }
}

impl<D: Dispatch + fmt::Display + ?Sized> fmt::Display for Static<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.current().as_dyn().fmt(formatter)
    }
}

impl<D: Dispatch + std::error::Error + ?Sized> std::error::Error for Static<D> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.current().as_dyn().source()
    }
}

/// A snapshot: the implementation that was current when it was taken.
///
/// It implements the trait by that implementation for as long as it lives; updates do not reach it.
/// [`Static::current`] and [`current`](crate::current) take one.
///
/// Its methods run the bodies of the listed implementations, and call any other virtually. The compiler
/// moves the choice among them out of loops; see [`Static` or a snapshot](crate#static-or-a-snapshot).
///
/// # Examples
///
/// ```
/// use static_call::{Static, static_dispatch};
///
/// #[static_dispatch(default = Add, inline(Multiply))]
/// trait Combine: Sync {
///     fn combine(&self, x: u32, y: u32) -> u32;
/// }
///
/// struct Add;
///
/// impl Combine for Add {
///     fn combine(&self, x: u32, y: u32) -> u32 {
///         x.wrapping_add(y)
///     }
/// }
///
/// struct Multiply(u32);
///
/// impl Combine for Multiply {
///     fn combine(&self, x: u32, y: u32) -> u32 {
///         x.wrapping_mul(y).wrapping_mul(self.0)
///     }
/// }
///
/// const COMBINE: Static<dyn Combine> = Static::new();
///
/// fn reduce(numbers: &[u32]) -> u32 {
///     let combine = COMBINE.current();
///     numbers.iter().fold(1, |sum, number| combine.combine(sum, *number))
/// }
///
/// assert_eq!(reduce(&[1, 2, 3]), 7);
/// static_call::update::<dyn Combine>(&Multiply(1))?;
/// assert_eq!(reduce(&[1, 2, 3]), 6);
/// # Ok::<(), static_call::Error>(())
/// ```
pub struct Current<D: ?Sized + 'static> {
    implementation: &'static D,
    /// Names the implementation's type, if it is listed.
    choice: u32,
}

impl<D: Dispatch + ?Sized> Current<D> {
    pub(crate) const fn new(implementation: &'static D, choice: u32) -> Self {
        Self {
            implementation,
            choice,
        }
    }

    #[doc(hidden)]
    #[inline(always)]
    #[must_use]
    pub const fn __choice(self) -> u32 {
        self.choice
    }

    /// The implementation, as what it is.
    ///
    /// # Safety
    ///
    /// - The snapshot's choice is that of the type `T`.
    #[doc(hidden)]
    #[inline(always)]
    #[must_use]
    pub const unsafe fn __object<T>(self) -> &'static T {
        // SAFETY: the choice was made by the type of this very object. (S2)
        unsafe { &*ptr::from_ref(self.implementation).cast::<T>() }
    }

    /// The implementation itself.
    #[inline]
    #[must_use]
    pub const fn as_dyn(self) -> &'static D {
        self.implementation
    }
}

impl<D: ?Sized> Clone for Current<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: ?Sized> Copy for Current<D> {}

/// Names the type of the implementation.
impl<D: Dispatch + ?Sized> fmt::Debug for Current<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Current")
            .field(&format_args!("{}", type_name(self.implementation)))
            .finish()
    }
}

impl<D: Dispatch + fmt::Display + ?Sized> fmt::Display for Current<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.implementation.fmt(formatter)
    }
}

impl<D: Dispatch + std::error::Error + ?Sized> std::error::Error for Current<D> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.implementation.source()
    }
}

/// The implementation before the first update of a trait that names no `default`.
///
/// Its methods do nothing for a trait annotated with `noop`, and panic otherwise. A program meets
/// this type only where a trait has a supertrait of the program's own, which it then implements for
/// [`Static`], [`Current`] and `Initial` of the trait object.
pub struct Initial<D: ?Sized> {
    trait_object: PhantomData<fn() -> *const D>,
}

impl<D: ?Sized> Initial<D> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            trait_object: PhantomData,
        }
    }
}

impl<D: ?Sized> Clone for Initial<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: ?Sized> Copy for Initial<D> {}

impl<D: ?Sized> Default for Initial<D> {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: ?Sized> fmt::Debug for Initial<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Initial")
    }
}

impl<D: ?Sized> fmt::Display for Initial<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no implementation chosen yet")
    }
}

impl<D: ?Sized> std::error::Error for Initial<D> {}

fn type_name<D: Dispatch + ?Sized>(implementation: &D) -> &'static str {
    implementation.implementation().type_name()
}
