//! One way to make a call, in a loop.

use std::hint::black_box;

/// Not `Fn`, of which the compiler makes two copies where it makes an object of it.
trait Loop {
    fn call(&self, calls: u32) -> u64;
}

impl<F: Fn(u64) -> u64> Loop for F {
    fn call(&self, calls: u32) -> u64 {
        let mut x = 0;
        for _ in 0..calls {
            x = self(x);
            black_box(());
        }
        x
    }
}

pub(crate) struct Way {
    name: &'static str,
    code: Box<dyn Loop>,
}

impl Way {
    /// Each way is compiled into a loop of its own.
    ///
    /// A call needs the result of the one before. Between them, anything may happen in memory, so that each is
    /// what it would be among other code: what is in memory has to be read for each, and loops are not unrolled.
    pub(crate) fn new(name: &'static str, call: impl Fn(u64) -> u64 + 'static) -> Self {
        Self {
            name,
            code: Box::new(call),
        }
    }

    /// The loop without a call, to be subtracted.
    pub(crate) fn empty() -> Self {
        Self::new("empty loop", |x| x)
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Makes so many calls.
    pub(crate) fn call(&self, calls: u32) -> u64 {
        self.code.call(calls)
    }
}
