//! What is patched in the code, found without looking at the tables.
//!
//! An instruction of a call site is told from the compiler's own by what it does:
//!
//! - At a multiple of 8, the address of an entry is loaded, by whichever instruction the linker made of the
//!   load; nothing but calls of the trait needs that address in code.
//! - Or, in a function with such a load, zero is moved, though not by `xor`, into a register that is then
//!   compared with the number of a listed implementation. The compiler moves zero that way too, to spare the
//!   flags, but hardly ever compares it with such a number.
//!
//! A thunk has its receiver in the only instruction that moves a zero of eight bytes.

use std::collections::BTreeMap;

use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpAccess, OpKind, Register,
};

use crate::image::{ENTRY, Function, Image, Slots, is_entry, is_thunk};

/// How many instructions may stand between a choice and its first comparison. Without optimisation
/// some do, to store it and load it again.
const LOOKAHEAD: usize = 32;
/// More listed implementations than the traits of the matrix have.
const MOST_LISTED: u64 = 4;

/// The addresses of the call sites, with the entry to which an address leads; a choice leads to none.
pub(crate) fn sites<'image>(
    image: &Image,
    slots: &Slots<'image>,
) -> BTreeMap<u64, Option<&'image str>> {
    let mut sites = BTreeMap::new();
    for (address, function) in &image.functions {
        let mut addresses = Vec::new();
        let mut choices = Vec::new();
        for_each_instruction(*address, function, |instruction, rest| {
            let entry = match instruction.code() {
                Code::Mov_r64_rm64 if instruction.is_ip_rel_memory_operand() => {
                    slots.owner(instruction.ip_rel_memory_address())
                }
                Code::Lea_r64_m if instruction.is_ip_rel_memory_operand() => {
                    slots.owner_at(instruction.ip_rel_memory_address())
                }
                Code::Mov_rm64_imm32 if instruction.op0_kind() == OpKind::Register => {
                    slots.owner_at(instruction.immediate32to64().cast_unsigned())
                }
                _ => None,
            };
            if let Some(entry) = entry
                && !is_thunk(entry)
                && instruction.ip().is_multiple_of(8)
            {
                addresses.push((instruction.ip(), Some(entry)));
            }
            let is_zero =
                instruction.code() == Code::Mov_r32_imm32 && instruction.immediate32() == 0;
            if is_zero && is_compared(instruction.op0_register(), rest) {
                choices.push((instruction.ip(), None));
            }
        });
        if !addresses.is_empty() {
            sites.extend(addresses.into_iter().chain(choices));
        }
    }
    sites
}

/// The places of receivers, with the thunks that they are in.
pub(crate) fn receivers<'image>(image: &'image Image) -> BTreeMap<u64, Option<&'image str>> {
    let mut receivers = BTreeMap::new();
    let thunks = image.functions.iter();
    for (address, function) in thunks.filter(|(_, function)| is_thunk(function.name)) {
        for_each_instruction(*address, function, |instruction, _| {
            if instruction.code() == Code::Mov_r64_imm64 && instruction.immediate64() == 0 {
                receivers.insert(instruction.next_ip() - 8, Some(function.name));
            }
        });
    }
    receivers
}

/// Shows each instruction, and a decoder that goes on behind it.
fn for_each_instruction(
    address: u64,
    function: &Function,
    mut show: impl FnMut(&Instruction, Decoder),
) {
    let decoder = |offset: usize| {
        let address = address + offset as u64;
        Decoder::with_ip(64, &function.code[offset..], address, DecoderOptions::NONE)
    };
    let mut offset = 0;
    while offset < function.code.len() {
        if is_entry(&function.code[offset..]) {
            // Behind the jump is data.
            offset += ENTRY;
            continue;
        }
        let instruction = decoder(offset).decode();
        offset += instruction.len();
        show(&instruction, decoder(offset));
    }
}

/// Whether what is in the register now is soon compared with the number of a listed implementation.
fn is_compared(register: Register, mut rest: Decoder) -> bool {
    let mut factory = InstructionInfoFactory::new();
    let mut holders = vec![Place::Register(register.full_register())];
    for instruction in rest.iter().take(LOOKAHEAD) {
        let operand = |number| Place::of_operand(&instruction, number);
        let holds = |place: Option<Place>| place.is_some_and(|place| holders.contains(&place));
        match instruction.mnemonic() {
            Mnemonic::Cmp | Mnemonic::Sub
                if holds(operand(0))
                    && matches!(
                        instruction.op1_kind(),
                        OpKind::Immediate8to32 | OpKind::Immediate32
                    )
                    && is_choice(instruction.immediate(1)) =>
            {
                return true;
            }
            Mnemonic::Mov if holds(operand(1)) => holders.extend(operand(0)),
            _ => {
                let info = factory.info(&instruction);
                let writes = |access| {
                    !matches!(access, OpAccess::None | OpAccess::Read | OpAccess::CondRead)
                };
                if writes(info.op0_access()) {
                    holders.retain(|place| Some(place) != operand(0).as_ref());
                }
                for used in info.used_registers() {
                    let place = Place::Register(used.register().full_register());
                    holders.retain(|holder| !writes(used.access()) || *holder != place);
                }
            }
        }
        let goes_on = matches!(
            instruction.flow_control(),
            FlowControl::Next | FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
        );
        if holders.is_empty() || !goes_on {
            break;
        }
    }
    false
}

/// Whether the attribute gives this number to a listed implementation.
fn is_choice(number: u64) -> bool {
    (1..=MOST_LISTED).any(|listed| number == 15 * listed)
}

/// Where a value can be.
#[derive(PartialEq)]
enum Place {
    Register(Register),
    /// Relative to a register.
    Memory(Register, u64),
}

impl Place {
    fn of_operand(instruction: &Instruction, number: u32) -> Option<Self> {
        if number >= instruction.op_count() {
            return None;
        }
        match instruction.op_kind(number) {
            OpKind::Register => {
                let register = instruction.op_register(number);
                Some(Self::Register(register.full_register()))
            }
            OpKind::Memory if instruction.memory_index() == Register::None => {
                let displacement = instruction.memory_displacement64();
                Some(Self::Memory(instruction.memory_base(), displacement))
            }
            _ => None,
        }
    }
}
