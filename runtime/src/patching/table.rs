//! Tables of places in code, which the code itself writes into sections.
//!
//! An instruction that is to be patched writes a record into a section of its trait, wherever the compiler
//! copies it to; so a table is what the linker makes of these sections. A record says where the place is,
//! and names the function that it belongs to. That makes the names of the sections a mere convenience:
//! should two traits share one, each finds its own.
#![allow(unsafe_code)]

use super::arch::Record;

/// A table, in the program or the shared object whose code names it.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Table {
    start: *const Record,
    end: *const Record,
}

impl Table {
    /// Describes a table.
    ///
    /// # Safety
    ///
    /// - `start` and `end` are those of an array of records, or null if there is none; the array stays
    ///   where it is, unchanged.
    /// - Each record was written by an instruction that is to be patched.
    #[must_use]
    pub const unsafe fn new(start: *const Record, end: *const Record) -> Self {
        Self { start, end }
    }

    pub(super) fn records(self) -> &'static [Record] {
        if self.start.is_null() {
            return &[];
        }
        let length = (self.end.addr() - self.start.addr()) / size_of::<Record>();
        // SAFETY: `new` was promised an array that lives for ever and does not change. (S10)
        unsafe { std::slice::from_raw_parts(self.start, length) }
    }
}

/// The byte at `address`.
///
/// # Safety
///
/// - It lies in pages that can be read and stay mapped.
pub(super) unsafe fn byte(address: usize) -> u8 {
    let byte = std::ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: the caller promises that the byte can be read. Volatile, as code is patched. (S11)
    unsafe { byte.read_volatile() }
}

/// The table that the linker makes of the sections of that name, in the program or the shared object that this
/// is compiled for: hidden symbols are not looked for in others.
#[doc(hidden)]
#[macro_export]
macro_rules! __table {
    ($section:literal) => {{
        let (start, end);
        // SAFETY: two symbols of the linker's are read, which are null where there is no such section.
        // Options: `nostack` and `preserves_flags`, since these are loads; `pure` and `nomem`, since
        // the symbols are constants. (S9, S10)
        unsafe {
            ::core::arch::asm!(
                $crate::__private::concat!(".weak __start_", $section),
                $crate::__private::concat!(".weak __stop_", $section),
                $crate::__private::concat!(".hidden __start_", $section),
                $crate::__private::concat!(".hidden __stop_", $section),
                $crate::__load_symbol!("{start}", "__start_", $section),
                $crate::__load_symbol!("{end}", "__stop_", $section),
                start = out(reg) start,
                end = out(reg) end,
                options(nostack, preserves_flags, pure, nomem)
            );
        }
        // SAFETY: the section holds what the macros of `arch` write into it. (S10)
        unsafe { $crate::__private::Table::new(start, end) }
    }};
}
