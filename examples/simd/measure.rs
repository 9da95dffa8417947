//! How fast the kernels are when called directly, by static call, and through `&dyn Kernels`.

use std::fmt;
use std::hint::black_box;
use std::iter;
use std::time::{Duration, Instant};

use fastrand::Rng;
use static_call_paired::{Measured, Subject, measure};

use crate::kernels::{Available, KERNELS, Kernels};
use crate::table;

/// How often each way is measured.
const ROUNDS: usize = 201;

/// How long a way is measured at a time, at least.
const BATCH: Duration = Duration::from_micros(50);

/// How many bytes a call reads: from where the call counts to where only the kernel does.
const SIZES: [usize; 3] = [64, 1024, 16 * 1024];

/// What was measured; displays as a table.
pub(crate) struct Comparison {
    rows: Vec<Row>,
}

struct Row {
    kernels: &'static str,
    method: &'static str,
    /// How many bytes a call reads.
    size: usize,
    /// How many calls were timed together.
    calls: u32,
    direct: Measured,
    static_call: Measured,
    trait_object: Measured,
}

/// Measures all of these kernels. Each of them is in force in its turn, and the last one stays so.
pub(crate) fn compare(available: &[Available], rng: &mut Rng) -> anyhow::Result<Comparison> {
    let mut rows = Vec::new();
    for kernels in available {
        static_call::update::<dyn Kernels>(kernels.as_dyn())?;
        for size in SIZES {
            rows.extend(match *kernels {
                Available::Scalar(kernels) => compare_one(kernels, size, rng),
                #[cfg(target_arch = "x86_64")]
                Available::Avx2(kernels) => compare_one(kernels, size, rng),
                #[cfg(target_arch = "x86_64")]
                Available::Avx512(kernels) => compare_one(kernels, size, rng),
                #[cfg(target_arch = "aarch64")]
                Available::Neon(kernels) => compare_one(kernels, size, rng),
            });
        }
    }
    rows.sort_by_key(|row| row.method);
    Ok(Comparison { rows })
}

/// Measures both methods of the kernels that are in force.
fn compare_one<K: Kernels>(kernels: &'static K, size: usize, rng: &mut Rng) -> [Row; 2] {
    let trait_object: &dyn Kernels = black_box(kernels);

    let bytes: Vec<_> = iter::repeat_with(|| rng.u8(..)).take(size).collect();
    let count = row(
        kernels,
        "count",
        size,
        || kernels.count(black_box(&bytes), black_box(0)),
        || KERNELS.count(black_box(&bytes), black_box(0)),
        || trait_object.count(black_box(&bytes), black_box(0)),
    );

    let [a, b]: [Vec<_>; 2] =
        [(); 2].map(|()| iter::repeat_with(|| rng.f32()).take(size / 8).collect());
    let dot = row(
        kernels,
        "dot",
        size,
        || kernels.dot(black_box(&a), black_box(&b)),
        || KERNELS.dot(black_box(&a), black_box(&b)),
        || trait_object.dot(black_box(&a), black_box(&b)),
    );
    [count, dot]
}

fn row<R>(
    kernels: &impl Kernels,
    method: &'static str,
    size: usize,
    direct: impl Fn() -> R,
    static_call: impl Fn() -> R,
    trait_object: impl Fn() -> R,
) -> Row {
    let calls = calls_in_a_batch(&direct);
    let measured = measure(
        ROUNDS,
        &mut [
            Subject::new("direct", || repeat(calls, &direct)),
            Subject::new("static call", || repeat(calls, &static_call)),
            Subject::new("trait object", || repeat(calls, &trait_object)),
        ],
    );
    Row {
        kernels: kernels.name(),
        method,
        size,
        calls,
        direct: measured[0],
        static_call: measured[1],
        trait_object: measured[2],
    }
}

fn repeat<R>(calls: u32, call: impl Fn() -> R) {
    (0..calls).for_each(|_| drop(black_box(call())));
}

/// How many calls take as long as a batch has to.
fn calls_in_a_batch<R>(call: impl Fn() -> R) -> u32 {
    let mut calls = 1;
    loop {
        let start = Instant::now();
        repeat(calls, &call);
        if start.elapsed() >= BATCH {
            return calls;
        }
        calls *= 2;
    }
}

impl Row {
    fn gigabytes_per_second(&self, measured: Measured) -> String {
        let bytes = self.size as f64 * f64::from(self.calls);
        format!("{:.2}", bytes / measured.time.as_secs_f64() / 1e9)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = [
            "CALLS",
            "KERNELS",
            "BYTES",
            "DIRECT GB/s",
            "STATIC GB/s",
            "&DYN GB/s",
            "TIME, STATIC TO DIRECT",
            "&DYN TO DIRECT",
        ];
        let rows = self.rows.iter().map(|row| {
            [
                String::from(row.method),
                String::from(row.kernels),
                row.size.to_string(),
                row.gigabytes_per_second(row.direct),
                row.gigabytes_per_second(row.static_call),
                row.gigabytes_per_second(row.trait_object),
                format!("{:.3}", row.static_call.ratio),
                format!("{:.3}", row.trait_object.ratio),
            ]
        });
        writeln!(formatter, "{}\n", table::plain(header, rows))?;
        write!(
            formatter,
            "Medians of {ROUNDS} rounds, taken in turn. A call reads that many bytes; the fewer they \
             are, the more\nthe way the kernel is called counts.",
        )
    }
}
