//! Instructions as a disassembler sees them: what is written is what was meant, and what is found in code is what
//! may be patched.

use std::collections::{BTreeMap, BTreeSet};

use iced_x86::{Code, Decoder, DecoderOptions, Instruction, Mnemonic, Register};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// The instruction in these bytes, as one at `address`.
fn decode(address: usize, bytes: &[u8]) -> Instruction {
    Decoder::with_ip(64, bytes, address as u64, DecoderOptions::NONE).decode()
}

const PLACE: usize = 0x1000;

/// Any address in the middle of the address space, of which any distance can be measured.
fn address() -> impl Strategy<Value = usize> {
    (1_usize << 40..1 << 46).prop_map(|address| address & !7)
}

/// Any distance, with those that are just within reach and just out of it more often.
fn distance_between() -> impl Strategy<Value = isize> {
    let around = |middle: isize| middle - 32..middle + 32;
    prop_oneof![
        around(1 << 31),
        around(-(1 << 31)),
        around(0),
        -(1_isize << 32)..1 << 32,
        -(1_isize << 39)..1 << 39,
    ]
}

/// Whether the distance is one that instructions can hold.
fn is_held(from: usize, to: usize) -> bool {
    i32::try_from(to as i128 - from as i128).is_ok()
}

/// What [`immediate`] says of the instruction in these bytes, which reads no others.
fn found(address: usize, bytes: &[u8; 8]) -> Option<(Immediate, usize, u64)> {
    immediate(address, |at| {
        assert!(around_site(address).contains(&at) || (address | 7) == (at | 7));
        bytes[at - address]
    })
}

/// Asserts that these bytes are an instruction of a call site, which holds `held` at `place`; the answer is the
/// kind of the instruction and its register.
fn confirm(address: usize, bytes: &[u8], held: Immediate, place: usize) -> (Code, Register) {
    let instruction = decode(address, bytes);
    let code = instruction.code();
    match held {
        Immediate::Choice => {
            assert_eq!(code, Code::Mov_r32_imm32, "{bytes:x?}: {instruction}");
            assert_eq!(instruction.immediate32(), 0, "{bytes:x?}: {instruction}");
            assert_eq!(instruction.next_ip(), place as u64 + 4);
        }
        Immediate::Address => {
            let is_site = match code {
                Code::Mov_r64_rm64 | Code::Lea_r64_m => instruction.is_ip_rel_memory_operand(),
                Code::Mov_rm64_imm32 => instruction.op0_register().is_gpr64(),
                _ => false,
            };
            assert!(is_site, "{bytes:x?}: {instruction}");
            assert_eq!((address, instruction.len()), (place, LOAD_ADDRESS_LENGTH));
            assert!(address.is_multiple_of(WORD.bytes()));
        }
    }
    (code, instruction.op0_register())
}

/// The first three bytes of all instructions that are found, by what they are.
fn heads() -> BTreeMap<(Code, Register), [u8; 3]> {
    let mut heads = BTreeMap::new();
    for number in 0..1_u32 << 24 {
        let [first, second, third, _] = number.to_le_bytes();
        let bytes = [first, second, third, 0, 0, 0, 0, 0];
        if let Some((held, place, word)) = found(PLACE, &bytes) {
            let instruction = confirm(PLACE, &bytes, held, place);
            let same = heads.insert(instruction, [first, second, third]);
            assert_eq!(same, None, "{bytes:x?} is another form of {instruction:?}");
            match held {
                Immediate::Choice => assert_eq!(word, 0),
                Immediate::Address => assert_eq!(word, u64::from_le_bytes(bytes)),
            }
        }
    }
    heads
}

#[test]
fn the_instructions_of_call_sites_are_found_with_every_register_and_no_others() {
    let found: BTreeSet<_> = heads().into_keys().collect();
    let of = |code, is_register: fn(Register) -> bool| {
        let registers = Register::values().filter(move |register| is_register(*register));
        registers.map(move |register| (code, register))
    };
    let expected: BTreeSet<_> = of(Code::Mov_r32_imm32, Register::is_gpr32)
        .chain(of(Code::Mov_r64_rm64, Register::is_gpr64))
        .chain(of(Code::Lea_r64_m, Register::is_gpr64))
        .chain(of(Code::Mov_rm64_imm32, Register::is_gpr64))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 4 * 16);
}

#[test]
fn what_resembles_an_instruction_of_a_call_site_is_none() {
    let heads: Vec<_> = heads().into_values().collect();
    proptest!(|(
        head in select(heads),
        tail in prop_oneof![Just([0; 5]), any::<[u8; 5]>()],
        changes in prop::collection::vec((0..8_usize, any::<u8>()), 0..3),
        behind in 0..8_usize,
    )| {
        let mut bytes = [0; 8];
        bytes[..3].copy_from_slice(&head);
        bytes[3..].copy_from_slice(&tail);
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        let address = PLACE + behind;
        let word = u64::from_le_bytes(bytes);
        match found(address, &bytes) {
            Some((Immediate::Choice, place, 0)) => {
                confirm(address, &bytes, Immediate::Choice, place);
                let guard = guard(address, |at| bytes[at - address]);
                prop_assert_eq!(guard, (behind == 0).then_some(word));
            }
            Some((Immediate::Address, place, original)) => {
                confirm(address, &bytes, Immediate::Address, place);
                prop_assert_eq!(original, word);
            }
            Some(other) => prop_assert!(false, "{other:?}"),
            None => prop_assert_eq!(guard(address, |at| bytes[at - address]), None),
        }
    });
}

#[test]
fn a_patched_call_site_loads_the_address_it_should_into_its_register() {
    let heads: Vec<_> = heads()
        .into_iter()
        .filter(|((code, _), _)| *code != Code::Mov_r32_imm32)
        .collect();
    proptest!(|(
        ((_, register), head) in select(heads),
        tail in any::<[u8; 5]>(),
        from in address(),
        distance in distance_between(),
    )| {
        let mut original = [0; 8];
        original[..3].copy_from_slice(&head);
        original[3..].copy_from_slice(&tail);
        let to = from.wrapping_add_signed(distance);
        let patched = load_address(from, u64::from_le_bytes(original), to);
        prop_assert_eq!(patched.is_some(), is_held(from + LOAD_ADDRESS_LENGTH, to));
        prop_assert!(patched.is_some() || !reaches(from, to));
        if let Some(patched) = patched {
            let bytes = patched.to_le_bytes();
            let instruction = decode(from, &bytes);
            prop_assert_eq!(instruction.code(), Code::Lea_r64_m);
            prop_assert_eq!(instruction.op0_register(), register);
            prop_assert!(instruction.is_ip_rel_memory_operand());
            prop_assert_eq!(instruction.ip_rel_memory_address(), to as u64);
            prop_assert_eq!(instruction.len(), decode(from, &original).len());
            prop_assert_eq!(bytes[7], original[7]);
        }
    });
}

#[test]
fn a_patched_guard_moves_its_number_into_its_register() {
    let heads: Vec<_> = heads()
        .into_iter()
        .filter(|((code, _), _)| *code == Code::Mov_r32_imm32)
        .collect();
    proptest!(|(
        ((code, register), head) in select(heads),
        behind in any::<[u8; 2]>(),
        numbers in any::<[u32; 2]>(),
    )| {
        let mut original = [0; 8];
        original[..3].copy_from_slice(&head);
        let length = decode(PLACE, &original).len();
        original[length..].copy_from_slice(&[behind[0], behind[1], 0][..8 - length]);
        let mut word = guard(PLACE, |at| original[at - PLACE]).expect("it is a guard");
        for number in numbers {
            word = set_guard(word, number);
            let bytes = word.to_le_bytes();
            let instruction = decode(PLACE, &bytes);
            prop_assert_eq!(instruction.code(), code);
            prop_assert_eq!(instruction.op0_register(), register);
            prop_assert_eq!(instruction.immediate32(), number);
            prop_assert_eq!(instruction.len(), length);
            prop_assert_eq!(&bytes[length..], &original[length..]);
        }
    });
}

proptest! {
    #[test]
    fn a_jump_leads_where_it_should_or_is_refused(
        from in address(),
        distance in distance_between(),
    ) {
        let to = from.wrapping_add_signed(distance);
        let word = jump(from, to);
        prop_assert_eq!(word.is_some(), is_held(from + JUMP_LENGTH, to));
        prop_assert!(word.is_some() || !reaches(from, to));
        if let Some(word) = word {
            let bytes = word.to_le_bytes();
            let instruction = decode(from, &bytes);
            prop_assert_eq!(instruction.code(), Code::Jmp_rel32_64);
            prop_assert_eq!(instruction.near_branch_target(), to as u64);
            prop_assert_eq!(instruction.len(), JUMP_LENGTH);
            let behind = decode(from + JUMP_LENGTH, &bytes[JUMP_LENGTH..]);
            prop_assert_eq!((behind.mnemonic(), behind.len()), (Mnemonic::Nop, 3));
        }
    }

    #[test]
    fn a_veneer_jumps_to_any_target(target in any::<usize>()) {
        let words = veneer(target).map(u64::to_le_bytes);
        let bytes = words.as_flattened();
        let load = decode(PLACE, bytes);
        prop_assert_eq!(load.code(), Code::Mov_r64_imm64);
        prop_assert_eq!(load.op0_register(), Register::R11);
        prop_assert_eq!(load.immediate64(), target as u64);
        let jump = decode(PLACE, &bytes[load.len()..]);
        prop_assert_eq!(jump.code(), Code::Jmp_rm64);
        prop_assert_eq!(jump.op0_register(), Register::R11);
        for byte in &bytes[load.len() + jump.len()..] {
            prop_assert_eq!(decode(PLACE, &[*byte]).code(), Code::Int3);
        }
    }

    #[test]
    fn what_is_found_as_an_entry_is_padding_and_then_a_jump(
        padding in prop::collection::vec(padding_of_assemblers(), 0..6),
        target in any::<[u8; 4]>(),
        ordinal in any::<u32>(),
        changes in prop::collection::vec((0..ENTRY_SEARCH, any::<u8>()), 0..3),
        misaligned in prop_oneof![Just(0), 1..8_usize],
    ) {
        let mut code = padding.concat();
        let offset = code.len();
        code.push(JUMP);
        code.extend(target);
        code.extend(FILL);
        code.extend(ENTRY_MARK.to_le_bytes());
        code.extend(ordinal.to_le_bytes());
        code.resize(ENTRY_SEARCH.max(code.len()), BREAKPOINT);
        let start = PLACE - offset % 8 + misaligned;
        for (at, byte) in &changes {
            code[*at] = *byte;
        }
        // It reads no more than these bytes.
        let found = find_entry(start, ordinal, |at| code[..ENTRY_SEARCH][at]);
        if changes.is_empty() {
            let is_entry = offset <= ENTRY_SEARCH - 16 && misaligned == 0;
            prop_assert_eq!(found.map(|(address, _)| address), is_entry.then_some(start + offset));
        }
        if let Some((address, word)) = found {
            let code = &code[..ENTRY_SEARCH];
            let mut instruction = decode(start, code);
            while let Mnemonic::Nop | Mnemonic::Endbr64 = instruction.mnemonic() {
                let next = instruction.next_ip() as usize;
                instruction = decode(next, &code[next - start..]);
            }
            prop_assert_eq!(instruction.ip(), address as u64);
            prop_assert_eq!((instruction.code(), instruction.len()), (Code::Jmp_rel32_64, JUMP_LENGTH));
            prop_assert!(address.is_multiple_of(WORD.bytes()));
            let bytes = &code[address - start..];
            prop_assert_eq!(&bytes[..8], &word.to_le_bytes());
            prop_assert_eq!(&bytes[8..12], &ENTRY_MARK.to_le_bytes());
            prop_assert_eq!(&bytes[12..16], &ordinal.to_le_bytes());
            let reached = instruction.near_branch_target() as usize;
            prop_assert_eq!(jump(address, reached), Some(word));
        }
    }

    #[test]
    fn random_bytes_are_padding_only_if_they_do_nothing(
        head in select(vec![0x0f, 0x66, 0x90, 0xf3, 0x2e, 0x48]),
        tail in any::<[u8; 14]>(),
    ) {
        let mut bytes = [head; 15];
        bytes[1..].copy_from_slice(&tail);
        assert_does_nothing(&bytes);
    }
}

/// Instructions that assemblers and compilers put in front of aligned code (SDM, volume 2, table 4-12), and a
/// landing pad.
fn padding_of_assemblers() -> impl Strategy<Value = Vec<u8>> {
    let displaced = |head: &'static [u8], length: usize| {
        let displacement = prop::collection::vec(any::<u8>(), length);
        displacement.prop_map(move |displacement| [head, &displacement].concat())
    };
    prop_oneof![
        displaced(&[0xf3, 0x0f, 0x1e, 0xfa], 0),
        displaced(&[0x90], 0),
        displaced(&[0x66, 0x90], 0),
        displaced(&[0x0f, 0x1f, 0x00], 0),
        displaced(&[0x0f, 0x1f, 0x40], 1),
        displaced(&[0x0f, 0x1f, 0x44, 0x00], 1),
        displaced(&[0x66, 0x0f, 0x1f, 0x44, 0x00], 1),
        displaced(&[0x0f, 0x1f, 0x80], 4),
        displaced(&[0x0f, 0x1f, 0x84, 0x00], 4),
    ]
}

/// Asserts that what is taken for padding is one instruction, of that length, that does nothing.
fn assert_does_nothing(bytes: &[u8]) {
    if let Some(length) = padding(|at| bytes[at]) {
        let instruction = decode(PLACE, bytes);
        let mnemonic = instruction.mnemonic();
        assert!(
            matches!(mnemonic, Mnemonic::Nop | Mnemonic::Endbr64),
            "{bytes:x?}: {instruction}"
        );
        assert_eq!(instruction.len(), length, "{bytes:x?}: {instruction}");
    }
}

#[test]
fn padding_does_nothing_whatever_it_begins_with() {
    for number in 0..1_u32 << 24 {
        let [first, second, third, _] = number.to_le_bytes();
        for rest in [0x00, 0x44, 0xfa] {
            let bytes = [first, second, third, rest, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
            assert_does_nothing(&bytes);
        }
    }
}

#[test]
fn the_receiver_of_a_thunk_is_found_with_every_register_and_nowhere_else() {
    let value: u64 = 0x1122_3344_5566_7788;
    let mut registers = BTreeSet::new();
    for head in 0..=u16::MAX {
        for place in PLACE..PLACE + 8 {
            let bytes = [&head.to_le_bytes()[..], &value.to_le_bytes()[..]].concat();
            let found = receiver(place, |at| {
                assert!(around_receiver(place).contains(&at));
                bytes[at + 2 - place]
            });
            if let Some(found) = found {
                let instruction = decode(place - 2, &bytes);
                assert_eq!(instruction.code(), Code::Mov_r64_imm64, "{bytes:x?}");
                assert_eq!((instruction.immediate64(), found), (value, value));
                assert_eq!((place % 8, instruction.len()), (0, 10));
                let register = instruction.op0_register();
                assert!(registers.insert(register), "{bytes:x?}: twice");
            }
        }
    }
    let all = Register::values().filter(|register| register.is_gpr64());
    assert_eq!(registers, all.collect());
}
