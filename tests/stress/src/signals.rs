//! Signals that interrupt calls, updates and calls that learn, with a handler that calls.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{
    SaFlags, SigAction, SigEvent, SigHandler, SigSet, SigevNotify, Signal, sigaction,
};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;
use nix::unistd::gettid;
use static_call::Learning;
use static_call_stress_shared::{Counter, OBJECTS};

use crate::learning;
use crate::run::Run;
use crate::subjects::{self, SUBJECTS, assert_patched};
use crate::tally::{Accounts, Tally};
use crate::updates::{self, UPDATERS};

const SIGNAL: Signal = Signal::SIGPROF;

/// How many threads make calls that learn, behind those that update.
const LEARNERS: usize = 2;

/// How many nanoseconds there are between two signals to a thread.
const INTERVAL: i64 = 50_000;

/// How often calls of the handler reached each object of each subject.
static REACHED: [[Counter; OBJECTS]; SUBJECTS.len()] =
    [const { [const { Counter::new() }; OBJECTS] }; SUBJECTS.len()];

/// Whether a call of the handler reached what was not in force.
static WENT_ASTRAY: AtomicBool = AtomicBool::new(false);

/// How many signals there were, and how many that interrupted an update.
static SIGNALS: Counter = Counter::new();
static SIGNALS_IN_UPDATES: Counter = Counter::new();

thread_local! {
    static THREAD: Cell<usize> = const { Cell::new(0) };
    /// How many signals this thread had.
    static SIGNALS_HERE: Cell<usize> = const { Cell::new(0) };
    static IS_UPDATING: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn stress(run: &Run) -> String {
    let accounts = Accounts::open();
    install(SigHandler::Handler(handle));
    learning::decide_often();
    let tallies = run.in_parallel(UPDATERS + LEARNERS + run.callers(), |thread| {
        THREAD.set(thread);
        let _timer = timer();
        if thread < UPDATERS {
            update(run, thread)
        } else if thread < UPDATERS + LEARNERS {
            learning::learn(run, thread)
        } else {
            updates::call(run, thread)
        }
    });
    install(SigHandler::SigIgn);
    Learning::default().set();

    assert!(
        !WENT_ASTRAY.load(Ordering::Relaxed),
        "a call of a signal handler reached what was not in force"
    );
    let handled = Tally {
        objects: REACHED
            .each_ref()
            .map(|objects| objects.each_ref().map(Counter::sum)),
        ..Tally::default()
    };
    accounts.settle(&tallies.into_iter().chain([handled]).sum());
    assert_patched();
    let in_updates = SIGNALS_IN_UPDATES.sum();
    assert!(in_updates > 0, "no signal interrupted an update");
    format!("{} signals, {in_updates} of them in updates", SIGNALS.sum())
}

/// Updates.
fn update(run: &Run, thread: usize) -> Tally {
    let mut rng = run.rng(thread);
    while run.goes_on() {
        // What was bypassed is patched back.
        if rng.u8(..) == 0 {
            static_call::relearn();
        }
        let stressed = subjects::some(&mut rng);
        IS_UPDATING.set(true);
        stressed.advance();
        IS_UPDATING.set(false);
        run.updated(1);
    }
    Tally::default()
}

/// What happens at a signal. System calls that it interrupts fail, and have to be made again.
fn install(handler: SigHandler) {
    let action = SigAction::new(handler, SaFlags::empty(), SigSet::empty());
    #[allow(unsafe_code)]
    // SAFETY: the handler calls implementations that change nothing but atomics, and changes nothing but
    // these and cells of its thread that need no initialisation.
    let before = unsafe { sigaction(SIGNAL, &action) };
    before.expect("a handler can be installed");
}

/// Sends signals to this thread until it is dropped.
fn timer() -> Timer {
    let event = SigEvent::new(SigevNotify::SigevThreadId {
        signal: SIGNAL,
        thread_id: gettid().as_raw(),
        si_value: 0,
    });
    let mut timer = Timer::new(ClockId::CLOCK_MONOTONIC, event).expect("there are timers");
    let interval = Expiration::Interval(TimeSpec::new(0, INTERVAL));
    timer
        .set(interval, TimerSetTimeFlags::empty())
        .expect("the interval is valid");
    timer
}

extern "C" fn handle(_signal: i32) {
    let thread = THREAD.get();
    let signals = SIGNALS_HERE.get();
    SIGNALS_HERE.set(signals.wrapping_add(1));
    SIGNALS.count(thread);
    if IS_UPDATING.get() {
        SIGNALS_IN_UPDATES.count(thread);
    }
    let index = signals % SUBJECTS.len();
    let stressed = &SUBJECTS[index];
    let functions = stressed.functions(signals / SUBJECTS.len());
    for call in (functions.calls)(thread, signals) {
        if stressed.subject.allows(&call) {
            REACHED[index][call.object].count(thread);
        } else {
            WENT_ASTRAY.store(true, Ordering::Relaxed);
        }
    }
}
