//! What a call costs where there are many, of different targets, as in programs that are no benchmark. Each call site
//! has a target of its own; of 16,384, four have each.
//!
//! Traits and implementations are in one crate, the calls in another: all static calls cross from crate to crate.
//!
//! Warm, the code and data of all targets are in the caches as far as they fit. Swept, the caches are written
//! over before each round. With random branches between, a branch that nothing can foresee precedes each call, so
//! that the history of branches, by which processors predict indirect ones, tells nothing.

use std::cell::RefCell;
use std::hint::black_box;

use static_call_benches_many_callers::{BETWEEN_BRANCHES, IN_TURN, Targets, switch};
use static_call_paired::{Subject, compare, rounds};

const ROUNDS: usize = 301;
/// How many calls a batch makes at least, unless caches are swept: enough to be timed.
const CALLS: usize = 4096;
/// More than the caches of one core hold, and its share of those of all.
const SWEPT: usize = 64 << 20;
const LINE: usize = 64;
/// Whether static calls are patched in this build.
const PATCHES: bool = cfg!(all(
    target_os = "linux",
    target_arch = "x86_64",
    not(feature = "portable")
));

fn sweep(memory: &mut [u8]) {
    for byte in memory.iter_mut().step_by(LINE) {
        *byte = byte.wrapping_add(1);
    }
    black_box(memory);
}

/// The ways to call, the reference first.
fn ways<Function: Copy>(
    targets: &Targets<Function>,
    stateful: bool,
) -> [(&'static str, Function); 3] {
    let once = if stateful {
        targets.once_held
    } else {
        targets.once_plain
    };
    [
        ("OnceLock<&'static dyn T>", once),
        ("static call", targets.open),
        ("direct, not inlined", targets.direct),
    ]
}

fn calls(count: usize) -> u32 {
    u32::try_from(count).expect("there are not that many")
}

fn main() {
    let rounds = rounds(ROUNDS);
    let memory = RefCell::new(vec![0; SWEPT]);
    for stateful in [false, true] {
        let switched = switch(stateful);
        if PATCHES {
            assert_eq!(switched.unpatched, 0, "{switched:?}");
        }
        let kind = if stateful { "stateful" } else { "zero-sized" };

        for targets in IN_TURN {
            let count = targets.count;
            for (state, times) in [("warm", CALLS.div_ceil(count)), ("swept", 1)] {
                let subjects = ways(targets, stateful).map(|(name, way)| {
                    let run = move || {
                        black_box(way(black_box(1), black_box(times)));
                    };
                    let memory = &memory;
                    Subject::new(name, run).after(move || {
                        if state == "swept" {
                            sweep(&mut memory.borrow_mut());
                        } else {
                            run();
                        }
                    })
                });
                let title = format!("{count} call sites, {kind}, {state}");
                compare(&title, calls(count * times), rounds, subjects.into());
            }
        }

        let count = BETWEEN_BRANCHES.count;
        let times = CALLS.div_ceil(count);
        let words = &RefCell::new(vec![0; times]);
        let randomise = move || words.borrow_mut().fill_with(|| fastrand::u64(..));
        let subjects = ways(&BETWEEN_BRANCHES, stateful).map(|(name, way)| {
            let run = move || {
                black_box(way(black_box(1), &words.borrow()));
            };
            Subject::new(name, run).after(move || {
                randomise();
                run();
                // What is timed branches otherwise than what it was warmed up with.
                randomise();
            })
        });
        let title = format!("{count} call sites, {kind}, random branches between");
        compare(&title, calls(count * times), rounds, subjects.into());
    }
}
