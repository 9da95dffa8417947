//! Chooses kernels, for a dot product and for counting a byte, by what the processor has; checks them
//! against scalar code on random input, and measures the calls.

mod check;
mod kernels;
mod measure;
mod options;
#[path = "../backends/table.rs"]
mod table;

use std::io::{self, Write};

use anyhow::Context as _;
use clap::Parser as _;
use fastrand::Rng;

use crate::kernels::{Available, KERNELS, Kernels};
use crate::options::Options;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    run(&options, &mut io::stdout().lock())
}

fn run(options: &Options, output: &mut impl Write) -> anyhow::Result<()> {
    let available = Available::detect();
    let chosen = options.kernel.among(&available)?;
    let mut rng = Rng::with_seed(options.seed);

    for kernels in &available {
        static_call::update::<dyn Kernels>(kernels.as_dyn())?;
        let compared = check::check(&KERNELS, &mut rng)
            .with_context(|| format!("the {} kernels are wrong", KERNELS.name()))?;
        writeln!(
            output,
            "The {} kernels give the {compared} results that they have to.",
            KERNELS.name(),
        )?;
    }
    writeln!(output, "The seed of the input was {}.\n", options.seed)?;

    if !options.check {
        writeln!(output, "{}\n", measure::compare(&available, &mut rng)?)?;
    }

    static_call::update::<dyn Kernels>(chosen.as_dyn())?;
    static_call::seal::<dyn Kernels>();
    writeln!(output, "The {} kernels are in force.\n", KERNELS.name())?;
    writeln!(output, "{}", static_call::report())?;
    Ok(())
}
