//! Annotated traits of every kind, implementations, and functions that call through handles.
//!
//! Traits whose objects are called through `Devirt` are in modules of their own, by which the checker tells them
//! apart.

pub mod shape;
pub mod source;

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

use static_call::{Static, static_dispatch};

/// Has patched addresses only.
#[static_dispatch]
pub trait Codec: Sync {
    fn encode(&self, value: u32) -> u32;
    fn decode(&self, value: u32) -> u32;
    fn width() -> u32
    where
        Self: Sized;
}

/// Has choices among bodies in the calls, one of them of a generic type.
#[static_dispatch(default = Plain, inline(Plain, Scaled<Three>))]
pub trait Price: Sync {
    fn net(&self, amount: u64) -> u64;
    fn gross(&self, amount: u64) -> u64;
}

/// Has a choice of doing nothing.
#[static_dispatch(noop)]
pub trait Trace: Sync {
    fn event(&self, value: u64);
    fn total(&self) -> u64;
}

/// Has no call sites.
#[static_dispatch(default = Fixed, out_of_line)]
pub trait Clock: Sync {
    fn now(&self) -> u64;
}

pub const CODEC: Static<dyn Codec> = Static::new();
pub const PRICE: Static<dyn Price> = Static::new();
pub const TRACE: Static<dyn Trace> = Static::new();
pub const CLOCK: Static<dyn Clock> = Static::new();

/// Without state.
pub struct Xor;

impl Codec for Xor {
    fn encode(&self, value: u32) -> u32 {
        value ^ 0x5555_5555
    }

    fn decode(&self, value: u32) -> u32 {
        value ^ 0x5555_5555
    }

    fn width() -> u32 {
        1
    }
}

/// With state.
pub struct Rotate(pub u32);

impl Codec for Rotate {
    fn encode(&self, value: u32) -> u32 {
        value.rotate_left(self.0)
    }

    fn decode(&self, value: u32) -> u32 {
        value.rotate_right(self.0)
    }

    fn width() -> u32 {
        2
    }
}

/// Listed, without state.
pub struct Plain;

impl Price for Plain {
    fn net(&self, amount: u64) -> u64 {
        amount
    }

    fn gross(&self, amount: u64) -> u64 {
        amount + 1
    }
}

pub trait Factor: Send + Sync + 'static {
    const FACTOR: u64;
}

pub struct Three;

impl Factor for Three {
    const FACTOR: u64 = 3;
}

/// Listed, generic and with state.
pub struct Scaled<F> {
    discount: u64,
    factor: PhantomData<F>,
}

impl<F> Scaled<F> {
    pub const fn new(discount: u64) -> Self {
        Self {
            discount,
            factor: PhantomData,
        }
    }
}

impl<F: Factor> Price for Scaled<F> {
    fn net(&self, amount: u64) -> u64 {
        (amount * F::FACTOR).saturating_sub(self.discount)
    }

    fn gross(&self, amount: u64) -> u64 {
        amount * F::FACTOR + self.discount
    }
}

/// Not listed, with state.
pub struct Surcharge(pub u64);

impl Price for Surcharge {
    fn net(&self, amount: u64) -> u64 {
        amount.saturating_sub(self.0)
    }

    fn gross(&self, amount: u64) -> u64 {
        amount + self.0
    }
}

/// Adds up what it is told.
pub struct Sum(pub AtomicU64);

impl Trace for Sum {
    fn event(&self, value: u64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }

    fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

pub struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> u64 {
        17
    }
}

pub struct Set(pub u64);

impl Clock for Set {
    fn now(&self) -> u64 {
        self.0
    }
}

/// Inlined into every crate that calls it.
#[inline]
pub fn round_trip(value: u32) -> u32 {
    traced_round_trip(&CODEC, &TRACE, value)
}

/// A copy in each crate that calls it with other types.
pub fn traced_round_trip(codec: &impl Codec, trace: &impl Trace, value: u32) -> u32 {
    let encoded = codec.encode(value);
    trace.event(encoded.into());
    codec.decode(encoded).wrapping_add(encoded)
}

/// One function, in this crate.
#[inline(never)]
pub fn round_trip_here(value: u32) -> u32 {
    traced_round_trip(&CODEC, &TRACE, value)
}

/// Another.
#[inline(never)]
pub fn quote(amount: u64) -> u64 {
    quote_by(&PRICE, &CLOCK, amount)
}

pub fn quote_by(price: &impl Price, clock: &impl Clock, amount: u64) -> u64 {
    price.gross(price.net(amount)) + clock.now()
}
