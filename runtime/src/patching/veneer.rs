//! Veneers: jumps to what is too far away for a direct jump or for an address in an instruction.
//!
//! A veneer is written once and never changed, so nothing about it can race. It stays for ever, and the
//! same target gets the same veneer again. Veneers live in pages near the code that leads to them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::arch;
use super::os;
use super::plan::{Plan, Protections};
use crate::Error;

/// What memory for veneers holds before one is written.
const BLANK: u64 = 0;

/// All veneers of the process.
pub(super) struct Veneers {
    made: BTreeMap<usize, Vec<usize>>,
    /// Memory for more.
    arenas: Vec<Range<usize>>,
}

impl Veneers {
    pub(super) const fn new() -> Self {
        Self {
            made: BTreeMap::new(),
            arenas: Vec::new(),
        }
    }

    /// Begins to collect the veneers that one switch needs.
    pub(super) fn begin(&mut self) -> NewVeneers<'_> {
        let marks = self.arenas.iter().map(|arena| arena.start).collect();
        NewVeneers {
            veneers: self,
            marks,
            made: Vec::new(),
            plan: Plan::new(),
        }
    }
}

/// Veneers that have a place but are not written yet.
///
/// If they never are, their places are given back.
pub(super) struct NewVeneers<'veneers> {
    veneers: &'veneers mut Veneers,
    /// Where the arenas' free memory began before.
    marks: Vec<usize>,
    made: Vec<(usize, usize)>,
    plan: Plan,
}

impl NewVeneers<'_> {
    /// The address to which the instruction at `from` must lead to arrive at `target`: a veneer's where that
    /// takes one. `None` if no veneer can be had.
    pub(super) fn reach(&mut self, from: usize, target: usize) -> Option<usize> {
        if arch::reaches(from, target) {
            return Some(target);
        }
        let made = self.veneers.made.get(&target).into_iter().flatten();
        let new = self.made.iter().filter(|(same, _)| *same == target);
        let known = made
            .chain(new.map(|(_, address)| address))
            .find(|address| arch::reaches(from, **address));
        if let Some(known) = known {
            return Some(*known);
        }
        self.place(from, target)
            .or_else(|| self.enlarge(from).and_then(|()| self.place(from, target)))
    }

    fn place(&mut self, from: usize, target: usize) -> Option<usize> {
        let words = arch::veneer(target);
        let length = words.len() * arch::WORD.bytes();
        let mut arenas = self.veneers.arenas.iter_mut();
        let arena =
            arenas.find(|arena| length <= arena.len() && arch::reaches(from, arena.start))?;
        let address = arena.start;
        for (place, word) in (address..).step_by(arch::WORD.bytes()).zip(words) {
            self.plan.write(place, arch::WORD, BLANK, word);
        }
        arena.start += length;
        self.made.push((target, address));
        Some(address)
    }

    fn enlarge(&mut self, from: usize) -> Option<()> {
        let arena = os::allocate_near(from, arch::REACH)?;
        self.marks.push(arena.start);
        self.veneers.arenas.push(arena);
        Some(())
    }

    /// Writes the veneers, so that every thread can run them.
    ///
    /// # Errors
    ///
    /// Those of [`Plan::open`], and what could not be tidied up after writing.
    pub(super) fn finish(mut self, protections: &mut Protections) -> Result<(), Error> {
        let plan = std::mem::replace(&mut self.plan, Plan::new());
        let warning = plan.open(protections)?.write(&|| {})?;
        // The places are used now, come what may.
        self.marks.clear();
        if let Some(warning) = warning {
            return Err(warning);
        }
        for (target, address) in self.made.drain(..) {
            self.veneers.made.entry(target).or_default().push(address);
        }
        Ok(())
    }
}

impl Drop for NewVeneers<'_> {
    fn drop(&mut self) {
        for (arena, mark) in self.veneers.arenas.iter_mut().zip(&self.marks) {
            arena.start = *mark;
        }
    }
}
