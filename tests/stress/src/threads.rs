//! Threads that start and end, and call and update in destructors of values and of thread-locals.
//!
//! They all update at once, in an order that nobody knows. What is known is that each update replaces what another one
//! put in force.

use std::array;
use std::cell::Cell;
use std::thread;

use static_call_stress_shared::{CALLS, Counter, Functions, OBJECTS, objects, subject};

use crate::run::Run;

subject!(
    /// A trait that only this scenario stresses.
    exchanged(default = Unit, inline(Keyed<3>))
);
objects!(exchanged_objects, exchanged, Keyed<3>);

static EXCHANGED: Functions = exchanged_objects::functions::<4>();

/// How often each object was reached by calls, put in force, and replaced.
static REACHED: [Counter; OBJECTS] = [const { Counter::new() }; OBJECTS];
static PUT: [Counter; OBJECTS] = [const { Counter::new() }; OBJECTS];
static REPLACED: [Counter; OBJECTS] = [const { Counter::new() }; OBJECTS];

thread_local! {
    static LAST: Cell<Option<Exchange>> = const { Cell::new(None) };
}

pub(crate) fn stress(run: &Run) -> String {
    let threads = run.in_parallel(run.callers(), |caller| start_threads(run, caller));

    let [left, ..] = call(0);
    assert_eq!(
        REACHED.each_ref().map(Counter::sum),
        exchanged_objects::counts(),
        "callers saw other than what was counted"
    );
    let initial = 0;
    let in_force: [_; OBJECTS] =
        array::from_fn(|object| PUT[object].sum() + u64::from(object == initial));
    let out_of_force: [_; OBJECTS] =
        array::from_fn(|object| REPLACED[object].sum() + u64::from(object == left));
    assert_eq!(in_force, out_of_force, "an update was lost");
    format!("{} threads", threads.iter().sum::<u64>())
}

/// Starts one thread after the other, which all have the same number. The answer is how many.
fn start_threads(run: &Run, caller: usize) -> u64 {
    let mut rng = run.rng(caller);
    let mut threads = 0;
    while run.goes_on() {
        let [first, last] = [(); 2].map(|()| Exchange {
            caller,
            object: rng.usize(..OBJECTS),
        });
        let thread = thread::spawn(move || {
            LAST.set(Some(last));
            call(caller);
            drop(first);
        });
        thread.join().expect("it does not panic");
        // One in the thread, and one in each destructor.
        run.called(3 * CALLS as u64);
        run.updated(2);
        threads += 1;
    }
    threads
}

/// A value whose destructor updates and calls.
struct Exchange {
    caller: usize,
    object: usize,
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let replaced = (EXCHANGED.replace)(self.object);
        PUT[self.object].count(self.caller);
        REPLACED[replaced].count(self.caller);
        call(self.caller);
    }
}

/// Makes some calls. The answer is which objects they reach.
fn call(caller: usize) -> [usize; CALLS] {
    (EXCHANGED.calls)(caller, caller).map(|call| {
        REACHED[call.object].count(caller);
        call.object
    })
}
