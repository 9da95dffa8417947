//! Calls through `Devirt` that learn while their receivers change, and while another thread changes how they learn.
//! Each must do what a call of the trait object does.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use static_call::{Devirt, DevirtReport, DevirtState, Learning, Relearner};
use static_call_stress_objects::make;
use static_call_stress_shape::{self as shape, Calls, KINDS, LISTED, Make, Shape, call_each};
use static_call_tests::PATCHES;
use {
    static_call_stress_left as left, static_call_stress_objects as objects,
    static_call_stress_right as right,
};

use crate::run::Run;
use crate::subjects;
use crate::tally::{Accounts, Tally};

/// How many shapes are called in turn.
const SHAPES: usize = 16;

/// How many calls [`Tally::call_shapes`] makes: of two methods, of twins.
pub(crate) const CALLS: usize = 4 * SHAPES;

/// Shapes with vtables of several crates. What is referred to is compiled there, not here.
static MAKE: [&Make; 4] = [
    &objects::MAKE_SHAPE,
    &left::MAKE_SHAPE,
    &right::MAKE_SHAPE,
    &(make::<4> as Make),
];

/// Calls of several crates.
static CALL: [&Calls; 5] = [
    &shape::CALL_SHAPE,
    &objects::CALL_SHAPE,
    &left::CALL_SHAPE,
    &right::CALL_SHAPE,
    &(call_each::<4, _> as Calls),
];

/// Calls that are made by one thread each, or few.
static OWN: [Calls; 4] = [
    call_each::<5, _>,
    call_each::<6, _>,
    call_each::<7, _>,
    call_each::<8, _>,
];

pub(crate) fn stress(run: &Run) -> String {
    let accounts = Accounts::open();
    let tallies = run.in_parallel(1 + run.callers(), |thread| match thread {
        0 => teach(run),
        _ => learn(run, thread),
    });
    let mut tally = tallies.into_iter().sum();
    settle(&mut tally);
    accounts.settle(&tally);
    reported(|row| {
        let patches = row.sites().iter().map(|site| site.patches());
        format!(
            "{} patches of {} calls",
            patches.sum::<u32>(),
            row.sites().len()
        )
    })
}

/// Has calls decide often what they do, from now on.
pub(crate) fn decide_often() {
    Learning {
        misses: 8,
        sample: 4,
        patches_per_second: u32::MAX,
        ..Learning::default()
    }
    .set();
}

/// Changes how calls learn, and has them learn anew.
fn teach(run: &Run) -> Tally {
    let mut rng = run.rng(0);
    let mut relearner = None;
    while run.goes_on() {
        match rng.u8(..5) {
            0 => static_call::relearn(),
            // This patches other calls in the same pages.
            1 => subjects::some(&mut rng).advance(),
            2 => relearner = None,
            3 => {
                let interval = Duration::from_micros(rng.u64(..2000));
                relearner = Some(Relearner::spawn(interval).expect("a thread can be started"));
            }
            _ => Learning {
                misses: rng.u32(..300),
                doublings: rng.u32(..4),
                sample: rng.u32(..100),
                hit_share: rng.f32(),
                bad_samples: rng.u32(..4),
                patches_per_second: rng.u32(..100_000),
            }
            .set(),
        }
        run.updated(1);
        thread::sleep(Duration::from_micros(rng.u64(..3000)));
    }
    drop(relearner);
    Tally::default()
}

/// Calls shapes.
pub(crate) fn learn(run: &Run, thread: usize) -> Tally {
    let mut rng = run.rng(thread);
    let mut tally = Tally::default();
    while run.goes_on() {
        run.called(tally.call_shapes_for_a_while(&mut rng, thread));
    }
    tally
}

/// Asserts that calls that nothing disturbs are bypassed if they meet no listed type, until they relearn.
fn settle(tally: &mut Tally) {
    Learning {
        misses: 64,
        sample: 32,
        patches_per_second: u32::MAX,
        ..Learning::default()
    }
    .set();
    let mut rng = Rng::with_seed(0);
    let unlisted: Vec<_> = (LISTED..KINDS).collect();
    let mut shapes = shapes(&mut rng, &unlisted);
    for calls in CALL.into_iter().chain(&OWN) {
        static_call::relearn();
        assert_eq!(bypassed(), 0, "{}", static_call::report());
        for _ in 0..200 {
            tally.call_shapes(&mut shapes, *calls, 0, &mut rng);
        }
        // Two methods.
        assert_eq!(bypassed(), 2, "{}", static_call::report());
    }
    static_call::relearn();
    assert_eq!(bypassed(), 0, "{}", static_call::report());
    Learning::default().set();
}

/// How many methods have calls that are bypassed. The compiler may have made copies of a call.
fn bypassed() -> usize {
    reported(|row| {
        assert!(!row.sites().is_empty(), "no call is known");
        let sites = row.sites().iter();
        let sites = sites.inspect(|site| {
            let is_patched = PATCHES && cfg!(target_arch = "x86_64");
            assert_eq!(site.address().is_some(), is_patched, "{site:?}");
        });
        let bypassed = sites.filter(|site| site.state() == DevirtState::Bypassed);
        let methods: BTreeSet<_> = bypassed.map(|site| site.method()).collect();
        methods.len()
    })
}

/// What the report says of the shapes.
fn reported<R>(look: impl FnOnce(&DevirtReport) -> R) -> R {
    let report = static_call::report();
    let mut traits = report.devirt().iter();
    look(
        traits
            .find(|row| row.name() == shape::NAME)
            .expect("the trait is registered"),
    )
}

/// A shape twice: as an object whose calls learn, and as one whose calls do not.
pub(crate) struct Twins {
    kind: usize,
    learning: Devirt<Box<dyn Shape>>,
    plain: Box<dyn Shape>,
}

/// Shapes of these kinds, with vtables of several crates, or of which all of a kind have the same.
pub(crate) fn shapes(rng: &mut Rng, kinds: &[usize]) -> Vec<Twins> {
    let shapes = (0..SHAPES).map(|_| {
        let kind = *rng.choice(kinds).expect("there are some");
        let size = rng.usize(..);
        let make = MAKE[rng.usize(..MAKE.len())];
        let [learning, plain] = [(); 2].map(|()| make(kind, size));
        Twins {
            kind,
            learning: if rng.bool() {
                Devirt::new(learning)
            } else {
                Devirt::from(learning)
            },
            plain,
        }
    });
    shapes.collect()
}

impl Tally {
    /// Calls shapes of some kinds for a while. The answer is how many calls that are.
    pub(crate) fn call_shapes_for_a_while(&mut self, rng: &mut Rng, caller: usize) -> u64 {
        let amount = rng.usize(1..=KINDS);
        let kinds = rng.choose_multiple(0..KINDS, amount);
        let calls = match CALL.get(rng.usize(..=CALL.len())) {
            Some(calls) => **calls,
            None => OWN[caller % OWN.len()],
        };
        let mut shapes = shapes(rng, &kinds);
        let rounds = rng.u16(..500);
        (0..rounds)
            .map(|_| self.call_shapes(&mut shapes, calls, caller, rng))
            .sum()
    }

    /// Calls each of these shapes in both ways, and counts that. The answer is how many calls these are.
    ///
    /// # Panics
    ///
    /// A call through `Devirt` does something else than one of the trait object.
    pub(crate) fn call_shapes(
        &mut self,
        shapes: &mut [Twins],
        calls: Calls,
        caller: usize,
        rng: &mut Rng,
    ) -> u64 {
        for Twins {
            kind,
            learning,
            plain,
        } in &mut *shapes
        {
            let by = rng.usize(..);
            let learned = calls(learning, caller, by);
            let expected = call_each::<4, dyn Shape>(&mut **plain, caller, by);
            assert_eq!(learned, expected, "calls of a shape of kind {kind}");
            self.kinds[*kind] += (learned.len() + expected.len()) as u64;
        }
        CALLS as u64
    }
}
