//! The ways that need no `static-call`.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};
use std::sync::{LazyLock, OnceLock, RwLock};

use anyhow::ensure;
use arc_swap::ArcSwap;
use enum_dispatch::enum_dispatch;

use crate::implementations::{
    Other, SEED, STATEFUL, Stateful, Unit, in_memory, mixers, scramble, stir,
};
use crate::way::{Way, way};

mixers! {
    Mixer;
    #[devirt::devirt(Stateful, Other)]
    Compared: #[devirt::devirt];
}

#[enum_dispatch]
trait Closed {
    fn closed_mix(&self, x: u64) -> u64;
}

#[enum_dispatch(Closed)]
enum Either {
    Unit,
    Stateful,
}

impl Closed for Unit {
    fn closed_mix(&self, x: u64) -> u64 {
        scramble(SEED, x)
    }
}

impl Closed for Stateful {
    fn closed_mix(&self, x: u64) -> u64 {
        scramble(self.seed, x)
    }
}

#[inline(never)]
pub(crate) fn direct(x: u64) -> u64 {
    scramble(SEED, x)
}

#[inline(never)]
fn direct_with_state(state: &Stateful, x: u64) -> u64 {
    scramble(state.seed, x)
}

static ONCE: OnceLock<&'static dyn Mixer> = OnceLock::new();
static ONCE_STATEFUL: OnceLock<&'static dyn Mixer> = OnceLock::new();
static ONCE_ENUM: OnceLock<Either> = OnceLock::new();
static ONCE_ENUM_STATEFUL: OnceLock<Either> = OnceLock::new();
static LAZY: LazyLock<&'static dyn Mixer> = LazyLock::new(|| black_box(&STATEFUL));
static SWAPPED: LazyLock<ArcSwap<Box<dyn Mixer>>> =
    LazyLock::new(|| ArcSwap::from_pointee(Box::new(Stateful { seed: SEED })));
static LOCKED: LazyLock<RwLock<Box<dyn Mixer>>> =
    LazyLock::new(|| RwLock::new(Box::new(Stateful { seed: SEED })));
static FUNCTION: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
static CHOICE: AtomicU8 = AtomicU8::new(u8::MAX);

fn by_function_pointer(x: u64) -> u64 {
    let function = FUNCTION.load(Ordering::Acquire);
    // SAFETY: it is a function of this type before there are ways to call.
    let function = unsafe { mem::transmute::<*mut (), fn(u64) -> u64>(function) };
    function(x)
}

/// Sets everything up, and tells what can be called then.
pub(crate) fn ways() -> anyhow::Result<Vec<Way>> {
    ONCE.get_or_init(|| black_box(&Unit));
    ONCE_STATEFUL.get_or_init(|| black_box(&STATEFUL));
    ONCE_ENUM.get_or_init(|| black_box(Unit.into()));
    ONCE_ENUM_STATEFUL.get_or_init(|| black_box(Stateful { seed: SEED }.into()));
    let function: fn(u64) -> u64 = black_box(direct);
    FUNCTION.store(function as *mut (), Ordering::Release);
    CHOICE.store(black_box(0), Ordering::Release);
    ensure!(log::max_level() == log::LevelFilter::Off);
    ensure!(!tracing::enabled!(tracing::Level::ERROR));

    let state = in_memory(Stateful { seed: SEED });
    let plain = in_memory::<Box<dyn Mixer>>(Box::new(Stateful { seed: SEED }));
    let first = in_memory::<Box<dyn Compared>>(Box::new(Stateful { seed: SEED }));
    let second = in_memory::<Box<dyn Compared>>(Box::new(Other { seed: SEED }));
    let unlisted = in_memory::<Box<dyn Compared>>(Box::new(Unit));
    #[allow(unused_mut, reason = "not every platform has static keys")]
    let mut ways = vec![
        way!("inlined by hand, zero-sized", |x| scramble(SEED, x)),
        way!("inlined by hand, stateful", move |x| {
            scramble(state.seed, x)
        }),
        way!("direct, not inlined, zero-sized", direct),
        way!("direct, not inlined, stateful", move |x| {
            direct_with_state(state, x)
        }),
        way!("`AtomicPtr` to a function", by_function_pointer),
        way!("`OnceLock<&'static dyn T>`, zero-sized", |x| {
            ONCE.get().expect("set at start-up").mix(x)
        }),
        way!("`OnceLock<&'static dyn T>`, stateful", |x| {
            ONCE_STATEFUL.get().expect("set at start-up").mix(x)
        }),
        way!("`LazyLock<&'static dyn T>`, stateful", |x| LAZY.mix(x)),
        way!("`RwLock<Box<dyn T>>`, stateful", |x| {
            LOCKED.read().expect("no writer panicked").mix(x)
        }),
        way!("`ArcSwap<Box<dyn T>>`, stateful", |x| SWAPPED.load().mix(x)),
        way!("`OnceLock` of an `enum_dispatch` enum, zero-sized", |x| {
            ONCE_ENUM.get().expect("set at start-up").closed_mix(x)
        }),
        way!("`OnceLock` of an `enum_dispatch` enum, stateful", |x| {
            ONCE_ENUM_STATEFUL
                .get()
                .expect("set at start-up")
                .closed_mix(x)
        }),
        way!(
            "`match` on an `AtomicU8`, first of three",
            |x| match CHOICE.load(Ordering::Acquire) {
                0 => scramble(SEED, x),
                1 => scramble(STATEFUL.seed, x),
                _ => direct(x),
            }
        ),
        way!("`Box<dyn T>`, stateful", move |x| plain.mix(x)),
        way!("`devirt` 0.2, first listed", move |x| first.mix(x)),
        way!("`devirt` 0.2, second listed", move |x| second.mix(x)),
        way!("`devirt` 0.2, not listed", move |x| unlisted.mix(x)),
        way!("`log::info!`, off", |x| {
            log::info!("called");
            x
        }),
        way!("`tracing::info!`, off", |x| {
            tracing::info!("called");
            x
        }),
        way!("`metrics::counter!`, off", |x| {
            metrics::counter!("calls").increment(x);
            x
        }),
    ];
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    ways.extend(crate::keys::ways()?);
    Ok(ways)
}
