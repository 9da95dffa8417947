//! Implementations that panic, and destructors that update, while their threads unwind or not, and may panic too.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use static_call_stress_shared::Call;

use crate::run::Run;
use crate::subjects::{self, SUBJECTS, Stressed, assert_patched};
use crate::tally::{Accounts, Tally};

/// What panics carry that are meant to be. They are not reported.
struct Intended;

pub(crate) fn stress(run: &Run) -> String {
    let accounts = Accounts::open();
    let results = run.in_parallel(run.callers(), |thread| call(run, thread));
    let (tallies, panics): (Vec<_>, Vec<u64>) = results.into_iter().unzip();
    accounts.settle(&tallies.into_iter().sum());
    assert_patched();
    format!("{} panics", panics.iter().sum::<u64>())
}

/// Makes calls in which that happens. The answer is what they reached, and how many of them panicked.
fn call(run: &Run, thread: usize) -> (Tally, u64) {
    let mut rng = run.rng(thread);
    let mut tally = Tally::default();
    let mut panics = 0;
    while run.goes_on() {
        let index = rng.usize(..SUBJECTS.len());
        let stressed = &SUBJECTS[index];
        let around = stressed.functions(rng.usize(..)).around;
        let [has_destructor, destructor_panics, implementation_panics] =
            [(); 3].map(|()| rng.bool());
        let is_to_panic = implementation_panics || has_destructor && destructor_panics;
        let updated = subjects::some(&mut rng);
        let mut reached = None;
        let (result, during) = stressed.subject.during(|| {
            catch_unwind(AssertUnwindSafe(|| {
                around(thread, &mut |object| {
                    reached = Some(object);
                    let _destructor = has_destructor.then(|| UpdateOnDrop {
                        run,
                        stressed: updated,
                        panics: destructor_panics,
                    });
                    if implementation_panics {
                        resume_unwind(Box::new(Intended));
                    }
                })
            }))
        });
        let object = reached.expect("the implementation was called");
        match result {
            Ok(returned) => assert_eq!((returned, is_to_panic), (object, false)),
            Err(panic) if panic.is::<Intended>() && is_to_panic => panics += 1,
            Err(panic) => resume_unwind(panic),
        }
        tally.count(index, &Call { object, during });
        run.called(1);
    }
    (tally, panics)
}

/// A value whose destructor updates, and then may panic.
struct UpdateOnDrop<'run> {
    run: &'run Run,
    stressed: &'static Stressed,
    panics: bool,
}

impl Drop for UpdateOnDrop<'_> {
    fn drop(&mut self) {
        self.stressed.advance();
        self.run.updated(1);
        if self.panics && !thread::panicking() {
            resume_unwind(Box::new(Intended));
        }
    }
}
