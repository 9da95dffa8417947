//! What is put in force: objects that have numbers, know whether their state is their own, and count their calls.

use crate::Counter;

/// What is returned instead of the number if the code of one type runs on the state of another.
pub const TORN: usize = usize::MAX;

/// An object that has a number and counts its calls.
pub trait Object {
    /// The number, if the state is that of an object of this type.
    fn number(&self) -> usize;

    /// What counts the calls.
    fn counter(&self) -> &Counter;

    /// Counts a call; the answer is the number.
    fn reach(&self, caller: usize) -> usize {
        self.counter().count(caller);
        self.number()
    }
}

/// An object with state that only objects of its type have; each key makes another type.
pub struct Keyed<const KEY: u32> {
    number: usize,
    locked: usize,
    counter: Counter,
}

impl<const KEY: u32> Keyed<KEY> {
    /// The object of this number.
    #[must_use]
    pub const fn new(number: usize) -> Self {
        Self {
            number,
            locked: Self::lock(number),
            counter: Counter::new(),
        }
    }

    /// What counts the calls.
    #[must_use]
    pub const fn counter(&self) -> &Counter {
        &self.counter
    }

    const fn lock(number: usize) -> usize {
        (!number).rotate_left(KEY)
    }
}

impl<const KEY: u32> Object for Keyed<KEY> {
    fn number(&self) -> usize {
        if self.locked == Self::lock(self.number) {
            self.number
        } else {
            TORN
        }
    }

    fn counter(&self) -> &Counter {
        &self.counter
    }
}
