//! The interface of the kernels, called through static calls, and which of them the processor has.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;

use static_call::{Static, static_dispatch};

#[cfg(target_arch = "aarch64")]
pub(crate) use self::neon::Neon;
pub(crate) use self::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
pub(crate) use self::{avx2::Avx2, avx512::Avx512};

/// Loops worth a version for each kind of processor.
///
/// The kernels of other processors than the common one are not listed with `inline(…)`, since the
/// compiler does not inline what is compiled for more than the caller may use. Their calls go
/// straight to them.
#[static_dispatch(default = Scalar)]
pub(crate) trait Kernels: Sync {
    /// The dot product of two slices, in whatever order is fastest.
    ///
    /// # Panics
    ///
    /// If the slices are not of one length.
    fn dot(&self, a: &[f32], b: &[f32]) -> f32;

    /// How often `byte` occurs.
    fn count(&self, bytes: &[u8], byte: u8) -> usize;

    /// The name of the instructions that are used.
    #[static_dispatch(cold)]
    fn name(&self) -> &'static str;
}

/// The kernels of this process.
pub(crate) const KERNELS: Static<dyn Kernels> = Static::new();

/// Kernels that the processor has.
#[derive(Clone, Copy)]
pub(crate) enum Available {
    Scalar(&'static Scalar),
    #[cfg(target_arch = "x86_64")]
    Avx2(&'static Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(&'static Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon(&'static Neon),
}

impl Available {
    /// Finds out which there are; the fastest come last.
    pub(crate) fn detect() -> Vec<Self> {
        [
            Some(Self::Scalar(&Scalar)),
            #[cfg(target_arch = "x86_64")]
            Avx2::detect().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            Avx512::detect().map(Self::Avx512),
            #[cfg(target_arch = "aarch64")]
            Neon::detect().map(Self::Neon),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The kernels, whichever they are.
    pub(crate) fn as_dyn(self) -> &'static dyn Kernels {
        match self {
            Self::Scalar(kernels) => kernels,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(kernels) => kernels,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(kernels) => kernels,
            #[cfg(target_arch = "aarch64")]
            Self::Neon(kernels) => kernels,
        }
    }
}

/// Refuses slices of which [`Kernels::dot`] cannot make a product.
#[track_caller]
fn require_one_length(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len(), "a dot product takes slices of one length");
}
