//! What a call costs where many different targets are called, as in programs that are no benchmark.
//!
//! Warm, the code and data of all targets are in the caches as far as they fit. Swept, the caches are written
//! over before each round.

use std::cell::RefCell;
use std::hint::black_box;

use static_call_benches_many::{TARGETS, switch};
use static_call_paired::{Subject, compare, rounds};

const ROUNDS: usize = 301;
/// More than the caches of one core hold, and its share of those of all.
const SWEPT: usize = 64 << 20;
const LINE: usize = 64;

fn sweep(memory: &mut [u8]) {
    for byte in memory.iter_mut().step_by(LINE) {
        *byte = byte.wrapping_add(1);
    }
    black_box(memory);
}

fn main() {
    let rounds = rounds(ROUNDS);
    let mut memory = vec![0; SWEPT];
    for stateful in [false, true] {
        switch(stateful);
        for targets in TARGETS {
            let once = if stateful {
                targets.once_held
            } else {
                targets.once_plain
            };
            let ways = [
                ("OnceLock<&'static dyn T>", once),
                ("static call", targets.open),
                ("direct, not inlined", targets.direct),
            ];
            let calls = u32::try_from(targets.count).expect("there are not that many");
            let kind = if stateful { "stateful" } else { "zero-sized" };

            for swept in [false, true] {
                let memory = RefCell::new(&mut memory);
                let subjects = ways.map(|(name, way)| {
                    let run = move || {
                        black_box(way(black_box(1)));
                    };
                    let memory = &memory;
                    Subject::new(name, run).after(move || {
                        if swept {
                            sweep(&mut memory.borrow_mut());
                        } else {
                            run();
                        }
                    })
                });
                let state = if swept { "swept" } else { "warm" };
                let title = format!("{calls} targets, {kind}, {state}");
                compare(&title, calls, rounds, subjects.into());
            }
        }
    }
}
