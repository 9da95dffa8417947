//! Whether kernels give the results of the scalar ones, on random input.
//!
//! Counts must be equal. So must dot products of small whole numbers: they and all their partial sums
//! are whole numbers below 2²⁴, which an `f32` holds exactly, so no order of summation rounds.
//!
//! Of other numbers, each order of summation rounds differently. With `n` summands, a result differs
//! from the exact one by at most `γ × Σ|a × b|`, where `γ = n·u / (1 - n·u)` and `u` is half of
//! `f32::EPSILON` (N. Higham, *Accuracy and Stability of Numerical Algorithms*, section 3.1). Two
//! results may be twice that apart. To compare with the result itself would be wrong: where the
//! summands cancel out, it is as small as one likes, and the errors are not.

use std::iter;

use anyhow::ensure;
use fastrand::Rng;

use crate::kernels::{Kernels, Scalar};

/// Every length up to this one is tried: the kernels take blocks of up to 64 elements.
const EVERY_LENGTH: usize = 300;

/// Some lengths up to this one are tried: the kernels count in bytes, in batches of a few thousand.
const LONGEST: usize = 30_000;
const LONG_LENGTHS: usize = 20;

/// Slices begin at any of so many places, so as to be aligned in every way.
const PLACES: usize = 64;

/// Compares `kernels` with the scalar ones; the answer is how many results were compared.
pub(crate) fn check(kernels: &impl Kernels, rng: &mut Rng) -> anyhow::Result<u64> {
    let long = iter::repeat_with(|| rng.usize(..=LONGEST)).take(LONG_LENGTHS);
    let lengths: Vec<_> = (0..=EVERY_LENGTH).chain(long).collect();
    let mut compared = 0;
    for length in lengths {
        for alphabet in [1, 2, 255] {
            check_count(kernels, length, alphabet, rng)?;
            compared += 1;
        }
        check_exact_dot(kernels, length, rng)?;
        check_dot(kernels, length, rng)?;
        compared += 2;
    }
    Ok(compared)
}

fn check_count(
    kernels: &impl Kernels,
    length: usize,
    alphabet: u8,
    rng: &mut Rng,
) -> anyhow::Result<()> {
    let first = rng.u8(..);
    let place = rng.usize(..PLACES);
    // The bytes around the slice are counted by kernels that go too far.
    let bytes = random(place + length + PLACES, || {
        first.wrapping_add(rng.u8(..alphabet))
    });
    let bytes = &bytes[place..][..length];
    let (result, expected) = (kernels.count(bytes, first), Scalar.count(bytes, first));
    ensure!(
        result == expected,
        "byte {first} occurs {expected} times among {length} bytes, counted as {result}",
    );
    Ok(())
}

fn check_exact_dot(kernels: &impl Kernels, length: usize, rng: &mut Rng) -> anyhow::Result<()> {
    let (a, b) = (rng.usize(..PLACES), rng.usize(..PLACES));
    let [a_numbers, b_numbers] =
        [a, b].map(|place| random(place + length + PLACES, || f32::from(rng.i8(-8..=8))));
    let (a, b) = (&a_numbers[a..][..length], &b_numbers[b..][..length]);
    let (result, expected) = (kernels.dot(a, b), Scalar.dot(a, b));
    ensure!(
        result == expected,
        "the dot product of {length} whole numbers is {expected}, computed as {result}",
    );
    Ok(())
}

fn check_dot(kernels: &impl Kernels, length: usize, rng: &mut Rng) -> anyhow::Result<()> {
    let (a, b) = (rng.usize(..PLACES), rng.usize(..PLACES));
    let [a_numbers, b_numbers] =
        [a, b].map(|place| random(place + length + PLACES, || rng.f32() * 2.0 - 1.0));
    let (a, b) = (&a_numbers[a..][..length], &b_numbers[b..][..length]);
    let (result, expected) = (kernels.dot(a, b), Scalar.dot(a, b));

    let magnitudes = a
        .iter()
        .zip(b)
        .map(|(&a, &b)| (f64::from(a) * f64::from(b)).abs());
    let roundings = length as f64 * f64::from(f32::EPSILON) / 2.0;
    let tolerance = 2.0 * roundings / (1.0 - roundings) * magnitudes.sum::<f64>();
    ensure!(
        f64::from((result - expected).abs()) <= tolerance,
        "the dot product of {length} numbers is {expected}, computed as {result}, and {tolerance} is \
         the most that rounding explains",
    );
    Ok(())
}

fn random<T>(length: usize, next: impl FnMut() -> T) -> Vec<T> {
    iter::repeat_with(next).take(length).collect()
}
