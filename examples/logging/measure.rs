//! What a statement costs that logs nothing, by this facade and by the crate `log`.

use std::fmt;
use std::hint::black_box;

use log::LevelFilter;
use static_call_paired::{Measured, Subject, measure};

use crate::facade::{self, Filter, StderrLogger};
use crate::table;

/// How often each way is measured.
const ROUNDS: usize = 1001;

/// How many statements there are in a loop.
const STATEMENTS: u32 = 8;

/// How often the loop is run at a time.
const LOOPS: u32 = 2_000;

/// What was measured; displays as a table.
pub(crate) struct Comparison {
    rows: Vec<Row>,
}

struct Row {
    statement: &'static str,
    state: &'static str,
    log: Measured,
    static_call: Measured,
    nothing: Measured,
}

/// Measures with everything off, and then with a logger in force that admits records from `info` on.
pub(crate) fn compare() -> anyhow::Result<Comparison> {
    log::set_max_level(LevelFilter::Off);
    let mut rows = rows("off");

    let filter: Filter = "info".parse()?;
    let least = filter.least();
    facade::choose(Box::leak(Box::new(StderrLogger::new(filter))), least)?;
    log::set_max_level(LevelFilter::Info);
    rows.extend(self::rows("only info on"));
    Ok(Comparison { rows })
}

/// The same statement as often as [`STATEMENTS`] says, each with code of its own.
macro_rules! repeated {
    ($($statement:tt)+) => {
        $($statement)+
        $($statement)+
        $($statement)+
        $($statement)+
        $($statement)+
        $($statement)+
        $($statement)+
        $($statement)+
    };
}

fn rows(state: &'static str) -> Vec<Row> {
    let numbers = black_box([3, 1, 4, 1, 5, 9, 2, 6_u64]);
    vec![
        row(
            "constant message",
            state,
            |_| {
                repeated! { log::debug!("nothing new"); }
            },
            |_| {
                repeated! { debug!("nothing new"); }
            },
        ),
        row(
            "formatted number",
            state,
            |x| {
                repeated! { log::debug!("number {x}"); }
            },
            |x| {
                repeated! { debug!("number {x}"); }
            },
        ),
        row(
            "computed values",
            state,
            |x| {
                repeated! {
                    log::debug!("values {} {}", x * 3 + 1, numbers.iter().sum::<u64>());
                }
            },
            |x| {
                repeated! {
                    debug!("values"; x = x * 3 + 1, sum = numbers.iter().sum::<u64>());
                }
            },
        ),
    ]
}

fn row(
    statement: &'static str,
    state: &'static str,
    log: impl Fn(u32),
    static_call: impl Fn(u32),
) -> Row {
    let measured = measure(
        ROUNDS,
        &mut [
            Subject::new("log", || (0..LOOPS).for_each(|x| log(black_box(x)))),
            Subject::new("static call", || {
                (0..LOOPS).for_each(|x| static_call(black_box(x)));
            }),
            Subject::new("nothing", || {
                (0..LOOPS).for_each(|x| {
                    black_box(x);
                });
            }),
        ],
    );
    Row {
        statement,
        state,
        log: measured[0],
        static_call: measured[1],
        nothing: measured[2],
    }
}

/// The time of a statement.
fn nanoseconds(measured: Measured) -> String {
    format!(
        "{:.3}",
        measured.time.as_secs_f64() * 1e9 / f64::from(LOOPS * STATEMENTS)
    )
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = [
            "STATEMENT",
            "STATE",
            "LOG ns",
            "STATIC CALL ns",
            "TO LOG",
            "EMPTY LOOP ns",
        ];
        let rows = self.rows.iter().map(|row| {
            [
                String::from(row.statement),
                String::from(row.state),
                nanoseconds(row.log),
                nanoseconds(row.static_call),
                format!("{:.3}", row.static_call.ratio),
                nanoseconds(row.nothing),
            ]
        });
        writeln!(formatter, "{}\n", table::plain(header, rows))?;
        write!(
            formatter,
            "Medians of {ROUNDS} rounds, taken in turn, of loops with {STATEMENTS} statements each. The \
             empty loop is\npart of all times.",
        )
    }
}
