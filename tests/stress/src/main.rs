//! Calls and updates static calls for as long as it is told, in ways that may go wrong, and accounts for every call.

mod fork;
mod learning;
mod options;
mod overflow;
mod panics;
mod run;
mod signals;
mod subjects;
mod tally;
mod threads;
mod updates;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use comfy_table::{CellAlignment, Table, presets};
use fastrand::Rng;

use crate::options::{Options, Scenario};
use crate::run::Run;

fn main() -> ExitCode {
    let options = Options::parse();
    if options.overflow {
        subjects::begin(options.seed);
        overflow::overflow(Rng::with_seed(options.seed));
        return ExitCode::FAILURE;
    }

    println!("seed {}", options.seed);
    let mut rows = Vec::new();
    let mut failed = None;
    for scenario in Scenario::value_variants() {
        if !options.include(*scenario) {
            continue;
        }
        let run = Run::new(options.clone());
        let result = run.watch(|run| {
            subjects::begin(options.seed);
            scenario.stress(run)
        });
        if result.is_err() {
            failed = Some(scenario.name());
        }
        rows.push([
            scenario.name(),
            format!("{:.1}", run.seconds()),
            run.calls().to_string(),
            run.updates().to_string(),
            String::from(if result.is_ok() { "all" } else { "no" }),
            result.unwrap_or_default(),
        ]);
        if failed.is_some() {
            break;
        }
    }
    println!("\n{}", table(rows));
    match failed {
        None => ExitCode::SUCCESS,
        Some(scenario) => {
            eprintln!(
                "\n{scenario} failed, as is told above, with --seed {}",
                options.seed
            );
            ExitCode::FAILURE
        }
    }
}

fn table(rows: Vec<[String; 6]>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header([
            "SCENARIO",
            "SECONDS",
            "CALLS",
            "UPDATES",
            "ACCOUNTED FOR",
            "",
        ])
        .add_rows(rows);
    for (column, index) in table.column_iter_mut().zip(0..) {
        column.set_padding((0, 2));
        if (1..=3).contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
