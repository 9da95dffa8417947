//! What a call costs, by each way to reach an implementation that is chosen at start-up.
//!
//! The work of a call is three instructions, each of which needs the result of the one before. Dependent calls show
//! how long it takes until a result is there, independent ones how many can be made in a time.

use std::hint::black_box;
use std::time::Duration;

use anyhow::Context as _;
use criterion::{BenchmarkId, Criterion, Throughput};
use static_call_paired::{Subject, compare, rounds};

use crate::way::Way;

// Not a library's: the traits are to be an application's own.
#[path = "costs/ways/src/implementations.rs"]
mod implementations;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[path = "costs/ways/src/keys.rs"]
mod keys;
#[path = "costs/ways/src/others.rs"]
mod others;
#[path = "costs/ways/src/ours.rs"]
mod ours;
#[path = "costs/ways/src/way.rs"]
mod way;

const CALLS: u32 = 10_000;
const ROUNDS: usize = 1001;
/// What users have, with which all ways are compared.
const REFERENCE: &str = "`OnceLock<&'static dyn T>`, stateful";

fn main() -> anyhow::Result<()> {
    let mut ways = vec![Way::empty()];
    ways.extend(others::ways()?);
    ways.extend(ours::ways()?);
    let reference = ways.iter().position(|way| way.name == REFERENCE);
    let reference = ways.remove(reference.context("it is one of the ways")?);
    ways.insert(0, reference);
    println!("{}\n", static_call::report());

    compare_all("dependent calls", &ways, Way::dependent);
    compare_all("independent calls", &ways, Way::independent);

    // There are many ways, whose times differ by less from one moment to the next than from each other.
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    time_all("dependent calls", &ways, Way::dependent, &mut criterion);
    time_all("independent calls", &ways, Way::independent, &mut criterion);
    criterion.final_summary();
    Ok(())
}

fn compare_all(title: &str, ways: &[Way], call: fn(&Way, u32) -> u64) {
    let subjects = ways.iter().map(|way| {
        Subject::new(way.name, move || {
            black_box(call(way, black_box(CALLS)));
        })
    });
    compare(title, CALLS, rounds(ROUNDS), subjects.collect());
}

fn time_all(title: &str, ways: &[Way], call: fn(&Way, u32) -> u64, criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(title);
    group.throughput(Throughput::Elements(CALLS.into()));
    for way in ways {
        group.bench_function(BenchmarkId::from_parameter(way.name), |bencher| {
            bencher.iter(|| call(way, black_box(CALLS)));
        });
    }
    group.finish();
}
