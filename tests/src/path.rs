//! The path of a call that is patched where it stands: what a function executes until it calls or returns.
#![cfg(target_arch = "x86_64")]

use std::collections::BTreeMap;
use std::fmt;

use iced_x86::{
    Code, ConditionCode, FlowControl, Instruction, InstructionInfoFactory, OpKind, Register,
};

use crate::route::instruction;

/// What a function executes, from its beginning to the call or the return.
pub struct Path {
    /// The instructions, but for the padding.
    pub instructions: Vec<Instruction>,
    /// How it ends.
    pub end: End,
}

/// The end of a path.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// The function returns.
    Return,
    /// It calls this address directly.
    Call(usize),
    /// It calls, or jumps to, this address, which is in a register as an immediate put it there.
    Immediate(usize),
    /// It calls or jumps in another way.
    Indirect,
}

impl fmt::Debug for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for instruction in &self.instructions {
            writeln!(formatter, "{:#x} {instruction}", instruction.ip())?;
        }
        write!(formatter, "{:x?}", self.end)
    }
}

impl Path {
    /// Follows `function`, which must branch only by comparing immediates, or for null and alignment.
    ///
    /// # Panics
    ///
    /// It branches otherwise.
    #[must_use]
    pub fn of(function: *const ()) -> Self {
        const LONGEST: usize = 200;
        let mut address = function.expose_provenance();
        let mut instructions = Vec::new();
        let mut immediates = BTreeMap::new();
        let mut compared = None;
        while instructions.len() < LONGEST {
            let instruction = instruction(address);
            address = instruction.next_ip() as usize;
            if instruction.code().mnemonic() == iced_x86::Mnemonic::Nop {
                continue;
            }
            instructions.push(instruction);
            let register = instruction.op0_register().full_register();
            let end = match instruction.flow_control() {
                FlowControl::Return => Some(End::Return),
                FlowControl::Call => Some(End::Call(instruction.near_branch_target() as usize)),
                FlowControl::IndirectCall | FlowControl::IndirectBranch => {
                    let known = immediates.get(&register).copied();
                    Some(match instruction.op0_kind() {
                        OpKind::Register => known.map_or(End::Indirect, End::Immediate),
                        _ => End::Indirect,
                    })
                }
                FlowControl::UnconditionalBranch => {
                    address = instruction.near_branch_target() as usize;
                    None
                }
                FlowControl::ConditionalBranch => {
                    if takes(&instruction, compared) {
                        address = instruction.near_branch_target() as usize;
                    }
                    None
                }
                _ => {
                    step(&instruction, &mut immediates, &mut compared);
                    None
                }
            };
            if let Some(end) = end {
                return Self { instructions, end };
            }
        }
        panic!("the path does not end: {instructions:#?}")
    }

    /// The instructions that read or write memory other than the stack.
    #[must_use]
    pub fn data_accesses(&self) -> Vec<String> {
        let mut factory = InstructionInfoFactory::new();
        let mut accesses = self.instructions.clone();
        accesses.retain(|instruction| {
            let used = factory.info(instruction).used_memory();
            used.iter()
                .any(|memory| !matches!(memory.base(), Register::RSP | Register::RBP))
        });
        accesses.iter().map(ToString::to_string).collect()
    }
}

/// Keeps the immediates that the instruction puts into registers, and what it compares.
fn step(
    instruction: &Instruction,
    immediates: &mut BTreeMap<Register, usize>,
    compared: &mut Option<(u32, u32)>,
) {
    let register = instruction.op0_register().full_register();
    match instruction.code() {
        Code::Mov_r32_imm32 => {
            immediates.insert(register, instruction.immediate32() as usize);
        }
        Code::Lea_r64_m if instruction.is_ip_rel_memory_operand() => {
            immediates.insert(register, instruction.ip_rel_memory_address() as usize);
        }
        Code::Cmp_rm32_imm32 | Code::Cmp_EAX_imm32 | Code::Cmp_rm32_imm8 => {
            let second = instruction.immediate(1) as u32;
            *compared = immediates
                .get(&register)
                .map(|first| (*first as u32, second));
        }
        // With debug assertions, addresses are tested before they are followed: none is null, and all are
        // aligned.
        Code::Test_rm64_r64 if instruction.op0_register() == instruction.op1_register() => {
            *compared = Some((1, 0));
        }
        Code::Test_rm8_imm8 | Code::Test_AL_imm8 => *compared = Some((0, 0)),
        _ => {
            let mut factory = InstructionInfoFactory::new();
            let info = factory.info(instruction);
            for used in info.used_registers() {
                if !matches!(
                    used.access(),
                    iced_x86::OpAccess::Read | iced_x86::OpAccess::CondRead
                ) {
                    immediates.remove(&used.register().full_register());
                }
            }
            if instruction.rflags_modified() != 0 {
                *compared = None;
            }
        }
    }
}

/// Whether the branch is taken.
fn takes(branch: &Instruction, compared: Option<(u32, u32)>) -> bool {
    let Some((first, second)) = compared else {
        panic!("{branch} does not depend on a choice");
    };
    let (signed_first, signed_second) = (first.cast_signed(), second.cast_signed());
    match branch.condition_code() {
        ConditionCode::e => first == second,
        ConditionCode::ne => first != second,
        ConditionCode::a => first > second,
        ConditionCode::ae => first >= second,
        ConditionCode::b => first < second,
        ConditionCode::be => first <= second,
        ConditionCode::g => signed_first > signed_second,
        ConditionCode::ge => signed_first >= signed_second,
        ConditionCode::l => signed_first < signed_second,
        ConditionCode::le => signed_first <= signed_second,
        _ => panic!("{branch} is not known"),
    }
}

/// All instructions of a function, which is taken to end at the padding behind a return or a jump, whatever
/// is executed.
#[must_use]
pub fn whole(function: *const ()) -> Vec<Instruction> {
    const LONGEST: usize = 4000;
    let mut address = function.expose_provenance();
    let mut furthest = address;
    let mut instructions = Vec::new();
    while instructions.len() < LONGEST {
        let instruction = instruction(address);
        address = instruction.next_ip() as usize;
        instructions.push(instruction);
        let flow = instruction.flow_control();
        if let FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch = flow {
            let target = instruction.near_branch_target() as usize;
            if target < function.addr() + LONGEST {
                furthest = furthest.max(target);
            }
        }
        let ends = matches!(
            flow,
            FlowControl::Return | FlowControl::UnconditionalBranch | FlowControl::IndirectBranch
        );
        if ends && address > furthest {
            break;
        }
    }
    instructions
}

/// The places in a function that may be those of call sites, with how many bytes of each are patched: the lowest
/// byte of an immediate, or an instruction that loads an address and stands in an aligned quadword.
#[must_use]
pub fn call_sites(function: *const ()) -> Vec<(usize, usize)> {
    let instructions = whole(function).into_iter();
    let places = instructions.filter_map(|instruction| match instruction.code() {
        Code::Mov_r32_imm32 => Some((instruction.next_ip() - 4, 1)),
        Code::Lea_r64_m | Code::Mov_r64_rm64
            if instruction.is_ip_rel_memory_operand() && instruction.ip().is_multiple_of(8) =>
        {
            Some((instruction.ip(), 8))
        }
        _ => None,
    });
    places
        .map(|(address, length)| (address as usize, length))
        .collect()
}
