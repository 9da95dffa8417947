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
//!
//! A call through `Devirt` has its guard where zero is moved into a register, though not by `xor`, of which then
//! the highest bit is tested, as that is set for a call that is bypassed. With `-Clink-dead-code` not even
//! what is to be inlined always is inlined from another codegen unit, and a function tests it, or one that calls
//! that. The compiler knows the highest bit of its own zeros.

use std::collections::BTreeMap;

use iced_x86::{
    Code, ConditionCode, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory,
    Mnemonic, OpAccess, OpKind, Register, RflagsBits,
};

use crate::image::{ENTRY, Function, Image, Slots, is_entry, is_thunk};

/// How many instructions may stand between a choice or a guard and where it is looked at. Without optimisation
/// some do, to store it and load it again.
const LOOKAHEAD: usize = 32;
/// Registers that a number is passed in: it is the first argument, or stands behind one.
const ARGUMENTS: [Register; 2] = [Register::RDI, Register::RSI];
/// How many functions may call each other until one tests a number.
const DEPTH: u32 = 2;
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
                && instruction.ip().is_multiple_of(8)
            {
                addresses.push((instruction.ip(), Some(entry)));
            }
            if is_zero(instruction) && is_compared(instruction.op0_register(), rest) {
                choices.push((instruction.ip(), None));
            }
        });
        if !addresses.is_empty() {
            sites.extend(addresses.into_iter().chain(choices));
        }
    }
    sites
}

/// The addresses of the guards, from which the methods that they belong to do not show.
pub(crate) fn guards<'image>(image: &Image) -> BTreeMap<u64, Option<&'image str>> {
    let mut guards = BTreeMap::new();
    for (address, function) in &image.functions {
        for_each_instruction(*address, function, |instruction, rest| {
            if is_zero(instruction) && is_tested(instruction.op0_register(), rest, image, DEPTH) {
                guards.insert(instruction.ip(), None);
            }
        });
    }
    guards
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
    let mut offset = 0;
    while offset < function.code.len() {
        if is_entry(&function.code[offset..]) {
            // Behind the jump is data.
            offset += ENTRY;
            continue;
        }
        let instruction = decoder(address, function, offset).decode();
        offset += instruction.len();
        show(&instruction, decoder(address, function, offset));
    }
}

fn decoder<'data>(address: u64, function: &Function<'data>, offset: usize) -> Decoder<'data> {
    let address = address + offset as u64;
    Decoder::with_ip(64, &function.code[offset..], address, DecoderOptions::NONE)
}

/// Whether the instruction moves zero into a register, from an immediate that can be patched.
fn is_zero(instruction: &Instruction) -> bool {
    instruction.code() == Code::Mov_r32_imm32 && instruction.immediate32() == 0
}

/// Whether what is in the register now is soon compared with the number of a listed implementation.
fn is_compared(register: Register, rest: Decoder) -> bool {
    is_read(register, rest, |instruction, holders| {
        matches!(instruction.mnemonic(), Mnemonic::Cmp | Mnemonic::Sub)
            && holders.hold(Place::of_operand(instruction, 0))
            && immediate(instruction).is_some_and(is_choice)
    })
}

/// Whether the highest bit of what is in the register now is soon tested: by a mask, as the sign, or in a function
/// that tests its argument, as many calls deep.
fn is_tested(register: Register, rest: Decoder, image: &Image, depth: u32) -> bool {
    let tests_argument = |callee: u64, register| {
        let function = image.functions.get(&callee).filter(|_| depth > 0);
        function.is_some_and(|function| {
            is_tested(register, decoder(callee, function, 0), image, depth - 1)
        })
    };
    let mut is_sign = false;
    is_read(register, rest, |instruction, holders| {
        let is_held = holders.hold(Place::of_operand(instruction, 0));
        let is_masked = matches!(instruction.mnemonic(), Mnemonic::And | Mnemonic::Test)
            && is_held
            && immediate(instruction) == Some(1 << 31);
        let asks_for_sign = matches!(
            instruction.condition_code(),
            ConditionCode::s | ConditionCode::ns
        );
        let is_passed = instruction.is_call_near()
            && ARGUMENTS.into_iter().any(|argument| {
                holders.hold(Some(Place::Register(argument)))
                    && tests_argument(instruction.near_branch_target(), argument)
            });
        if is_masked || is_sign && asks_for_sign || is_passed {
            return true;
        }
        if instruction.rflags_modified() & RflagsBits::SF != 0 {
            is_sign = instruction.code() == Code::Test_rm32_r32
                && is_held
                && instruction.op0_register() == instruction.op1_register();
        }
        false
    })
}

/// The second operand, if it is an immediate.
fn immediate(instruction: &Instruction) -> Option<u64> {
    let is_immediate = matches!(
        instruction.op1_kind(),
        OpKind::Immediate8to32 | OpKind::Immediate32
    );
    is_immediate.then(|| instruction.immediate(1))
}

/// Whether one of the next instructions is what `is_reader` looks for, given what holds then what is in the
/// register now.
fn is_read(
    register: Register,
    mut rest: Decoder,
    mut is_reader: impl FnMut(&Instruction, &Holders) -> bool,
) -> bool {
    let mut holders = Holders(vec![Place::Register(register.full_register())]);
    for instruction in rest.iter().take(LOOKAHEAD) {
        if is_reader(&instruction, &holders) {
            return true;
        }
        holders.follow(&instruction);
        let goes_on = matches!(
            instruction.flow_control(),
            FlowControl::Next | FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
        );
        if holders.0.is_empty() || !goes_on {
            break;
        }
    }
    false
}

/// The places that hold a value.
struct Holders(Vec<Place>);

impl Holders {
    fn hold(&self, place: Option<Place>) -> bool {
        place.is_some_and(|place| self.0.contains(&place))
    }

    /// Goes on behind this instruction.
    fn follow(&mut self, instruction: &Instruction) {
        let operand = |number| Place::of_operand(instruction, number);
        if instruction.mnemonic() == Mnemonic::Mov && self.hold(operand(1)) {
            self.0.extend(operand(0));
            return;
        }
        let mut factory = InstructionInfoFactory::new();
        let info = factory.info(instruction);
        let writes =
            |access| !matches!(access, OpAccess::None | OpAccess::Read | OpAccess::CondRead);
        if writes(info.op0_access()) {
            self.0.retain(|place| Some(place) != operand(0).as_ref());
        }
        for used in info.used_registers() {
            let place = Place::Register(used.register().full_register());
            self.0
                .retain(|holder| !writes(used.access()) || *holder != place);
        }
    }
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
