//! The kernels for AVX2 and FMA: 32 bytes, or 8 numbers, at a time.
#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::{Kernels, Scalar, require_one_length};

/// Proof that the processor has AVX2 and FMA: [`detect`](Self::detect) alone makes one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// Looks whether the processor, and the system, has what the kernels need.
    pub(crate) fn detect() -> Option<&'static Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(&Self(()))
    }
}

impl Kernels for Avx2 {
    fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        // SAFETY: the processor has AVX2 and FMA, or there were no `Avx2`.
        unsafe { dot(a, b) }
    }

    fn count(&self, bytes: &[u8], byte: u8) -> usize {
        // SAFETY: the processor has AVX2, or there were no `Avx2`.
        unsafe { count(bytes, byte) }
    }

    fn name(&self) -> &'static str {
        "avx2"
    }
}

/// Sums up in four vectors, so that no multiplication waits for the one before.
#[target_feature(enable = "avx2,fma")]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    require_one_length(a, b);
    let (a_vectors, a_rest) = a.as_chunks::<8>();
    let (b_vectors, b_rest) = b.as_chunks::<8>();
    let (a_blocks, a_vectors) = a_vectors.as_chunks::<4>();
    let (b_blocks, b_vectors) = b_vectors.as_chunks::<4>();

    let mut sums = [_mm256_setzero_ps(); 4];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum = _mm256_fmadd_ps(load(a), load(b), *sum);
        }
    }
    for (sum, (a, b)) in sums.iter_mut().zip(a_vectors.iter().zip(b_vectors)) {
        *sum = _mm256_fmadd_ps(load(a), load(b), *sum);
    }
    let [first, second, third, fourth] = sums;
    let sum = _mm256_add_ps(_mm256_add_ps(first, second), _mm256_add_ps(third, fourth));
    horizontal_sum(sum) + Scalar.dot(a_rest, b_rest)
}

#[target_feature(enable = "avx2")]
fn horizontal_sum(eight: __m256) -> f32 {
    let four = _mm_add_ps(
        _mm256_castps256_ps128(eight),
        _mm256_extractf128_ps::<1>(eight),
    );
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
}

#[target_feature(enable = "avx2")]
fn load(numbers: &[f32; 8]) -> __m256 {
    // SAFETY: the array is what is read, and need not be aligned.
    unsafe { _mm256_loadu_ps(numbers.as_ptr()) }
}

/// Counts in each byte of a vector, and adds these bytes up before one of them overflows.
#[target_feature(enable = "avx2")]
fn count(bytes: &[u8], byte: u8) -> usize {
    let (vectors, rest) = bytes.as_chunks::<32>();
    let wanted = _mm256_set1_epi8(byte.cast_signed());
    let zero = _mm256_setzero_si256();
    let mut sums = zero;
    for batch in vectors.chunks(usize::from(u8::MAX)) {
        let mut counts = zero;
        for vector in batch {
            // Equal bytes compare as -1.
            counts = _mm256_sub_epi8(counts, _mm256_cmpeq_epi8(load_bytes(vector), wanted));
        }
        sums = _mm256_add_epi64(sums, _mm256_sad_epu8(counts, zero));
    }
    let two = _mm_add_epi64(
        _mm256_castsi256_si128(sums),
        _mm256_extracti128_si256::<1>(sums),
    );
    let sum = _mm_cvtsi128_si64(two) + _mm_extract_epi64::<1>(two);
    sum.cast_unsigned() as usize + Scalar.count(rest, byte)
}

#[target_feature(enable = "avx2")]
fn load_bytes(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the array is what is read, and need not be aligned.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
