//! Compares programs that were built twice: as published, and with the changes of `patches`.
//!
//! Programs run as child processes, new ones in each round, so that no layout of memory is measured for long. Each
//! serves batches when it is told to, the first of which is not timed, and answers with a digest of what came out,
//! which must be the same.

mod served;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use static_call_paired::{Subject, measure};

use crate::served::Served;

const PROGRAMS: [&str; 3] = ["documents", "emulator", "maps"];
const ROUNDS: usize = 151;

/// Compares programs that were built twice.
#[derive(Debug, Parser)]
struct Options {
    /// Where the programs are as published.
    published: PathBuf,

    /// Where they are with the changes.
    changed: PathBuf,

    /// Run one round, to see that all work.
    #[arg(long)]
    test: bool,
}

fn main() {
    let options = Options::parse();
    let rounds = if options.test { 1 } else { ROUNDS };
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header([
        "program",
        "ms per batch",
        "published again",
        "changed",
        "quartiles",
    ]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for program in PROGRAMS {
        let published = options.published.join(program);
        let changed = options.changed.join(program);
        let digest = check(&published, &changed);
        let measured = measure(
            rounds,
            &mut [
                subject("published", &published, &digest),
                subject("published again", &published, &digest),
                subject("changed", &changed, &digest),
            ],
        );
        let [low, high] = measured[2].quartiles;
        table.add_row([
            program.to_owned(),
            format!("{:.1}", measured[0].time.as_secs_f64() * 1e3),
            format!("{:.3}", measured[1].ratio),
            format!("{:.3}", measured[2].ratio),
            format!("{low:.3} to {high:.3}"),
        ]);
    }
    println!("Times to those of the program as published, medians of {rounds} rounds");
    println!("{table}");
}

/// Checks that both do the same, and that one of them does so by calls that were patched; returns the digest.
fn check(published: &Path, changed: &Path) -> String {
    let [mut published, mut changed] = [published, changed].map(Served::start);
    let digest = published.batch();
    assert_eq!(changed.batch(), digest, "the results differ");
    assert_eq!(published.finish(), "");
    let report = changed.finish();
    let calls = ["guarded", "bypassed", "inline"];
    assert!(
        calls.iter().any(|call| report.contains(call)),
        "no call was changed: {report}"
    );
    digest
}

/// A batch of a new process, which has run one before.
fn subject<'code>(name: &'static str, program: &'code Path, digest: &'code str) -> Subject<'code> {
    let batch = move |served: &mut Served| {
        assert_eq!(served.batch(), digest, "{}", program.display());
    };
    let current = Rc::new(RefCell::new(None));
    let next = Rc::clone(&current);
    Subject::new(name, move || {
        batch(current.borrow_mut().as_mut().expect("it was prepared"));
    })
    .after(move || {
        let mut served = Served::start(program);
        batch(&mut served);
        next.replace(Some(served));
    })
}
