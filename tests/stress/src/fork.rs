//! Children that are forked while another thread updates, and others learn.
//!
//! A child has but the thread that forked, and all is as it was at that moment, in the midst of an update perhaps.
//! Calls always work there. The child may update if no thread was updating or learning.

use std::panic::catch_unwind;
use std::sync::RwLock;
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use nix::libc;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, alarm, fork};
use static_call::Learning;
use static_call_stress_shape::{KINDS, call_each};
use static_call_stress_shared::CALLS;

use crate::learning::{self, shapes};
use crate::run::Run;
use crate::subjects::{self, SUBJECTS, assert_patched};
use crate::tally::{Accounts, Tally};

/// How often a child makes some calls, each time after an update if it may.
const TIMES: u64 = 200;

/// After how many seconds a child is taken to hang, and killed.
const HANG: u32 = 60;

/// How a child ends if all is well.
const NO_UPDATE_UNDER_WAY: i32 = 0;
const UPDATE_UNDER_WAY: i32 = 2;

pub(crate) fn stress(run: &Run) -> String {
    // Read by all that may take the library's lock.
    let gate = &RwLock::new(());
    learning::decide_often();
    let accounts = Accounts::open();
    let results = run.in_parallel(2 + run.callers(), |thread| match thread {
        0 => (Tally::default(), fork_children(run, gate)),
        1 => {
            update(run, thread, gate);
            (Tally::default(), [0, 0])
        }
        _ => (learn(run, thread, gate), [0, 0]),
    });
    Learning::default().set();
    let (tallies, children): (Vec<_>, Vec<_>) = results.into_iter().unzip();
    accounts.settle(&tallies.into_iter().sum());
    assert_patched();
    let [children, in_updates] = children[0];
    assert!(in_updates > 0, "no child was forked during an update");
    format!("{children} children, {in_updates} of them forked in updates")
}

fn update(run: &Run, thread: usize, gate: &RwLock<()>) {
    let mut rng = run.rng(thread);
    while run.goes_on() {
        let _gate = gate.read().expect("nobody panics who holds it");
        subjects::some(&mut rng).advance();
        static_call::relearn();
        run.updated(1);
        // Calls do not learn while an update is under way.
        thread::sleep(Duration::from_micros(rng.u64(..100)));
    }
}

/// Calls shapes. Calls that learn take the lock of updates.
fn learn(run: &Run, thread: usize, gate: &RwLock<()>) -> Tally {
    let mut rng = run.rng(thread);
    let mut tally = Tally::default();
    while run.goes_on() {
        let _gate = gate.read().expect("nobody panics who holds it");
        run.called(tally.call_shapes_for_a_while(&mut rng, thread));
    }
    tally
}

/// Forks one child after the other. The answer is how many, and how many of them while an update was under way.
fn fork_children(run: &Run, gate: &RwLock<()>) -> [u64; 2] {
    let mut rng = run.rng(0);
    let mut children = [0, 0];
    while run.goes_on() {
        let may_update = rng.bool();
        let seed = rng.u64(..);
        let closed = may_update.then(|| gate.write());
        #[allow(unsafe_code)]
        // SAFETY: the child takes no lock that another thread may have held: of the library's only where no thread was
        // updating, and those of glibc's allocator are free in children.
        let forked = unsafe { fork() };
        let child = match forked.expect("there may be one more process") {
            ForkResult::Child => be_a_child(Rng::with_seed(seed), may_update),
            ForkResult::Parent { child } => child,
        };
        drop(closed);
        let status = waitpid(child, None).expect("it is a child of this process");
        match status {
            WaitStatus::Exited(_, NO_UPDATE_UNDER_WAY) => {}
            WaitStatus::Exited(_, UPDATE_UNDER_WAY) if !may_update => children[1] += 1,
            _ => panic!("a child failed or hung: {status:?}"),
        }
        children[0] += 1;
        run.called(TIMES * (CALLS + learning::CALLS) as u64);
        run.updated(if may_update { TIMES } else { 0 });
    }
    children
}

/// Calls, updates if that may be, and ends the process.
fn be_a_child(mut rng: Rng, may_update: bool) -> ! {
    alarm::set(HANG);
    let result = catch_unwind(move || {
        let accounts = Accounts::open();
        let mut tally = Tally::default();
        let kinds: Vec<_> = (0..KINDS).collect();
        let mut shapes = shapes(&mut rng, &kinds);
        for _ in 0..TIMES {
            if may_update {
                subjects::some(&mut rng).advance();
            }
            tally.call(&mut rng, 0);
            tally.call_shapes(&mut shapes, call_each::<4, _>, 0, &mut rng);
        }
        accounts.settle(&tally);
        SUBJECTS
            .iter()
            .any(|stressed| stressed.subject.is_updating())
    });
    let status = match result {
        Ok(false) => NO_UPDATE_UNDER_WAY,
        Ok(true) => UPDATE_UNDER_WAY,
        Err(_) => 1,
    };
    #[allow(unsafe_code)]
    // SAFETY: this ends the process, without running anything that is meant for the parent to run.
    unsafe {
        libc::_exit(status)
    }
}
