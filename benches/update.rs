//! What switching the implementation of a trait costs.

use std::hint::black_box;

use criterion::Criterion;
use static_call::{Static, static_dispatch};

#[static_dispatch]
trait Eight: Sync {
    fn one(&self, x: u64) -> u64;
    fn two(&self, x: u64) -> u64;
    fn three(&self, x: u64) -> u64;
    fn four(&self, x: u64) -> u64;
    fn five(&self, x: u64) -> u64;
    fn six(&self, x: u64) -> u64;
    fn seven(&self, x: u64) -> u64;
    fn eight(&self, x: u64) -> u64;
}

struct Add(u64);
struct Xor;

impl Eight for Add {
    fn one(&self, x: u64) -> u64 {
        x + self.0
    }
    fn two(&self, x: u64) -> u64 {
        x + 2 * self.0
    }
    fn three(&self, x: u64) -> u64 {
        x + 3 * self.0
    }
    fn four(&self, x: u64) -> u64 {
        x + 4 * self.0
    }
    fn five(&self, x: u64) -> u64 {
        x + 5 * self.0
    }
    fn six(&self, x: u64) -> u64 {
        x + 6 * self.0
    }
    fn seven(&self, x: u64) -> u64 {
        x + 7 * self.0
    }
    fn eight(&self, x: u64) -> u64 {
        x + 8 * self.0
    }
}

impl Eight for Xor {
    fn one(&self, x: u64) -> u64 {
        x ^ 1
    }
    fn two(&self, x: u64) -> u64 {
        x ^ 2
    }
    fn three(&self, x: u64) -> u64 {
        x ^ 3
    }
    fn four(&self, x: u64) -> u64 {
        x ^ 4
    }
    fn five(&self, x: u64) -> u64 {
        x ^ 5
    }
    fn six(&self, x: u64) -> u64 {
        x ^ 6
    }
    fn seven(&self, x: u64) -> u64 {
        x ^ 7
    }
    fn eight(&self, x: u64) -> u64 {
        x ^ 8
    }
}

static ADD: Add = Add(1);
static OTHER_ADD: Add = Add(2);

/// Calls all the methods, so that what is measured is the update of a trait in use.
fn sum(x: u64) -> u64 {
    let eight: Static<dyn Eight> = Static::new();
    eight.one(x)
        + eight.two(x)
        + eight.three(x)
        + eight.four(x)
        + eight.five(x)
        + eight.six(x)
        + eight.seven(x)
        + eight.eight(x)
}

fn toggle(name: &str, criterion: &mut Criterion, both: [&'static dyn Eight; 2], sums: [u64; 2]) {
    for (implementation, expected) in both.into_iter().zip(sums) {
        static_call::update(implementation).expect("patching is allowed here");
        assert_eq!(sum(0), expected);
    }
    let mut turn = 0;
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            turn ^= 1;
            black_box(static_call::update(both[turn]).expect("patching is allowed here"))
        });
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    toggle(
        "update/8 methods, zero-sized and stateful",
        &mut criterion,
        [&Xor, &ADD],
        [36, 36],
    );
    toggle(
        "update/8 methods, two of one stateful type",
        &mut criterion,
        [&ADD, &OTHER_ADD],
        [36, 72],
    );
    toggle(
        "update/8 methods, nothing changes",
        &mut criterion,
        [&ADD, &ADD],
        [36, 36],
    );
    criterion.final_summary();
}
