//! AArch64 instructions.
//!
//! Encodings: Arm Architecture Reference Manual for A-profile, chapter C6.
#![allow(unsafe_code)]

// Of the instructions that load an immediate none may be changed while threads run them.
#[path = "../../entry_call.rs"]
mod entry_call;
#[path = "../../loads.rs"]
mod loads;

use std::arch::asm;
use std::ops::Range;

use super::{ENTRY_MARK, Immediate, Width};

/// One instruction. `B` may be changed into another `B` while threads run it (Arm ARM, B2.2.5).
pub(in crate::patching) const WORD: Width = Width::Four;

type Word = u32;

/// How far `b` reaches: 26 bits of words, signed.
pub(in crate::patching) const REACH: usize = (1 << 27) - 64;

/// As many bytes as `find_entry` may look at: padding, then the jump, the mark and the ordinal.
pub(in crate::patching) const ENTRY_SEARCH: usize = 32;

const B: Word = 0x1400_0000;
const B_MASK: Word = 0xfc00_0000;
const B_DISTANCE: Word = !B_MASK;
const BR_X16: Word = 0xd61f_0200;
const MOVZ: Word = 0xd280_0000;
const MOVK: Word = 0xf280_0000;
/// `nop`, and the forms of `bti`, which only say that a function begins here.
const PADDING: [Word; 5] = [
    0xd503_201f,
    0xd503_241f,
    0xd503_245f,
    0xd503_249f,
    0xd503_24df,
];

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

/// Finds the jump of the entry that starts at `start`, whose bytes `read` returns by their offset:
/// its address and the word that it is.
///
/// Only padding may precede it.
pub(in crate::patching) fn find_entry(
    start: usize,
    ordinal: u32,
    read: impl Fn(usize) -> u8,
) -> Option<(usize, u64)> {
    let words: [Word; ENTRY_SEARCH / 4] = std::array::from_fn(|index| {
        Word::from_le_bytes(std::array::from_fn(|byte| read(4 * index + byte)))
    });
    let first = words.iter().position(|word| !PADDING.contains(word))?;
    match words[first..] {
        [jump, mark, number, ..]
            if jump & B_MASK == B && mark == ENTRY_MARK && number == ordinal =>
        {
            Some((start + 4 * first, jump.into()))
        }
        _ => None,
    }
}

/// Whether an instruction at `from` can lead to `to`.
pub(in crate::patching) fn reaches(from: usize, to: usize) -> bool {
    jump(from, to).is_some()
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

/// What must be code where a thunk has its receiver at `place`.
pub(in crate::patching) fn around_receiver(place: usize) -> Range<usize> {
    place..place + 8
}

/// The receiver at `place`.
pub(in crate::patching) fn receiver(place: usize, read: impl Fn(usize) -> u8) -> Option<u64> {
    let bytes = std::array::from_fn(|offset| read(place + offset));
    Some(u64::from_le_bytes(bytes))
}

/// `b to`, at `from`, if `to` is within reach.
pub(in crate::patching) fn jump(from: usize, to: usize) -> Option<u64> {
    let distance = i32::try_from(to.wrapping_sub(from).cast_signed()).ok()?;
    let in_reach = (-(1 << 27)..1 << 27).contains(&distance) && distance % 4 == 0;
    in_reach.then(|| (B | (distance >> 2).cast_unsigned() & B_DISTANCE).into())
}

/// The code that jumps to `target`, wherever it is.
///
/// It goes through `x16`, which the procedure call standard (AAPCS64, 6.1.1) keeps free for this.
pub(in crate::patching) fn veneer(target: usize) -> [u64; 4] {
    let half = |number: u32, opcode: Word| {
        let bits = (target >> (16 * number)) as u32 & 0xffff;
        u64::from(opcode | number << 21 | bits << 5 | 16)
    };
    [half(0, MOVZ), half(1, MOVK), half(2, MOVK), BR_X16.into()]
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

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry as the compiler makes it, behind `padding`.
    fn entry(padding: &[Word]) -> Vec<u8> {
        let mut code = padding.to_vec();
        code.extend([0x1400_0003, ENTRY_MARK, 3]);
        code.resize(ENTRY_SEARCH / 4, 0);
        code.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn find(start: usize, ordinal: u32, code: &[u8]) -> Option<(usize, u64)> {
        find_entry(start, ordinal, |offset| code[offset])
    }

    #[test]
    fn a_jump_is_encoded_as_the_assembler_does() {
        assert_eq!(jump(0x4000, 0x5000), Some(0x1400_0400), "b .+0x1000");
        assert_eq!(jump(0x4000, 0x3ff0), Some(0x17ff_fffc), "b .-0x10");
    }

    #[test]
    fn a_jump_reaches_128_mebibytes_and_no_further() {
        let from = 1 << 40;
        assert!(jump(from, from + (1 << 27) - 4).is_some());
        assert!(jump(from, from + (1 << 27)).is_none());
        assert!(jump(from, from - (1 << 27)).is_some());
        assert!(jump(from, from - (1 << 27) - 4).is_none());
        assert!(jump(from, from + (1 << 40)).is_none());
        assert!(jump(from, from + 2).is_none());
        assert!(jump(from, from + REACH).is_some());
        assert!(jump(from, from - REACH).is_some());
    }

    #[test]
    fn a_veneer_reaches_any_target() {
        assert_eq!(
            veneer(0x7fff_1122_3344),
            [
                0xd286_6890, // movz x16, #0x3344
                0xf2a2_2450, // movk x16, #0x1122, lsl #16
                0xf2cf_fff0, // movk x16, #0x7fff, lsl #32
                0xd61f_0200, // br x16
            ]
        );
    }

    #[test]
    fn an_entry_is_found_behind_padding() {
        assert_eq!(find(0x1000, 3, &entry(&[])), Some((0x1000, 0x1400_0003)));
        let landing_pad = [0xd503_245f, 0xd503_201f];
        assert_eq!(
            find(0x1000, 3, &entry(&landing_pad)),
            Some((0x1008, 0x1400_0003))
        );
    }

    #[test]
    fn what_is_not_an_entry_is_not_found() {
        let push = 0xa9bf_7bfd;
        assert_eq!(find(0x1000, 4, &entry(&[])), None, "another ordinal");
        assert_eq!(find(0x1000, 3, &entry(&[push])), None, "a prologue");
        assert_eq!(find(0x1000, 3, &entry(&[PADDING[0]; 6])), None, "too far");
        for position in [3, 4, 7, 8, 11] {
            let mut code = entry(&[]);
            code[position] ^= 0x80;
            assert_eq!(find(0x1000, 3, &code), None, "byte {position} changed");
        }
    }
}
