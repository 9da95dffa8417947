//! The kernels that every processor has.

use super::{Kernels, require_one_length};

/// Takes one element after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scalar;

impl Kernels for Scalar {
    fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        require_one_length(a, b);
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    fn count(&self, bytes: &[u8], byte: u8) -> usize {
        bytes.iter().filter(|&&other| other == byte).count()
    }

    fn name(&self) -> &'static str {
        "scalar"
    }
}
