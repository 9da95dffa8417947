//! What a call costs, by each way to reach an implementation that is chosen at start-up.

use std::hint::black_box;
use std::sync::OnceLock;

use criterion::{BenchmarkId, Criterion, Throughput};
use enum_dispatch::enum_dispatch;
use static_call::{Static, static_dispatch};
use static_call_paired::{Subject, compare};

const CALLS: u32 = 20_000;
const ROUNDS: usize = 2001;

/// The work of one call: three dependent instructions.
fn scramble(seed: u64, x: u64) -> u64 {
    (x ^ seed)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}

const SEED: u64 = 0x5851_f42d_4c95_7f2d;

struct Unit;
struct Stateful {
    seed: u64,
}

/// Its implementations are listed, one of them as the default.
#[static_dispatch(default = Unit, inline(Stateful))]
trait Mixer: Sync {
    fn mix(&self, x: u64) -> u64;
    /// What the portable form does for every method.
    #[static_dispatch(cold)]
    fn mix_by_truth(&self, x: u64) -> u64 {
        Mixer::mix(self, x)
    }
}

impl Mixer for Unit {
    fn mix(&self, x: u64) -> u64 {
        scramble(SEED, x)
    }
    fn mix_by_truth(&self, x: u64) -> u64 {
        scramble(SEED, x)
    }
}

impl Mixer for Stateful {
    fn mix(&self, x: u64) -> u64 {
        scramble(self.seed, x)
    }
    fn mix_by_truth(&self, x: u64) -> u64 {
        scramble(self.seed, x)
    }
}

/// Traits with the same method, so that each can have an implementation of its own in force.
macro_rules! mixers {
    ($($(#[$option:meta])* $name:ident;)*) => {
        $(
            $(#[$option])*
            trait $name: Sync {
                fn mix(&self, x: u64) -> u64;
            }

            impl $name for Unit {
                fn mix(&self, x: u64) -> u64 {
                    scramble(SEED, x)
                }
            }

            impl $name for Stateful {
                fn mix(&self, x: u64) -> u64 {
                    scramble(self.seed, x)
                }
            }
        )*
    };
}

mixers! {
    #[static_dispatch(inline(Stateful, Unit))]
    ListedStateful;
    #[static_dispatch(inline(Unit, Stateful))]
    ListedSecond;
    #[static_dispatch]
    OpenPlain;
    #[static_dispatch]
    OpenStateful;
    #[static_dispatch(out_of_line)]
    EntryPlain;
    #[static_dispatch(out_of_line)]
    EntryStateful;
}

/// The closed set.
#[enum_dispatch]
trait Closed {
    fn mix(&self, x: u64) -> u64;
}

#[enum_dispatch(Closed)]
enum Either {
    Unit,
    Stateful,
}

impl Closed for Unit {
    fn mix(&self, x: u64) -> u64 {
        scramble(SEED, x)
    }
}

impl Closed for Stateful {
    fn mix(&self, x: u64) -> u64 {
        scramble(self.seed, x)
    }
}

static UNIT: OnceLock<&'static dyn OpenPlain> = OnceLock::new();
static STATEFUL: OnceLock<&'static dyn OpenPlain> = OnceLock::new();
static EITHER_PLAIN: OnceLock<Either> = OnceLock::new();
static EITHER_STATEFUL: OnceLock<Either> = OnceLock::new();

#[inline(never)]
fn direct(x: u64) -> u64 {
    scramble(SEED, x)
}

#[inline(never)]
fn direct_with_state(state: &Stateful, x: u64) -> u64 {
    scramble(state.seed, x)
}

fn by_once_lock(x: u64) -> u64 {
    OpenPlain::mix(*UNIT.get().expect("set at start-up"), x)
}

fn stateful_by_once_lock(x: u64) -> u64 {
    OpenPlain::mix(*STATEFUL.get().expect("set at start-up"), x)
}

/// Calls that do not wait for each other.
fn independent(call: impl Fn(u64) -> u64) {
    let mut sum = 0;
    for x in 0..u64::from(CALLS) {
        sum ^= call(x);
    }
    black_box(sum);
}

/// Calls each of which needs the result of the one before.
fn dependent(call: impl Fn(u64) -> u64) {
    let mut x = 0;
    for _ in 0..CALLS {
        x = call(x);
    }
    black_box(x);
}

/// Applies a macro to every way of calling, because each must be compiled on its own.
macro_rules! for_each_way {
    ($way:ident) => {{
        let state: &Stateful = black_box(&Stateful { seed: SEED });
        $way!("direct, not inlined", |x| direct(x));
        $way!("direct, not inlined, with state", |x| direct_with_state(
            state, x
        ));
        $way!("static call, listed, zero-sized", |x| Mixer::mix(
            &Static::<dyn Mixer>::new(),
            x
        ));
        $way!("static call, listed, stateful", |x| ListedStateful::mix(
            &Static::<dyn ListedStateful>::new(),
            x
        ));
        $way!("static call, listed second, stateful", |x| {
            ListedSecond::mix(&Static::<dyn ListedSecond>::new(), x)
        });
        $way!("static call, open, zero-sized", |x| OpenPlain::mix(
            &Static::<dyn OpenPlain>::new(),
            x
        ));
        $way!("static call, open, stateful", |x| OpenStateful::mix(
            &Static::<dyn OpenStateful>::new(),
            x
        ));
        $way!("static call, out of line, zero-sized", |x| {
            EntryPlain::mix(&Static::<dyn EntryPlain>::new(), x)
        });
        $way!("static call, out of line, stateful", |x| {
            EntryStateful::mix(&Static::<dyn EntryStateful>::new(), x)
        });
        $way!("OnceLock<&'static dyn T>, zero-sized", |x| by_once_lock(x));
        $way!("OnceLock<&'static dyn T>, stateful", |x| {
            stateful_by_once_lock(x)
        });
        $way!("OnceLock of enum_dispatch, zero-sized", |x| Closed::mix(
            EITHER_PLAIN.get().expect("set at start-up"),
            x
        ));
        $way!("OnceLock of enum_dispatch, stateful", |x| Closed::mix(
            EITHER_STATEFUL.get().expect("set at start-up"),
            x
        ));
        $way!("static call by the truth (portable, cold)", |x| {
            Static::<dyn Mixer>::new().mix_by_truth(x)
        });
        $way!("hand-inlined", |x| scramble(SEED, x));
    }};
}

fn ratios() {
    let mut subjects = Vec::new();
    macro_rules! way {
        ($name:literal, $call:expr) => {
            subjects.push(Subject::new($name, move || independent($call)));
        };
    }
    for_each_way!(way);
    compare("independent calls", CALLS, ROUNDS, subjects);

    let mut subjects = Vec::new();
    macro_rules! way {
        ($name:literal, $call:expr) => {
            subjects.push(Subject::new($name, move || dependent($call)));
        };
    }
    for_each_way!(way);
    compare("dependent calls", CALLS, ROUNDS, subjects);
}

fn times(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call");
    group.throughput(Throughput::Elements(CALLS.into()));
    macro_rules! way {
        ($name:literal, $call:expr) => {
            group.bench_function(BenchmarkId::new("independent", $name), |bencher| {
                bencher.iter(|| independent($call));
            });
            group.bench_function(BenchmarkId::new("dependent", $name), |bencher| {
                bencher.iter(|| dependent($call));
            });
        };
    }
    for_each_way!(way);
    group.finish();
}

fn main() -> Result<(), static_call::Error> {
    let state: &'static Stateful = Box::leak(Box::new(Stateful { seed: SEED }));
    UNIT.get_or_init(|| black_box(&Unit));
    STATEFUL.get_or_init(|| black_box(state));
    EITHER_PLAIN.get_or_init(|| black_box(Unit.into()));
    EITHER_STATEFUL.get_or_init(|| black_box(Stateful { seed: SEED }.into()));
    static_call::update::<dyn Mixer>(&Unit)?;
    static_call::update::<dyn ListedStateful>(state)?;
    static_call::update::<dyn ListedSecond>(state)?;
    static_call::update::<dyn OpenPlain>(&Unit)?;
    static_call::update::<dyn OpenStateful>(state)?;
    static_call::update::<dyn EntryPlain>(&Unit)?;
    static_call::update::<dyn EntryStateful>(state)?;
    println!("{}\n", static_call::report());

    let mut criterion = Criterion::default().configure_from_args();
    ratios();
    times(&mut criterion);
    criterion.final_summary();
    Ok(())
}
