//! Emulates a computer with a Z80 processor, which runs the exerciser of its instructions that comes with the
//! emulator.

mod serve;

use iz80::{Cpu, Machine as _, PlainMachine};

static PROGRAM: &[u8] = include_bytes!("../changed/patched/iz80/tests/res/zexdoc.com");
/// Where CP/M loads programs, and where they call it.
const START: u16 = 0x0100;
const SYSTEM: u16 = 0x0005;
const RETURN: u8 = 0xc9;
const INSTRUCTIONS: u32 = 2_000_000;

fn main() {
    serve::serve(|| {
        let mut machine = PlainMachine::new();
        for (address, byte) in (START..).zip(PROGRAM) {
            machine.poke(address, *byte);
        }
        machine.poke(SYSTEM, RETURN);
        let mut cpu = Cpu::new();
        cpu.registers().set_pc(START);
        for _ in 0..INSTRUCTIONS {
            cpu.execute_instruction(&mut machine);
        }
        let memory: Vec<_> = (0..=u16::MAX)
            .map(|address| machine.peek(address))
            .collect();
        (cpu.cycle_count(), cpu.registers().pc(), memory)
    });
}
