//! The command line.

use anyhow::Context as _;
use clap::{Parser, ValueEnum};

use crate::kernels::Available;

/// Chooses kernels, for a dot product and for counting a byte, by what the processor has; checks them
/// against scalar code on random input, and measures the calls.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The kernels.
    #[arg(long, value_enum, default_value_t = Kernel::Auto)]
    pub(crate) kernel: Kernel,

    /// What the random numbers begin with.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,

    /// Check, and do not measure.
    #[arg(long)]
    pub(crate) check: bool,
}

/// The kernels to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kernel {
    /// The fastest that the processor has.
    Auto,
    /// Plain loops.
    Scalar,
    /// For x86-64 with AVX2 and FMA.
    Avx2,
    /// For x86-64 with AVX-512 F and BW, and POPCNT.
    #[value(name = "avx512")]
    Avx512,
    /// For AArch64 with Advanced SIMD.
    Neon,
}

impl Kernel {
    /// Finds the kernels among the available ones.
    pub(crate) fn among(self, available: &[Available]) -> anyhow::Result<Available> {
        let (name, requirement) = match self {
            Self::Auto => return Ok(*available.last().context("there are no kernels")?),
            Self::Scalar => ("scalar", "nothing"),
            Self::Avx2 => ("avx2", "x86-64 with AVX2 and FMA"),
            Self::Avx512 => ("avx512", "x86-64 with AVX-512 F and BW, and POPCNT"),
            Self::Neon => ("neon", "AArch64 with Advanced SIMD"),
        };
        let mut found = available.iter();
        let found = found.find(|kernels| kernels.as_dyn().name() == name);
        found.copied().with_context(|| {
            format!("this processor lacks what the {name} kernels need: {requirement}")
        })
    }
}
