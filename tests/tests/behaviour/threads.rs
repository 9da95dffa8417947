//! Calls and updates from several threads at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use static_call::{Dispatch, Static};
use static_call_tests::patched::{assert_all_patched, assert_patched};

/// Emulated processors take a thousand times longer to change code and to call it.
const EMULATED: bool = cfg!(target_arch = "aarch64");

/// What an implementation returns that was called with the state of another.
const TORN: u64 = u64::MAX;

/// An implementation that knows whether its state is its own, and that returns its number.
trait Numbered: Send + Sync + 'static {
    fn number(&self) -> u64;
}

struct First {
    number: u64,
    complement: u64,
}

impl Numbered for First {
    fn number(&self) -> u64 {
        if self.complement == !self.number {
            self.number
        } else {
            TORN
        }
    }
}

struct Second {
    rotated: u64,
    number: u64,
}

impl Numbered for Second {
    fn number(&self) -> u64 {
        if self.rotated == (self.number + 1).rotate_left(32) {
            self.number
        } else {
            TORN
        }
    }
}

/// The only implementation that has no state.
struct Third;

impl Numbered for Third {
    fn number(&self) -> u64 {
        0
    }
}

fn first(number: u64) -> &'static First {
    Box::leak(Box::new(First {
        number,
        complement: !number,
    }))
}

fn second(number: u64) -> &'static Second {
    Box::leak(Box::new(Second {
        rotated: (number + 1).rotate_left(32),
        number,
    }))
}

/// Makes a trait for one test; the receiver travels in another register for `wide`.
macro_rules! own_trait {
    ($name:ident) => {
        dispatch! {
            [First, Second, Third] (default = Third)
            trait $name: Sync {
                fn narrow(&self, x: u64) -> u64;
                fn wide(&self, x: u64) -> [u64; 3];
            }
        }

        impl<T: Numbered> $name for T {
            fn narrow(&self, x: u64) -> u64 {
                self.number() ^ x
            }

            fn wide(&self, x: u64) -> [u64; 3] {
                [x, self.number(), !x]
            }
        }
    };
}

/// Tells the other threads of a test to give up when this one panics.
struct StopOnPanic<'flag>(&'flag AtomicBool);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

fn put<D: Dispatch + ?Sized>(implementation: &'static D) -> &'static D {
    let change = static_call::update(implementation).unwrap();
    assert_patched(&change);
    change.previous()
}

#[test]
fn calls_during_updates_reach_one_of_the_implementations_with_its_own_state() {
    own_trait!(Stormy);
    const STORMY: Static<dyn Stormy> = Static::new();
    const CALLERS: u64 = 2;
    const CALLS: u64 = if EMULATED { 100_000 } else { 100_000_000 };
    const UPDATES: u64 = if EMULATED { 200 } else { 2_000 };
    const NUMBERS: usize = 5;

    let implementations: [&'static dyn Stormy; NUMBERS] =
        [&Third, first(1), second(2), first(3), second(4)];
    let stop = AtomicBool::new(false);
    let updates = AtomicU64::new(0);

    /// Counts the implementations that calls reach; a torn call has no place in `counts`.
    fn call(counts: &mut [u64; NUMBERS], x: u64) {
        counts[usize::try_from(through!(STORMY).narrow(x) ^ x).unwrap()] += 1;
        let [before, number, after] = through!(STORMY).wide(x);
        assert_eq!((before, after), (x, !x));
        counts[usize::try_from(number).unwrap()] += 1;
    }

    // Every caller goes on until it saw them all, which is soon, or never where calls are stuck.
    let enough = |counts: &[u64]| {
        let updates = updates.load(Ordering::Relaxed);
        let all = counts.iter().all(|count| *count > 0);
        updates > UPDATES && all || updates > 100 * UPDATES
    };
    let caller = || {
        let _guard = StopOnPanic(&stop);
        let mut counts = [0; NUMBERS];
        let mut calls = 0;
        while calls < CALLS / CALLERS || !enough(&counts) {
            for x in 0..500 {
                call(&mut counts, x);
            }
            calls += 1000;
            let snapshot = STORMY.current();
            let number = snapshot.narrow(0);
            assert!(number < NUMBERS as u64);
            assert_eq!(snapshot.wide(calls), [calls, number, !calls]);
            assert!(!stop.load(Ordering::Relaxed), "another thread failed");
        }
        assert_eq!(counts.iter().sum::<u64>(), calls);
        counts
    };
    let updater = |step: usize| {
        let _guard = StopOnPanic(&stop);
        let mut index = 0;
        while !stop.load(Ordering::Relaxed) {
            index = (index + step) % NUMBERS;
            put(implementations[index]);
            updates.fetch_add(1, Ordering::Relaxed);
        }
    };

    let counts = thread::scope(|scope| {
        let callers = [(); CALLERS as usize].map(|()| scope.spawn(caller));
        for step in [1, 2] {
            scope.spawn(move || updater(step));
        }
        let counts = callers.map(|caller| caller.join());
        stop.store(true, Ordering::Relaxed);
        counts.map(|counts| counts.unwrap())
    });
    let all = counts.iter().flatten().all(|count| *count > 0);
    assert!(all, "an implementation was never reached: {counts:?}");
    assert_all_patched(concat!(module_path!(), "::Stormy"));
}

#[test]
fn updates_from_two_threads_at_once_happen_one_after_the_other() {
    own_trait!(Contended);
    const UPDATES: u64 = if EMULATED { 20 } else { 500 };

    let replaced = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for thread in [0, 1] {
            let replaced = &replaced;
            scope.spawn(move || {
                for update in 0..UPDATES {
                    let number = 1 + 2 * update + thread;
                    let previous = match thread {
                        0 => put::<dyn Contended>(first(number)),
                        _ => put::<dyn Contended>(second(number)),
                    };
                    replaced.lock().unwrap().push(previous.narrow(0));
                }
            });
        }
    });

    // Each was the current one until another replaced it, and one is left.
    let handle = Static::<dyn Contended>::new();
    let left = through!(handle).narrow(0);
    assert_eq!(through!(handle).wide(7), [7, left, !7]);
    assert_eq!(handle.current().narrow(0), left);
    let mut numbers = replaced.into_inner().unwrap();
    numbers.push(left);
    numbers.sort_unstable();
    assert_eq!(numbers, (0..=2 * UPDATES).collect::<Vec<_>>());
    assert_all_patched(concat!(module_path!(), "::Contended"));
}

#[test]
fn a_call_after_an_update_reaches_the_new_implementation_on_every_thread() {
    own_trait!(Announced);
    const ANNOUNCED: Static<dyn Announced> = Static::new();
    const ROUNDS: u64 = if EMULATED { 100 } else { 1_000 };

    /// Asserts that calls reach the implementation of a round.
    fn assert_reached(round: u64) {
        assert_eq!(through!(ANNOUNCED).narrow(round), (round % 3) ^ round);
        assert_eq!(through!(ANNOUNCED).wide(round), [round, round % 3, !round]);
    }

    let implementations: [&'static dyn Announced; 3] = [&Third, first(1), second(2)];
    let announced = AtomicU64::new(0);
    let seen = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let caller = || {
        let _guard = StopOnPanic(&stop);
        for round in 1..=ROUNDS {
            while announced.load(Ordering::Acquire) < round {
                // Whichever it reaches now, the processor has the code at hand.
                for _ in 0..100 {
                    assert!(through!(ANNOUNCED).narrow(0) < 3);
                }
                assert!(!stop.load(Ordering::Relaxed), "the other thread failed");
                thread::yield_now();
            }
            assert_reached(round);
            seen.store(round, Ordering::Release);
        }
    };

    put(implementations[0]);
    thread::scope(|scope| {
        scope.spawn(caller);
        let _guard = StopOnPanic(&stop);
        for round in 1..=ROUNDS {
            put(implementations[(round % 3) as usize]);
            assert_reached(round);
            announced.store(round, Ordering::Release);
            while seen.load(Ordering::Acquire) < round {
                assert!(!stop.load(Ordering::Relaxed), "the other thread failed");
                thread::yield_now();
            }
        }
    });
    assert_all_patched(concat!(module_path!(), "::Announced"));
}
