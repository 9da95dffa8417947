//! How many calls per second the store takes by static call and through `&dyn Store`.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::HumanCount;

use crate::index::Index;
use crate::store::{STORE, Store};
use crate::table;

/// How often each way is measured.
const ROUNDS: usize = 25;

/// How long a round lasts at least.
const ROUND: Duration = Duration::from_millis(10);

/// What was measured; displays as a table.
pub(crate) struct Comparison {
    rates: [Rates; 2],
}

/// Calls of one method per second.
struct Rates {
    method: &'static str,
    static_call: f64,
    trait_object: f64,
}

/// Measures `get`, for one word of the text after the other, and `len`.
pub(crate) fn compare(index: &Index) -> Result<Comparison> {
    let words: Vec<&str> = index
        .entries()
        .iter()
        .map(|(word, _)| word.as_str())
        .collect();
    let store: &dyn Store = black_box(STORE.current().as_dyn());
    Ok(Comparison {
        rates: [
            rates(
                "get",
                &words,
                |word| STORE.get(word),
                |word| store.get(word),
            )?,
            rates("len", &words, |_| STORE.len(), |_| store.len())?,
        ],
    })
}

/// Measures both ways in turn and takes the median of each.
fn rates<R>(
    method: &'static str,
    words: &[&str],
    static_call: impl Fn(&str) -> Result<R>,
    trait_object: impl Fn(&str) -> Result<R>,
) -> Result<Rates> {
    let mut calls = 1;
    while round(calls, words, &static_call)? < ROUND {
        calls *= 2;
    }
    let mut static_call_rounds = Vec::with_capacity(ROUNDS);
    let mut trait_object_rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        static_call_rounds.push(round(calls, words, &static_call)?);
        trait_object_rounds.push(round(calls, words, &trait_object)?);
    }
    Ok(Rates {
        method,
        static_call: f64::from(calls) / median(static_call_rounds).as_secs_f64(),
        trait_object: f64::from(calls) / median(trait_object_rounds).as_secs_f64(),
    })
}

fn round<R>(calls: u32, words: &[&str], call: impl Fn(&str) -> Result<R>) -> Result<Duration> {
    let start = Instant::now();
    for (_, word) in (0..calls).zip(words.iter().cycle()) {
        black_box(call(black_box(word))?);
    }
    Ok(start.elapsed())
}

fn median(mut rounds: Vec<Duration>) -> Duration {
    rounds.sort_unstable();
    rounds[rounds.len() / 2]
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = [
            "CALLS PER SECOND",
            "STATIC CALL",
            "&DYN STORE",
            "RATIO",
            "TIME OF A CALL",
        ];
        let rows = self.rates.iter().map(|rates| {
            [
                String::from(rates.method),
                HumanCount(rates.static_call as u64).to_string(),
                HumanCount(rates.trait_object as u64).to_string(),
                format!("{:.3}", rates.static_call / rates.trait_object),
                format!("{:.1?}", Duration::from_secs_f64(rates.static_call.recip())),
            ]
        });
        writeln!(formatter, "{}\n", table::plain(header, rows))?;
        write!(
            formatter,
            "Medians of {ROUNDS} rounds each, on the same store in turn. The way a call is dispatched\n\
             takes a nanosecond or two of its time and the store's own work the rest, so the longer a\n\
             call takes, the closer the ratio is to 1.",
        )
    }
}
