//! Implementations that overflow their stack, each in a process of its own: it has to say so and to die, as any
//! program in Rust does.

use std::env;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use fastrand::Rng;
use nix::libc::SIGABRT;
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::alarm;

use crate::run::Run;
use crate::subjects::SUBJECTS;
use crate::tally::{Accounts, Tally};

/// How deep implementations recurse that do not overflow their stack.
const DEPTH: u64 = 1000;

/// How many updates there are meanwhile, at least.
const UPDATES: u64 = 100;

/// After how many seconds a process is taken to hang, and killed.
const HANG: u32 = 60;

pub(crate) fn stress(run: &Run) -> String {
    let executable = env::current_exe().expect("the program has a path");
    let mut rng = run.rng(0);
    let mut processes = 0;
    while run.goes_on() {
        let seed = rng.u64(..).to_string();
        let mut command = Command::new(&executable);
        let output = command.args(["--overflow", "--seed", &seed]).output();
        let output = output.expect("the program starts itself");
        let [said, errors] =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        assert!(
            output.status.signal() == Some(SIGABRT) && errors.contains("has overflowed its stack"),
            "with --overflow --seed {seed}, it ended with {}:\n{said}\n{errors}",
            output.status
        );
        let mut numbers = said
            .split_whitespace()
            .map(|number| number.parse().expect("it is a number"));
        run.called(numbers.next().expect("it tells how often it called"));
        run.updated(numbers.next().expect("it tells how often it updated"));
        processes += 1;
    }
    format!("{processes} processes")
}

/// Recurses through calls while another thread updates, without end at last.
pub(crate) fn overflow(mut rng: Rng) {
    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("less is always allowed");
    alarm::set(HANG);
    let updates: &AtomicU64 = Box::leak(Box::default());
    let updater = thread::spawn(|| {
        for stressed in SUBJECTS.iter().cycle() {
            stressed.advance();
            updates.fetch_add(1, Ordering::Relaxed);
        }
    });

    let accounts = Accounts::open();
    let mut tally = Tally::default();
    let mut calls = 0;
    while updates.load(Ordering::Relaxed) < UPDATES {
        assert!(!updater.is_finished(), "the updates have ended");
        recurse(rng.usize(..SUBJECTS.len()), DEPTH, &mut tally);
        calls += DEPTH;
    }
    accounts.settle(&tally);
    println!("{calls} {}", updates.load(Ordering::Relaxed));

    let index = rng.usize(..SUBJECTS.len());
    let recurse = move || recurse(index, u64::MAX, &mut Tally::default());
    if rng.bool() {
        recurse();
    } else {
        thread::spawn(recurse).join().expect("it does not return");
    }
}

/// Makes calls of a subject, one within the other.
fn recurse(index: usize, depth: u64, tally: &mut Tally) {
    let stressed = &SUBJECTS[index];
    let subject = stressed.subject;
    let around = stressed.functions(depth as usize).around;
    let call = subject.call(|| {
        around(0, &mut |_object| {
            if depth > 1 {
                recurse(index, depth - 1, tally);
            }
        })
    });
    tally.count(index, &call);
}
