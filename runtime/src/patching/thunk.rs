//! Thunks: the few instructions that hand an implementation its receiver, or reach one that is too
//! far for a direct jump.
//!
//! A thunk is written once and never changed, so nothing about it can race. It stays for ever, and
//! the same receiver and target get the same thunk again. Thunks live in a small pool in this crate's
//! own text, and in pages near the entry when the pool is full or too far.

use std::collections::BTreeMap;
use std::ops::Range;

use super::arch::{self, Register, Word};
use super::os;
use super::plan::{Plan, Protections};
use crate::Error;

/// What the receiver of a call must become before the target runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Receiver {
    /// It may be the handle, or there is none.
    AsItIs,
    /// The object at this address, passed in this register.
    In(Register, usize),
}

/// What a thunk does.
type Wanted = (Receiver, usize);

/// All thunks of the process.
pub(super) struct Thunks {
    made: BTreeMap<Wanted, Vec<usize>>,
    arenas: Vec<Arena>,
}

/// Memory for thunks.
struct Arena {
    free: Range<usize>,
    /// What the memory holds before a thunk is written.
    blank: Word,
}

impl Thunks {
    pub(super) const fn new() -> Self {
        Self {
            made: BTreeMap::new(),
            arenas: Vec::new(),
        }
    }

    /// Begins to collect the thunks that one switch needs.
    pub(super) fn begin(&mut self) -> NewThunks<'_> {
        if self.arenas.is_empty() {
            self.arenas.push(Arena {
                free: arch::pool(),
                blank: arch::POOL_BLANK,
            });
        }
        let marks = self.arenas.iter().map(|arena| arena.free.start).collect();
        NewThunks {
            thunks: self,
            marks,
            made: Vec::new(),
            plan: Plan::new(),
        }
    }
}

/// Thunks that have a place but are not written yet.
///
/// If they never are, their places are given back.
pub(super) struct NewThunks<'thunks> {
    thunks: &'thunks mut Thunks,
    /// Where the arenas' free memory began before.
    marks: Vec<usize>,
    made: Vec<(Wanted, usize)>,
    plan: Plan,
}

impl NewThunks<'_> {
    /// The address to which the instruction at `from` must lead to arrive at `target` with the
    /// receiver it needs: a thunk's where that takes one. `None` if no thunk can be had.
    pub(super) fn reach(
        &mut self,
        from: usize,
        receiver: Receiver,
        target: usize,
    ) -> Option<usize> {
        if receiver == Receiver::AsItIs && arch::reaches(from, target) {
            return Some(target);
        }
        let wanted = (receiver, target);
        let made = self.thunks.made.get(&wanted).into_iter().flatten();
        let new = self.made.iter().filter(|(same, _)| *same == wanted);
        let known = made
            .chain(new.map(|(_, address)| address))
            .find(|address| arch::reaches(from, **address));
        if let Some(known) = known {
            return Some(*known);
        }
        self.place(from, wanted)
            .or_else(|| self.enlarge(from).and_then(|()| self.place(from, wanted)))
    }

    fn place(&mut self, from: usize, wanted: Wanted) -> Option<usize> {
        for arena in &mut self.thunks.arenas {
            let address = arena.free.start;
            if !arch::reaches(from, address) {
                continue;
            }
            let words = arch::thunk(address, wanted.0, wanted.1)?;
            let end = address + words.len() * size_of::<Word>();
            if end > arena.free.end {
                continue;
            }
            for (word, place) in words.iter().zip((address..).step_by(size_of::<Word>())) {
                self.plan.write(place, arena.blank, *word);
            }
            arena.free.start = end.next_multiple_of(arch::THUNK_ALIGNMENT);
            self.made.push((wanted, address));
            return Some(address);
        }
        None
    }

    fn enlarge(&mut self, from: usize) -> Option<()> {
        let free = os::allocate_near(from, arch::REACH)?;
        self.marks.push(free.start);
        self.thunks.arenas.push(Arena { free, blank: 0 });
        Some(())
    }

    /// Writes the thunks, so that every thread can run them.
    ///
    /// # Errors
    ///
    /// Those of [`Plan::open`], and what could not be tidied up after writing.
    pub(super) fn finish(mut self, protections: &mut Protections) -> Result<(), Error> {
        let plan = std::mem::replace(&mut self.plan, Plan::new());
        let warning = plan.open(protections)?.write();
        // The places are used now, come what may.
        self.marks.clear();
        if let Some(warning) = warning {
            return Err(warning);
        }
        for (wanted, address) in self.made.drain(..) {
            self.thunks.made.entry(wanted).or_default().push(address);
        }
        Ok(())
    }
}

impl Drop for NewThunks<'_> {
    fn drop(&mut self) {
        for (arena, mark) in self.thunks.arenas.iter_mut().zip(&self.marks) {
            arena.free.start = *mark;
        }
    }
}
