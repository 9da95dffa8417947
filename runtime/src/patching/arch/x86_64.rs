//! x86-64 instructions.
//!
//! Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#![allow(unsafe_code)]

use std::arch::naked_asm;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{ENTRY_MARK, Immediate};
use crate::patching::signature::Probe;
use crate::patching::thunk::Receiver;

/// An aligned quadword: its store is one access, and no instruction in it crosses its boundary.
pub(in crate::patching) type Word = u64;
pub(in crate::patching) type AtomicWord = AtomicU64;

/// How far a jump reaches: a signed 32-bit distance, less what instructions measure from.
pub(in crate::patching) const REACH: usize = (1 << 31) - 64;

/// Two thunks of the usual length share a cache line with two others.
pub(in crate::patching) const THUNK_ALIGNMENT: usize = 16;

/// As many bytes as `find_entry` may look at: `endbr64`, padding to a multiple of 8, 16 bytes.
pub(in crate::patching) const ENTRY_SEARCH: usize = 32;

const JUMP: u8 = 0xe9;
const JUMP_LENGTH: usize = 5;
/// What follows the jump in its word; it is never executed.
const FILL: [u8; 3] = [0x0f, 0x1f, 0x00];

/// `jmp slow` in an aligned quadword, then the mark and the ordinal, which are never executed.
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
                ".balign 8",
                ".byte 0xe9",
                ".long {slow} - . - 4",
                ".byte 0x0f, 0x1f, 0x00",
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
                out("r12") _,
                options(nostack, preserves_flags)
            )
        }
        slow
    }};
}

/// The value of an instruction of a call site, which is a move into a register, in an aligned quadword.
///
/// The record beside it is in a section of its own that is linked to that of the function (`SHF_LINK_ORDER`,
/// "o"): linkers drop it with a function that nobody calls, and only then. A flag that keeps records ("R")
/// would keep all such functions; without either, linkers may drop all records. Such a section has to be
/// unique, hence the count. Options:
///
/// - `nostack`, `preserves_flags`: it is a move.
/// - `readonly`: it is no obstacle to values of memory that are kept in registers, as the call itself is.
///   Not `nomem`, so that it is never moved before a store or a call that might be an update.
/// - not `pure`: the value changes.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($section:literal, [$($entry:tt)*], $instruction:literal, $value:ty) => {{
        let value: $value;
        // SAFETY: the record beside the instruction is right, and the instruction has no effect but on its
        // register.
        unsafe {
            ::core::arch::asm!(
                ".balign 8",
                "2:",
                $instruction,
                ".ifndef .Lstatic_call_count",
                ".set .Lstatic_call_count, 0",
                ".endif",
                ".set .Lstatic_call_count, .Lstatic_call_count + 1",
                ".set .Lstatic_call_here, 2b",
                $crate::__private::concat!(
                    ".pushsection ",
                    $section,
                    ",\"ao\",@progbits,.Lstatic_call_here,unique,.Lstatic_call_count"
                ),
                ".balign 4",
                ".long 2b - .",
                ".long {entry}@GOTPCREL",
                ".popsection",
                value = out(reg) value,
                entry = sym $($entry)*,
                options(nostack, preserves_flags, readonly)
            );
        }
        value
    }};
}

/// The address that the call stands for, from an immediate in the code: `lea register, [rip + …]`.
///
/// Before it is patched, the instruction reads the entry's address from the global offset table, which
/// linkers change to an immediate where they know it.
#[doc(hidden)]
#[cfg(not(feature = "out-of-line"))]
#[macro_export]
macro_rules! __open {
    ($section:literal, [$($entry:tt)*], $signature:ty) => {{
        let code = $crate::__site!(
            $section,
            [$($entry)*],
            "mov {value}, qword ptr [rip + {entry}@GOTPCREL]",
            *const ()
        );
        // SAFETY: the address is that of the entry, or of the same method of the implementation that is or
        // was in force, or of a thunk for it: they take the same arguments.
        unsafe { $crate::__private::like(code, $($entry)* as $signature) }
    }};
}

/// The function that the call stands for: the entry, because this build shall contain no calls through
/// registers.
#[doc(hidden)]
#[cfg(feature = "out-of-line")]
#[macro_export]
macro_rules! __open {
    ($section:literal, [$($entry:tt)*], $signature:ty) => {
        $($entry)*
    };
}

/// The choice in force, from an immediate in the code: `mov register, …`.
///
/// Before it is patched it is the choice that names no implementation.
#[doc(hidden)]
#[macro_export]
macro_rules! __choice {
    ($section:literal, [$($entry:tt)*], $key:expr) => {
        $crate::__site!($section, [$($entry)*], "mov {value:e}, 0", ::core::primitive::u32)
    };
}

/// The table of a trait's call sites, which the linker makes of the sections of that name, in the program or
/// the shared object that holds the trait: hidden symbols are not looked for in others.
#[doc(hidden)]
#[macro_export]
macro_rules! __sites {
    ($section:literal) => {{
        fn bounds() -> (
            *const $crate::__private::Record,
            *const $crate::__private::Record,
        ) {
            let (start, end);
            // SAFETY: two symbols of the linker's are read, which are null where there is no such section.
            // Options: `nostack` and `preserves_flags`, since these are moves; `pure` and `nomem`, since
            // the symbols are constants.
            unsafe {
                ::core::arch::asm!(
                    $crate::__private::concat!(".weak __start_", $section),
                    $crate::__private::concat!(".weak __stop_", $section),
                    $crate::__private::concat!(".hidden __start_", $section),
                    $crate::__private::concat!(".hidden __stop_", $section),
                    $crate::__private::concat!("mov {start}, qword ptr [rip + __start_", $section, "@GOTPCREL]"),
                    $crate::__private::concat!("mov {end}, qword ptr [rip + __stop_", $section, "@GOTPCREL]"),
                    start = out(reg) start,
                    end = out(reg) end,
                    options(nostack, preserves_flags, pure, nomem)
                );
            }
            (start, end)
        }
        // SAFETY: the section holds what `open!` and `choice!` write into it.
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
    let mut offset = 0;
    while let Some(length) = padding(|index| read(offset + index)) {
        offset += length;
        if offset > ENTRY_SEARCH - 16 {
            return None;
        }
    }
    let bytes: [u8; 16] = std::array::from_fn(|index| read(offset + index));
    let [word, identity] = [0, 8].map(|at| {
        let mut half = [0; 8];
        half.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(half)
    });
    let is_entry = bytes[0] == JUMP
        && bytes[JUMP_LENGTH..8] == FILL
        && identity == u64::from(ENTRY_MARK) | u64::from(ordinal) << 32
        && (start + offset).is_multiple_of(size_of::<Word>());
    is_entry.then_some((start + offset, word))
}

/// The length of the instruction, if it is one that does nothing: `endbr64`, or one of the forms of
/// `nop` that assemblers pad with (SDM, volume 2, table 4-12).
fn padding(read: impl Fn(usize) -> u8) -> Option<usize> {
    const ENDBR64: &[u8] = &[0xf3, 0x0f, 0x1e, 0xfa];
    /// Up to the displacement, whose length follows.
    const NOPS: [(&[u8], usize); 8] = [
        (&[0x90], 0),
        (&[0x66, 0x90], 0),
        (&[0x0f, 0x1f, 0x00], 0),
        (&[0x0f, 0x1f, 0x40], 1),
        (&[0x0f, 0x1f, 0x44, 0x00], 1),
        (&[0x66, 0x0f, 0x1f, 0x44, 0x00], 1),
        (&[0x0f, 0x1f, 0x80], 4),
        (&[0x0f, 0x1f, 0x84, 0x00], 4),
    ];
    let starts_with = |bytes: &[u8]| bytes.iter().enumerate().all(|(at, byte)| read(at) == *byte);
    if starts_with(ENDBR64) {
        return Some(ENDBR64.len());
    }
    NOPS.iter()
        .find(|(bytes, _)| starts_with(bytes))
        .map(|(bytes, displacement)| bytes.len() + displacement)
}

/// `jmp to`, at `from`, if `to` is within reach.
pub(in crate::patching) fn jump(from: usize, to: usize) -> Option<Word> {
    let distance = distance(from + JUMP_LENGTH, to)?;
    let mut word = [0; 8];
    word[0] = JUMP;
    word[1..JUMP_LENGTH].copy_from_slice(&distance);
    word[JUMP_LENGTH..].copy_from_slice(&FILL);
    Some(Word::from_le_bytes(word))
}

/// Whether an instruction at `from` can lead to `to`, or name it.
pub(in crate::patching) fn reaches(from: usize, to: usize) -> bool {
    from.abs_diff(to) <= REACH
}

const REX_W: u8 = 0x48;
const REX_R: u8 = 0x04;
const REX_B: u8 = 0x01;
const LEA: u8 = 0x8d;
/// `mov register, [memory]`
const LOAD: u8 = 0x8b;
/// `mov register, imm32`, its sign extended.
const MOVE_SIGNED: u8 = 0xc7;
/// `mov register, imm32`, with the register in the low bits.
const MOVE: u8 = 0xb8;
/// The byte ModRM of an operand relative to `rip`, with the register left out.
const RIP_RELATIVE: u8 = 0x05;
const LOAD_ADDRESS_LENGTH: usize = 7;

/// What the instruction at the beginning of this word holds, if it is one that a call site has before it
/// is patched.
///
/// Linkers change `mov register, [rip + slot]` to `lea register, [rip + entry]` or, without position
/// independence, to `mov register, entry` (psABI, "Optimize GOTPCRELX Relocations").
pub(in crate::patching) fn immediate(word: Word) -> Option<Immediate> {
    match word.to_le_bytes() {
        [rex, LOAD | LEA, mod_rm, ..] if rex & !REX_R == REX_W && mod_rm & 0xc7 == RIP_RELATIVE => {
            Some(Immediate::Address)
        }
        [rex, MOVE_SIGNED, mod_rm, ..] if rex & !REX_B == REX_W && mod_rm & 0xf8 == 0xc0 => {
            Some(Immediate::Address)
        }
        [opcode, 0, 0, 0, 0, ..] if opcode & 0xf8 == MOVE => Some(Immediate::Choice),
        [0x41, opcode, 0, 0, 0, 0, ..] if opcode & 0xf8 == MOVE => Some(Immediate::Choice),
        _ => None,
    }
}

/// `lea register, [rip + to]` at `from`, with the register of the call site's `original` instruction, if
/// `to` is within reach.
pub(in crate::patching) fn load_address(from: usize, original: Word, to: usize) -> Option<Word> {
    let mut bytes = original.to_le_bytes();
    let [rex, opcode, mod_rm, ..] = bytes;
    let register = if opcode == MOVE_SIGNED {
        (rex & REX_B) << 3 | mod_rm & 7
    } else {
        (rex & REX_R) << 1 | mod_rm >> 3 & 7
    };
    bytes[0] = REX_W | register >> 3 << 2;
    bytes[1] = LEA;
    bytes[2] = RIP_RELATIVE | (register & 7) << 3;
    bytes[3..LOAD_ADDRESS_LENGTH].copy_from_slice(&distance(from + LOAD_ADDRESS_LENGTH, to)?);
    Some(Word::from_le_bytes(bytes))
}

/// The call site's `original` instruction with another choice.
pub(in crate::patching) fn choose(original: Word, choice: u32) -> Word {
    let mut bytes = original.to_le_bytes();
    let start = if bytes[0] & 0xf8 == MOVE { 1 } else { 2 };
    bytes[start..start + 4].copy_from_slice(&choice.to_le_bytes());
    Word::from_le_bytes(bytes)
}

fn distance(from: usize, to: usize) -> Option<[u8; 4]> {
    let distance = i32::try_from(to.wrapping_sub(from).cast_signed()).ok()?;
    Some(distance.to_le_bytes())
}

/// The code that sets the receiver, if there is one to set, and jumps to `target`, to be placed at
/// `address`.
///
/// A target out of reach goes through `r11`, which no calling convention uses for an argument.
pub(in crate::patching) fn thunk(
    address: usize,
    receiver: Receiver,
    target: usize,
) -> Option<Vec<Word>> {
    let mut bytes = Vec::with_capacity(24);
    if let Receiver::In(register, object) = receiver {
        bytes.extend(register.load(object));
    }
    match distance(address + bytes.len() + JUMP_LENGTH, target) {
        Some(distance) => {
            bytes.push(JUMP);
            bytes.extend(distance);
        }
        None => {
            bytes.extend([0x49, 0xbb]);
            bytes.extend(target.to_le_bytes());
            bytes.extend([0x41, 0xff, 0xe3]);
        }
    }
    bytes.resize(bytes.len().next_multiple_of(size_of::<Word>()), BREAKPOINT);
    let words = bytes.chunks_exact(size_of::<Word>());
    Some(
        words
            .map(|word| {
                word.iter()
                    .rev()
                    .fold(0, |sum, byte| sum << 8 | Word::from(*byte))
            })
            .collect(),
    )
}

const BREAKPOINT: u8 = 0xcc;

pub(in crate::patching) const POOL_BLANK: Word = Word::from_le_bytes([BREAKPOINT; 8]);

const POOL_SIZE: usize = 2048;

/// The memory for thunks in this crate's text.
pub(in crate::patching) fn pool() -> Range<usize> {
    let code = thunk_pool as *const ();
    let start = code.expose_provenance().next_multiple_of(THUNK_ALIGNMENT);
    start..start + POOL_SIZE
}

/// Breakpoints, until thunks are written over them.
#[unsafe(naked)]
extern "C" fn thunk_pool() {
    naked_asm!(
        ".balign {alignment}",
        ".fill {size}, 1, {breakpoint}",
        alignment = const THUNK_ALIGNMENT,
        size = const POOL_SIZE,
        breakpoint = const BREAKPOINT,
    )
}

/// A register that arguments are passed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::patching) struct Register(u8);

/// The numbers of the argument registers in their order (System V AMD64 ABI, figure 3.4): `rdi`,
/// `rsi`, `rdx`, `rcx`, `r8`, `r9`.
const ARGUMENT_REGISTERS: [u8; 6] = [7, 6, 2, 1, 8, 9];

impl Register {
    /// `mov register, value`
    fn load(self, value: usize) -> impl Iterator<Item = u8> {
        let rex = 0x48 | self.0 >> 3;
        let opcode = 0xb8 | self.0 & 7;
        [rex, opcode].into_iter().chain(value.to_le_bytes())
    }
}

/// What `note_arguments` found in the argument registers.
static ARGUMENTS: [AtomicU64; 6] = [const { AtomicU64::new(0) }; 6];

/// The register in which a method receives its receiver.
///
/// The caller holds the lock of the patcher, so that nobody else probes.
pub(in crate::patching) fn receiver_register(probe: Probe) -> Option<Register> {
    const SENTINEL: usize = 0x5ca1_1ab1_5ca1_1ab1;
    let routine = note_arguments as *const ();
    // SAFETY: `note_arguments` reads registers only, returns, and changes no register but `rax`.
    // `probe` belongs to an entry, whose first parameter is the receiver.
    unsafe { probe(routine, ptr::without_provenance(SENTINEL)) };
    ARGUMENTS
        .iter()
        .position(|argument| argument.load(Ordering::Relaxed) == SENTINEL as u64)
        .map(|index| Register(ARGUMENT_REGISTERS[index]))
}

/// Notes the argument registers in `ARGUMENTS`, and returns the first, which is what a function with
/// a hidden return pointer must return.
#[unsafe(naked)]
extern "C" fn note_arguments() {
    naked_asm!(
        "mov [rip + {arguments}], rdi",
        "mov [rip + {arguments} + 8], rsi",
        "mov [rip + {arguments} + 16], rdx",
        "mov [rip + {arguments} + 24], rcx",
        "mov [rip + {arguments} + 32], r8",
        "mov [rip + {arguments} + 40], r9",
        "mov rax, rdi",
        "ret",
        arguments = sym ARGUMENTS,
    )
}

/// Nothing to do: instruction fetch is coherent with stores (SDM, volume 3, 14.6).
pub(in crate::patching) fn flush(_address: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    const RDI: Register = Register(7);
    const RSI: Register = Register(6);
    const R9: Register = Register(9);

    fn bytes(words: &[Word]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// An entry as the compiler makes it, behind `padding`.
    fn entry(padding: &[u8]) -> Vec<u8> {
        let mut code = padding.to_vec();
        code.extend([0xe9, 13, 0, 0, 0, 0x0f, 0x1f, 0x00]);
        code.extend(ENTRY_MARK.to_le_bytes());
        code.extend(3_u32.to_le_bytes());
        code.resize(ENTRY_SEARCH, 0x90);
        code
    }

    fn find(start: usize, ordinal: u32, code: &[u8]) -> Option<(usize, Word)> {
        find_entry(start, ordinal, |offset| code[offset])
    }

    #[test]
    fn a_jump_is_encoded_as_the_assembler_does() {
        // jmp .+0x1005; nopl (%rax)
        let word = jump(0x4000, 0x5005).map(Word::to_le_bytes);
        assert_eq!(word, Some([0xe9, 0x00, 0x10, 0, 0, 0x0f, 0x1f, 0x00]));
        // jmp .-0x10
        let word = jump(0x4000, 0x3ff0).map(Word::to_le_bytes);
        assert_eq!(word, Some([0xe9, 0xeb, 0xff, 0xff, 0xff, 0x0f, 0x1f, 0x00]));
    }

    #[test]
    fn a_jump_reaches_two_gibibytes_and_no_further() {
        let from = 1 << 40;
        let end = from + JUMP_LENGTH;
        assert!(jump(from, end + 0x7fff_ffff).is_some());
        assert!(jump(from, end + 0x8000_0000).is_none());
        assert!(jump(from, end - 0x8000_0000).is_some());
        assert!(jump(from, end - 0x8000_0001).is_none());
        assert!(jump(from, from + REACH).is_some());
        assert!(jump(from, from - REACH).is_some());
    }

    #[test]
    fn a_thunk_loads_the_receiver_and_jumps() {
        let words = thunk(0x1000, Receiver::In(RDI, 0x1122_3344_5566_7788), 0x2000).unwrap();
        assert_eq!(
            bytes(&words),
            [
                0x48, 0xbf, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22,
                0x11, // movabs $…, %rdi
                0xe9, 0xf1, 0x0f, 0x00, 0x00, // jmp 0x2000
                0xcc,
            ]
        );
        let words = thunk(0x1000, Receiver::In(RSI, 1), 0x2000).unwrap();
        assert_eq!(bytes(&words)[..2], [0x48, 0xbe]);
        let words = thunk(0x1000, Receiver::In(R9, 1), 0x2000).unwrap();
        assert_eq!(bytes(&words)[..2], [0x49, 0xb9]);
    }

    #[test]
    fn a_thunk_reaches_any_target() {
        let target = 0x7fff_1122_3344;
        let far = [
            0x49, 0xbb, 0x44, 0x33, 0x22, 0x11, 0xff, 0x7f, 0, 0, // movabs $…, %r11
            0x41, 0xff, 0xe3, // jmp *%r11
            0xcc, 0xcc, 0xcc,
        ];
        let words = thunk(0x1000, Receiver::AsItIs, target).unwrap();
        assert_eq!(bytes(&words), far);
        let words = thunk(0x1000, Receiver::In(RDI, 1), target).unwrap();
        assert_eq!(bytes(&words)[10..23], far[..13]);
    }

    #[test]
    fn the_address_of_a_call_site_is_loaded_into_the_register_it_had() {
        // mov rax, [rip + …]; mov rdi, [rip + …]; mov r8, [rip + …]; mov r15, [rip + …]
        let registers = [(0x48, 0x05), (0x48, 0x3d), (0x4c, 0x05), (0x4c, 0x3d)];
        // As linkers change it: lea rax, [rip + …], and mov rax, …
        let relaxed = [(0x48, 0xc0), (0x48, 0xc7), (0x49, 0xc0), (0x49, 0xc7)];
        for ((rex, mod_rm), (moved_rex, moved)) in registers.into_iter().zip(relaxed) {
            // lea register, [rip + 0x0ff9], and the byte behind it as it was
            let expected = Word::from_le_bytes([rex, 0x8d, mod_rm, 0xf9, 0x0f, 0, 0, 0x5a]);
            for original in [
                [rex, 0x8b, mod_rm, 1, 2, 3, 4, 0x5a],
                [rex, 0x8d, mod_rm, 1, 2, 3, 4, 0x5a],
                [moved_rex, 0xc7, moved, 1, 2, 3, 4, 0x5a],
            ] {
                let original = Word::from_le_bytes(original);
                assert_eq!(immediate(original), Some(Immediate::Address));
                assert_eq!(load_address(0x1000, original, 0x2000), Some(expected));
            }
        }
    }

    #[test]
    fn the_address_of_a_call_site_reaches_two_gibibytes_and_no_further() {
        let original = Word::from_le_bytes([0x48, 0x8b, 0x05, 0, 0, 0, 0, 0x90]);
        let from = 1 << 40;
        let end = from + LOAD_ADDRESS_LENGTH;
        assert!(load_address(from, original, end + 0x7fff_ffff).is_some());
        assert!(load_address(from, original, end + 0x8000_0000).is_none());
        assert!(load_address(from, original, end - 0x8000_0000).is_some());
        assert!(load_address(from, original, end - 0x8000_0001).is_none());
        for to in [from + REACH, from - REACH] {
            assert!(reaches(from, to));
            assert!(load_address(from, original, to).is_some());
        }
        assert!(!reaches(from, from + REACH + 1));
    }

    #[test]
    fn the_choice_of_a_call_site_is_replaced_and_nothing_else() {
        for (original, expected) in [
            // mov edi, 0
            (
                [0xbf, 0, 0, 0, 0, 0x5a, 0x5b, 0x5c],
                [0xbf, 0x44, 0x33, 0x22, 0x11, 0x5a, 0x5b, 0x5c],
            ),
            // mov r9d, 0
            (
                [0x41, 0xb9, 0, 0, 0, 0, 0x5b, 0x5c],
                [0x41, 0xb9, 0x44, 0x33, 0x22, 0x11, 0x5b, 0x5c],
            ),
        ] {
            let original = Word::from_le_bytes(original);
            assert_eq!(immediate(original), Some(Immediate::Choice));
            assert_eq!(choose(original, 0x1122_3344).to_le_bytes(), expected);
            assert_eq!(choose(choose(original, 0x1122_3344), 0), original);
        }
    }

    #[test]
    fn what_is_not_a_call_site_is_none() {
        for bytes in [
            [0x48, 0x8b, 0x04, 0, 0, 0, 0, 0],    // mov rax, [rax + rax]
            [0x48, 0x89, 0x05, 0, 0, 0, 0, 0],    // mov [rip], rax
            [0x8b, 0x05, 0, 0, 0, 0, 0x90, 0x90], // mov eax, [rip]
            [0x66, 0x8b, 0x05, 0, 0, 0, 0, 0],    // mov ax, [rip]
            [0x49, 0x8b, 0x05, 0, 0, 0, 0, 0],    // a REX prefix that means nothing here
            [0x48, 0xc7, 0x00, 0, 0, 0, 0, 0],    // mov qword ptr [rax], 0
            [0xb8, 1, 0, 0, 0, 0x90, 0x90, 0x90], // mov eax, 1
            [0x41, 0xb8, 0, 0, 0, 1, 0x90, 0x90], // mov r8d, 0x1000000
            [0x40, 0xb8, 0, 0, 0, 0, 0x90, 0x90], // another prefix
            [0xcc; 8],
        ] {
            assert_eq!(immediate(Word::from_le_bytes(bytes)), None, "{bytes:x?}");
        }
    }

    #[test]
    fn an_entry_is_found_behind_padding() {
        let word = Word::from_le_bytes([0xe9, 13, 0, 0, 0, 0x0f, 0x1f, 0x00]);
        assert_eq!(find(0x1000, 3, &entry(&[])), Some((0x1000, word)));
        let landing_pad = [0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f, 0x40, 0x00];
        assert_eq!(find(0x1000, 3, &entry(&landing_pad)), Some((0x1008, word)));
        let long_nop = [0x0f, 0x1f, 0x84, 0x00, 0xe9, 0xe9, 0xe9, 0xe9];
        assert_eq!(find(0x1000, 3, &entry(&long_nop)), Some((0x1008, word)));
        assert_eq!(find(0x1008, 3, &entry(&[0x90; 16])), Some((0x1018, word)));
    }

    #[test]
    fn what_is_not_an_entry_is_not_found() {
        assert_eq!(find(0x1000, 4, &entry(&[])), None, "another ordinal");
        assert_eq!(find(0x1004, 3, &entry(&[])), None, "not aligned");
        assert_eq!(find(0x1000, 3, &entry(&[0x50])), None, "push rax");
        assert_eq!(
            find(0x1000, 3, &[0x90; ENTRY_SEARCH]),
            None,
            "nothing but padding"
        );
        for position in [0, 5, 6, 7, 8, 11, 12, 15] {
            let mut code = entry(&[]);
            code[position] ^= 0x10;
            assert_eq!(find(0x1000, 3, &code), None, "byte {position} changed");
        }
    }
}
