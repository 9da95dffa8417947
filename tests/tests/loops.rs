//! Loops over snapshots: at opt-level 3 the compiler makes a loop for each listed implementation, with its body
//! in it, and vectorises it.

#![cfg(target_arch = "x86_64")]

use iced_x86::{FlowControl, Instruction, Mnemonic};
use static_call_tests::path::whole;
use static_call_tests_loops::{
    Flipped, Joined, MIXER, Masked, Mixer, Multiplied, sum, sum_of_argument, sum_of_flipped,
    sum_of_joined, sum_of_masked, sum_of_snapshot,
};

/// The innermost loops of a function.
fn loops(function: *const ()) -> Vec<Vec<Instruction>> {
    let instructions = whole(function);
    let ends = instructions.iter().filter(|instruction| {
        let branches = matches!(
            instruction.flow_control(),
            FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
        );
        let to = instruction.near_branch_target();
        branches && (function.addr() as u64..instruction.ip()).contains(&to)
    });
    let mut ranges: Vec<_> = ends
        .map(|end| end.near_branch_target()..=end.ip())
        .collect();
    let all = ranges.clone();
    ranges.retain(|range| {
        let within = |other: &&std::ops::RangeInclusive<u64>| {
            *other != range && range.contains(other.start()) && range.contains(other.end())
        };
        all.iter().find(within).is_none()
    });
    let body = |range: std::ops::RangeInclusive<u64>| {
        let body = instructions.iter().copied();
        body.filter(|instruction| range.contains(&instruction.ip()))
            .collect()
    };
    ranges.into_iter().map(body).collect()
}

/// What a loop does, wherever its operands are.
fn mnemonics(body: &[Instruction]) -> Vec<Mnemonic> {
    body.iter().map(Instruction::mnemonic).collect()
}

/// The loop of a function that works on vectors.
fn vector_loop(function: *const ()) -> Vec<Mnemonic> {
    let loops = loops(function).into_iter().map(|body| mnemonics(&body));
    loops
        .into_iter()
        .find(|body| body.contains(&Mnemonic::Paddd) || body.contains(&Mnemonic::Vpaddd))
        .expect("the loop over a known type is vectorised")
}

#[test]
fn a_loop_over_a_snapshot_is_that_over_the_type_itself_for_each_listed_implementation() {
    let known = [
        sum_of_flipped as *const (),
        sum_of_masked as *const (),
        sum_of_joined as *const (),
    ];
    for function in [sum_of_snapshot as *const (), sum_of_argument as *const ()] {
        let found = loops(function);
        for known in known.map(vector_loop) {
            assert!(!known.contains(&Mnemonic::Call));
            assert!(
                found.iter().any(|body| mnemonics(body) == known),
                "no loop is {known:?}: {:#?}",
                found.iter().map(|body| mnemonics(body)).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn a_loop_over_a_snapshot_computes_what_the_implementation_says() {
    let numbers: Vec<u32> = (0..1000_u32).map(|x| x.wrapping_mul(0x9e37_79b1)).collect();
    let implementations: [(&'static dyn Mixer, u32); 4] = [
        (&Flipped, sum(&Flipped, &numbers)),
        (&Masked(0xffff), sum(&Masked(0xffff), &numbers)),
        (&Joined(0xff), sum(&Joined(0xff), &numbers)),
        (&Multiplied(7), sum(&Multiplied(7), &numbers)),
    ];
    let before = MIXER.current();
    for (implementation, expected) in implementations {
        static_call::update(implementation).unwrap();
        assert_eq!(sum_of_snapshot(&numbers), expected);
        assert_eq!(sum_of_argument(MIXER.current(), &numbers), expected);
        assert_eq!(sum(&MIXER, &numbers), expected);
        // An update does not reach a snapshot already taken.
        assert_eq!(sum_of_argument(before, &numbers), implementations[0].1);
    }
}
