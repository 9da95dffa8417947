//! Entries: where the compiler put them, and what they are to do.
#![allow(unsafe_code)]

use std::arch::asm;
use std::mem;

use super::arch::{self, Register, Word};
use super::plan::Protections;
use super::signature::{Probe, Signature};
use super::thunk::Receiver;
use crate::Error;

/// The entry of one method, as the attribute registers it.
#[doc(hidden)]
pub struct Entry {
    ordinal: u32,
    code: *const (),
    passing: Passing,
}

// SAFETY: `code` is the address of a function, which nobody changes through it.
unsafe impl Sync for Entry {}
// SAFETY: as above.
unsafe impl Send for Entry {}

/// How the method gets its receiver.
enum Passing {
    /// It has none.
    Free,
    /// In a register, which a probe finds.
    Probed(Probe),
    /// In a register that cannot be found, because the method has too many parameters.
    Unknown,
}

impl Entry {
    /// Describes the entry of a method that takes a receiver, of the function pointer type `F`.
    ///
    /// # Safety
    ///
    /// - `code` is the address of a function of the type `F` that holds `entry!` with this `ordinal`
    ///   and does what the method of the current implementation does.
    pub const unsafe fn with_receiver<F: Signature>(
        ordinal: u32,
        code: *const (),
        _signature: F,
    ) -> Self {
        Self {
            ordinal,
            code,
            passing: Passing::Probed(F::probe),
        }
    }

    /// Describes the entry of a method that takes no receiver.
    ///
    /// # Safety
    ///
    /// As for `with_receiver`.
    pub const unsafe fn free(ordinal: u32, code: *const ()) -> Self {
        Self {
            ordinal,
            code,
            passing: Passing::Free,
        }
    }

    /// Describes the entry of a method whose type is not a [`Signature`], because it has too many
    /// parameters.
    ///
    /// # Safety
    ///
    /// As for `with_receiver`.
    pub const unsafe fn unprobed(ordinal: u32, code: *const ()) -> Self {
        Self {
            ordinal,
            code,
            passing: Passing::Unknown,
        }
    }
}

/// The address of one method of an implementation.
#[doc(hidden)]
pub struct Target {
    ordinal: u32,
    code: *const (),
}

// SAFETY: `code` is the address of a function; it is only turned into bytes of a jump.
unsafe impl Sync for Target {}
// SAFETY: as above.
unsafe impl Send for Target {}

impl Target {
    /// Names the method with this ordinal.
    #[must_use]
    pub const fn new(ordinal: u32, code: *const ()) -> Self {
        Self { ordinal, code }
    }
}

/// The addresses of an implementation's methods.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Targets(&'static [Target]);

impl Targets {
    /// Lists the methods of one type.
    ///
    /// # Safety
    ///
    /// - Each target is the method, of the one type that implements the trait, whose entry has the
    ///   same ordinal, with the very signature of that entry.
    /// - All methods that have an entry are there.
    #[must_use]
    pub const unsafe fn new(targets: &'static [Target]) -> Self {
        Self(targets)
    }

    /// The address of the method with this ordinal.
    pub(super) fn address(self, ordinal: u32) -> usize {
        self.0
            .iter()
            .find(|target| target.ordinal == ordinal)
            .map(|target| target.code.addr())
            .expect("`Targets::new` was promised all methods")
    }
}

/// An entry in the code of this process.
pub(super) struct LocatedEntry {
    entry: &'static Entry,
    /// Where the receiver is passed, once that was asked for and could be found.
    register: Option<Register>,
    /// None where the compiler put other code in front of the jump.
    pub(super) jump: Option<Jump>,
}

/// The jump that an entry begins with.
pub(super) struct Jump {
    pub(super) address: usize,
    /// The jump to the slow path, as the compiler made it.
    pub(super) slow: Word,
    /// What was last written.
    pub(super) now: Word,
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
            // SAFETY: these bytes lie in pages that were just seen to be readable.
            unsafe { entry.code.cast::<u8>().wrapping_add(offset).read_volatile() }
        });
        Ok(Self {
            entry,
            register: None,
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

    /// How a call gets from the handle to `object`; `None` if that cannot be arranged.
    pub(super) fn receiver(&mut self, object: Option<*const ()>) -> Option<Receiver> {
        match (&self.entry.passing, object) {
            (Passing::Free, _) | (_, None) => Some(Receiver::AsItIs),
            (Passing::Probed(probe), Some(object)) => {
                if self.register.is_none() {
                    self.register = arch::receiver_register(*probe);
                }
                let object = object.expose_provenance();
                self.register.map(|register| Receiver::In(register, object))
            }
            (Passing::Unknown, Some(_)) => None,
        }
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
    // which would let it be dropped; not `nomem`, because the operand is a reference.
    unsafe {
        asm!(
            "/* {receiver} */",
            receiver = in(reg) receiver,
            options(nostack, preserves_flags)
        );
    }
}

/// The function at `code`, as one of the type of `_entry`.
///
/// # Safety
///
/// - `code` is the address of a function of this very type.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn like<F: Copy>(code: *const (), _entry: F) -> F {
    const {
        assert!(size_of::<F>() == size_of::<*const ()>());
    }
    // SAFETY: a function pointer is a pointer to code, and `code` is one of the type `F`.
    unsafe { mem::transmute_copy(&code) }
}
