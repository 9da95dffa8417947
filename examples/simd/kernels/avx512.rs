//! The kernels for AVX-512: 64 bytes, or 16 numbers, at a time, and the rest under a mask.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{Kernels, require_one_length};

/// Proof that the processor has AVX-512 (F and BW) and POPCNT: [`detect`](Self::detect) alone makes
/// one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// Looks whether the processor, and the system, has what the kernels need.
    pub(crate) fn detect() -> Option<&'static Self> {
        let detected = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("popcnt");
        detected.then_some(&Self(()))
    }
}

impl Kernels for Avx512 {
    fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        // SAFETY: the processor has AVX-512 F, or there were no `Avx512`.
        unsafe { dot(a, b) }
    }

    fn count(&self, bytes: &[u8], byte: u8) -> usize {
        // SAFETY: the processor has AVX-512 F and BW and POPCNT, or there were no `Avx512`.
        unsafe { count(bytes, byte) }
    }

    fn name(&self) -> &'static str {
        "avx512"
    }
}

/// Sums up in four vectors, so that no multiplication waits for the one before.
#[target_feature(enable = "avx512f")]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    require_one_length(a, b);
    let (a_vectors, a_rest) = a.as_chunks::<16>();
    let (b_vectors, b_rest) = b.as_chunks::<16>();
    let (a_blocks, a_vectors) = a_vectors.as_chunks::<4>();
    let (b_blocks, b_vectors) = b_vectors.as_chunks::<4>();

    let mut sums = [_mm512_setzero_ps(); 4];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum = _mm512_fmadd_ps(load(a), load(b), *sum);
        }
    }
    for (sum, (a, b)) in sums.iter_mut().zip(a_vectors.iter().zip(b_vectors)) {
        *sum = _mm512_fmadd_ps(load(a), load(b), *sum);
    }
    let [first, second, third, fourth] = sums;
    let fourth = _mm512_fmadd_ps(load_rest(a_rest), load_rest(b_rest), fourth);
    let sum = _mm512_add_ps(_mm512_add_ps(first, second), _mm512_add_ps(third, fourth));
    _mm512_reduce_add_ps(sum)
}

#[target_feature(enable = "avx512f")]
fn load(numbers: &[f32; 16]) -> __m512 {
    // SAFETY: the array is what is read, and need not be aligned.
    unsafe { _mm512_loadu_ps(numbers.as_ptr()) }
}

/// Loads fewer than 16 numbers, and zeros for the others.
#[target_feature(enable = "avx512f")]
fn load_rest(numbers: &[f32]) -> __m512 {
    let mask = !(u16::MAX << numbers.len());
    // SAFETY: the mask has a bit for each number of the slice and no other; nothing else is read
    // (Intel SDM, volume 1, 15.6.4), and the numbers need not be aligned.
    unsafe { _mm512_maskz_loadu_ps(mask, numbers.as_ptr()) }
}

#[target_feature(enable = "avx512f,avx512bw,popcnt")]
fn count(bytes: &[u8], byte: u8) -> usize {
    let (vectors, rest) = bytes.as_chunks::<64>();
    let wanted = _mm512_set1_epi8(byte.cast_signed());
    let mut count = 0;
    for vector in vectors {
        let equal = _mm512_cmpeq_epi8_mask(load_bytes(vector), wanted);
        count += equal.count_ones() as usize;
    }
    let mask = !(u64::MAX << rest.len());
    let equal = _mm512_mask_cmpeq_epi8_mask(mask, load_rest_of_bytes(mask, rest), wanted);
    count + equal.count_ones() as usize
}

#[target_feature(enable = "avx512f")]
fn load_bytes(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the array is what is read, and need not be aligned.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Loads fewer than 64 bytes, and zeros for the others.
#[target_feature(enable = "avx512f,avx512bw")]
fn load_rest_of_bytes(mask: __mmask64, bytes: &[u8]) -> __m512i {
    // SAFETY: as for `load_rest`.
    unsafe { _mm512_maskz_loadu_epi8(mask, bytes.as_ptr().cast()) }
}
