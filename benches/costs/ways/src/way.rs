//! One way to make a call, in loops: one to be counted, and both to be timed by `benches/call.rs`, which is another
//! program, so that in both the traits are an application's own.
#![allow(dead_code, reason = "counted are dependent calls only")]

use std::hint::black_box;

use static_call_paired::{PLACES, place};

/// Makes so many calls.
type Loop = Box<dyn Fn(u32) -> u64>;

/// A way to make a call.
pub(crate) struct Way {
    /// What it is called.
    pub(crate) name: &'static str,
    pub(crate) dependent: [Loop; PLACES as usize],
    pub(crate) independent: [Loop; PLACES as usize],
}

/// Describes a way: its name, and a call.
///
/// The call is compiled into loops of its own, at several places in a cache line; as often as it stands there, for it to
/// be inlined into each of them.
macro_rules! way {
    (loops $loops:ident $call:expr) => {
        [
            Box::new(move |calls| $crate::way::Loops::$loops::<0>(&$call, calls)),
            Box::new(move |calls| $crate::way::Loops::$loops::<1>(&$call, calls)),
            Box::new(move |calls| $crate::way::Loops::$loops::<2>(&$call, calls)),
            Box::new(move |calls| $crate::way::Loops::$loops::<3>(&$call, calls)),
        ]
    };
    ($name:literal, $call:expr) => {
        $crate::way::Way {
            name: $name,
            dependent: way!(loops dependent $call),
            independent: way!(loops independent $call),
        }
    };
}

pub(crate) use way;

/// Loops around a call.
///
/// Between calls, anything may happen in memory, so that each is what it would be among other code: what is in memory has
/// to be read for each, and loops are not unrolled.
///
/// They are not in the closures that are made objects, of which the compiler makes two copies. They are methods of the
/// call, as these are compiled where the call stands: in the codegen unit that the objects are made in.
pub(crate) trait Loops: Fn(u64) -> u64 {
    #[inline(never)]
    fn dependent<const PLACE: u32>(&self, calls: u32) -> u64 {
        let mut x = 0;
        place::<PLACE>();
        for _ in 0..calls {
            x = self(x);
            black_box(());
        }
        x
    }

    #[inline(never)]
    fn independent<const PLACE: u32>(&self, calls: u32) -> u64 {
        let mut sum = 0;
        place::<PLACE>();
        for x in 0..calls {
            sum ^= self(x.into());
            black_box(());
        }
        sum
    }
}

impl<F: Fn(u64) -> u64> Loops for F {}

impl Way {
    /// The loops without a call.
    pub(crate) fn empty() -> Self {
        way!("empty loop", |x| x)
    }

    /// Makes so many calls, a share of them at each place, each of which needs the result of the one before.
    pub(crate) fn dependent(&self, calls: u32) -> u64 {
        make(&self.dependent, calls)
    }

    /// Makes so many calls, a share of them at each place, that do not wait for each other.
    pub(crate) fn independent(&self, calls: u32) -> u64 {
        make(&self.independent, calls)
    }
}

fn make(loops: &[Loop], calls: u32) -> u64 {
    let calls = calls.div_ceil(PLACES);
    let results = loops.iter().map(|make| make(calls));
    results.fold(0, |all, result| all ^ result)
}
