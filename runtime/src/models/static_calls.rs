//! Static calls while their implementation is switched.
#![allow(unsafe_code)]

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use loom::thread;

use crate::implementation::Implementation;
use crate::key::{Key, Method};
use crate::listed::{Listed, OPEN};
use crate::lock::lock_patcher;
use crate::patching::Code;
use crate::patching::exports::{Table, Target, Targets};
use crate::patching::machine::{Arrival, Processor, Program, THUNKS, has_refused, refuse};
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::modelled::{explore, model};
use crate::{Dispatch, update};

trait Subject: Sync {
    /// The number of the object.
    fn number(&self) -> u32;
    fn describe(&self) -> Implementation;
}

impl Dispatch for dyn Subject {
    fn key() -> &'static Key<Self> {
        &KEY
    }

    fn implementation(&self) -> Implementation {
        self.describe()
    }
}

/// What is in force at first, and takes any receiver.
struct Unset;

/// What is called by its thunk.
struct Open(State);

/// What is listed, and has a thunk all the same.
struct Chosen(State);

struct State {
    number: u32,
    /// Written before the object is put in force.
    is_ready: AtomicU32,
}

impl State {
    const fn new(number: u32) -> Self {
        Self {
            number,
            is_ready: AtomicU32::new(0),
        }
    }

    fn number(&self) -> u32 {
        let is_ready = self.is_ready.load(Ordering::Relaxed);
        assert_eq!(is_ready, 1, "what came before the update is not visible");
        self.number
    }
}

impl AsRef<State> for Open {
    fn as_ref(&self) -> &State {
        &self.0
    }
}

impl AsRef<State> for Chosen {
    fn as_ref(&self) -> &State {
        &self.0
    }
}

/// Its address is that of its method.
static UNSET: (Unset, u8) = (Unset, 0);
static OPEN_OBJECTS: [Open; 2] = [Open(State::new(1)), Open(State::new(2))];
static CHOSEN_OBJECTS: [Chosen; 2] = [Chosen(State::new(3)), Chosen(State::new(4))];

const CHOICE: u32 = 7;
static LISTED: Listed<Chosen> = Listed::new(CHOICE);

static KEY: Key<dyn Subject> = Key::new(
    "Subject",
    (&UNSET.0, OPEN),
    &[Method {
        ordinal: 0,
        name: "number",
        cold: false,
    }],
    &[&LISTED],
);

fn describe<T>(targets: &'static [Target]) -> Implementation {
    // SAFETY: there is no table. (S10)
    let table = unsafe { Table::new(ptr::null(), ptr::null()) };
    // SAFETY: nothing calls them but `call`, which knows them. (S6)
    let targets = unsafe { Targets::new(targets, table) };
    Implementation::of::<T>(&KEY, targets)
}

impl Subject for Unset {
    fn number(&self) -> u32 {
        0
    }

    fn describe(&self) -> Implementation {
        static TARGETS: [Target; 1] = [Target::new::<Unset>(
            0,
            (&raw const UNSET.1).cast(),
            ptr::null(),
        )];
        describe::<Self>(&TARGETS)
    }
}

impl Subject for Open {
    fn number(&self) -> u32 {
        self.0.number()
    }

    fn describe(&self) -> Implementation {
        static TARGETS: [Target; 1] = [Target::new::<Open>(
            0,
            ptr::null(),
            (&raw const THUNKS[0]).cast(),
        )];
        describe::<Self>(&TARGETS)
    }
}

impl Subject for Chosen {
    fn number(&self) -> u32 {
        self.0.number()
    }

    fn describe(&self) -> Implementation {
        static TARGETS: [Target; 1] = [Target::new::<Chosen>(
            0,
            ptr::null(),
            (&raw const THUNKS[1]).cast(),
        )];
        describe::<Self>(&TARGETS)
    }
}

/// How many updates have returned.
static RETURNED: AtomicU32 = AtomicU32::new(0);

fn states() -> impl Iterator<Item = &'static State> {
    let open = OPEN_OBJECTS.iter().map(|object| &object.0);
    open.chain(CHOSEN_OBJECTS.iter().map(|object| &object.0))
}

fn begin<const PROCESSORS: usize>(program: Program) -> [Processor; PROCESSORS] {
    let (code, processors) = program.begin(&mut lock_patcher());
    KEY.begin(code);
    RETURNED.begin();
    LISTED.begin();
    for state in states() {
        state.is_ready.begin();
    }
    processors
}

/// Begins an execution in which the code is not known.
fn begin_unpatched() {
    let [] = begin(INLINE);
    KEY.begin(Code::new());
}

/// Puts the object in force that is the next one.
fn put<T: Subject + AsRef<State>>(object: &'static T) {
    let State { number, is_ready } = object.as_ref();
    is_ready.store(1, Ordering::Relaxed);
    update::<dyn Subject>(object).expect("nothing is refused");
    RETURNED.store(*number, Ordering::Relaxed);
}

/// Makes the call; the answer is the number of the object.
fn call(processor: &Processor) -> u32 {
    fn at<T>(objects: &'static [T], receiver: u64) -> &'static T {
        let mut objects = objects.iter();
        let is_it = |object: &&T| ptr::from_ref(*object).addr() as u64 == receiver;
        objects
            .find(is_it)
            .expect("a thunk has a receiver of its type")
    }

    match processor.call(&[(&raw const UNSET.1).addr()], &[CHOICE]) {
        // SAFETY: the choice is that of the type. (S2, S3)
        Arrival::Body(_) => unsafe { LISTED.object() }.number(),
        Arrival::Slow => KEY.current().as_dyn().number(),
        Arrival::Function(_) => UNSET.0.number(),
        Arrival::Thunk(0, receiver) => at(&OPEN_OBJECTS, receiver).number(),
        Arrival::Thunk(_, receiver) => at(&CHOSEN_OBJECTS, receiver).number(),
    }
}

/// As on x86-64.
const INLINE: Program = Program {
    has_site: true,
    has_choice: true,
    fetches_in_order: true,
};

/// As on AArch64, but that calls have sites too.
const UNORDERED: Program = Program {
    has_site: true,
    has_choice: false,
    fetches_in_order: false,
};

/// Calls while updates may return, and sees none that is older than one that has.
fn call_while_updated(processor: &Processor) -> u32 {
    let returned = RETURNED.load(Ordering::Relaxed);
    let number = call(processor);
    assert!(
        number >= returned,
        "{number} is called after the update to {returned}"
    );
    number
}

fn calls_run_what_is_in_force(program: Program) {
    model(move || {
        let [ours, theirs] = begin(program);
        KEY.current();
        let caller = thread::spawn(move || {
            call_while_updated(&theirs);
            call_while_updated(&theirs);
        });
        put(&OPEN_OBJECTS[0]);
        put(&OPEN_OBJECTS[1]);
        put(&CHOSEN_OBJECTS[0]);
        assert_eq!(call(&ours), 3);
        caller.join().unwrap();
    });
}

#[test]
fn calls_run_what_is_in_force_where_code_is_fetched_in_order() {
    calls_run_what_is_in_force(INLINE);
}

#[test]
fn calls_run_what_is_in_force_where_code_is_fetched_in_any_order() {
    calls_run_what_is_in_force(UNORDERED);
}

/// As on AArch64: the choice is loaded, and the entry is called.
const OUT_OF_LINE: Program = Program {
    has_site: false,
    has_choice: false,
    fetches_in_order: false,
};

#[test]
fn calls_that_load_the_choice_run_what_is_in_force() {
    let call = |processor: &Processor| {
        processor.is_interrupted();
        if KEY.choice() == CHOICE {
            // SAFETY: the choice is that of the type. (S2, S3)
            unsafe { LISTED.object() }.number()
        } else {
            call(processor)
        }
    };
    model(move || {
        let [ours, theirs] = begin(OUT_OF_LINE);
        KEY.current();
        let caller = thread::spawn(move || {
            for _ in 0..2 {
                let returned = RETURNED.load(Ordering::Relaxed);
                let number = call(&theirs);
                assert!(number >= returned, "{number} after {returned}");
            }
        });
        put(&OPEN_OBJECTS[0]);
        put(&CHOSEN_OBJECTS[0]);
        put(&CHOSEN_OBJECTS[1]);
        assert_eq!(call(&ours), 4);
        caller.join().unwrap();
    });
}

/// Nothing is patched, so nothing interrupts: what is seen is told by the truth alone.
#[test]
fn snapshots_and_loaded_choices_have_the_object_of_their_type() {
    model(|| {
        begin_unpatched();
        let callers = [false, true].map(|is_snapshot| {
            thread::spawn(move || {
                if is_snapshot {
                    let snapshot = KEY.current();
                    let number = snapshot.as_dyn().number();
                    assert_eq!(snapshot.__choice() == CHOICE, number >= 3);
                } else if KEY.choice() == CHOICE {
                    // SAFETY: the choice is that of the type. (S2, S3)
                    assert!(unsafe { LISTED.object() }.number() >= 3);
                }
            })
        });
        put(&CHOSEN_OBJECTS[0]);
        put(&OPEN_OBJECTS[0]);
        for caller in callers {
            caller.join().unwrap();
        }
        assert_eq!(KEY.current().as_dyn().number(), 1);
        assert_eq!(KEY.choice(), OPEN);
    });
}

fn previous_of(object: &'static dyn Subject, state: &State) -> u32 {
    state.is_ready.store(1, Ordering::Relaxed);
    let change = update::<dyn Subject>(object).expect("nothing is refused");
    change.previous().number()
}

#[test]
fn updates_at_once_happen_one_after_the_other() {
    model(|| {
        let [ours, theirs] = begin(INLINE);
        let [open, chosen] = [&OPEN_OBJECTS[0], &OPEN_OBJECTS[1]];
        let other = thread::spawn(|| previous_of(chosen, &chosen.0));
        let caller = thread::spawn(move || call(&theirs));
        let before_open = previous_of(open, &open.0);
        let before_chosen = other.join().unwrap();
        caller.join().unwrap();
        let last = match (before_open, before_chosen) {
            (0, 1) => 2,
            (2, 0) => 1,
            both => panic!("two updates have changed {both:?}"),
        };
        assert_eq!(call(&ours), last);
        assert_eq!(KEY.current().as_dyn().number(), last);
    });
}

#[test]
fn the_first_use_does_not_undo_an_update() {
    model(|| {
        let [ours, theirs] = begin(INLINE);
        let caller = thread::spawn(move || {
            KEY.current();
            call_while_updated(&theirs);
        });
        put(&OPEN_OBJECTS[0]);
        assert_eq!(call(&ours), 1);
        caller.join().unwrap();
        assert_eq!(call(&ours), 1);
        assert_eq!(KEY.current().as_dyn().number(), 1);
    });
}

/// Lets an update to this object be refused at each step.
fn an_update_that_is_refused_is_put_back<T: Subject + AsRef<State>>(object: &'static T) {
    for granted in 0.. {
        let any_refused = Arc::new(AtomicBool::new(false));
        let refused_here = Arc::clone(&any_refused);
        explore(move || {
            let [ours, theirs] = begin(INLINE);
            put(&OPEN_OBJECTS[0]);
            let caller = thread::spawn(move || call_while_updated(&theirs));
            let State { number, is_ready } = object.as_ref();
            is_ready.store(1, Ordering::Relaxed);
            refuse(granted);
            let updated = update::<dyn Subject>(object);
            refused_here.fetch_or(has_refused(), Ordering::Relaxed);
            let in_force = updated.map_or(1, |_| *number);
            assert_eq!(call(&ours), in_force);
            caller.join().unwrap();
            assert_eq!(call(&ours), in_force);
            assert_eq!(KEY.current().as_dyn().number(), in_force);
        });
        if !any_refused.load(Ordering::Relaxed) {
            // Made writable and synchronised; restored and synchronised.
            assert!(granted >= 4, "{granted}");
            break;
        }
    }
}

#[test]
fn an_update_to_another_type_that_is_refused_is_put_back() {
    an_update_that_is_refused_is_put_back(&CHOSEN_OBJECTS[0]);
}

#[test]
fn an_update_to_another_object_that_is_refused_is_put_back() {
    an_update_that_is_refused_is_put_back(&OPEN_OBJECTS[1]);
}
