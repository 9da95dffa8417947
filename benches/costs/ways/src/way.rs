//! One way to make a call, in loops: one to be counted, and both to be timed by `benches/call.rs`, which is another
//! program, so that in both the traits are an application's own.
#![allow(dead_code, reason = "counted are dependent calls only")]

use std::hint::black_box;

/// Not `Fn`, of which the compiler makes two copies where it makes an object of it.
trait Loops {
    fn dependent(&self, calls: u32) -> u64;
    fn independent(&self, calls: u32) -> u64;
}

impl<F: Fn(u64) -> u64> Loops for F {
    fn dependent(&self, calls: u32) -> u64 {
        let mut x = 0;
        for _ in 0..calls {
            x = self(x);
            black_box(());
        }
        x
    }

    fn independent(&self, calls: u32) -> u64 {
        let mut sum = 0;
        for x in 0..calls {
            sum ^= self(x.into());
            black_box(());
        }
        sum
    }
}

/// A way to make a call.
pub(crate) struct Way {
    name: &'static str,
    code: Box<dyn Loops>,
}

impl Way {
    /// Each way is compiled into loops of its own.
    ///
    /// Between calls, anything may happen in memory, so that each is what it would be among other code: what is in
    /// memory has to be read for each, and loops are not unrolled.
    pub(crate) fn new(name: &'static str, call: impl Fn(u64) -> u64 + 'static) -> Self {
        Self {
            name,
            code: Box::new(call),
        }
    }

    /// The loops without a call.
    pub(crate) fn empty() -> Self {
        Self::new("empty loop", |x| x)
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Makes so many calls, each of which needs the result of the one before.
    pub(crate) fn dependent(&self, calls: u32) -> u64 {
        self.code.dependent(calls)
    }

    /// Makes so many calls that do not wait for each other.
    pub(crate) fn independent(&self, calls: u32) -> u64 {
        self.code.independent(calls)
    }
}
