//! AArch64 instructions as numbers: this knows nothing of the processor that it runs on, so its tests run everywhere.
//!
//! Encodings: Arm Architecture Reference Manual for A-profile, chapter C6.

#[cfg(test)]
#[path = "disassembled.rs"]
mod disassembled;

use std::ops::Range;

use crate::patching::arch::{ENTRY_MARK, Width};

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
