//! Thunks: a method of an implementation, called without its receiver.
//!
//! The first argument of a call is the address of a zero-sized handle. A zero-sized, 1-aligned
//! implementation can take it for its own. For any other the attribute makes a thunk of each method, a function
//! of the same signature that runs the method on the object in force: in the thunk's code, where the body of
//! the method is inlined if it is small, the address of the object is an immediate.
//!
//! A thunk belongs to one type and to one key. So its receiver only ever changes from one object of the type to
//! another, and whatever a call finds there, code and object fit together. It is written before
//! anything leads to the thunk, but where calls lead there already: then to write it is to switch.
//!
//! A linker that folds functions of the same code, though their addresses are told apart (`--icf=all`), makes one
//! thunk of those of several keys. It then serves the first of them that needs it, and the others do without.
#![allow(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use super::arch;
use super::plan::Protections;
use super::table::{Table, byte};
use crate::Error;

/// An implementation in the place of its thunks' receiver: it is zero-sized, as a handle is.
#[doc(hidden)]
pub struct Bound<T>(PhantomData<T>);

/// The object at `receiver`.
///
/// # Safety
///
/// - It is the address of a `T` that lives for ever.
#[doc(hidden)]
#[inline(always)]
#[allow(
    clippy::transmute_ptr_to_ref,
    reason = "with debug assertions, the other way is checked, and thunks need a stack frame for that"
)]
pub unsafe fn receive<'object, T>(receiver: *const ()) -> &'object T {
    // SAFETY: there is an object of this type. (S5)
    unsafe { std::mem::transmute::<*const T, &'object T>(receiver.cast()) }
}

/// Makes a thunk differ from those of other keys, which have receivers of their own: the compiler makes one
/// function of functions that are alike.
#[doc(hidden)]
#[macro_export]
macro_rules! __of_key {
    ($key:path) => {
        // SAFETY: there is no instruction. Options: `nomem`, `nostack` and `preserves_flags`, which hold; not
        // `pure`, which would let it be dropped. (S5, S9)
        unsafe {
            ::core::arch::asm!(
                "/* {key} */",
                key = sym $key,
                options(nomem, nostack, preserves_flags)
            )
        }
    };
}

/// The thunks of the implementations of one key, as far as they were needed.
pub(super) struct Thunks {
    /// The places of the receiver, by the address of the thunk: as many as the compiler made copies.
    pub(super) receivers: BTreeMap<usize, Vec<Receiver>>,
    /// Those of the implementation in force, whose object they hold.
    in_force: BTreeSet<usize>,
}

/// Where a thunk holds the address of the object.
pub(super) struct Receiver {
    pub(super) address: usize,
    /// What was last written.
    pub(super) now: u64,
}

impl Thunks {
    pub(super) const fn new() -> Self {
        Self {
            receivers: BTreeMap::new(),
            in_force: BTreeSet::new(),
        }
    }

    /// Finds what these thunks hold, which are listed in `table`, and makes `key` the owner of it. A thunk of which
    /// something belongs to another key, or is not what it should be, is as if it held nothing.
    pub(super) fn find(
        &mut self,
        thunks: &BTreeSet<usize>,
        table: Table,
        key: usize,
        owners: &mut BTreeMap<usize, usize>,
        protections: &mut Protections,
    ) -> Result<(), Error> {
        let mut unknown: BTreeMap<_, Vec<Receiver>> = thunks
            .iter()
            .filter(|thunk| !self.receivers.contains_key(thunk))
            .map(|thunk| (*thunk, Vec::new()))
            .collect();
        let mut unusable = BTreeSet::new();
        if unknown.is_empty() {
            return Ok(());
        }
        for record in table.records() {
            if let Some(receivers) = unknown.get_mut(&record.owner()) {
                let place = record.place();
                if *owners.entry(place).or_insert(key) != key {
                    unusable.insert(record.owner());
                    continue;
                }
                // Types of one key may have been folded too, and each has a record.
                if receivers.iter().any(|receiver| receiver.address == place) {
                    continue;
                }
                protections.require_code(arch::around_receiver(place))?;
                // SAFETY: these pages were just seen to be code that can be read. (S11)
                let read = |address| unsafe { byte(address) };
                match arch::receiver(place, read) {
                    Some(now) => receivers.push(Receiver {
                        address: place,
                        now,
                    }),
                    // A breakpoint, perhaps. All copies of a thunk are written, or none is used.
                    None => {
                        unusable.insert(record.owner());
                    }
                }
            }
        }
        for thunk in unusable {
            unknown.insert(thunk, Vec::new());
        }
        self.receivers.append(&mut unknown);
        Ok(())
    }

    /// The places of a thunk's receiver; none if they are not known.
    pub(super) fn receivers(&self, thunk: usize) -> &[Receiver] {
        self.receivers.get(&thunk).map_or(&[], Vec::as_slice)
    }

    /// Whether the thunk is one of the implementation in force.
    pub(super) fn is_in_force(&self, thunk: usize) -> bool {
        self.in_force.contains(&thunk)
    }

    /// All places of receivers that are known.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Receiver> {
        self.receivers.values().flatten()
    }

    /// Notes what was written into the receivers of these thunks, which are those of the implementation in force.
    pub(super) fn written(&mut self, thunks: BTreeSet<usize>, object: u64) {
        for thunk in &thunks {
            for receiver in self.receivers.get_mut(thunk).into_iter().flatten() {
                receiver.now = object;
            }
        }
        self.in_force = thunks;
    }

    /// Notes that an implementation is in force whose thunks were not written.
    pub(super) fn not_written(&mut self) {
        self.in_force.clear();
    }
}

/// The methods that a trait's thunks run.
#[doc(hidden)]
#[macro_export]
macro_rules! __thunks {
    ($($thunks:tt)*) => {
        $($thunks)*
    };
}

/// A thunk: a function of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __thunk_method {
    ($($method:tt)*) => {
        #[inline(never)]
        $($method)*
    };
}
