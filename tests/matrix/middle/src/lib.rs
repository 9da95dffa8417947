//! Calls in the shapes of which compilers make copies: generic functions, short loops, closures.

pub mod objects;

use traits::{CLOCK, CODEC, Clock, Codec, PRICE, Price, TRACE, Trace};

/// A copy for each number of rounds, each a loop to be unrolled.
pub fn digest<const ROUNDS: u32>(codec: &impl Codec, seed: u32) -> u32 {
    (0..ROUNDS).fold(seed, |value, round| codec.encode(value ^ round))
}

/// The loop of this crate alone.
#[inline(never)]
pub fn short_digest(seed: u32) -> u32 {
    digest::<3>(&CODEC, seed)
}

/// A closure that calls, compiled where it is used.
pub fn taxed(price: &impl Price) -> impl Fn(u64) -> u64 {
    move |amount| {
        if amount.is_multiple_of(2) {
            price.gross(amount)
        } else {
            price.net(amount)
        }
    }
}

#[inline]
pub fn sum_by(amounts: &[u64], price: impl Fn(u64) -> u64) -> u64 {
    amounts.iter().map(|amount| price(*amount)).sum()
}

/// The closure, called through a pointer.
#[inline(never)]
pub fn boxed() -> Box<dyn Fn(u64) -> u64> {
    Box::new(taxed(&PRICE))
}

/// Two calls of the same method in a loop.
#[inline]
pub fn log(trace: &impl Trace, clock: &impl Clock, values: &[u64]) -> u64 {
    for value in values {
        trace.event(*value);
        if clock.now() < *value {
            trace.event(clock.now());
        }
    }
    trace.total()
}

/// Called by nobody.
#[inline(never)]
pub fn unused(values: &[u64]) -> u64 {
    let logged = log(&TRACE, &CLOCK, values);
    let taxed = sum_by(values, taxed(&PRICE));
    logged + taxed + u64::from(digest::<7>(&CODEC, 1))
}
