//! The kernels for Advanced SIMD: 16 bytes, or 4 numbers, at a time.
#![allow(unsafe_code)]

use std::arch::aarch64::*;
use std::arch::is_aarch64_feature_detected;

use super::{Kernels, Scalar, require_one_length};

/// Proof that the processor has Advanced SIMD: [`detect`](Self::detect) alone makes one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Neon(());

impl Neon {
    /// Looks whether the processor has what the kernels need.
    pub(crate) fn detect() -> Option<&'static Self> {
        is_aarch64_feature_detected!("neon").then_some(&Self(()))
    }
}

impl Kernels for Neon {
    fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        // SAFETY: the processor has Advanced SIMD, or there were no `Neon`.
        unsafe { dot(a, b) }
    }

    fn count(&self, bytes: &[u8], byte: u8) -> usize {
        // SAFETY: the processor has Advanced SIMD, or there were no `Neon`.
        unsafe { count(bytes, byte) }
    }

    fn name(&self) -> &'static str {
        "neon"
    }
}

/// Sums up in four vectors, so that no multiplication waits for the one before.
#[target_feature(enable = "neon")]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    require_one_length(a, b);
    let (a_vectors, a_rest) = a.as_chunks::<4>();
    let (b_vectors, b_rest) = b.as_chunks::<4>();
    let (a_blocks, a_vectors) = a_vectors.as_chunks::<4>();
    let (b_blocks, b_vectors) = b_vectors.as_chunks::<4>();

    let mut sums = [vdupq_n_f32(0.0); 4];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum = vfmaq_f32(*sum, load(a), load(b));
        }
    }
    for (sum, (a, b)) in sums.iter_mut().zip(a_vectors.iter().zip(b_vectors)) {
        *sum = vfmaq_f32(*sum, load(a), load(b));
    }
    let [first, second, third, fourth] = sums;
    let sum = vaddq_f32(vaddq_f32(first, second), vaddq_f32(third, fourth));
    vaddvq_f32(sum) + Scalar.dot(a_rest, b_rest)
}

#[target_feature(enable = "neon")]
fn load(numbers: &[f32; 4]) -> float32x4_t {
    // SAFETY: the array is what is read, and need not be aligned.
    unsafe { vld1q_f32(numbers.as_ptr()) }
}

/// Counts in each byte of a vector, and adds these bytes up before one of them overflows.
#[target_feature(enable = "neon")]
fn count(bytes: &[u8], byte: u8) -> usize {
    let (vectors, rest) = bytes.as_chunks::<16>();
    let wanted = vdupq_n_u8(byte);
    let mut sum = 0;
    for batch in vectors.chunks(usize::from(u8::MAX)) {
        let mut counts = vdupq_n_u8(0);
        for vector in batch {
            // Equal bytes compare as -1.
            counts = vsubq_u8(counts, vceqq_u8(load_bytes(vector), wanted));
        }
        sum += usize::from(vaddlvq_u8(counts));
    }
    sum + Scalar.count(rest, byte)
}

#[target_feature(enable = "neon")]
fn load_bytes(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the array is what is read, and need not be aligned.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}
