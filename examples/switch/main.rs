//! Switches the implementation of a trait back and forth while threads call it, and counts what
//! each thread saw.

mod tariff;

use std::io::{self, Write as _};
use std::iter::Sum;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use indicatif::HumanCount;

use crate::tariff::{Day, Night, TARIFF, Tariff};

/// Switches the implementation of a trait back and forth while threads call it, and counts what
/// each thread saw.
#[derive(Debug, Parser)]
struct Options {
    /// How long to go on.
    #[arg(long, value_name = "NUMBER", default_value = "1000")]
    milliseconds: u64,

    /// How many threads call.
    #[arg(long, value_name = "NUMBER", default_value = "4")]
    threads: NonZero<usize>,
}

/// How many calls each implementation answered.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    day: u64,
    night: u64,
    neither: u64,
}

impl Sum for Seen {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |total, part| Self {
            day: total.day + part.day,
            night: total.night + part.night,
            neither: total.neither + part.neither,
        })
    }
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let day: &'static Day = Box::leak(Box::new(Day::new(3)));
    let night: &'static Night = Box::leak(Box::new(Night::new(5, 4)));

    static_call::update::<dyn Tariff>(day)?;
    let stop = AtomicBool::new(false);
    let (updates, seen) = thread::scope(|scope| {
        let callers: Vec<_> = (0..options.threads.get())
            .map(|_| scope.spawn(|| call(&stop, day, night)))
            .collect();
        let updates = switch(Duration::from_millis(options.milliseconds), day, night);
        stop.store(true, Ordering::Relaxed);
        let seen: Vec<_> = callers
            .into_iter()
            .map(|caller| caller.join().expect("a caller does not panic"))
            .collect();
        (updates, seen)
    });
    let updates = updates?;

    let total: Seen = seen.iter().copied().sum();
    let mut output = io::stdout().lock();
    writeln!(output, "{}\n", table(&seen, total))?;
    writeln!(
        output,
        "{} updates while {} threads called. The implementations were called {} and {} times.",
        HumanCount(updates),
        seen.len(),
        HumanCount(day.asked()),
        HumanCount(night.asked()),
    )?;

    ensure!(
        total.neither == 0,
        "{} calls were answered by neither implementation",
        total.neither,
    );
    ensure!(
        (total.day, total.night) == (day.asked(), night.asked()),
        "the threads and the implementations counted differently",
    );
    Ok(())
}

/// Puts either implementation in force in turn, and counts the updates.
fn switch(duration: Duration, day: &'static Day, night: &'static Night) -> anyhow::Result<u64> {
    let start = Instant::now();
    let mut updates = 0;
    while start.elapsed() < duration {
        static_call::update::<dyn Tariff>(night)?;
        static_call::update::<dyn Tariff>(day)?;
        updates += 2;
    }
    Ok(updates)
}

/// Calls until told to stop, and counts who answered.
fn call(stop: &AtomicBool, day: &Day, night: &Night) -> Seen {
    let mut seen = Seen::default();
    for kilometres in (1..=100).cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let price = TARIFF.price(kilometres);
        if price == day.expected(kilometres) {
            seen.day += 1;
        } else if price == night.expected(kilometres) {
            seen.night += 1;
        } else {
            seen.neither += 1;
        }
    }
    seen
}

fn table(seen: &[Seen], total: Seen) -> String {
    let row = |name: String, seen: Seen| {
        [
            name,
            HumanCount(seen.day).to_string(),
            HumanCount(seen.night).to_string(),
            HumanCount(seen.neither).to_string(),
        ]
    };
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(["THREAD", "DAY", "NIGHT", "NEITHER"]);
    for (number, part) in (1..).zip(seen) {
        table.add_row(row(format!("{number}"), *part));
    }
    table.add_row(row(String::from("all"), total));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}
