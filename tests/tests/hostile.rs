//! Systems that refuse what patching needs, or punish it. Each test has a process of its own.
//!
//! `PR_SET_MDWE` is among the tests of the behaviour, in `refusal`.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use static_call::{Devirt, Error, Static, static_dispatch};
use static_call_tests::patched::{
    assert_all_patched, assert_by_truth, assert_nothing_patched, assert_patched,
};
use static_call_tests::{PATCHES, child, protection};

#[static_dispatch(default = Zero)]
trait Counter: Sync {
    fn count(&self, x: u64) -> u64;
    fn text(&self, x: u64) -> String;
}

struct Zero;

impl Counter for Zero {
    fn count(&self, x: u64) -> u64 {
        x
    }
    fn text(&self, x: u64) -> String {
        x.to_string()
    }
}

struct From(u64);

impl Counter for From {
    fn count(&self, x: u64) -> u64 {
        self.0 + x
    }
    fn text(&self, x: u64) -> String {
        format!("{} + {x}", self.0)
    }
}

const COUNTER: Static<dyn Counter> = Static::new();
const NAME: &str = concat!(module_path!(), "::Counter");
static TEN: From = From(10);
static TWENTY: From = From(20);

#[track_caller]
fn assert_zero() {
    assert_eq!(COUNTER.count(7), 7);
    assert_eq!(COUNTER.text(7), "7");
}

#[track_caller]
fn assert_from(start: u64) {
    assert_eq!(COUNTER.count(7), start + 7);
    assert_eq!(COUNTER.text(7), format!("{start} + 7"));
}

/// Has the kernel answer these system calls in this way from now on, for this thread. The answer is whether it
/// can: emulators know no such filters.
fn filter(rules: BTreeMap<i64, Vec<SeccompRule>>, answer: SeccompAction) -> bool {
    let architecture = TargetArch::try_from(std::env::consts::ARCH).expect("it is a known one");
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, answer, architecture);
    let program = BpfProgram::try_from(filter.expect("there are rules")).expect("it is short");
    let applied = seccompiler::apply_filter(&program);
    if let Err(error) = &applied {
        println!("skipped: no filter of system calls can be had here: {error}");
    }
    applied.is_ok()
}

/// `mprotect`, where it is to make memory writable that can be executed.
fn writable_code() -> BTreeMap<i64, Vec<SeccompRule>> {
    let both = (libc::PROT_WRITE | libc::PROT_EXEC) as u64;
    let is_both = SeccompCondition::new(
        2,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(both),
        both,
    );
    let rule = SeccompRule::new(vec![is_both.expect("there is a third argument")]);
    BTreeMap::from([(
        libc::SYS_mprotect,
        vec![rule.expect("there is a condition")],
    )])
}

fn refuse_writable_code() -> bool {
    filter(
        writable_code(),
        SeccompAction::Errno(libc::EPERM.cast_unsigned()),
    )
}

/// That a patched trait stays as it is, which leads to ten, when an update is refused.
#[track_caller]
fn assert_refused(is_reason: impl Fn(&Error) -> bool) {
    let before = protection::of_code();
    for implementation in [&Zero as &dyn Counter, &TWENTY] {
        let refused = static_call::update::<dyn Counter>(implementation);
        if PATCHES {
            let error = refused.expect_err("the system refuses");
            assert!(is_reason(&error), "{error:?}");
            assert_from(10);
            assert_all_patched(NAME);
        }
    }
    assert_eq!(protection::of_code(), before);
}

#[test]
fn a_filter_that_refuses_leaves_calls_to_the_truth() {
    child::run(
        module_path!(),
        "a_filter_that_refuses_leaves_calls_to_the_truth",
        &[],
        || {
            if !refuse_writable_code() {
                return;
            }
            let before = protection::of_code();
            assert_zero();
            for start in [&TEN, &TWENTY, &TEN] {
                let change = static_call::update::<dyn Counter>(start).unwrap();
                assert_nothing_patched(&change);
                assert_from(start.0);
                assert_by_truth(NAME, |error| matches!(error, Error::Protect { .. }));
            }
            assert_eq!(protection::of_code(), before);
        },
    );
}

#[test]
fn a_filter_that_begins_to_refuse_leaves_what_is_patched() {
    child::run(
        module_path!(),
        "a_filter_that_begins_to_refuse_leaves_what_is_patched",
        &[],
        || {
            assert_patched(&static_call::update::<dyn Counter>(&TEN).unwrap());
            if refuse_writable_code() {
                assert_refused(|error| matches!(error, Error::Protect { .. }));
            }
        },
    );
}

/// What is sealed touches no code, so a process survives that would be killed for it.
#[test]
fn a_sealed_trait_lives_where_patching_is_death() {
    child::run(
        module_path!(),
        "a_sealed_trait_lives_where_patching_is_death",
        &[],
        || {
            assert_patched(&static_call::update::<dyn Counter>(&TEN).unwrap());
            static_call::seal::<dyn Counter>();
            if !filter(writable_code(), SeccompAction::KillProcess) {
                return;
            }
            let sealed = static_call::update::<dyn Counter>(&TWENTY).unwrap_err();
            assert!(matches!(sealed, Error::Sealed { .. }), "{sealed:?}");
            assert_from(10);
            assert_all_patched(NAME);
        },
    );
}

#[test]
fn a_process_that_switches_patching_off_lives_there_too() {
    child::run(
        module_path!(),
        "a_process_that_switches_patching_off_lives_there_too",
        &[("STATIC_CALL_PATCHING", "off")],
        || {
            if !filter(writable_code(), SeccompAction::KillProcess) {
                return;
            }
            assert_zero();
            for start in [&TEN, &TWENTY] {
                static_call::update::<dyn Counter>(start).unwrap();
                assert_from(start.0);
            }
        },
    );
}

#[test]
fn without_membarrier_calls_go_by_the_truth() {
    child::run(
        module_path!(),
        "without_membarrier_calls_go_by_the_truth",
        &[],
        || {
            let rules = BTreeMap::from([(libc::SYS_membarrier, Vec::new())]);
            if !filter(rules, SeccompAction::Errno(libc::ENOSYS.cast_unsigned())) {
                return;
            }
            assert_zero();
            assert_nothing_patched(&static_call::update::<dyn Counter>(&TEN).unwrap());
            assert_from(10);
            assert_by_truth(NAME, |error| matches!(error, Error::Synchronise { .. }));
        },
    );
}

/// Where `/proc` is not there, the protection of code cannot be asked for. The answer is whether that can be made
/// so, which takes privileges.
fn hide_proc() -> bool {
    if let Err(error) = std::os::unix::fs::chroot(env!("CARGO_TARGET_TMPDIR")) {
        println!("skipped: the root cannot be changed: {error}");
        return false;
    }
    assert!(!Path::new("/proc/self/maps").exists());
    true
}

#[test]
fn without_proc_calls_go_by_the_truth() {
    child::run(
        module_path!(),
        "without_proc_calls_go_by_the_truth",
        &[],
        || {
            if !hide_proc() {
                return;
            }
            assert_zero();
            for start in [&TEN, &TWENTY] {
                let change = static_call::update::<dyn Counter>(start).unwrap();
                assert_nothing_patched(&change);
                assert_from(start.0);
            }
            assert_by_truth(NAME, |error| matches!(error, Error::Inspect { .. }));
        },
    );
}

/// The protection of the pages was asked for when they were patched first, and is not asked for again.
#[test]
fn what_was_patched_while_proc_was_there_is_patched_without() {
    child::run(
        module_path!(),
        "what_was_patched_while_proc_was_there_is_patched_without",
        &[],
        || {
            assert_patched(&static_call::update::<dyn Counter>(&TEN).unwrap());
            if !hide_proc() {
                return;
            }
            for start in [&TWENTY, &TEN] {
                match static_call::update::<dyn Counter>(start) {
                    Ok(change) => {
                        assert_patched(&change);
                        assert_from(start.0);
                    }
                    Err(error) => {
                        assert!(matches!(error, Error::Inspect { .. }), "{error:?}");
                        assert_from(10);
                    }
                }
            }
        },
    );
}

#[static_dispatch(devirt, inline(From))]
trait Measured {
    fn measure(&self) -> u64;
}

impl Measured for From {
    fn measure(&self) -> u64 {
        self.0
    }
}

impl Measured for Zero {
    fn measure(&self) -> u64 {
        0
    }
}

/// Calls that were not found in the code compare, which is right and may be slow.
#[test]
fn without_proc_calls_through_devirt_compare_until_they_shall_relearn_with_it() {
    child::run(
        module_path!(),
        "without_proc_calls_through_devirt_compare_until_they_shall_relearn_with_it",
        &[],
        || {
            let sites = || {
                let report = static_call::report();
                let sites = report
                    .devirt()
                    .iter()
                    .map(|described| described.sites().len());
                sites.sum::<usize>()
            };
            let call = || {
                let objects = [Devirt::new(&TEN as &dyn Measured), Devirt::new(&Zero)];
                for object in objects.iter().cycle().take(1000) {
                    assert_eq!(object.measure(), object.as_inner().measure());
                }
            };
            std::env::set_current_dir("/").expect("it is there");
            // Elsewhere calls are not looked for in the code.
            if !PATCHES || cfg!(not(target_arch = "x86_64")) || !hide_proc() {
                return;
            }
            call();
            assert_eq!(sites(), 0);
            static_call::relearn();
            call();
            assert_eq!(sites(), 0);
            // The current directory is still outside of the root.
            std::os::unix::fs::chroot(".").expect("there are privileges");
            call();
            assert_eq!(sites(), 0);
            static_call::relearn();
            call();
            assert!(sites() > 0);
        },
    );
}

#[test]
fn an_unprivileged_process_with_little_memory_left_is_patched() {
    child::run(
        module_path!(),
        "an_unprivileged_process_with_little_memory_left_is_patched",
        &[],
        || {
            assert_zero();
            let nobody = 65534;
            // SAFETY: this takes no pointer.
            let group = unsafe { libc::setgid(nobody) };
            // SAFETY: as above.
            let user = unsafe { libc::setuid(nobody) };
            if (group, user) != (0, 0) {
                println!("there were no privileges to give up");
            }
            let status = std::fs::read_to_string("/proc/self/statm").expect("it is there");
            let pages: u64 = status
                .split(' ')
                .next()
                .and_then(|pages| pages.parse().ok())
                .expect("it begins with the pages that are mapped");
            let limit = libc::rlimit {
                rlim_cur: pages * region::page::size() as u64 + (256 << 10),
                rlim_max: libc::RLIM_INFINITY,
            };
            // SAFETY: the pointer is to a limit.
            let limited = unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) };
            assert_eq!(limited, 0, "{}", io::Error::last_os_error());
            for start in [&TEN, &TWENTY, &TEN] {
                assert_patched(&static_call::update::<dyn Counter>(start).unwrap());
                assert_from(start.0);
            }
        },
    );
}
