//! What callers saw, which must be what was counted where they arrived.

use std::iter::Sum;

use fastrand::Rng;
use static_call_stress_shape as shape;
use static_call_stress_shared::{CALLS, Call, Counter, OBJECTS};

use crate::subjects::SUBJECTS;

/// How often calls reached each object of each subject, and the body of each kind of shape.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Tally {
    pub(crate) objects: [[u64; OBJECTS]; SUBJECTS.len()],
    pub(crate) kinds: [u64; shape::KINDS],
}

impl Tally {
    /// What was counted at the other end until now.
    fn counted() -> Self {
        Self {
            objects: SUBJECTS.each_ref().map(|stressed| (stressed.counts)()),
            kinds: shape::COUNTERS.each_ref().map(Counter::sum),
        }
    }

    /// Makes some calls of one of the subjects, and counts what they reach. The answer is how many they are.
    pub(crate) fn call(&mut self, rng: &mut Rng, caller: usize) -> u64 {
        let index = rng.usize(..SUBJECTS.len());
        let functions = SUBJECTS[index].functions(rng.usize(..));
        for call in (functions.calls)(caller, rng.usize(..)) {
            self.count(index, &call);
        }
        CALLS as u64
    }

    /// Counts a call of the subject with this index.
    ///
    /// # Panics
    ///
    /// What the call reached was not in force.
    pub(crate) fn count(&mut self, index: usize, call: &Call) {
        let subject = SUBJECTS[index].subject;
        assert!(
            subject.allows(call),
            "a call of {} reached what was not in force: {call:?}",
            subject.name()
        );
        self.objects[index][call.object] += 1;
    }

    /// Joins each number with the other's.
    fn zip(mut self, other: &Self, change: impl Fn(u64, u64) -> u64) -> Self {
        let numbers = self.objects.as_flattened_mut().iter_mut();
        let others = other.objects.as_flattened().iter();
        let numbers = numbers.chain(&mut self.kinds);
        for (number, other) in numbers.zip(others.chain(&other.kinds)) {
            *number = change(*number, *other);
        }
        self
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| sum.zip(&tally, |a, b| a + b))
    }
}

/// Makes sure that no call is lost and none is made twice.
pub(crate) struct Accounts {
    before: Tally,
}

impl Accounts {
    /// No call is under way now, nor when they are settled.
    pub(crate) fn open() -> Self {
        Self {
            before: Tally::counted(),
        }
    }

    /// Asserts that this is what was counted since.
    pub(crate) fn settle(&self, seen: &Tally) {
        let counted = Tally::counted().zip(&self.before, |now, before| now - before);
        assert_eq!(*seen, counted, "callers saw other than what was counted");
    }
}
