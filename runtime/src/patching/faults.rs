//! Tests of what happens when the system refuses: each of the requests that patching makes fails in turn.
//!
//! After each failure calls go to one implementation, code has the protection that it had, and the next update works.
//! The list of all faults, and of the tests of each, is in the document about soundness.
#![allow(
    unsafe_code,
    reason = "what the attribute generates counts as this crate's own code here"
)]

use std::any::Any;
use std::cell::Cell;
use std::hint::black_box;
use std::ptr;

use super::arch::{self, Width};
use super::entry::{Target, Targets};
use super::os::fault::{self, Request};
use super::*;
use crate::key::AnyKey;
use crate::listed::OPEN;
use crate::lock::{lock, lock_patcher};
use crate::sync::Mutex;
use crate::{Dispatch, Static, static_dispatch};

struct Plain;

struct Stateful(u64);

/// A trait for each test, and a call of it.
macro_rules! subjects {
    ($($name:ident $call:ident)*) => {$(
        #[static_dispatch]
        trait $name: Sync {
            fn number(&self) -> u64;
            fn text(&self) -> String;
        }

        impl $name for Plain {
            fn number(&self) -> u64 {
                0
            }

            fn text(&self) -> String {
                String::new()
            }
        }

        impl $name for Stateful {
            fn number(&self) -> u64 {
                self.0
            }

            fn text(&self) -> String {
                self.0.to_string()
            }
        }

        #[inline(never)]
        fn $call() -> (u64, String) {
            let handle = Static::<dyn $name>::new();
            (handle.number(), handle.text())
        }
    )*};
}

subjects!(Switched call_switched Far call_far Unused call_unused Unregistered call_unregistered);
subjects!(OutOfReach call_out_of_reach Late call_late Counted call_counted);

/// Keeps something for ever, where a search for leaks finds it.
pub(super) fn for_ever<T: Sync>(value: T) -> &'static T {
    static KEPT: Mutex<Vec<&(dyn Any + Sync)>> = Mutex::new(Vec::new());
    let kept: &T = Box::leak(Box::new(value));
    lock(&KEPT).push(kept);
    kept
}

/// What is put in force.
struct Object {
    described: Implementation,
    address: *const (),
}

impl Object {
    fn new<D: Dispatch + ?Sized>(object: &'static D) -> Self {
        Self {
            described: object.implementation(),
            address: ptr::from_ref(object).cast(),
        }
    }

    /// Something whose methods are out of reach. Nothing is there, so it must not be called.
    fn far<D: Dispatch + ?Sized>(object: &'static D, nth: usize) -> Self {
        const AWAY: usize = 1 << 45;
        let code = (Self::far::<D> as *const ()).wrapping_byte_add(64 * nth);
        let code = code.map_addr(|address| address ^ AWAY);
        let methods = [0, 1].map(|ordinal| Target::free::<Plain>(ordinal, code));
        let thunk_table = object.implementation().targets.thunk_table();
        // SAFETY: no test calls the trait while this is in force. (S6)
        let targets = unsafe { Targets::new(for_ever(methods), thunk_table) };
        Self {
            described: Implementation::of::<Plain>(D::key(), targets),
            address: ptr::from_ref(object).cast(),
        }
    }
}

/// A trait whose code is patched, by a patcher and with a knowledge of its own.
struct Subject {
    key: usize,
    patcher: Patcher,
    code: Code,
    /// Everything that is patched, and how wide it is.
    places: Vec<(usize, Width)>,
}

/// What became of a switch.
#[derive(Debug)]
struct Done {
    result: Result<Option<Error>, Error>,
    published: u32,
    /// How often threads were synchronised before that, and in all.
    synchronised: [usize; 2],
    /// Whether code was changed before that, and whether it is now.
    changed_before: bool,
    changed: bool,
    has_failed: bool,
}

impl Subject {
    /// Prepares the trait of `D`, the one that `call` calls. The caller holds the lock of the patcher.
    fn new<D: Dispatch + ?Sized>(call: fn() -> (u64, String), stateful: &Object) -> Self {
        // Keeps the calls in the code.
        black_box(call);
        let key = AnyKey::address(D::key());
        let mut patcher = Patcher::new();
        let mut code = Code::new();
        patcher
            .find(key, &mut code)
            .expect("patching is allowed here");
        let targets = stateful.described.targets;
        let thunks = targets.thunks().collect();
        let Patcher {
            owners,
            protections,
            ..
        } = &mut patcher;
        code.thunks
            .find(&thunks, targets.thunk_table(), key, owners, protections)
            .expect("the code can be read");
        let jumps = code.jumps().map(|jump| (jump.address, arch::WORD));
        let sites = code.call_sites.iter();
        let sites = sites.map(|site| (site.address, site.width()));
        let receivers = code.thunks.all();
        let receivers = receivers.map(|receiver| (receiver.address, Width::Eight));
        let places: Vec<_> = jumps.chain(sites).chain(receivers).collect();
        assert!(places.len() >= 4, "{places:?}");
        Self {
            key,
            patcher: Patcher::new(),
            code: Code::new(),
            places,
        }
    }

    fn contents(&self) -> Vec<u64> {
        contents(&self.places)
    }

    /// Puts an object in force, while the requests fail that `fails` says.
    fn switch(
        &mut self,
        object: &Object,
        fails: impl Fn(usize, Request) -> bool + 'static,
    ) -> Done {
        let places = &self.places;
        let before = contents(places);
        let published = Cell::new(0);
        let synchronised = || {
            let made = fault::made();
            let is_one = |(request, _): &&_| *request == Request::Synchronise;
            made.iter().filter(is_one).count()
        };
        let synchronised_before = Cell::new(0);
        let changed_before = Cell::new(false);
        fault::arm(fails);
        let result = self.patcher.switch(
            self.key,
            &mut self.code,
            &object.described,
            object.address,
            OPEN,
            &|| {
                published.set(published.get() + 1);
                synchronised_before.set(synchronised());
                changed_before.set(contents(places) != before);
            },
        );
        let synchronised = [synchronised_before.get(), synchronised()];
        let has_failed = fault::any_failed(&fault::disarm());
        let done = Done {
            result,
            published: published.get(),
            synchronised,
            changed_before: changed_before.get(),
            changed: self.contents() != before,
            has_failed,
        };
        if done.result.is_err() {
            assert_eq!((done.published, done.changed), (0, false), "{done:?}");
        } else {
            assert_eq!(done.published, 1, "{done:?}");
        }
        done
    }

    /// The same, and nothing fails.
    #[track_caller]
    fn switch_well(&mut self, object: &Object) -> Done {
        let done = self.switch(object, |_, _| false);
        assert!(matches!(done.result, Ok(None)), "{done:?}");
        assert!(self.code.obstacle.is_none(), "{done:?}");
        self.assert_protected();
        done
    }

    #[track_caller]
    fn assert_protected(&self) {
        for (address, _) in &self.places {
            let region = region::query(ptr::without_provenance::<()>(*address));
            let region = region.expect("code is mapped");
            assert!(region.is_executable() && !region.is_writable());
        }
    }

    /// Whether the switch to the implementation in force was refused, so that it goes by the truth.
    fn is_refused(&self, is_error: impl Fn(&Error) -> bool) -> bool {
        !self.code.is_bound()
            && matches!(&self.code.obstacle, Some(Reason::Refused(error)) if is_error(error))
    }
}

fn contents(places: &[(usize, Width)]) -> Vec<u64> {
    let contents = places.iter().map(|(address, width)| match width {
        Width::One => read::<u8>(*address).into(),
        Width::Four => read::<u32>(*address).into(),
        Width::Eight => read(*address),
    });
    contents.collect()
}

fn read<T>(address: usize) -> T {
    let place = ptr::with_exposed_provenance::<T>(address);
    // SAFETY: this is code, which can be read and stays mapped, read as an integer at an aligned place. (S11)
    unsafe { place.read_volatile() }
}

/// Puts objects in force in turn, one by one while one more request than before succeeds, and then one fails, or all
/// that follow. The answer is how many updates were refused, and how many could not tidy up.
///
/// `object` makes the one after so many; any three in a row are different.
fn fail_in_turn(
    subject: &mut Subject,
    object: impl Fn(usize) -> Object,
    is_for_good: bool,
) -> [u32; 2] {
    const KINDS: usize = 3;
    let (mut refused, mut warned, mut without_failure) = (0, 0, 0);
    subject.switch_well(&object(KINDS - 1));
    for step in 0.. {
        let fails = fails(step / KINDS, is_for_good);
        // All was well after the last update, so nothing but what the process map says is forgotten.
        subject.patcher.protections = Protections::new();
        let done = subject.switch(&object(KINDS + 2 * step), fails);
        match &done.result {
            Err(_) => {
                assert!(done.has_failed, "{done:?}");
                refused += 1;
                if !is_for_good {
                    subject.assert_protected();
                }
            }
            Ok(warning) => {
                assert_eq!(warning.is_some(), done.has_failed, "{done:?}");
                assert!(done.changed, "{done:?}");
                warned += u32::from(done.has_failed);
            }
        }
        let next = subject.switch_well(&object(KINDS + 2 * step + 1));
        assert!(next.changed, "{next:?}");
        without_failure = if done.has_failed {
            0
        } else {
            without_failure + 1
        };
        if without_failure == KINDS {
            break;
        }
    }
    [refused, warned]
}

/// Tells which requests fail: the one after so many, or all after so many.
fn fails(successes: usize, is_for_good: bool) -> impl Fn(usize, Request) -> bool {
    move |made, _| made == successes || is_for_good && made > successes
}

#[test]
fn an_update_is_all_or_nothing_whichever_request_fails() {
    static OBJECTS: [&dyn Switched; 3] = [&Stateful(1), &Stateful(2), &Plain];

    let _lock = lock_patcher();
    let stateful = Object::new(OBJECTS[0]);
    let mut subject = Subject::new::<dyn Switched>(call_switched, &stateful);
    for object in OBJECTS {
        subject.switch_well(&Object::new(object));
    }
    for is_for_good in [false, true] {
        let object = |nth: usize| Object::new(OBJECTS[nth % 3]);
        let [refused, warned] = fail_in_turn(&mut subject, object, is_for_good);
        // At least: the process map, pages made writable, and threads synchronised, in one case twice; then pages
        // restored, and threads synchronised.
        assert!(refused > 3 * 3, "{refused}");
        assert!(warned >= 3 * 2, "{warned}");
    }
}

#[test]
fn an_update_that_needs_veneers_is_all_or_nothing_too() {
    let _lock = lock_patcher();
    let object = |nth: usize| match nth % 3 {
        0 => Object::far::<dyn Far>(&Plain, nth),
        1 => Object::new::<dyn Far>(&Stateful(1)),
        _ => Object::new::<dyn Far>(&Plain),
    };
    let mut subject = Subject::new::<dyn Far>(call_far, &object(1));
    for nth in 0..3 {
        subject.switch_well(&object(nth));
    }
    for is_for_good in [false, true] {
        // Other veneers than those of before.
        let object = |nth: usize| object(nth + if is_for_good { 30_000 } else { 3_000 });
        let [refused, warned] = fail_in_turn(&mut subject, object, is_for_good);
        // What veneers need besides may fail to its end; the thunks have their receiver already.
        assert!(refused >= 3 * 3 + 5, "{refused}");
        assert!(warned >= 3 * 2, "{warned}");
    }
}

#[test]
fn without_memory_for_veneers_calls_go_by_the_truth() {
    let _lock = lock_patcher();
    let [plain, stateful] = [&Plain as &dyn OutOfReach, &Stateful(1)].map(Object::new);
    let mut subject = Subject::new::<dyn OutOfReach>(call_out_of_reach, &stateful);
    let unpatched = subject.contents();
    subject.switch_well(&plain);
    for refused in [Request::Map, Request::Inspect] {
        let far = Object::far::<dyn OutOfReach>(&Plain, 0);
        let done = subject.switch(&far, move |_, request| request == refused);
        assert!(
            matches!(done.result, Ok(None)) && done.has_failed,
            "{done:?}"
        );
        assert_eq!(subject.contents(), unpatched);
        assert!(!subject.code.is_bound());
        subject.assert_protected();
        for ordinal in 0..2 {
            let (state, _) = subject.code.state(ordinal);
            let is_told = matches!(state, MethodState::Unpatched(Reason::OutOfReach));
            // Instrumented entries do not begin with their jumps, and so are not patched anyway.
            assert!(is_told || cfg!(instrumented), "{state:?}");
        }
        let next = subject.switch_well(&plain);
        assert!(next.changed, "{next:?}");
    }
    let done = subject.switch_well(&Object::far::<dyn OutOfReach>(&Plain, 0));
    assert!(done.changed && subject.code.is_bound(), "{done:?}");
    subject.switch_well(&stateful);
}

#[test]
fn the_first_use_goes_by_the_truth_whichever_request_fails() {
    let _lock = lock_patcher();
    let [plain, stateful] = [&Plain as &dyn Unused, &Stateful(1)].map(Object::new);
    let mut subject = Subject::new::<dyn Unused>(call_unused, &stateful);
    let mut refused = 0;
    let warned = (0..).find_map(|step| {
        let fails = fails(step / 2, step % 2 == 0);
        (subject.patcher, subject.code) = (Patcher::new(), Code::new());
        let done = subject.switch(&stateful, fails);
        assert!(done.has_failed, "{done:?}");
        if let Ok(Some(warning)) = done.result {
            return Some(warning);
        }
        assert!(matches!(done.result, Ok(None)) && !done.changed, "{done:?}");
        assert!(subject.is_refused(|_| true));
        refused += 1;
        // The next one tidies up, whatever becomes of it.
        let next = subject.switch(&plain, |_, request| request == Request::Synchronise);
        assert!(matches!(next.result, Ok(None)) && !next.changed, "{next:?}");
        assert!(subject.is_refused(|error| matches!(error, Error::Synchronise { .. })));
        subject.assert_protected();
        None
    });
    // Registered, the process map, made writable, and synchronised twice; each once and for good.
    assert!(refused >= 2 * 5, "{refused}");
    assert!(matches!(warned, Some(Error::Restore { .. })), "{warned:?}");
    subject.switch_well(&plain);
}

/// The kernel is asked once. If it refused, it is not asked for anything else.
#[test]
fn a_process_that_could_not_be_registered_is_never_patched() {
    let _lock = lock_patcher();
    let [plain, stateful] = [&Plain as &dyn Unregistered, &Stateful(1)].map(Object::new);
    let mut subject = Subject::new::<dyn Unregistered>(call_unregistered, &stateful);
    let refused = subject.switch(&stateful, |_, request| request == Request::Register);
    assert!(refused.has_failed, "{refused:?}");
    for object in [plain, stateful] {
        let done = subject.switch(&object, |_, _| true);
        assert!(matches!(done.result, Ok(None)), "{done:?}");
        assert!(!done.changed && !done.has_failed, "{done:?}");
        assert!(subject.is_refused(|error| matches!(error, Error::Synchronise { .. })));
    }
}

/// As where a library is loaded that brings the trait with it.
#[test]
fn a_trait_that_is_registered_after_updates_of_others_is_found() {
    let _lock = lock_patcher();
    let [plain, stateful] = [&Plain as &dyn Late, &Stateful(1)].map(Object::new);
    let mut subject = Subject::new::<dyn Late>(call_late, &stateful);
    let registrations = inventory::iter::<Registration>();
    subject.patcher.collected = registrations
        .map(|registration| (registration.key.address(), registration))
        .filter(|(key, _)| *key != subject.key)
        .collect();
    let done = subject.switch_well(&stateful);
    assert!(done.changed, "{done:?}");
    subject.switch_well(&plain);

    (subject.key, subject.code) = (0, Code::new());
    let done = subject.switch(&stateful, |_, _| false);
    assert!(matches!(done.result, Ok(None)) && !done.changed, "{done:?}");
    assert!(matches!(subject.code.obstacle, Some(Reason::NotCollected)));
}

/// No processor that is tested on shows what happens otherwise.
#[test]
fn threads_are_synchronised_before_what_leads_to_it_and_at_the_end() {
    let _lock = lock_patcher();
    let [plain, one, two] = [&Plain as &dyn Counted, &Stateful(1), &Stateful(2)].map(Object::new);
    let mut subject = Subject::new::<dyn Counted>(call_counted, &one);
    // How often before publication and in all, and whether something was written before.
    let switches = [
        (&plain, [1, 2], false),
        // Its thunks get a receiver first.
        (&one, [2, 3], true),
        // The same thunks get another, to which calls may come at once.
        (&two, [1, 2], false),
        (&two, [0, 0], false),
        (&plain, [1, 2], false),
        // They have this one already.
        (&two, [1, 2], false),
        (&plain, [1, 2], false),
        (&one, [2, 3], true),
    ];
    for (object, synchronised, changed_before) in switches {
        let done = subject.switch_well(object);
        assert_eq!(done.synchronised, synchronised, "{done:?}");
        assert_eq!(done.changed_before, changed_before, "{done:?}");
        assert_eq!(done.changed, synchronised != [0, 0], "{done:?}");
    }
}
