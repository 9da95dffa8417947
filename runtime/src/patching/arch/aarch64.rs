//! AArch64 instructions.
//!
//! Encodings: Arm Architecture Reference Manual for A-profile, chapter C6.
#![allow(unsafe_code)]

use std::arch::{asm, naked_asm};
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::{ENTRY_MARK, Immediate};
use crate::patching::signature::Probe;
use crate::patching::thunk::Receiver;

/// One instruction. `B` may be changed into another `B` while threads run it (Arm ARM, B2.2.5).
pub(in crate::patching) type Word = u32;
pub(in crate::patching) type AtomicWord = AtomicU32;

/// How far `b` reaches: 26 bits of words, signed.
pub(in crate::patching) const REACH: usize = (1 << 27) - 64;

pub(in crate::patching) const THUNK_ALIGNMENT: usize = 16;

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
        // are, because entries are only patched where nothing precedes the jump.
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
        // `pure`, which would let it be dropped.
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

/// The function that the call stands for, which is the entry: of the instructions that load an address
/// none may be changed while threads run them.
#[doc(hidden)]
#[macro_export]
macro_rules! __open {
    ($section:literal, [$($entry:tt)*], $signature:ty) => {
        $($entry)*
    };
}

/// The choice in force, which is data here, as immediates may not be changed while threads run them.
#[doc(hidden)]
#[macro_export]
macro_rules! __choice {
    ($section:literal, [$($entry:tt)*], $key:expr) => {
        $key.choice()
    };
}

/// The table of a trait's call sites, of which there are none.
#[doc(hidden)]
#[macro_export]
macro_rules! __sites {
    ($section:literal) => {{
        fn bounds() -> (
            *const $crate::__private::Record,
            *const $crate::__private::Record,
        ) {
            (::core::ptr::null(), ::core::ptr::null())
        }
        // SAFETY: there is no record.
        unsafe { $crate::__private::SiteTable::new(bounds) }
    }};
}

/// Finds the jump of the entry that starts at `start`, whose bytes `read` returns by their offset:
/// its address and the word that it is.
///
/// Only padding may precede it.
pub(in crate::patching) fn find_entry(
    start: usize,
    ordinal: u32,
    read: impl Fn(usize) -> u8,
) -> Option<(usize, Word)> {
    let words: [Word; ENTRY_SEARCH / 4] = std::array::from_fn(|index| {
        Word::from_le_bytes(std::array::from_fn(|byte| read(4 * index + byte)))
    });
    let first = words.iter().position(|word| !PADDING.contains(word))?;
    match words[first..] {
        [jump, mark, number, ..]
            if jump & B_MASK == B && mark == ENTRY_MARK && number == ordinal =>
        {
            Some((start + 4 * first, jump))
        }
        _ => None,
    }
}

/// Whether an instruction at `from` can lead to `to`.
pub(in crate::patching) fn reaches(from: usize, to: usize) -> bool {
    jump(from, to).is_some()
}

/// No instruction is that of a call site.
pub(in crate::patching) fn immediate(_word: Word) -> Option<Immediate> {
    None
}

/// No call site holds an address.
pub(in crate::patching) fn load_address(_from: usize, _original: Word, _to: usize) -> Option<Word> {
    None
}

/// No call site holds a choice.
pub(in crate::patching) fn choose(original: Word, _choice: u32) -> Word {
    original
}

/// `b to`, at `from`, if `to` is within reach.
pub(in crate::patching) fn jump(from: usize, to: usize) -> Option<Word> {
    let distance = i32::try_from(to.wrapping_sub(from).cast_signed()).ok()?;
    let in_reach = (-(1 << 27)..1 << 27).contains(&distance) && distance % 4 == 0;
    in_reach.then(|| B | (distance >> 2).cast_unsigned() & B_DISTANCE)
}

/// The code that sets the receiver, if there is one to set, and jumps to `target`, to be placed at
/// `address`.
///
/// A target out of reach goes through `x16`, which the procedure call standard (AAPCS64, 6.1.1) keeps
/// free for this.
pub(in crate::patching) fn thunk(
    address: usize,
    receiver: Receiver,
    target: usize,
) -> Option<Vec<Word>> {
    let mut words = Vec::with_capacity(9);
    if let Receiver::In(register, object) = receiver {
        words.extend(load(register.0, object));
    }
    match jump(address + 4 * words.len(), target) {
        Some(jump) => words.push(jump),
        None => {
            words.extend(load(16, target));
            words.push(BR_X16);
        }
    }
    Some(words)
}

/// `movz register, #low`, and a `movk` for each further half-word that is not zero.
fn load(register: u32, value: usize) -> impl Iterator<Item = Word> {
    (0..4_u32).filter_map(move |half| {
        let bits = (value >> (16 * half)) as u32 & 0xffff;
        let opcode = if half == 0 { MOVZ } else { MOVK };
        (half == 0 || bits != 0).then_some(opcode | half << 21 | bits << 5 | register)
    })
}

/// `udf #0`, which is what zeroed memory holds.
pub(in crate::patching) const POOL_BLANK: Word = 0;

const POOL_SIZE: usize = 2048;

/// The memory for thunks in this crate's text.
pub(in crate::patching) fn pool() -> Range<usize> {
    let code = thunk_pool as *const ();
    let start = code.expose_provenance().next_multiple_of(THUNK_ALIGNMENT);
    start..start + POOL_SIZE
}

/// Undefined instructions, until thunks are written over them.
#[unsafe(naked)]
extern "C" fn thunk_pool() {
    naked_asm!(
        ".balign {alignment}",
        ".zero {size}",
        alignment = const THUNK_ALIGNMENT,
        size = const POOL_SIZE,
    )
}

/// A register that arguments are passed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::patching) struct Register(u32);

/// What `note_arguments` found in the argument registers, `x0` to `x7`.
static ARGUMENTS: [AtomicU64; 8] = [const { AtomicU64::new(0) }; 8];

/// The register in which a method receives its receiver.
///
/// The caller holds the lock of the patcher, so that nobody else probes.
pub(in crate::patching) fn receiver_register(probe: Probe) -> Option<Register> {
    const SENTINEL: usize = 0x5ca1_1ab1_5ca1_1ab1;
    let routine = note_arguments as *const ();
    // SAFETY: `note_arguments` reads registers only, returns, and changes no register but `x9`, which
    // calls may change. `probe` belongs to an entry, whose first parameter is the receiver.
    unsafe { probe(routine, ptr::without_provenance(SENTINEL)) };
    (0..)
        .zip(&ARGUMENTS)
        .find(|(_, argument)| argument.load(Ordering::Relaxed) == SENTINEL as u64)
        .map(|(number, _)| Register(number))
}

/// Notes the argument registers in `ARGUMENTS`.
#[unsafe(naked)]
extern "C" fn note_arguments() {
    naked_asm!(
        "adrp x9, {arguments}",
        "add x9, x9, :lo12:{arguments}",
        "stp x0, x1, [x9]",
        "stp x2, x3, [x9, #16]",
        "stp x4, x5, [x9, #32]",
        "stp x6, x7, [x9, #48]",
        "ret",
        arguments = sym ARGUMENTS,
    )
}

/// Cleans the data cache and invalidates the instruction cache for one word, for all cores of the
/// process (Arm ARM, B2.4.4 "Concurrent modification and execution of instructions", "Ordering and
/// completion of data and instruction cache instructions").
pub(in crate::patching) fn flush(address: usize) {
    // SAFETY: the instructions maintain caches, and `address` is mapped. No options but `nostack` and
    // `preserves_flags`, which hold: the stores before must be done before.
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

    fn find(start: usize, ordinal: u32, code: &[u8]) -> Option<(usize, Word)> {
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
    fn a_thunk_loads_the_receiver_and_jumps() {
        let receiver = Receiver::In(Register(0), 0x5566_0000_7788);
        assert_eq!(
            thunk(0x1000, receiver, 0x2000).unwrap(),
            [
                0xd28e_f100, // movz x0, #0x7788
                0xf2ca_acc0, // movk x0, #0x5566, lsl #32
                0x1400_03fe, // b 0x2000
            ]
        );
    }

    #[test]
    fn a_thunk_reaches_any_target() {
        assert_eq!(
            thunk(0x1000, Receiver::AsItIs, 0x7fff_1122_3344).unwrap(),
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
