//! What it costs to learn: calls that meet another type in each phase.

use std::hint::black_box;

use static_call::{Devirt, Learning, static_dispatch};
use static_call_paired::{Subject, compare, rounds};

const CALLS: u32 = 20_000;
const ROUNDS: usize = 501;

#[static_dispatch(devirt, inline(Listed))]
trait Number {
    fn number(&self) -> u64;
}

struct Listed(u64);
struct Other(u64);

impl Number for Listed {
    fn number(&self) -> u64 {
        self.0 * 3
    }
}

impl Number for Other {
    fn number(&self) -> u64 {
        self.0 * 5
    }
}

/// Each batch begins with nothing learned. The calls meet a listed type in the first half, and another in the second.
pub(crate) fn compare_changes() {
    Learning {
        patches_per_second: u32::MAX,
        ..Learning::default()
    }
    .set();
    let objects: [Vec<Box<dyn Number>>; 2] = [
        (0..CALLS / 2)
            .map(|x| Box::new(Listed(x.into())) as _)
            .collect(),
        (0..CALLS / 2)
            .map(|x| Box::new(Other(x.into())) as _)
            .collect(),
    ];
    let borrowed = objects.each_ref().map(|objects| {
        let objects = objects.iter().map(|object| Devirt::new(&**object));
        objects.collect::<Vec<_>>()
    });
    let plain = Subject::new("Box<dyn Number>", || {
        for objects in black_box(&objects) {
            black_box(objects.iter().map(|object| object.number()).sum::<u64>());
        }
    });
    let learning = Subject::new("Devirt<&dyn Number>", || {
        for objects in black_box(&borrowed) {
            black_box(objects.iter().map(|object| object.number()).sum::<u64>());
        }
    });
    let subjects = vec![plain, learning.after(static_call::relearn)];
    compare(
        "10,000 calls of a listed type, then 10,000 of another",
        CALLS,
        rounds(ROUNDS),
        subjects,
    );
}
