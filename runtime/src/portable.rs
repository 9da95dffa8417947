//! The portable form of `patching`, which is not to patch: every call goes by the truth.

use crate::report::{MethodState, Reason};
use crate::{Dispatch, Error};

/// An entry that can be patched; there is none here.
#[doc(hidden)]
pub enum Entry {}

/// The addresses of an implementation's methods, which nobody needs here.
#[doc(hidden)]
pub struct Targets;

/// What generated code names.
pub(crate) mod exports {
    pub use super::{Entry, Targets, keep};
}

pub(crate) struct Patcher;

impl Patcher {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn switch<D: Dispatch + ?Sized>(
        &mut self,
        _key: usize,
        _sites: &mut Sites,
        _implementation: &'static D,
        publish: impl FnOnce(),
    ) -> Result<Option<Error>, Error> {
        publish();
        Ok(None)
    }
}

pub(crate) struct Sites;

impl Sites {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn patched(&self) -> usize {
        0
    }

    pub(crate) fn state(&self, _ordinal: u32) -> MethodState {
        MethodState::Unpatched(Reason::Portable)
    }
}

/// The beginning of an entry, which has no jump here; its value is `slow`.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($ordinal:literal, $slow:expr) => {
        $slow
    };
}

/// Lists the entries of a trait.
#[doc(hidden)]
#[macro_export]
macro_rules! __entries {
    ($($tokens:tt)*) => {
        &[]
    };
}

/// Lists the addresses of an implementation's methods.
#[doc(hidden)]
#[macro_export]
macro_rules! __targets {
    ($($tokens:tt)*) => {
        $crate::__private::Targets
    };
}

/// A method of the handle.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry_method {
    ($($method:tt)*) => {
        #[inline]
        $($method)*
    };
}

/// The slow path of a method of the handle, which is the only one.
#[doc(hidden)]
#[macro_export]
macro_rules! __slow_method {
    ($($method:tt)*) => {
        #[inline]
        $($method)*
    };
}

/// Uses the receiver of an entry, which matters only where entries are patched.
#[doc(hidden)]
#[inline(always)]
pub fn keep<T>(_receiver: &T) {}
