//! The example `simd`: its command line, and its kernels and their check themselves.

mod support;

#[path = "../simd/check.rs"]
mod check;
#[path = "../simd/kernels/mod.rs"]
mod kernels;

use std::panic;

use assert_cmd::Command;
use fastrand::Rng;
use predicates::prelude::PredicateBooleanExt as _;
use predicates::str::{contains, is_empty, is_match};

use crate::check::check;
use crate::kernels::{Available, KERNELS, Kernels, Scalar};

fn simd(arguments: &[&str]) -> Command {
    let mut command = support::example("simd");
    command.args(arguments);
    command
}

/// The names of the kernels that this processor has.
fn names() -> Vec<&'static str> {
    let available = Available::detect().into_iter();
    available.map(|kernels| kernels.as_dyn().name()).collect()
}

#[test]
fn every_kernel_is_checked_and_the_last_is_chosen() {
    let names = names();
    let mut assert = simd(&["--check"]).assert().success().stderr(is_empty());
    for name in &names {
        assert = assert.stdout(contains(format!(
            "The {name} kernels give the 1605 results that they have to."
        )));
    }
    let last = names.last().unwrap();
    assert
        .stdout(contains("The seed of the input was 1."))
        .stdout(contains(format!("The {last} kernels are in force.")))
        .stdout(is_match(r"(?m)^simd::kernels::Kernels +simd::kernels::.*sealed").unwrap())
        .stdout(contains("GB/s").not());
}

#[test]
fn a_kernel_can_be_named() {
    for name in ["scalar", "avx2", "avx512", "neon"] {
        let assert = simd(&["--check", "--kernel", name]).assert();
        if names().contains(&name) {
            assert
                .success()
                .stdout(contains(format!("The {name} kernels are in force.")));
        } else {
            assert.failure().stdout(is_empty()).stderr(contains(format!(
                "this processor lacks what the {name} kernels need"
            )));
        }
    }
}

#[test]
fn an_unknown_kernel_is_refused() {
    simd(&["--kernel", "mmx"])
        .assert()
        .code(2)
        .stderr(contains("invalid value 'mmx'").and(contains("auto, scalar, avx2, avx512, neon")));
}

#[test]
fn the_calls_of_every_kernel_are_measured() {
    let mut assert = simd(&[]).assert().success();
    for name in names() {
        for method in ["count", "dot"] {
            let row = format!(r"(?m)^ *{method} +{name} +1024( +[0-9]+\.[0-9]+){{5}}$");
            assert = assert.stdout(is_match(row.as_str()).unwrap());
        }
    }
}

#[test]
fn another_seed_gives_other_input() {
    simd(&["--check", "--seed", "20"])
        .assert()
        .success()
        .stdout(contains("The seed of the input was 20."));
    simd(&["--seed", "one"])
        .assert()
        .code(2)
        .stderr(contains("--seed"));
}

#[test]
fn every_kernel_passes_with_many_seeds() {
    for kernels in Available::detect() {
        static_call::update::<dyn Kernels>(kernels.as_dyn()).unwrap();
        for seed in 0..20 {
            check(&KERNELS, &mut Rng::with_seed(seed)).unwrap();
        }
    }
}

#[test]
fn slices_may_be_empty() {
    for kernels in Available::detect() {
        let kernels = kernels.as_dyn();
        assert_eq!(kernels.count(&[], 0), 0, "{}", kernels.name());
        assert_eq!(kernels.dot(&[], &[]), 0.0, "{}", kernels.name());
    }
}

#[test]
fn slices_of_different_lengths_are_refused() {
    for kernels in Available::detect() {
        let panic = panic::catch_unwind(|| kernels.as_dyn().dot(&[1.0; 100], &[1.0; 99]));
        let message = panic.unwrap_err().downcast::<String>().unwrap();
        assert!(message.contains("slices of one length"), "{message}");
    }
}

/// Kernels that leave the last element out.
struct OneLess;

impl Kernels for OneLess {
    fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        let all = a.len().saturating_sub(1);
        Scalar.dot(&a[..all], &b[..all])
    }

    fn count(&self, bytes: &[u8], byte: u8) -> usize {
        Scalar.count(&bytes[..bytes.len().saturating_sub(1)], byte)
    }

    fn name(&self) -> &'static str {
        "one less"
    }
}

/// Kernels that count in a byte, as those for vectors would without their batches.
struct Overflowing;

impl Kernels for Overflowing {
    fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        Scalar.dot(a, b)
    }

    fn count(&self, bytes: &[u8], byte: u8) -> usize {
        Scalar.count(bytes, byte) % 256
    }

    fn name(&self) -> &'static str {
        "overflowing"
    }
}

/// Kernels whose products are not a number.
struct NotANumber;

impl Kernels for NotANumber {
    fn dot(&self, _: &[f32], _: &[f32]) -> f32 {
        f32::NAN
    }

    fn count(&self, bytes: &[u8], byte: u8) -> usize {
        Scalar.count(bytes, byte)
    }

    fn name(&self) -> &'static str {
        "not a number"
    }
}

#[test]
fn wrong_kernels_are_found_out() {
    for seed in 0..20 {
        let rng = || Rng::with_seed(seed);
        let error = check(&OneLess, &mut rng()).unwrap_err().to_string();
        assert!(error.contains("among 1 bytes, counted as 0"), "{error}");
        let error = check(&Overflowing, &mut rng()).unwrap_err().to_string();
        assert!(
            error.contains("occurs 256 times among 256 bytes"),
            "{error}"
        );
        let error = check(&NotANumber, &mut rng()).unwrap_err().to_string();
        assert!(error.contains("computed as NaN"), "{error}");
    }
}
