//! What a loop over a snapshot costs, next to the same loop over a type that is known and over a trait object.

use std::hint::black_box;

use static_call_paired::{Subject, compare, rounds};

const NUMBERS: u32 = 4096;
const ROUNDS: usize = 2001;

/// Compares the loops of one of the two crates, which differ in their opt-level.
macro_rules! loops {
    ($crate_name:ident, $title:literal, $rounds:expr) => {{
        use $crate_name::{
            Flipped, Joined, MIXER, Masked, Mixer, sum_of_dyn, sum_of_flipped, sum_of_joined,
            sum_of_masked, sum_of_snapshot,
        };

        let numbers: &[u32] = &black_box((0..NUMBERS).collect::<Vec<_>>());
        macro_rules! implementation {
            ($name:literal, $value:expr, $known:expr) => {{
                let implementation = Box::leak(Box::new($value));
                let as_dyn: &'static dyn Mixer = black_box(&*implementation);
                static_call::update(as_dyn).expect("patching is allowed here");
                let subjects = vec![
                    Subject::new("the type is known", || {
                        black_box($known(black_box(implementation), numbers));
                    }),
                    Subject::new("snapshot", || {
                        black_box(sum_of_snapshot(numbers));
                    }),
                    Subject::new("&dyn Trait", || {
                        black_box(sum_of_dyn(as_dyn, numbers));
                    }),
                    Subject::new("Static, a call at a time", || {
                        black_box($crate_name::sum(&MIXER, numbers));
                    }),
                ];
                compare(concat!($title, ", ", $name), NUMBERS, $rounds, subjects);
            }};
        }
        implementation!("zero-sized", Flipped, sum_of_flipped);
        implementation!("stateful, and", Masked(0xffff), sum_of_masked);
        implementation!("stateful, or", Joined(0xff), sum_of_joined);
    }};
}

fn main() {
    let rounds = rounds(ROUNDS);
    loops!(static_call_tests_loops, "opt-level 3", rounds);
    loops!(static_call_benches_loops_at_two, "opt-level 2", rounds);
}
