//! AArch64 instructions.
#![allow(unsafe_code)]

mod encoding;
// Of the instructions that load an immediate none may be changed while threads run them.
#[path = "../../entry_call.rs"]
mod entry_call;
#[path = "../../loads.rs"]
mod loads;

use std::arch::asm;
use std::ops::Range;

use super::Immediate;
pub(in crate::patching) use encoding::*;

/// What code that is patched writes into a table: addresses, which the dynamic linker fills in.
///
/// There is no relocation for a 32-bit distance to a slot of the global offset table that all linkers know.
#[doc(hidden)]
#[repr(C)]
pub struct Record {
    place: usize,
    owner: usize,
}

impl Record {
    /// The address of what is patched.
    pub(in crate::patching) fn place(&self) -> usize {
        self.place
    }

    /// The address of the function that it belongs to.
    pub(in crate::patching) fn owner(&self) -> usize {
        self.owner
    }

    /// Writes what code would.
    ///
    /// # Safety
    ///
    /// - The record can be written, and `slot` be read.
    #[cfg(test)]
    pub(in crate::patching) unsafe fn write(record: *mut Self, place: usize, slot: *const usize) {
        // SAFETY: as the caller promises. (S10)
        let owner = unsafe { slot.read() };
        // SAFETY: as above. (S10)
        unsafe { record.write(Self { place, owner }) };
    }
}

/// `b slow`, then the mark and the ordinal, which are never executed.
///
/// The macro's value is `slow`, the function of the slow path. On the way it does two things to keep
/// LLVM from setting up a stack frame in front of the jump, where it moves a set-up out of the way only if
/// that saves registers, and never past a call that reads its target from memory ("shrink wrapping"): a
/// register that functions must preserve is declared overwritten, and the target is put into a register.
///
/// The assembly jumps to its label, or, once patched, to the implementation, and does not come back
/// from there; the implementation returns to the entry's caller. Options:
///
/// - `noreturn`: it never falls through.
/// - `nostack`: an entry needs no stack of its own at this point, and must not be given a frame. What
///   it jumps to finds the stack as its caller would leave it.
/// - not `nomem`, `readonly` or `pure`: the implementation may do anything.
/// - not `preserves_flags`: likewise.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($ordinal:literal, $slow:expr) => {{
        // SAFETY: the jump leads to the label. What it leads to after patching is the same method of
        // the current implementation, which takes over the arguments and the return address as they
        // are, because entries are only patched where nothing precedes the jump. (S6, S7, S8)
        unsafe {
            ::core::arch::asm!(
                "b {slow}",
                ".long {mark}",
                ".long {ordinal}",
                slow = label {},
                mark = const $crate::__private::ENTRY_MARK,
                ordinal = const $ordinal,
                options(noreturn, nostack)
            )
        }
        let mut slow = $slow;
        // SAFETY: there is no instruction. Options: `nostack` and `preserves_flags`, which hold; not
        // `pure`, which would let it be dropped. (S9)
        unsafe {
            ::core::arch::asm!(
                "/* {slow} */",
                slow = inout(reg) slow,
                out("x20") _,
                options(nostack, preserves_flags)
            )
        }
        slow
    }};
}

/// The object in force, from a literal among the code, which is data for the processor: `adrp`, then `ldr`.
///
/// The record is in a section of its own that is linked to that of the function (`SHF_LINK_ORDER`, "o"):
/// linkers drop it with a function that nobody calls, and only then. Such a section has to be unique, hence
/// the count. Options:
///
/// - `nostack`, `preserves_flags`: they are loads.
/// - `readonly`: they are no obstacle to values of memory that are kept in registers. Not `nomem`, so that
///   they are never moved before a store or a call that might be an update.
/// - not `pure`: the value changes.
#[doc(hidden)]
#[macro_export]
macro_rules! __receiver {
    ($section:literal, [$($thunk:tt)*], $key:path) => {{
        $crate::__of_key!($key);
        let receiver: *const ();
        // SAFETY: the record beside the instructions is right, and they have no effect but on their
        // register. (S9, S10)
        unsafe {
            ::core::arch::asm!(
                "3:",
                "adrp {receiver}, 2f",
                "ldr {receiver}, [{receiver}, :lo12:2f]",
                ".ifndef .Lstatic_call_count",
                ".set .Lstatic_call_count, 0",
                ".endif",
                ".set .Lstatic_call_count, .Lstatic_call_count + 1",
                ".set .Lstatic_call_here, 3b",
                ".pushsection .text.static_call_receivers,\"ax\",@progbits",
                ".balign 8",
                "2:",
                ".xword 0",
                ".popsection",
                $crate::__private::concat!(
                    ".pushsection ",
                    $section,
                    ",\"awo\",@progbits,.Lstatic_call_here,unique,.Lstatic_call_count"
                ),
                ".balign 8",
                ".xword 2b",
                ".xword {thunk}",
                ".popsection",
                receiver = out(reg) receiver,
                thunk = sym $($thunk)*,
                options(nostack, preserves_flags, readonly)
            );
        }
        // SAFETY: nothing leads to a thunk before an object of its type is its receiver, and such objects
        // live for ever. (S5, S16)
        unsafe { $crate::__private::receive(receiver) }
    }};
}

/// Instructions that load the address of a symbol.
#[doc(hidden)]
#[macro_export]
macro_rules! __load_symbol {
    ($register:literal, $($symbol:literal),*) => {
        $crate::__private::concat!(
            "adrp ", $register, ", :got:", $($symbol,)* "\n",
            "ldr ", $register, ", [", $register, ", :got_lo12:", $($symbol,)* "]"
        )
    };
}

/// No instruction is that of a call site.
pub(in crate::patching) fn immediate(
    _address: usize,
    _read: impl Fn(usize) -> u8,
) -> Option<(Immediate, usize, u64)> {
    None
}

/// What would have to be code for a call site.
pub(in crate::patching) fn around_site(address: usize) -> Range<usize> {
    address..address + 4
}

/// No call site holds an address.
pub(in crate::patching) fn load_address(_from: usize, _original: u64, _to: usize) -> Option<u64> {
    None
}

/// Whether calls through `Devirt` have immediates that can be patched.
pub(in crate::patching) const HAS_GUARDS: bool = false;

/// No instruction holds the number of a call through `Devirt`.
pub(in crate::patching) fn guard(_address: usize, _read: impl Fn(usize) -> u8) -> Option<u64> {
    None
}

/// No instruction holds such a number.
pub(in crate::patching) fn set_guard(word: u64, _number: u32) -> u64 {
    word
}

/// Cleans the data cache and invalidates the instruction cache for one word, for all cores of the
/// process (Arm ARM, B2.4.4 "Concurrent modification and execution of instructions", "Ordering and
/// completion of data and instruction cache instructions").
pub(in crate::patching) fn flush(address: usize) {
    // SAFETY: the instructions maintain caches, and `address` is mapped. No options but `nostack` and
    // `preserves_flags`, which hold: the stores before must be done before. (S9, S16)
    unsafe {
        asm!(
            "dc cvau, {address}",
            "dsb ish",
            "ic ivau, {address}",
            "dsb ish",
            "isb",
            address = in(reg) address,
            options(nostack, preserves_flags)
        );
    }
}
