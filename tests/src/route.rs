//! The route of a call: what it executes from the call instruction to the first instruction of the
//! implementation.
#![allow(unsafe_code)]

use std::ptr;

/// The register of a method's receiver.
pub const RECEIVER: &str = if cfg!(target_arch = "x86_64") {
    "rdi"
} else {
    "x0"
};

/// The register of the receiver where a hidden pointer to the result takes the first register.
pub const RECEIVER_AFTER_RESULT: &str = if cfg!(target_arch = "x86_64") {
    "rsi"
} else {
    "x0"
};

/// An instruction on the route. Padding, which does nothing, is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A direct call.
    Call {
        /// Where it leads.
        to: usize,
    },
    /// A call whose target is read from memory next to the code: from the global offset table.
    CallThroughMemory {
        /// Where it leads.
        to: usize,
    },
    /// A direct jump.
    Jump {
        /// Where it leads.
        to: usize,
    },
    /// An immediate moved into a register; on AArch64 as many instructions as that takes, or a literal among the
    /// code.
    Load {
        /// The name of the register.
        register: String,
        /// What it holds then.
        value: usize,
    },
    /// A jump to the address in a register.
    JumpByRegister {
        /// The name of the register.
        register: String,
    },
    /// Any other instruction, where the route is given up.
    Other(String),
}

/// The route of the call that `caller` makes to a function `callee`.
///
/// It ends at `implementation`, or at a step that has no business on the route.
///
/// # Panics
///
/// `caller` holds no such call.
#[must_use]
pub fn of_call(caller: *const (), callee: *const (), implementation: *const ()) -> Vec<Step> {
    let callee = callee.expose_provenance();
    let (address, _) = find_call(caller, |to| to == callee);
    follow(address, implementation.addr())
}

/// The entry that `caller` calls.
///
/// # Panics
///
/// `caller` calls no entry.
#[must_use]
pub fn entry_of(caller: *const ()) -> *const () {
    let (_, entry) = find_call(caller, is_entry);
    ptr::with_exposed_provenance(entry)
}

/// The first call in `caller` to a function that is the one, or its first jump there: where it is, and
/// where it leads.
fn find_call(caller: *const (), is_callee: impl Fn(usize) -> bool) -> (usize, usize) {
    const LONGEST_CALLER: usize = 50;
    let mut address = caller.expose_provenance();
    let mut passed = Vec::new();
    for _ in 0..LONGEST_CALLER {
        let (next, step) = decode(address);
        if let Some(Step::Call { to } | Step::CallThroughMemory { to } | Step::Jump { to }) = step
            && is_callee(to)
        {
            return (address, to);
        }
        passed.extend(step);
        address = next;
    }
    panic!("the call is not among {passed:#?}")
}

/// Whether there is an entry at `address`: a jump, and the mark behind it.
fn is_entry(address: usize) -> bool {
    const MARK: u32 = 0x5ca1_1ab1;
    let behind_the_jump = if cfg!(target_arch = "x86_64") { 8 } else { 4 };
    let code = code(address, behind_the_jump + 4);
    code.get(behind_the_jump..)
        .is_some_and(|mark| mark == MARK.to_le_bytes())
}

/// The route of a call that has arrived at `entry`.
#[must_use]
pub fn of_entry(entry: *const (), implementation: *const ()) -> Vec<Step> {
    follow(entry.expose_provenance(), implementation.addr())
}

fn follow(mut address: usize, implementation: usize) -> Vec<Step> {
    const LONGEST_ROUTE: usize = 10;
    let mut steps = Vec::new();
    while address != implementation && steps.len() < LONGEST_ROUTE {
        let (next, step) = decode(address);
        address = match &step {
            None | Some(Step::Load { .. }) => next,
            Some(Step::Call { to } | Step::CallThroughMemory { to } | Step::Jump { to }) => *to,
            Some(Step::JumpByRegister { register }) => loaded(&steps, register),
            Some(Step::Other(_)) => implementation,
        };
        steps.extend(step);
    }
    steps
}

fn loaded(steps: &[Step], wanted: &str) -> usize {
    let value = steps.iter().rev().find_map(|step| match step {
        Step::Load { register, value } if register == wanted => Some(*value),
        _ => None,
    });
    value.unwrap_or_else(|| panic!("nothing was loaded into {wanted}: {steps:#?}"))
}

/// At most `length` bytes of the code at `address`.
fn code(address: usize, length: usize) -> Vec<u8> {
    let start = ptr::with_exposed_provenance::<u8>(address);
    let readable = told_by_the_system(|| {
        let mut end = address;
        // Another thread's update may have split the region, by changing the protection of a page.
        for region in region::query_range(start, length).ok()? {
            let region = region.ok()?;
            if region.as_range().start > end || !region.is_executable() || !region.is_readable() {
                break;
            }
            end = region.as_range().end.min(address + length);
        }
        (end > address).then_some(end - address)
    });
    let length = readable.unwrap_or_else(|| panic!("{address:#x} is not readable code"));
    (0..length)
        .map(|offset| {
            // SAFETY: the byte lies in a region that can be read and, as code, stays mapped.
            // Volatile, because other tests patch code next to it.
            unsafe { start.wrapping_add(offset).read_volatile() }
        })
        .collect()
}

/// The pointer at `address`.
fn pointer(address: usize) -> usize {
    let start = ptr::with_exposed_provenance::<usize>(address);
    told_by_the_system(|| {
        let region = region::query(start).ok()?;
        region.is_readable().then_some(())
    })
    .unwrap_or_else(|| panic!("{address:#x} cannot be read"));
    // SAFETY: the region can be read, and neither code nor the global offset table is ever unmapped.
    unsafe { start.read_unaligned() }
}

/// What `ask` finds in the system's list of regions, which is made anew for each question.
///
/// QEMU 7.2 leaves a region out of it where another thread changes the protection of some of its pages
/// just then, as updates do; so what is not found is asked for again.
fn told_by_the_system<T>(ask: impl Fn() -> Option<T>) -> Option<T> {
    const MOST_QUESTIONS: usize = 100;
    (0..MOST_QUESTIONS).find_map(|_| ask())
}

/// The instruction at `address`.
#[cfg(target_arch = "x86_64")]
#[must_use]
pub fn instruction(address: usize) -> iced_x86::Instruction {
    use iced_x86::{Decoder, DecoderOptions};

    const LONGEST: usize = 15;
    let bytes = code(address, LONGEST);
    Decoder::with_ip(64, &bytes, address as u64, DecoderOptions::NONE).decode()
}

/// The instruction at `address`, and the address behind it.
#[cfg(target_arch = "x86_64")]
fn decode(address: usize) -> (usize, Option<Step>) {
    use iced_x86::{Code, Mnemonic, OpKind};

    let instruction = instruction(address);
    let to = || instruction.near_branch_target() as usize;
    let register = || format!("{:?}", instruction.op0_register()).to_lowercase();
    let step = match instruction.code() {
        Code::Call_rel32_64 => Some(Step::Call { to: to() }),
        Code::Call_rm64 if instruction.is_ip_rel_memory_operand() => {
            Some(Step::CallThroughMemory {
                to: pointer(instruction.ip_rel_memory_address() as usize),
            })
        }
        Code::Jmp_rel32_64 | Code::Jmp_rel8_64 => Some(Step::Jump { to: to() }),
        Code::Mov_r64_imm64 => Some(Step::Load {
            register: register(),
            value: instruction.immediate64() as usize,
        }),
        Code::Jmp_rm64 if instruction.op0_kind() == OpKind::Register => {
            Some(Step::JumpByRegister {
                register: register(),
            })
        }
        _ if matches!(instruction.mnemonic(), Mnemonic::Nop | Mnemonic::Endbr64) => None,
        _ => Some(Step::Other(instruction.to_string())),
    };
    (instruction.next_ip() as usize, step)
}

/// The instruction at `address`, and the address behind it; `movz` together with its `movk`s.
#[cfg(target_arch = "aarch64")]
fn decode(address: usize) -> (usize, Option<Step>) {
    use yaxpeax_arch::{Decoder, U8Reader};
    use yaxpeax_arm::armv8::a64::{InstDecoder, Opcode, Operand, SizeCode};

    const LENGTH: usize = 4;
    /// What `adrp` counts in.
    const PAGE: usize = 4096;
    let decode = |address| {
        let bytes = code(address, LENGTH);
        InstDecoder::default().decode(&mut U8Reader::new(&bytes))
    };
    let mut next = address + LENGTH;
    let instruction = match decode(address) {
        Ok(instruction) => instruction,
        Err(error) => return (next, Some(Step::Other(error.to_string()))),
    };
    let text = instruction.to_string();
    let [first, second, ..] = instruction.operands;
    let step = match (instruction.opcode, first, second) {
        (Opcode::BL, Operand::PCOffset(offset), _) => Some(Step::Call {
            to: address.wrapping_add_signed(offset as isize),
        }),
        (Opcode::B, Operand::PCOffset(offset), _) => Some(Step::Jump {
            to: address.wrapping_add_signed(offset as isize),
        }),
        (Opcode::MOVZ, Operand::Register(SizeCode::X, number), Operand::ImmShift(bits, shift)) => {
            let mut value = usize::from(bits) << shift;
            while let Ok(instruction) = decode(next)
                && instruction.opcode == Opcode::MOVK
                && instruction.operands[0] == Operand::Register(SizeCode::X, number)
                && let Operand::ImmShift(bits, shift) = instruction.operands[1]
            {
                value = value & !(0xffff << shift) | usize::from(bits) << shift;
                next += LENGTH;
            }
            Some(Step::Load {
                register: format!("x{number}"),
                value,
            })
        }
        (Opcode::ADRP, Operand::Register(SizeCode::X, number), Operand::PCOffset(offset)) => {
            let page = (address & !(PAGE - 1)).wrapping_add_signed(offset as isize);
            let load = decode(next).ok().map(|load| (load.opcode, load.operands));
            match load {
                Some((
                    Opcode::LDR,
                    [
                        Operand::Register(SizeCode::X, loaded),
                        Operand::RegPreIndex(base, place, false),
                        ..,
                    ],
                )) if base == number => {
                    next += LENGTH;
                    Some(Step::Load {
                        register: format!("x{loaded}"),
                        value: pointer(page.wrapping_add_signed(place as isize)),
                    })
                }
                _ => Some(Step::Other(text)),
            }
        }
        (Opcode::BR, Operand::Register(SizeCode::X, number), _) => Some(Step::JumpByRegister {
            register: format!("x{number}"),
        }),
        (Opcode::HINT, ..) if text == "nop" || text.starts_with("bti") => None,
        _ => Some(Step::Other(text)),
    };
    (next, step)
}
