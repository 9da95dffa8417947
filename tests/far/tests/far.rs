//! A program and a shared object that it loads lie further apart than a direct jump reaches.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(unsafe_code)]

use std::env;
use std::ptr;

use libloading::{Library, Symbol};
use static_call_tests::PATCHES;
use static_call_tests::path::{End, Path};
use static_call_tests::route::{self, RECEIVER, RECEIVER_AFTER_RESULT, Step};
use static_call_tests_far::{Methods, Shared, Side, ask, side};

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

fn load(register: &str, value: usize) -> Step {
    Step::Load {
        register: String::from(register),
        value,
    }
}

/// Switches `here` to an implementation, and calls it.
#[track_caller]
fn switch(here: &Side, (object, _): &(&'static dyn Shared, Methods)) {
    let (patched, unpatched) = (here.update)(*object);
    assert_eq!((patched > 2, unpatched == 0), (PATCHES, PATCHES));
    assert_eq!((here.call)(5), ask(*object, 5));
}

/// Asserts that the calls of `here` lead to `target` by thunks, which load `receiver` if there is one, and then
/// jump by a register.
#[track_caller]
fn assert_far(here: &Side, target: &Methods, receiver: Option<*const ()>) {
    let methods = [
        (here.callers.number, target.number, RECEIVER),
        (here.callers.triple, target.triple, RECEIVER_AFTER_RESULT),
    ];
    for (caller, method, register) in methods {
        let distance = caller.addr().abs_diff(method.addr());
        assert!(
            distance > 1 << 31,
            "{caller:?} is not far from {method:?}, so this test proves nothing"
        );
        if PATCHES {
            let path = Path::of(caller);
            let End::Immediate(thunk) = path.end else {
                panic!("the call holds no address: {path:#?}")
            };
            let thunk = route::of_entry(ptr::with_exposed_provenance(thunk), method);
            let receiver = receiver.map(|receiver| load(register, receiver.addr()));
            let jump = [
                load("r11", method.addr()),
                Step::JumpByRegister {
                    register: String::from("r11"),
                },
            ];
            let expected: Vec<_> = receiver.into_iter().chain(jump).collect();
            assert_eq!(thunk, expected);
        }
    }
}

#[test]
fn calls_reach_targets_on_the_other_side_by_absolute_jumps() {
    let program = side();
    let object = load_object();
    assert_ne!(ask(program.plain.0, 5), ask(object.plain.0, 5));

    for (here, there) in [(&program, &object), (&object, &program)] {
        assert_eq!((here.call)(5), ask(here.plain.0, 5));

        switch(here, &there.plain);
        assert_far(here, &there.plain.1, None);

        switch(here, &there.keyed);
        let receiver = ptr::from_ref(there.keyed.0).cast();
        assert_far(here, &there.keyed.1, Some(receiver));

        switch(here, &here.keyed);
        switch(here, &here.plain);
    }
}
