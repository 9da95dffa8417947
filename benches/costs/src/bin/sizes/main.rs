//! Takes the sizes of what the attribute makes, and the time that programs with many keys take to start, and writes
//! `SIZES.md`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use static_call_benches_costs::build::{self, DIRECTORY, compiler};
use static_call_benches_costs::markdown;
use tempfile::TempDir;

use crate::image::{KINDS, Size};
use crate::program::Program;
use crate::rows::Row;

mod image;
mod program;
mod rows;
mod start;

/// Builds programs.
struct Builder {
    directory: TempDir,
    sizes: HashMap<Program, Size>,
}

impl Builder {
    /// Builds a program. The next one takes its place.
    fn build(&self, program: &Program) -> anyhow::Result<PathBuf> {
        let source = tempfile::Builder::new()
            .suffix(".rs")
            .tempfile_in(&self.directory)?;
        fs::write(&source, program.source())?;
        let path = source.path().to_str().context("a path that is no text")?;
        build::build("static-call-benches-sized", &[], &[("SIZED", path)])
    }

    /// The size of a program, which is built once.
    fn size(&mut self, program: Program) -> anyhow::Result<Size> {
        if let Some(size) = self.sizes.get(&program) {
            return Ok(*size);
        }
        let size = image::size(&self.build(&program)?)?;
        self.sizes.insert(program, size);
        Ok(size)
    }

    /// The sizes of what each row is about, from programs that hold `count` of it, and twice as many.
    fn table(&mut self, title: &str, rows: &[Row], count: usize) -> anyhow::Result<String> {
        let rows = rows.iter().map(|row| {
            let mut sum = Size::default();
            for (sign, of) in &row.terms {
                let more = self.size(of(2 * count))?;
                let less = self.size(of(count))?;
                for (kind, sum) in sum.iter_mut().enumerate() {
                    *sum += sign * (more[kind] - less[kind]);
                }
            }
            let [a, b, c, d] = sum.map(|sum| {
                // Zero has no sign.
                let each = (sum as f64 / count as f64).round() + 0.0;
                each.to_string()
            });
            Ok([row.name.to_owned(), a, b, c, d])
        });
        let rows: Vec<_> = rows.collect::<anyhow::Result<_>>()?;
        let [a, b, c, d] = KINDS;
        Ok(markdown::table([title, a, b, c, d], rows))
    }
}

/// How many traits, implementations and calls the smaller of two programs has.
const TRAITS: usize = 100;
const IMPLEMENTATIONS: usize = 200;
const CALLS: usize = 1000;

fn main() -> anyhow::Result<()> {
    ensure!(
        cfg!(all(target_arch = "x86_64", target_os = "linux")),
        "the sizes are for x86-64 Linux"
    );
    let mut builder = Builder {
        directory: tempfile::tempdir()?,
        sizes: HashMap::new(),
    };
    let compiler = compiler()?;
    let traits = builder.table("a trait", &rows::traits(), TRAITS)?;
    let implementations = builder.table(
        "an implementation",
        &rows::implementations(),
        IMPLEMENTATIONS,
    )?;
    let calls = builder.table("a call", &rows::calls(), CALLS)?;
    let start = start::table(&builder)?;
    let text = format!(
        "# How large programs become, and how long they take to start\n\
        \n\
        Written by `ci/sizes`, from programs that hold {TRAITS} and {twice_traits} traits, {IMPLEMENTATIONS} and\n\
        {twice_implementations} implementations, or {CALLS} and {twice_calls} calls. Compiled for x86-64 by\n\
        {compiler} as for a release.\n\
        \n\
        Each figure is what one more takes, in bytes and in relocations at start-up, which are 24 bytes each in\n\
        the file. Read-only data hold the tables for unwinding, and writable data what is read-only after\n\
        relocation.\n\
        \n\
        ## Traits and implementations\n\
        \n\
        What they take more than without the attribute. The first method brings with it what is compiled for\n\
        each trait that is called. A method of a stateful implementation has a thunk.\n\
        \n\
        {traits}\n\
        \n\
        {implementations}\n\
        \n\
        ## Calls\n\
        \n\
        With their arguments, and with the bodies of what is listed, which are three instructions and as many\n\
        to find their state. There are {each} calls in each function, and other calls between them.\n\
        \n\
        {calls}\n\
        \n\
        ## Starting\n\
        \n\
        Programs that start and end: instructions counted by callgrind, and the median of their times in {rounds}\n\
        rounds taken in turn, with the median of the ratios to the first. Compiling takes so many seconds of one\n\
        processor.\n\
        \n\
        {start}\n",
        twice_traits = 2 * TRAITS,
        twice_implementations = 2 * IMPLEMENTATIONS,
        twice_calls = 2 * CALLS,
        each = program::CALLS_OF_FUNCTION,
        rounds = start::ROUNDS,
    );
    fs::write(Path::new(DIRECTORY).join("SIZES.md"), text)?;
    Ok(())
}
