//! How long programs take that have many keys, and do nothing but start and end.

use std::fs;
use std::process::Command;

use anyhow::bail;
use nix::sys::resource::{UsageWho, getrusage};
use static_call_benches_costs::{callgrind, markdown};
use static_call_paired::{Subject, measure};

use crate::Builder;
use crate::image::{self, Size};
use crate::program::Program;
use crate::rows::KEYS;

pub(crate) const ROUNDS: usize = 1001;

/// Names of programs, how many keys they have, and how many methods each of these has.
const PROGRAMS: [(&str, usize, usize); 4] = [
    ("no key", 0, 0),
    ("1,000 keys without methods", 1000, 0),
    ("10,000 keys without methods", 10_000, 0),
    ("1,000 keys of one method", 1000, 1),
];

/// The processor time of the programs that were run so far.
fn processor_seconds() -> anyhow::Result<i64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok((usage.user_time() + usage.system_time()).tv_sec())
}

pub(crate) fn table(builder: &Builder) -> anyhow::Result<String> {
    let mut programs = Vec::new();
    for (name, traits, methods) in PROGRAMS {
        let before = processor_seconds()?;
        let built = builder.build(&Program {
            traits,
            methods,
            ..KEYS
        })?;
        let compiling = processor_seconds()? - before;
        // The next one takes its place.
        let program = builder.directory.path().join(format!("{traits}-{methods}"));
        fs::copy(built, &program)?;
        let [.., relocations]: Size = image::size(&program)?;
        let run = callgrind::run(&program, &[], None)?;
        let [[instructions, ..]] = run.counts[..] else {
            bail!("callgrind counted more than one run");
        };
        programs.push((name, program, [instructions, relocations], compiling));
    }
    let mut subjects: Vec<_> = programs
        .iter()
        .map(|(name, program, ..)| {
            let mut command = Command::new(program);
            Subject::new(name, move || {
                command.status().expect("it was run before");
            })
        })
        .collect();
    let measured = measure(ROUNDS, &mut subjects);
    let rows = programs.iter().zip(measured);
    let rows = rows.map(|((name, _, counts, compiling), measured)| {
        let [instructions, relocations] = counts.map(|count| count.to_string());
        [
            (*name).to_owned(),
            instructions,
            relocations,
            format!("{:.2}", measured.time.as_secs_f64() * 1e3),
            format!("{:.2}", measured.ratio),
            compiling.to_string(),
        ]
    });
    Ok(markdown::table(
        [
            "program",
            "instructions",
            "relocations",
            "ms",
            "ratio",
            "compiling, s",
        ],
        rows,
    ))
}
