//! What it costs to switch an implementation, next to other ways to have one that can be switched: a write to an
//! `RwLock` and a store to an `ArcSwap`.
//!
//! While it is switched, no thread calls, or one does, or three do, each in all three ways in turn. Where there are
//! fewer processors than threads, three also keep the one that switches from running at times.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, RwLock};
use std::thread;

use arc_swap::ArcSwap;
use static_call::{Dispatch, Static, static_dispatch};
use static_call_paired::{Subject, compare, rounds};

const SWITCHES: u32 = 50;
const ROUNDS: usize = 201;

fn update_in_turn<D: Dispatch + ?Sized>(both: [&'static D; 2]) {
    for turn in 0..SWITCHES as usize {
        let change = static_call::update(both[turn % 2]).expect("it can be patched");
        assert!(cfg!(feature = "portable") || change.unpatched() == 0);
    }
}

/// A trait with these methods, and two implementations of it, one of which has state.
macro_rules! switched {
    ($name:ident: $($method:ident)*) => {
        mod $name {
            use super::*;

            #[static_dispatch(default = Xor)]
            trait Switched: Send + Sync {
                $(fn $method(&self, x: u64) -> u64;)*
            }

            struct Add(u64);

            impl Switched for Add {
                $(
                    fn $method(&self, x: u64) -> u64 {
                        x.wrapping_add(self.0) ^ stringify!($method).len() as u64
                    }
                )*
            }

            struct Xor;

            impl Switched for Xor {
                $(
                    fn $method(&self, x: u64) -> u64 {
                        x ^ stringify!($method).len() as u64
                    }
                )*
            }

            const CALLED: Static<dyn Switched> = Static::new();
            static LOCKED: LazyLock<RwLock<Box<dyn Switched>>> =
                LazyLock::new(|| RwLock::new(Box::new(Xor)));
            static SWAPPED: LazyLock<ArcSwap<Box<dyn Switched>>> =
                LazyLock::new(|| ArcSwap::from_pointee(Box::new(Xor)));

            fn boxed(turn: u32) -> Box<dyn Switched> {
                if turn.is_multiple_of(2) { Box::new(Xor) } else { Box::new(Add(1)) }
            }

            /// Calls each method in each way.
            fn call(mut x: u64) -> u64 {
                $(x = CALLED.$method(x);)*
                {
                    let locked = LOCKED.read().expect("no writer panicked");
                    $(x = locked.$method(x);)*
                }
                let swapped = SWAPPED.load();
                $(x = swapped.$method(x);)*
                x
            }

            pub(crate) fn compare_all() {
                let methods = [$(stringify!($method)),*].len();
                for threads in [0, 1, 3] {
                    let title = format!("methods: {methods}, calling threads: {threads}");
                    let is_done = AtomicBool::new(false);
                    thread::scope(|scope| {
                        for _ in 0..threads {
                            scope.spawn(|| {
                                let mut x = 0;
                                while !is_done.load(Ordering::Relaxed) {
                                    x = black_box(call(x));
                                }
                            });
                        }
                        compare_ways(&title);
                        is_done.store(true, Ordering::Relaxed);
                    });
                }
            }

            fn compare_ways(title: &str) {
                let locked = Subject::new("`RwLock` write", || {
                    for turn in 0..SWITCHES {
                        *LOCKED.write().expect("no reader panicked") = boxed(turn);
                    }
                });
                let swapped = Subject::new("`ArcSwap` store", || {
                    for turn in 0..SWITCHES {
                        SWAPPED.store(Arc::new(boxed(turn)));
                    }
                });
                let both: [&'static dyn Switched; 2] = [&Xor, &Add(1)];
                let of_two_types = Subject::new("`update`, another type", move || update_in_turn(both));
                let objects: [&'static dyn Switched; 2] = [&Add(1), &Add(2)];
                let of_one_type = Subject::new("`update`, another object", move || update_in_turn(objects));
                let subjects = vec![locked, swapped, of_two_types, of_one_type];
                compare(title, SWITCHES, rounds(ROUNDS), subjects);
            }
        }
    };
}

switched!(one: m0);
switched!(eight: m0 m1 m2 m3 m4 m5 m6 m7);
switched!(sixty_four:
    m00 m01 m02 m03 m04 m05 m06 m07 m08 m09 m10 m11 m12 m13 m14 m15
    m16 m17 m18 m19 m20 m21 m22 m23 m24 m25 m26 m27 m28 m29 m30 m31
    m32 m33 m34 m35 m36 m37 m38 m39 m40 m41 m42 m43 m44 m45 m46 m47
    m48 m49 m50 m51 m52 m53 m54 m55 m56 m57 m58 m59 m60 m61 m62 m63
);

fn main() {
    one::compare_all();
    eight::compare_all();
    sixty_four::compare_all();
}
