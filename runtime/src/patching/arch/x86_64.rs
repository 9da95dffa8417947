//! x86-64 instructions.
//!
//! Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#![allow(unsafe_code)]

#[cfg(test)]
mod disassembled;
#[cfg(feature = "out-of-line")]
#[path = "../../entry_call.rs"]
mod entry_call;

#[cfg(test)]
use std::mem::offset_of;
use std::ops::Range;

use super::{ENTRY_MARK, Immediate, Width};

/// An aligned quadword: its store is one access, and no instruction in it crosses its boundary.
pub(in crate::patching) const WORD: Width = Width::Eight;

/// How far a jump reaches: a signed 32-bit distance, less what instructions measure from.
pub(in crate::patching) const REACH: usize = (1 << 31) - 64;

/// What an instruction that is patched writes into a table: distances from the fields themselves, which the
/// linker knows, so that nothing is relocated at start-up.
#[doc(hidden)]
#[repr(C)]
pub struct Record {
    /// To the instruction, or to the immediate of a thunk.
    place: i32,
    /// To the slot of the global offset table that holds the address of the entry, or of the thunk. It also
    /// finds one in another shared object.
    slot: i32,
}

impl Record {
    /// The address of what is patched.
    pub(in crate::patching) fn place(&'static self) -> usize {
        let field = &raw const self.place;
        field
            .expose_provenance()
            .wrapping_add_signed(self.place as isize)
    }

    /// The address of the function that it belongs to.
    pub(in crate::patching) fn owner(&'static self) -> usize {
        let field = &raw const self.slot;
        let slot = field
            .expose_provenance()
            .wrapping_add_signed(self.slot as isize);
        let slot = std::ptr::with_exposed_provenance::<usize>(slot);
        // SAFETY: the linker made this slot of the global offset table for this record, and the
        // dynamic linker has filled it in. (S10)
        unsafe { slot.read() }
    }

    /// Writes what code would, for a place that is near.
    ///
    /// # Safety
    ///
    /// - The record can be written, and `slot` be read.
    #[cfg(test)]
    pub(in crate::patching) unsafe fn write(record: *mut Self, place: usize, slot: *const usize) {
        let distance = |to: usize, field: usize| {
            let distance = to.wrapping_sub(field).cast_signed();
            i32::try_from(distance).expect("the place is near")
        };
        let [slot_field, start] = [offset_of!(Self, slot), 0].map(|at| record.addr() + at);
        let new = Self {
            place: distance(place, start),
            slot: distance(slot.expose_provenance(), slot_field),
        };
        // SAFETY: as the caller promises. (S10)
        unsafe { record.write(new) };
    }
}

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
        // are, because entries are only patched where nothing precedes the jump. (S6, S7, S8)
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
        // `pure`, which would let it be dropped. (S9)
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

/// The value of instructions that are patched, with a record of the `$place` in them, as a distance from
/// `.`, that belongs to the function `$owner`.
///
/// The record is in a section of its own that is linked to that of the function (`SHF_LINK_ORDER`, "o"):
/// linkers drop it with a function that nobody calls, and only then. A flag that keeps records ("R") would
/// keep all such functions; without either, linkers may drop all records. Such a section has to be unique,
/// hence the count. Options:
///
/// - `nostack`, `preserves_flags`: they are moves.
/// - `readonly`: they are no obstacle to values of memory that are kept in registers, as the call itself is.
///   Not `nomem`, so that they are never moved before a store or a call that might be an update.
/// - not `pure`: the value changes.
#[doc(hidden)]
#[macro_export]
macro_rules! __patched {
    (
        $section:literal, [$($owner:tt)*], $value:ty,
        $($instruction:literal),*; $place:literal
    ) => {{
        let value: $value;
        // SAFETY: the record beside the instructions is right, and they have no effect but on their
        // register. (S9, S10)
        unsafe {
            ::core::arch::asm!(
                $($instruction,)*
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
                $crate::__private::concat!(".long ", $place),
                ".long {owner}@GOTPCREL",
                ".popsection",
                value = out(reg) value,
                owner = sym $($owner)*,
                options(nostack, preserves_flags, readonly)
            );
        }
        value
    }};
}

/// The address that the call stands for, from an immediate in the code: `lea register, [rip + …]`, in an
/// aligned quadword.
///
/// Before it is patched, the instruction reads the entry's address from the global offset table, which
/// linkers change to an immediate where they know it.
#[doc(hidden)]
#[cfg(not(feature = "out-of-line"))]
#[macro_export]
macro_rules! __open {
    ($section:literal, [$($entry:tt)*], $signature:ty) => {{
        let code = $crate::__patched!(
            $section, [$($entry)*], *const (),
            ".balign 8",
            "2:",
            "mov {value}, qword ptr [rip + {owner}@GOTPCREL]";
            "2b - ."
        );
        if false {
            // For the type.
            $($entry)* as $signature
        } else {
            // SAFETY: the address is that of the entry, or of the same method of the implementation that is or
            // was in force, or of a thunk or veneer for it: they take the same arguments. (S6, S7, S15)
            unsafe { $crate::__private::like(code) }
        }
    }};
}

/// The choice in force, from an immediate in the code: `mov register, …`.
///
/// Only the lowest byte of the immediate is ever patched, and one byte may stand at any address; a register of
/// one byte would still depend on what it held before. Before it is patched it is the choice that names no
/// implementation.
#[doc(hidden)]
#[macro_export]
macro_rules! __choice {
    ($section:literal, [$($entry:tt)*], $key:expr) => {
        $crate::__patched!(
            $section, [$($entry)*], ::core::primitive::u32,
            "2:",
            "mov {value:e}, 0";
            "2b - ."
        )
    };
}

/// The number of a call through `Devirt`, from an immediate in the code: `mov register, …`, in an aligned
/// quadword.
#[doc(hidden)]
#[macro_export]
macro_rules! __guard {
    ($section:literal, $method:ident) => {
        $crate::__patched!(
            $section, [$method], ::core::primitive::u32,
            ".balign 8",
            "2:",
            "mov {value:e}, 0";
            "2b - ."
        )
    };
}

/// The object in force, from an immediate in the code of a thunk: `movabs register, …`, the last eight bytes
/// of two aligned quadwords.
#[doc(hidden)]
#[macro_export]
macro_rules! __receiver {
    ($section:literal, [$($thunk:tt)*], $key:path) => {{
        $crate::__of_key!($key);
        let receiver = $crate::__patched!(
            $section, [$($thunk)*], *const (),
            ".balign 8",
            // One instruction of six bytes that does nothing.
            ".byte 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00",
            "2:",
            "movabs {value}, 0";
            "2b + 2 - ."
        );
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
            "mov ", $register, ", qword ptr [rip + ", $($symbol,)* "@GOTPCREL]"
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
        && (start + offset).is_multiple_of(WORD.bytes());
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
pub(in crate::patching) fn jump(from: usize, to: usize) -> Option<u64> {
    let distance = distance(from + JUMP_LENGTH, to)?;
    let mut word = [0; 8];
    word[0] = JUMP;
    word[1..JUMP_LENGTH].copy_from_slice(&distance);
    word[JUMP_LENGTH..].copy_from_slice(&FILL);
    Some(u64::from_le_bytes(word))
}

/// Whether an instruction at `from` can lead to `to`, or name it.
pub(in crate::patching) fn reaches(from: usize, to: usize) -> bool {
    from.abs_diff(to) <= REACH
}

const REX: u8 = 0x40;
const REX_W: u8 = 0x48;
const REX_R: u8 = 0x04;
const REX_B: u8 = 0x01;
const LEA: u8 = 0x8d;
/// `mov register, [memory]`
const LOAD: u8 = 0x8b;
/// `mov register, imm32`, its sign extended.
const MOVE_SIGNED: u8 = 0xc7;
/// `mov register, imm32`, or `imm64`, with the register in the low bits.
const MOVE: u8 = 0xb8;
/// The byte ModRM of an operand relative to `rip`, with the register left out.
const RIP_RELATIVE: u8 = 0x05;
const LOAD_ADDRESS_LENGTH: usize = 7;

/// What is looked at to see whether the instruction at `address` is a call site. If it holds an address it is
/// aligned, so the rest of it is on the same page.
pub(in crate::patching) fn around_site(address: usize) -> Range<usize> {
    address..address + 6
}

/// What the instruction at `address` holds, if it is one that a call site has before it is patched: also
/// the place that is patched, and what it holds.
///
/// Linkers change `mov register, [rip + slot]` to `lea register, [rip + entry]` or, without position
/// independence, to `mov register, entry` (psABI, "Optimize GOTPCRELX Relocations").
pub(in crate::patching) fn immediate(
    address: usize,
    read: impl Fn(usize) -> u8,
) -> Option<(Immediate, usize, u64)> {
    let opcode = address + usize::from(read(address) == REX | REX_B);
    if is_move(read(opcode)) {
        let place = opcode + 1;
        let is_open = (place..place + 4).all(|at| read(at) == 0);
        return is_open.then_some((Immediate::Choice, place, 0));
    }
    let is_address = match [0, 1, 2].map(|offset| read(address + offset)) {
        [rex, LOAD | LEA, mod_rm] => rex & !REX_R == REX_W && mod_rm & 0xc7 == RIP_RELATIVE,
        [rex, MOVE_SIGNED, mod_rm] => rex & !REX_B == REX_W && mod_rm & 0xf8 == 0xc0,
        _ => false,
    };
    let is_aligned = address.is_multiple_of(WORD.bytes());
    (is_address && is_aligned).then(|| (Immediate::Address, address, quadword(address, read)))
}

fn is_move(opcode: u8) -> bool {
    opcode & 0xf8 == MOVE
}

fn quadword(address: usize, read: impl Fn(usize) -> u8) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|offset| read(address + offset)))
}

/// `lea register, [rip + to]` at `from`, with the register of the call site's `original` instruction, if
/// `to` is within reach.
pub(in crate::patching) fn load_address(from: usize, original: u64, to: usize) -> Option<u64> {
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
    Some(u64::from_le_bytes(bytes))
}

/// Whether calls through `Devirt` have immediates that can be patched.
pub(in crate::patching) const HAS_GUARDS: bool = true;

/// The word of the instruction at `address`, if it is that of a call through `Devirt`, as it is before it is
/// patched.
pub(in crate::patching) fn guard(address: usize, read: impl Fn(usize) -> u8) -> Option<u64> {
    match immediate(address, &read)? {
        (Immediate::Choice, ..) if address.is_multiple_of(WORD.bytes()) => {
            Some(quadword(address, read))
        }
        _ => None,
    }
}

/// The word with another number as the immediate.
pub(in crate::patching) fn set_guard(word: u64, number: u32) -> u64 {
    let mut bytes = word.to_le_bytes();
    let start = if is_move(bytes[0]) { 1 } else { 2 };
    bytes[start..start + 4].copy_from_slice(&number.to_le_bytes());
    u64::from_le_bytes(bytes)
}

/// What must be code where a thunk holds its receiver at `place`.
pub(in crate::patching) fn around_receiver(place: usize) -> Range<usize> {
    place - 2..place + 8
}

/// The receiver at `place`, if that is the immediate of `movabs register, …`.
pub(in crate::patching) fn receiver(place: usize, read: impl Fn(usize) -> u8) -> Option<u64> {
    let holds = read(place - 2) & !REX_B == REX_W && is_move(read(place - 1));
    (holds && place.is_multiple_of(WORD.bytes())).then(|| quadword(place, read))
}

fn distance(from: usize, to: usize) -> Option<[u8; 4]> {
    let distance = i32::try_from(to.wrapping_sub(from).cast_signed()).ok()?;
    Some(distance.to_le_bytes())
}

/// The code that jumps to `target`, wherever it is.
///
/// It goes through `r11`, which no calling convention uses for an argument.
pub(in crate::patching) fn veneer(target: usize) -> [u64; 2] {
    let mut bytes = [BREAKPOINT; 16];
    bytes[..2].copy_from_slice(&[0x49, 0xbb]);
    bytes[2..10].copy_from_slice(&target.to_le_bytes());
    bytes[10..13].copy_from_slice(&[0x41, 0xff, 0xe3]);
    [0, 8].map(|offset| quadword(offset, |index| bytes[index]))
}

const BREAKPOINT: u8 = 0xcc;

/// Nothing to do: instruction fetch is coherent with stores (SDM, volume 3, 14.6).
pub(in crate::patching) fn flush(_address: usize) {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::hint::black_box;

    use super::*;
    use crate::patching::plan::Protections;
    use crate::patching::thunk::Thunks;

    /// An entry as the compiler makes it, behind `padding`.
    fn entry(padding: &[u8]) -> Vec<u8> {
        let mut code = padding.to_vec();
        code.extend([0xe9, 13, 0, 0, 0, 0x0f, 0x1f, 0x00]);
        code.extend(ENTRY_MARK.to_le_bytes());
        code.extend(3_u32.to_le_bytes());
        code.resize(ENTRY_SEARCH, 0x90);
        code
    }

    fn find(start: usize, ordinal: u32, code: &[u8]) -> Option<(usize, u64)> {
        find_entry(start, ordinal, |offset| code[offset])
    }

    #[test]
    fn a_jump_is_encoded_as_the_assembler_does() {
        // jmp .+0x1005; nopl (%rax)
        let word = jump(0x4000, 0x5005).map(u64::to_le_bytes);
        assert_eq!(word, Some([0xe9, 0x00, 0x10, 0, 0, 0x0f, 0x1f, 0x00]));
        // jmp .-0x10
        let word = jump(0x4000, 0x3ff0).map(u64::to_le_bytes);
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
    fn a_veneer_reaches_any_target() {
        let words = veneer(0x7fff_1122_3344);
        assert_eq!(
            words.map(u64::to_le_bytes).as_flattened(),
            [
                0x49, 0xbb, 0x44, 0x33, 0x22, 0x11, 0xff, 0x7f, 0, 0, // movabs $…, %r11
                0x41, 0xff, 0xe3, // jmp *%r11
                0xcc, 0xcc, 0xcc,
            ]
        );
    }

    const PLACE: usize = 0x1000;

    /// What an instruction of these bytes holds, at an aligned address or behind one.
    fn held(bytes: &[u8], behind: usize) -> Option<(Immediate, usize, u64)> {
        let address = PLACE + behind;
        immediate(address, |at| {
            let is_in_quadword = (address & !7..(address & !7) + 8).contains(&at);
            assert!(around_site(address).contains(&at) || is_in_quadword);
            bytes[at - address]
        })
    }

    #[test]
    fn the_address_of_a_call_site_is_loaded_into_the_register_it_had() {
        // mov rax, [rip + …]; mov rdi, [rip + …]; mov r8, [rip + …]; mov r15, [rip + …]
        let registers = [(0x48, 0x05), (0x48, 0x3d), (0x4c, 0x05), (0x4c, 0x3d)];
        // As linkers change it: lea rax, [rip + …], and mov rax, …
        let relaxed = [(0x48, 0xc0), (0x48, 0xc7), (0x49, 0xc0), (0x49, 0xc7)];
        for ((rex, mod_rm), (moved_rex, moved)) in registers.into_iter().zip(relaxed) {
            // lea register, [rip + 0x0ff9], and the byte behind it as it was
            let expected = u64::from_le_bytes([rex, 0x8d, mod_rm, 0xf9, 0x0f, 0, 0, 0x5a]);
            for original in [
                [rex, 0x8b, mod_rm, 1, 2, 3, 4, 0x5a],
                [rex, 0x8d, mod_rm, 1, 2, 3, 4, 0x5a],
                [moved_rex, 0xc7, moved, 1, 2, 3, 4, 0x5a],
            ] {
                let word = u64::from_le_bytes(original);
                let found = held(&original, 0);
                assert_eq!(found, Some((Immediate::Address, PLACE, word)));
                assert_eq!(held(&original, 4), None, "not aligned");
                assert_eq!(load_address(PLACE, word, 0x2000), Some(expected));
            }
        }
    }

    #[test]
    fn the_address_of_a_call_site_reaches_two_gibibytes_and_no_further() {
        let original = u64::from_le_bytes([0x48, 0x8b, 0x05, 0, 0, 0, 0, 0x90]);
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
    fn the_choice_of_a_call_site_is_the_lowest_byte_of_its_immediate_wherever_that_is() {
        // mov eax, 0; mov edi, 0; mov r8d, 0; mov r15d, 0
        let instructions: [&[u8]; 4] = [
            &[0xb8, 0, 0, 0, 0],
            &[0xbf, 0, 0, 0, 0],
            &[0x41, 0xb8, 0, 0, 0, 0],
            &[0x41, 0xbf, 0, 0, 0, 0],
        ];
        for bytes in instructions {
            for behind in [0, 5, 7] {
                let place = PLACE + behind + bytes.len() - 4;
                let found = held(bytes, behind);
                assert_eq!(found, Some((Immediate::Choice, place, 0)));
            }
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
            [0x42, 0xb8, 0, 0, 0, 0, 0x90, 0x90], // another prefix
            [0xb0, 0, 0, 0, 0, 0x90, 0x90, 0x90], // mov al, 0
            [0xcc; 8],
        ] {
            assert_eq!(held(&bytes, 0), None, "{bytes:x?}");
        }
    }

    #[test]
    fn the_receiver_of_a_thunk_is_the_immediate_of_its_move() {
        let look = |place: usize, head: [u8; 2]| {
            let [first, second] = head;
            let code = [
                first, second, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
            ];
            receiver(place, |at| code[at + 2 - place])
        };
        let value = Some(0x1122_3344_5566_7788);
        // movabs rax, …; movabs rdi, …; movabs r8, …; movabs r15, …
        for head in [[0x48, 0xb8], [0x48, 0xbf], [0x49, 0xb8], [0x49, 0xbf]] {
            assert_eq!(look(PLACE, head), value);
            assert_eq!(look(PLACE + 4, head), None, "not aligned");
        }
        for head in [
            [0x48, 0xb7],
            [0x48, 0xc0],
            [0x4c, 0xb8],
            [0x41, 0xb8],
            [0xcc, 0xb8],
        ] {
            assert_eq!(look(PLACE, head), None, "{head:x?}");
        }
    }

    /// As a thunk is of which the compiler has made two of the place of the receiver, and a debugger has changed one.
    #[inline(never)]
    fn copied_thunk() -> (&'static u8, u32) {
        static KEY: u8 = 0;
        let receiver = crate::__receiver!("static_call_copied_thunk", [copied_thunk], KEY);
        let changed = crate::__choice!("static_call_copied_thunk", [copied_thunk], KEY);
        (receiver, changed)
    }

    #[test]
    fn a_thunk_with_a_copy_that_is_not_recognised_is_not_used() {
        let thunk = black_box(copied_thunk as *const ()).addr();
        let table = crate::__table!("static_call_copied_thunk");
        let mut thunks = Thunks::new();
        let (mut owners, mut protections) = (BTreeMap::new(), Protections::new());
        thunks
            .find(&[thunk].into(), table, 1, &mut owners, &mut protections)
            .expect("the code can be read");
        assert_eq!(owners.len(), 2, "it has two places");
        assert_eq!(thunks.receivers(thunk).len(), 0);
    }

    #[test]
    fn an_entry_is_found_behind_padding() {
        let word = u64::from_le_bytes([0xe9, 13, 0, 0, 0, 0x0f, 0x1f, 0x00]);
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
        assert_eq!(find(0x1000, 3, &entry(&[0x50; 8])), None, "push rax");
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
