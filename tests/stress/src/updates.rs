//! Threads that call while others update.

use crate::run::Run;
use crate::subjects::{self, assert_patched};
use crate::tally::{Accounts, Tally};

/// How many threads update; they have the lowest numbers.
pub(crate) const UPDATERS: usize = 2;

pub(crate) fn stress(run: &Run) -> String {
    let accounts = Accounts::open();
    let tallies = run.in_parallel(UPDATERS + run.callers(), |thread| {
        if thread < UPDATERS {
            update(run, thread)
        } else {
            call(run, thread)
        }
    });
    accounts.settle(&tallies.into_iter().sum());
    format!("{} call sites", assert_patched())
}

/// Updates, calls, and at times looks at a report.
pub(crate) fn update(run: &Run, thread: usize) -> Tally {
    let mut rng = run.rng(thread);
    let mut tally = Tally::default();
    while run.goes_on() {
        subjects::some(&mut rng).advance();
        run.updated(1);
        run.called(tally.call(&mut rng, thread));
        if rng.u8(..) == 0 {
            assert!(!static_call::report().to_string().is_empty());
        }
    }
    tally
}

/// Calls.
pub(crate) fn call(run: &Run, thread: usize) -> Tally {
    let mut rng = run.rng(thread);
    let mut tally = Tally::default();
    while run.goes_on() {
        run.called((0..100).map(|_| tally.call(&mut rng, thread)).sum());
    }
    tally
}
