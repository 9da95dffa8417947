//! Instructions as a disassembler sees them: what is written is what was meant, and what is found in code is what
//! may be patched.

use proptest::prelude::*;
use proptest::sample::select;
use yaxpeax_arch::{Decoder, U8Reader};
use yaxpeax_arm::armv8::a64::{InstDecoder, Instruction, Opcode, Operand, SizeCode};

use super::*;

fn decode(word: u64) -> Option<Instruction> {
    let word = Word::try_from(word).expect("an instruction has 32 bits");
    let bytes = word.to_le_bytes();
    InstDecoder::default()
        .decode(&mut U8Reader::new(&bytes))
        .ok()
}

/// The distance of an unconditional jump.
fn jump_distance(word: u64) -> Option<i64> {
    let instruction = decode(word)?;
    match instruction.operands {
        [Operand::PCOffset(distance), ..] if instruction.opcode == Opcode::B => Some(distance),
        _ => None,
    }
}

/// Whether the word is `nop` or a form of `bti`.
fn does_nothing(word: Word) -> bool {
    let hint = match decode(word.into()) {
        Some(Instruction {
            opcode: Opcode::HINT,
            operands: [Operand::ControlReg(high), Operand::Immediate(low), ..],
            ..
        }) => u32::from(high) << 3 | low,
        _ => return false,
    };
    matches!(hint, 0 | 0x20 | 0x22 | 0x24 | 0x26)
}

/// The code of an entry.
fn entry(padding: &[Word], jump: Word, ordinal: u32) -> Vec<u8> {
    let mut words = padding.to_vec();
    words.extend([jump, ENTRY_MARK, ordinal]);
    words.resize(words.len().max(ENTRY_SEARCH / 4), 0);
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// What [`find_entry`] says of this code, of which it reads no more than it may.
fn found(start: usize, ordinal: u32, code: &[u8]) -> Option<(usize, u64)> {
    find_entry(start, ordinal, |offset| code[..ENTRY_SEARCH][offset])
}

const START: usize = 0x1000;

#[test]
fn the_first_instruction_of_an_entry_is_a_jump_or_does_nothing() {
    const NO_JUMP: Word = 0xd65f_03c0; // ret
    // All instructions of one class have the upper half in common, and all hints that.
    const HINT: Word = 0xd503_0000;
    let heads = (0..=0xffff).map(|head| head << 16 | 0x1234);
    let hints = (0..=0xffff).map(|tail| HINT | tail);
    for word in heads.chain(hints) {
        let is_jump = found(START, 3, &entry(&[], word, 3)).is_some();
        assert_eq!(is_jump, jump_distance(word.into()).is_some(), "{word:x}");
        let is_padding = found(START, 3, &entry(&[word], B, 3)).is_some();
        assert_eq!(is_padding, does_nothing(word), "{word:x}");
        assert_eq!(found(START, 3, &entry(&[word], NO_JUMP, 3)), None);
    }
}

/// Any distance, with those that are just within reach and just out of it more often.
fn distance() -> impl Strategy<Value = isize> {
    let around = |middle: isize| middle - 32..middle + 32;
    prop_oneof![
        around(1 << 27),
        around(-(1 << 27)),
        around(0),
        (-(1_isize << 26)..1 << 26).prop_map(|words| words * 4),
        -(1_isize << 39)..1 << 39,
    ]
}

proptest! {
    #[test]
    fn a_jump_leads_where_it_should_or_is_refused(
        from in (1_usize << 40..1 << 46).prop_map(|address| address & !3),
        distance in distance(),
    ) {
        let to = from.wrapping_add_signed(distance);
        let word = jump(from, to);
        let is_within_reach = distance % 4 == 0 && distance / 4 >= -(1 << 25) && distance / 4 < 1 << 25;
        prop_assert_eq!(word.is_some(), is_within_reach);
        prop_assert_eq!(reaches(from, to), is_within_reach);
        prop_assert!(distance % 4 != 0 || distance.unsigned_abs() > REACH || is_within_reach);
        prop_assert_eq!(word.and_then(jump_distance), word.map(|_| distance as i64));
    }

    #[test]
    fn a_veneer_jumps_to_any_target_of_48_bits(target in 0_usize..1 << 48) {
        let (mut reached, words) = (0, veneer(target));
        let [moves @ .., jump] = words.map(|word| decode(word).expect("it is an instruction"));
        for (instruction, opcode) in moves.iter().zip([Opcode::MOVZ, Opcode::MOVK, Opcode::MOVK]) {
            let [Operand::Register(SizeCode::X, 16), Operand::ImmShift(bits, shift), ..] = instruction.operands
            else {
                panic!("{instruction}");
            };
            prop_assert_eq!(instruction.opcode, opcode);
            reached |= usize::from(bits) << shift;
        }
        prop_assert_eq!(reached, target);
        prop_assert_eq!(jump.opcode, Opcode::BR);
        prop_assert_eq!(jump.operands[0], Operand::Register(SizeCode::X, 16));
    }

    #[test]
    fn what_is_found_as_an_entry_is_padding_and_then_a_jump(
        padding in prop::collection::vec(select(PADDING.to_vec()), 0..8),
        target in 0..=B_DISTANCE,
        ordinal in any::<u32>(),
        changes in prop::collection::vec((0..ENTRY_SEARCH, any::<u8>()), 0..3),
    ) {
        let mut code = entry(&padding, B | target, ordinal);
        for (at, byte) in &changes {
            code[*at] = *byte;
        }
        let found = found(START, ordinal, &code);
        if changes.is_empty() {
            let is_entry = padding.len() <= ENTRY_SEARCH / 4 - 3;
            let address = START + 4 * padding.len();
            let word = u64::from(B | target);
            prop_assert_eq!(found, is_entry.then_some((address, word)));
        }
        if let Some((address, word)) = found {
            let words: Vec<_> = code
                .chunks_exact(4)
                .map(|bytes| Word::from_le_bytes(bytes.try_into().expect("four")))
                .collect();
            let (padding, rest) = words.split_at((address - START) / 4);
            prop_assert!(padding.iter().all(|word| does_nothing(*word)));
            prop_assert_eq!(u64::from(rest[0]), word);
            prop_assert!(jump_distance(word).is_some());
            prop_assert_eq!(&rest[1..3], &[ENTRY_MARK, ordinal]);
        }
    }
}
