//! A program and a shared object that it loads lie further apart than a direct jump reaches.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(unsafe_code)]

use std::env;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;

use libloading::{Library, Symbol};
use region::Protection;
use static_call::Devirt;
use static_call_tests::PATCHES;
use static_call_tests::path::{End, Path};
use static_call_tests::protection;
use static_call_tests::route::{self, Step};
use static_call_tests_far::{Methods, Shared, Side, ask, side};

/// Both sides, for one test at a time.
fn sides() -> (Side, Side, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().expect("no test has failed");
    (side(), load_object(), turn)
}

/// Loads the shared object, which cargo builds with this test as an example.
fn load_object() -> Side {
    let test = env::current_exe().expect("the executable has a path");
    let profile = test.ancestors().nth(2).expect("cargo puts tests into deps");
    let path = profile.join("examples/libfar_object.so");
    // SAFETY: loading it runs the constructors of `inventory`, which may run at any time.
    let library = unsafe { Library::new(&path) };
    let library = library.unwrap_or_else(|error| {
        panic!(
            "{error}: build {} with `cargo build -p static-call-tests-far --examples`",
            path.display()
        )
    });
    // Its code is called for as long as the program runs.
    let library: &'static Library = Box::leak(Box::new(library));
    // SAFETY: the example defines it with this type, and is built by the same compiler from the same
    // library as this test.
    let object: Symbol<'_, fn() -> Side> =
        unsafe { library.get(b"static_call_far_object") }.expect("the object has the symbol");
    object()
}

/// Switches `here` to an implementation, and calls it; the answer is how many entries and call sites are patched
/// and how many are not.
#[track_caller]
fn switch(here: &Side, (object, _): &(&'static dyn Shared, Methods)) -> (usize, usize) {
    let counts = (here.update)(*object);
    assert_eq!((here.call)(5), ask(*object, 5));
    counts
}

/// Switches `here` to an implementation to which all entries and calls lead where this build patches.
#[track_caller]
fn switch_all(here: &Side, implementation: &(&'static dyn Shared, Methods)) -> usize {
    let (patched, unpatched) = switch(here, implementation);
    assert_eq!((patched > 2, unpatched == 0), (PATCHES, PATCHES));
    patched
}

/// Asserts that the calls of `here` lead to `target` by veneers, which jump by a register.
#[track_caller]
fn assert_far(here: &Side, target: &Methods) {
    let methods = [
        (here.callers.number, target.number),
        (here.callers.triple, target.triple),
    ];
    for (caller, method) in methods {
        let distance = caller.addr().abs_diff(method.addr());
        assert!(
            distance > 1 << 31,
            "{caller:?} is not far from {method:?}, so this test proves nothing"
        );
        if PATCHES {
            let path = Path::of(caller);
            let End::Immediate(veneer) = path.end else {
                panic!("the call holds no address: {path:#?}")
            };
            let load = Step::Load {
                register: String::from("r11"),
                value: method.addr(),
            };
            let jump = Step::JumpByRegister {
                register: String::from("r11"),
            };
            let veneer = ptr::with_exposed_provenance(veneer);
            assert_eq!(route::of_entry(veneer, method), [load, jump]);
        }
    }
}

#[test]
fn calls_reach_targets_on_the_other_side_by_absolute_jumps() {
    let (program, object, _turn) = sides();
    assert_ne!(ask(program.plain.0, 5), ask(object.plain.0, 5));

    for (here, there) in [(&program, &object), (&object, &program)] {
        assert_eq!((here.call)(5), ask(here.plain.0, 5));

        switch_all(here, &there.plain);
        assert_far(here, &there.plain.1);

        switch_all(here, &here.keyed);
        switch_all(here, &here.plain);
    }
}

/// The thunks of an implementation serve the side that made them, which may have another object in force.
#[test]
fn stateful_implementations_of_the_other_side_are_called_by_the_truth() {
    let (program, object, _turn) = sides();
    for (here, there) in [(&program, &object), (&object, &program)] {
        let all = switch_all(here, &here.plain);
        switch_all(there, &there.keyed);

        let (patched, unpatched) = switch(here, &there.keyed);
        if PATCHES {
            assert_eq!(patched + unpatched, all);
            // The two entries and the addresses in two calls; the choices in the calls say that it is not listed.
            assert_eq!(unpatched, 4);
        }
        assert_eq!((there.call)(5), ask(there.keyed.0, 5));

        switch_all(here, &here.plain);
        assert_eq!((there.call)(5), ask(there.keyed.0, 5));
        switch_all(there, &there.plain);
    }
}

/// Either side has a lock of its own, and code of its own that the lock is for.
#[test]
fn both_sides_update_from_several_threads_at_once() {
    const UPDATES: usize = 2000;

    let (program, object, _turn) = sides();
    let sides = [&program, &object];
    let implementations: Vec<_> = sides
        .iter()
        .flat_map(|side| [side.plain.0, side.keyed.0])
        .collect();
    let implementations = &implementations;
    let answers: &Vec<_> = &implementations.iter().map(|of| ask(*of, 5)).collect();
    let has_ended = &AtomicBool::new(false);
    thread::scope(|scope| {
        let calling = sides.map(|side| {
            let call = side.call;
            scope.spawn(move || {
                while !has_ended.load(Ordering::Relaxed) {
                    let (number, triple) = call(5);
                    assert!(answers.iter().any(|answer| answer.0 == number));
                    assert!(answers.iter().any(|answer| answer.1 == triple));
                }
            })
        });
        let updating = [0, 1, 2, 3].map(|first| {
            let update = sides[first % 2].update;
            scope.spawn(move || {
                let order = implementations.iter().cycle().skip(first);
                for implementation in order.take(UPDATES) {
                    update(*implementation);
                }
            })
        });
        let updated = updating.map(thread::ScopedJoinHandle::join);
        has_ended.store(true, Ordering::Relaxed);
        for result in updated
            .into_iter()
            .chain(calling.map(thread::ScopedJoinHandle::join))
        {
            result.expect("all updates were done and all calls were right");
        }
    });
    for side in sides {
        switch_all(side, &side.keyed);
        switch_all(side, &side.plain);
    }
    let code = protection::of_code();
    assert!(
        code.iter()
            .all(|(_, protection)| !protection.contains(Protection::WRITE))
    );
}

/// Either side has a copy of the type, with the same identity and other statics.
#[test]
fn objects_of_the_other_side_run_its_bodies() {
    let (program, object, _turn) = sides();
    let objects = [&program, &object].map(|side| Devirt::new((side.object)()));
    let marks = objects.each_ref().map(|object| object.as_inner().marked());
    assert_ne!(marks[0], marks[1], "this proves nothing");
    for side in [&program, &object] {
        for _ in 0..100 {
            assert_eq!(objects.each_ref().map(side.call_object), marks);
        }
    }
}
