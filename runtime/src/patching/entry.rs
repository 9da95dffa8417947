//! Entries: where the compiler put them, and what they are to do.
#![allow(unsafe_code)]

use std::arch::asm;
use std::mem;

use super::arch;
use super::plan::Protections;
use super::table::Table;
use crate::Error;
use crate::listed::takes_any_receiver;

/// The entry of one method, as the attribute registers it.
#[doc(hidden)]
pub struct Entry {
    ordinal: u32,
    code: *const (),
}

// SAFETY: `code` is the address of a function, which nobody changes through it. (S17)
unsafe impl Sync for Entry {}
// SAFETY: as above. (S17)
unsafe impl Send for Entry {}

impl Entry {
    /// Describes an entry.
    ///
    /// # Safety
    ///
    /// - `code` is the address of a function that holds `entry!` with this `ordinal`
    ///   and does what the method of the current implementation does.
    #[must_use]
    pub const unsafe fn new(ordinal: u32, code: *const ()) -> Self {
        Self { ordinal, code }
    }
}

/// The address of one method of an implementation.
#[doc(hidden)]
pub struct Target {
    ordinal: u32,
    code: *const (),
    is_thunk: bool,
}

// SAFETY: `code` is the address of a function; it is only turned into bytes of a jump. (S17)
unsafe impl Sync for Target {}
// SAFETY: as above. (S17)
unsafe impl Send for Target {}

impl Target {
    /// Names the method with this ordinal of the type `T`: the method itself, if it takes any receiver,
    /// and otherwise its thunk.
    #[must_use]
    pub const fn new<T>(ordinal: u32, code: *const (), thunk: *const ()) -> Self {
        let is_thunk = !takes_any_receiver(size_of::<T>(), align_of::<T>());
        Self {
            ordinal,
            code: if is_thunk { thunk } else { code },
            is_thunk,
        }
    }

    /// Names the method with this ordinal, which takes no receiver.
    #[must_use]
    pub const fn free<T>(ordinal: u32, code: *const ()) -> Self {
        Self {
            ordinal,
            code,
            is_thunk: false,
        }
    }
}

/// The addresses of an implementation's methods.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Targets {
    targets: &'static [Target],
    /// The table of the thunks among them.
    thunk_table: Table,
}

impl Targets {
    /// Lists the methods of one type.
    ///
    /// # Safety
    ///
    /// - Each target is the method, of the one type that implements the trait, whose entry has the
    ///   same ordinal, with the very signature of that entry; or it is a thunk, likewise.
    /// - All methods that have an entry are there.
    #[must_use]
    pub const unsafe fn new(targets: &'static [Target], thunk_table: Table) -> Self {
        Self {
            targets,
            thunk_table,
        }
    }

    /// The method with this ordinal: its address, and whether that is a thunk's.
    pub(super) fn find(self, ordinal: u32) -> (usize, bool) {
        self.targets
            .iter()
            .find(|target| target.ordinal == ordinal)
            .map(|target| (target.code.addr(), target.is_thunk))
            .expect("`Targets::new` was promised all methods")
    }

    /// The table of the thunks.
    pub(super) fn thunk_table(self) -> Table {
        self.thunk_table
    }

    /// The addresses of the thunks.
    pub(super) fn thunks(self) -> impl Iterator<Item = usize> {
        let thunks = self.targets.iter().filter(|target| target.is_thunk);
        thunks.map(|target| target.code.addr())
    }
}

/// An entry in the code of this process.
pub(super) struct LocatedEntry {
    pub(super) entry: &'static Entry,
    /// None where the compiler put other code in front of the jump.
    pub(super) jump: Option<Jump>,
}

/// The jump that an entry begins with.
pub(super) struct Jump {
    pub(super) address: usize,
    /// The jump to the slow path, as the compiler made it.
    pub(super) slow: u64,
    /// What was last written.
    pub(super) now: u64,
}

impl LocatedEntry {
    /// Finds the jump of an entry.
    pub(super) fn find(
        entry: &'static Entry,
        protections: &mut Protections,
    ) -> Result<Self, Error> {
        let start = entry.code.expose_provenance();
        protections.require_code(start..start + arch::ENTRY_SEARCH)?;
        let found = arch::find_entry(start, entry.ordinal, |offset| {
            assert!(offset < arch::ENTRY_SEARCH);
            // SAFETY: these bytes lie in pages that were just seen to be readable. (S11)
            unsafe { entry.code.cast::<u8>().wrapping_add(offset).read_volatile() }
        });
        Ok(Self {
            entry,
            jump: found.map(|(address, slow)| Jump {
                address,
                slow,
                now: slow,
            }),
        })
    }

    pub(super) fn address(&self) -> usize {
        self.entry.code.addr()
    }

    pub(super) fn ordinal(&self) -> u32 {
        self.entry.ordinal
    }

    pub(super) fn is_patched(&self) -> bool {
        self.jump.as_ref().is_some_and(|jump| jump.now != jump.slow)
    }
}

/// Uses the receiver of an entry, on its slow path and at no cost.
///
/// A parameter that nothing uses may be passed as garbage, and the implementation that the entry is
/// patched to may look at the address.
#[doc(hidden)]
#[inline(always)]
pub fn keep<T>(receiver: &T) {
    // SAFETY: there is no instruction. Options: `nostack` and `preserves_flags`, which hold; not `pure`,
    // which would let it be dropped; not `nomem`, because the operand is a reference. (S9)
    unsafe {
        asm!(
            "/* {receiver} */",
            receiver = in(reg) receiver,
            options(nostack, preserves_flags)
        );
    }
}

/// The function at `code`, as one of the type that the context asks for.
///
/// # Safety
///
/// - `code` is the address of a function of this very type.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn like<F: Copy>(code: *const ()) -> F {
    const {
        assert!(size_of::<F>() == size_of::<*const ()>());
    }
    // SAFETY: a function pointer is a pointer to code, and `code` is one of the type `F`. (S6)
    unsafe { mem::transmute_copy(&code) }
}
