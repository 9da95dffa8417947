//! Calls that learn, where several threads miss in them at once.
//!
//! A call does what the attribute writes, for two listed types, of which one has two vtables. There are no objects: a
//! vtable is an address, which says of what type it is. All calls of the method are one, as where there are no
//! immediates to patch.
#![allow(unsafe_code)]

use std::ptr;

use loom::thread;

use crate::devirt::call::{Call, is_guarded};
use crate::devirt::learning::Learning;
use crate::devirt::objects::{ObjectMethod, Objects};
use crate::devirt::vtable::{Tag, Vtables};
use crate::report::{DevirtSite, DevirtState};
use crate::sync::modelled::{model, model_turns};

struct Circle;
struct Square;
struct Other;

const CIRCLE: usize = 0x1000;
const OTHER_CIRCLE: usize = 0x1028;
const SQUARE: usize = 0x1050;
const OTHER: usize = 0x1078;

static METHOD: ObjectMethod = ObjectMethod::new("area");
static OTHER_METHOD: ObjectMethod = ObjectMethod::new("scale");
static VTABLES: [Vtables; 2] = [Vtables::of::<Circle>(), Vtables::of::<Square>()];
static OBJECTS: Objects = {
    // SAFETY: a vtable says of what type it is. (S21)
    unsafe { Objects::new("Shape", &[&METHOD, &OTHER_METHOD], &VTABLES, tag) }
};

unsafe fn tag([_, vtable]: [*const (); 2]) -> Tag {
    match number_of(vtable.addr()) {
        1 => Tag::of::<Circle>(&OBJECTS),
        2 => Tag::of::<Square>(&OBJECTS),
        _ => Tag::of::<Other>(&OBJECTS),
    }
}

/// Which listed type this is a vtable of, counted from 1; 0 if none.
fn number_of(vtable: usize) -> u32 {
    match vtable {
        CIRCLE | OTHER_CIRCLE => 1,
        SQUARE => 2,
        _ => 0,
    }
}

/// As soon as possible: a sample is of one call and begins with the first miss that is counted, and one that is bad is
/// enough.
const LEARNING: Learning = Learning {
    misses: 1,
    doublings: 0,
    sample: 1,
    hit_share: 0.5,
    bad_samples: 1,
    // How many there were is not forgotten between executions.
    patches_per_second: u32::MAX,
};

/// The same, but that nothing is bypassed.
const GOOD: Learning = Learning {
    hit_share: 0.0,
    ..LEARNING
};

fn begin(learning: Learning) {
    learning.set();
    OBJECTS.begin();
}

/// Calls an object that has this vtable; the answer is whether it ran a body that is compiled into the call.
fn call(vtable: usize) -> bool {
    call_method(&METHOD, vtable)
}

/// The same, by the call of this method.
fn call_method(method: &ObjectMethod, vtable: usize) -> bool {
    let address = ptr::without_provenance(vtable);
    let position = |is: fn(&Vtables, *const ()) -> bool| {
        let position = VTABLES.iter().position(|listed| is(listed, address));
        position.map_or(0, |position| position as u32 + 1)
    };
    let mut number = position(Vtables::is_first);
    let guard = method.call();
    if number == 0 && !OBJECTS.passes(guard) {
        number = position(Vtables::is_second);
        if number == 0 && !OBJECTS.passes_out_of_line() {
            // SAFETY: nobody follows the address of the object, which is that of its vtable. (S18, S19)
            number = unsafe { OBJECTS.miss_by_words(guard, address, address, address) };
            assert_eq!(number, number_of(vtable), "a miss tells the type");
        }
    }
    if number != 0 {
        assert_eq!(number, number_of(vtable), "a body of another type runs");
    }
    number != 0
}

fn call_all(vtables: &[usize]) {
    for vtable in vtables {
        call(*vtable);
    }
}

/// Whether a call would find this vtable without a miss.
fn is_compared(vtable: usize) -> bool {
    let address = ptr::without_provenance(vtable);
    let listed = &VTABLES[number_of(vtable) as usize - 1];
    listed.is_first(address) || listed.is_second(address)
}

/// What is known of the call if it is found, of which its number says the same.
fn site() -> Option<DevirtSite> {
    let report = OBJECTS.report();
    let mut sites = report.sites.into_iter();
    let site = sites.find(|site| site.method() == METHOD.name())?;
    assert_eq!(
        is_guarded(METHOD.call()),
        site.state() == DevirtState::Guarded
    );
    Some(site)
}

/// Calls with this vtable until it is so, which some calls have to be enough for.
#[track_caller]
fn call_until(vtable: usize, is_so: impl Fn() -> bool) {
    const ENOUGH: usize = 40;
    for _ in 0..ENOUGH {
        if is_so() {
            return;
        }
        call(vtable);
    }
    panic!("{ENOUGH} calls were not enough");
}

fn is_bypassed() -> bool {
    site().is_some_and(|site| site.state() == DevirtState::Bypassed)
}

/// Has the call numbered, and samples taken from now on.
fn begin_numbered(learning: Learning) {
    begin(learning);
    call_until(OTHER, || METHOD.call() != 0);
}

/// Makes the call bypassed.
fn begin_bypassed(learning: Learning) {
    begin_numbered(learning);
    call_until(OTHER, is_bypassed);
}

#[test]
fn a_call_is_numbered_and_bypassed_once() {
    model_turns(|| {
        begin(LEARNING);
        let thread = thread::spawn(|| call_all(&[OTHER; 4]));
        call_all(&[OTHER; 4]);
        thread.join().unwrap();
        call_until(OTHER, is_bypassed);
        assert_eq!(site().unwrap().patches(), 1);
        assert!(!call(OTHER));

        // It is not numbered a second time.
        METHOD.set_call(0);
        call_all(&[OTHER; 4]);
        assert_eq!(METHOD.call(), 0);
    });
}

#[test]
fn calls_compare_with_what_was_learned_after_samples() {
    model_turns(|| {
        begin_numbered(GOOD);
        let thread = thread::spawn(|| call_all(&[OTHER, CIRCLE, SQUARE, CIRCLE]));
        call_all(&[OTHER_CIRCLE, SQUARE, OTHER, CIRCLE]);
        thread.join().unwrap();
        for vtable in [CIRCLE, SQUARE] {
            call_until(vtable, || is_compared(vtable));
            assert!(call(vtable));
        }
        // A sample begins, and ends.
        call_until(OTHER, || !is_compared(CIRCLE));
        call_until(OTHER, || is_compared(CIRCLE));
        assert_eq!(site().unwrap().patches(), 0);
    });
}

#[test]
fn what_was_compared_before_a_sample_is_compared_after_whoever_begins_it() {
    model_turns(|| {
        begin_numbered(GOOD);
        call_until(CIRCLE, || is_compared(CIRCLE));
        let thread = thread::spawn(|| call_all(&[OTHER; 3]));
        call_all(&[OTHER; 3]);
        thread.join().unwrap();
        // In samples it is not met.
        call_until(OTHER, || !is_compared(CIRCLE));
        call_until(OTHER, || is_compared(CIRCLE));
    });
}

#[test]
fn a_sample_ends_though_the_call_that_began_it_is_not_made_again() {
    let learning = Learning {
        // The other call misses too seldom for a sample of its own to end that one.
        misses: 4,
        ..GOOD
    };
    model_turns(move || {
        begin_numbered(learning);
        call_until(CIRCLE, || is_compared(CIRCLE));
        call_until(OTHER, || !is_compared(CIRCLE));
        let call_other = || {
            for _ in 0..2 {
                call_method(&OTHER_METHOD, OTHER);
            }
        };
        let thread = thread::spawn(call_other);
        call_other();
        thread.join().unwrap();
        assert!(is_compared(CIRCLE));
    });
}

#[test]
fn a_call_that_relearns_while_others_miss_compares_again() {
    model_turns(|| {
        begin_bypassed(LEARNING);
        GOOD.set();
        let thread = thread::spawn(|| OBJECTS.relearn());
        call_all(&[CIRCLE, OTHER, CIRCLE, SQUARE]);
        thread.join().unwrap();
        assert_eq!(site().unwrap().patches(), 2);
        call_until(CIRCLE, || is_compared(CIRCLE));
        assert!(call(CIRCLE));
        assert_eq!(site().unwrap().patches(), 2);
    });
}

#[test]
fn a_call_that_relearns_before_it_is_numbered_is_numbered() {
    model_turns(|| {
        begin(LEARNING);
        let thread = thread::spawn(|| OBJECTS.relearn());
        call_all(&[CIRCLE, OTHER, OTHER, CIRCLE]);
        thread.join().unwrap();
        call_until(OTHER, is_bypassed);
        assert_eq!(site().unwrap().patches(), 1);
    });
}

#[test]
fn a_call_that_is_sampled_while_it_relearns_compares_again() {
    model_turns(|| {
        begin_numbered(GOOD);
        call_until(CIRCLE, || is_compared(CIRCLE));
        let thread = thread::spawn(|| OBJECTS.relearn());
        call_all(&[OTHER, CIRCLE, SQUARE, OTHER]);
        thread.join().unwrap();
        for vtable in [CIRCLE, SQUARE] {
            call_until(vtable, || is_compared(vtable));
            assert!(call(vtable));
        }
        assert_eq!(site().unwrap().patches(), 0);
    });
}

#[test]
fn a_call_that_relearns_while_it_is_bypassed_is_bypassed_again() {
    model_turns(|| {
        begin_numbered(LEARNING);
        let thread = thread::spawn(|| OBJECTS.relearn());
        call_all(&[OTHER; 4]);
        thread.join().unwrap();
        call_until(OTHER, is_bypassed);
        // Before and after, or after only.
        assert!([1, 3].contains(&site().unwrap().patches()));
    });
}

#[test]
fn a_call_that_is_looked_at_again_compares_again_if_it_hits() {
    model_turns(|| {
        begin_bypassed(LEARNING);
        GOOD.set();
        let thread = thread::spawn(|| OBJECTS.look_again());
        call_all(&[CIRCLE, OTHER, CIRCLE, SQUARE]);
        thread.join().unwrap();
        assert_eq!(site().unwrap().patches(), 2);
        call_until(CIRCLE, || is_compared(CIRCLE));
        assert!(call(CIRCLE));
    });
}

#[test]
fn a_call_that_is_looked_at_again_is_bypassed_again_if_it_does_not_hit() {
    model_turns(|| {
        begin_bypassed(LEARNING);
        let thread = thread::spawn(|| OBJECTS.look_again());
        call_all(&[OTHER; 4]);
        thread.join().unwrap();
        call_until(OTHER, is_bypassed);
        assert_eq!(site().unwrap().patches(), 3);
    });
}

#[test]
fn a_call_that_relearns_and_is_looked_at_again_is_patched_once() {
    model_turns(|| {
        begin_bypassed(LEARNING);
        let thread = thread::spawn(|| OBJECTS.look_again());
        OBJECTS.relearn();
        thread.join().unwrap();
        assert_eq!(site().unwrap().state(), DevirtState::Guarded);
        assert_eq!(site().unwrap().patches(), 2);
        call_until(OTHER, is_bypassed);
    });
}

#[test]
fn vtables_that_are_learned_at_once_are_both_compared() {
    model_turns(|| {
        OBJECTS.begin();
        let [circles, _] = &VTABLES;
        let learn = |vtable| circles.learn(ptr::without_provenance(vtable));
        let thread = thread::spawn(move || learn(CIRCLE));
        assert!(learn(OTHER_CIRCLE));
        assert!(thread.join().unwrap());
        circles.compare();
        assert!(is_compared(CIRCLE) && is_compared(OTHER_CIRCLE));
    });
}

#[test]
fn one_vtable_stands_for_all_of_a_type() {
    model_turns(|| {
        OBJECTS.begin();
        let [circles, _] = &VTABLES;
        let canonical = |vtable| circles.canonical(ptr::without_provenance(vtable)).addr();
        let thread = thread::spawn(move || canonical(CIRCLE));
        let ours = canonical(OTHER_CIRCLE);
        assert_eq!(ours, thread.join().unwrap());
        assert_eq!(ours, canonical(CIRCLE));
    });
}

/// A call whose sample is half completed, of the two calls that it is to have.
fn half_sampled() -> &'static Call {
    let learning = Learning {
        // So that no sample begins anew.
        misses: 100,
        sample: 2,
        ..LEARNING
    };
    begin(learning);
    let call = Box::leak(Box::new(Call::new(1, &METHOD, None)));
    call.begin_sample();
    assert!(!call.count(false));
    call
}

#[test]
fn a_sample_is_completed_by_one_thread() {
    model_turns(|| {
        let call = half_sampled();
        let thread = thread::spawn(|| call.count(false));
        let completed = call.count(false);
        assert!(completed != thread.join().unwrap());
    });
}

#[test]
fn a_sample_is_completed_or_cut_short() {
    model_turns(|| {
        let call = half_sampled();
        let thread = thread::spawn(|| call.cut_short());
        let completed = call.count(false);
        assert!(completed != thread.join().unwrap());
        call.decide();
        assert_eq!(call.report().hit_share(), Some(0.0));
    });
}

#[test]
fn a_call_runs_no_body_of_another_type_whatever_it_sees() {
    model(|| {
        begin_numbered(GOOD);
        let thread = thread::spawn(|| call_all(&[CIRCLE, OTHER_CIRCLE]));
        call_all(&[SQUARE, CIRCLE]);
        thread.join().unwrap();
    });
}
