//! The portable form of `patching`, which is not to patch: every call goes by the truth.

#[path = "entry_call.rs"]
mod entry_call;
#[path = "loads.rs"]
mod loads;

use std::collections::BTreeMap;

use crate::Error;
use crate::devirt::objects::ObjectMethod;
use crate::implementation::Implementation;
use crate::report::{CallSites, MethodState, Reason};
use crate::windows::Windows;

/// An entry that can be patched; there is none here.
#[doc(hidden)]
pub enum Entry {}

/// The addresses of an implementation's methods, which nobody needs here.
#[doc(hidden)]
pub struct Targets;

/// The table of a trait's call sites, of which there are none.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct SiteTable;

/// What generated code names.
pub(crate) mod exports {
    pub use super::{Entry, SiteTable, Targets, keep};
}

pub(crate) struct Patcher;

impl Patcher {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn windows(&self) -> Windows {
        Windows::NONE
    }

    pub(crate) fn switch(
        &mut self,
        _key: usize,
        _code: &mut Code,
        _described: &Implementation,
        _object: *const (),
        _choice: u32,
        publish: &dyn Fn(),
    ) -> Result<Option<Error>, Error> {
        publish();
        Ok(None)
    }
}

/// The immediate of a call through `Devirt`, of which there are none.
#[derive(Clone, Copy)]
pub(crate) enum Guard {}

impl Guard {
    pub(crate) fn address(self) -> usize {
        match self {}
    }
}

impl Patcher {
    /// All calls of a method are one.
    pub(crate) fn find_guards(
        &mut self,
        _objects: usize,
        methods: &BTreeMap<usize, &'static ObjectMethod>,
    ) -> Option<Vec<(&'static ObjectMethod, Option<Guard>)>> {
        Some(methods.values().map(|method| (*method, None)).collect())
    }

    pub(crate) fn set_guards(&mut self, guards: &[Guard], _numbers: &[u32]) -> Option<Vec<Guard>> {
        Some(guards.to_vec())
    }
}

pub(crate) struct Code;

impl Code {
    pub(crate) const fn new() -> Self {
        Self
    }

    pub(crate) fn patched(&self) -> usize {
        0
    }

    pub(crate) fn call_sites(&self) -> usize {
        0
    }

    pub(crate) fn state(&self, _ordinal: u32) -> (MethodState, CallSites) {
        (
            MethodState::Unpatched(Reason::Portable),
            CallSites::default(),
        )
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

/// The body of a listed implementation in a call.
#[doc(hidden)]
#[macro_export]
macro_rules! __body {
    ($choice:literal, $call:expr) => {
        $call
    };
}

/// The table of a trait's call sites.
#[doc(hidden)]
#[macro_export]
macro_rules! __sites {
    ($section:literal) => {
        $crate::__private::SiteTable
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

/// The thunks of a trait's methods, which nobody needs here.
#[doc(hidden)]
#[macro_export]
macro_rules! __thunks {
    ($($tokens:tt)*) => {};
}

/// A thunk, of which there are none.
#[doc(hidden)]
#[macro_export]
macro_rules! __thunk_method {
    ($($tokens:tt)*) => {};
}

/// The receiver of a thunk.
#[doc(hidden)]
#[macro_export]
macro_rules! __receiver {
    ($($tokens:tt)*) => {};
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
