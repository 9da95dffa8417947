//! What callers notice of updates: how long calls take while another thread switches the implementation.
//!
//! One thread times each call, and in between two of them the clock itself, which is most of what a call takes here.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use hdrhistogram::Histogram;
use static_call::{Dispatch, Static, static_dispatch};
use static_call_paired::{Comparison, Row, rounds};

const CALLS: usize = 2_000_000;
/// How often the ways take turns.
const TURNS: usize = 10;

macro_rules! implemented {
    ($(#[$option:meta] $name:ident;)*) => {
        $(
            #[$option]
            trait $name: Send + Sync {
                fn mix(&self, x: u64) -> u64;
            }

            impl $name for Add {
                fn mix(&self, x: u64) -> u64 {
                    x.wrapping_add(self.0)
                }
            }

            impl $name for Xor {
                fn mix(&self, x: u64) -> u64 {
                    x ^ 1
                }
            }
        )*
    };
}

struct Add(u64);
struct Xor;

implemented! {
    #[static_dispatch(default = Xor)]
    Mixer;
    #[static_dispatch(default = Xor, out_of_line)]
    Entered;
}

static LOCKED: LazyLock<RwLock<Box<dyn Mixer>>> = LazyLock::new(|| RwLock::new(Box::new(Xor)));
static SWAPPED: LazyLock<ArcSwap<Box<dyn Mixer>>> =
    LazyLock::new(|| ArcSwap::from_pointee(Box::new(Xor)));

struct Way {
    name: &'static str,
    /// Makes so many calls, and notes the nanoseconds of each.
    call: fn(&mut Histogram<u64>, usize),
    switch: fn(usize),
}

fn timed(histogram: &mut Histogram<u64>, calls: usize, call: impl Fn(u64) -> u64) {
    let mut x = 0;
    for _ in 0..calls {
        let start = Instant::now();
        x = black_box(call(black_box(x)));
        let time = start.elapsed().as_nanos();
        histogram.saturating_record(u64::try_from(time).unwrap_or(u64::MAX));
    }
}

fn boxed(turn: usize) -> Box<dyn Mixer> {
    if turn.is_multiple_of(2) {
        Box::new(Xor)
    } else {
        Box::new(Add(1))
    }
}

fn update<D: Dispatch + ?Sized>(implementation: &'static D) {
    let change = static_call::update(implementation).expect("it can be patched");
    assert!(cfg!(feature = "portable") || change.unpatched() == 0);
}

const WAYS: [Way; 5] = [
    Way {
        name: "no call, the clock alone",
        call: |histogram, calls| timed(histogram, calls, |x| x),
        switch: |_| {},
    },
    Way {
        name: "`RwLock`",
        call: |histogram, calls| {
            timed(histogram, calls, |x| {
                LOCKED.read().expect("no writer panicked").mix(x)
            });
        },
        switch: |turn| *LOCKED.write().expect("no reader panicked") = boxed(turn),
    },
    Way {
        name: "`ArcSwap`",
        call: |histogram, calls| timed(histogram, calls, |x| SWAPPED.load().mix(x)),
        switch: |turn| SWAPPED.store(Arc::new(boxed(turn))),
    },
    Way {
        name: "static call",
        call: |histogram, calls| {
            timed(histogram, calls, |x| Static::<dyn Mixer>::new().mix(x));
        },
        switch: |turn| {
            let both: [&'static dyn Mixer; 2] = [&Xor, &Add(1)];
            update(both[turn % 2]);
        },
    },
    Way {
        name: "static call, `out_of_line`",
        call: |histogram, calls| {
            timed(histogram, calls, |x| Static::<dyn Entered>::new().mix(x));
        },
        switch: |turn| {
            let both: [&'static dyn Entered; 2] = [&Xor, &Add(1)];
            update(both[turn % 2]);
        },
    },
];

/// How often the other thread switches.
#[derive(Clone, Copy)]
enum Switches {
    Never,
    EachMillisecond,
    Always,
}

impl Switches {
    fn title(self) -> &'static str {
        match self {
            Self::Never => "no update",
            Self::EachMillisecond => "an update each millisecond",
            Self::Always => "updates without pause",
        }
    }

    fn switch(self, way: &Way, is_done: &AtomicBool) {
        let pause = match self {
            Self::Never => return,
            Self::EachMillisecond => Duration::from_millis(1),
            Self::Always => Duration::ZERO,
        };
        for turn in 0.. {
            if is_done.load(Ordering::Relaxed) {
                break;
            }
            (way.switch)(turn);
            if pause > Duration::ZERO {
                thread::sleep(pause);
            }
        }
    }
}

fn main() {
    let calls = if rounds(CALLS) == CALLS { CALLS } else { 1000 };
    for switches in [Switches::Never, Switches::EachMillisecond, Switches::Always] {
        let mut histograms = WAYS.map(|_| Histogram::new(3).expect("three digits can be had"));
        for _ in 0..TURNS {
            for (way, histogram) in WAYS.iter().zip(&mut histograms) {
                let is_done = AtomicBool::new(false);
                thread::scope(|scope| {
                    scope.spawn(|| switches.switch(way, &is_done));
                    (way.call)(histogram, calls / TURNS);
                    is_done.store(true, Ordering::Relaxed);
                });
            }
        }
        report(switches, &histograms);
    }
}

/// Prints and records how long calls took, at each of some quantiles a comparison of all ways.
fn report(switches: Switches, histograms: &[Histogram<u64>]) {
    for (name, quantile) in [
        ("median", 0.5),
        ("99 %", 0.99),
        ("99.9 %", 0.999),
        ("longest", 1.0),
    ] {
        let times = histograms
            .iter()
            .map(|histogram| histogram.value_at_quantile(quantile) as f64);
        let times: Vec<_> = times.collect();
        let rows = WAYS.iter().zip(&times).map(|(way, time)| {
            let ratio = time / times[0];
            Row {
                name: String::from(way.name),
                nanoseconds: *time,
                ratio,
                quartiles: [ratio, ratio],
            }
        });
        let title = format!("{}, {name}", switches.title());
        Comparison::new(&title, TURNS, rows.collect()).publish();
    }
}
