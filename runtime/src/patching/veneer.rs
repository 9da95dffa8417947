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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patching::os::fault::{self, Request};

    /// A place in code, and what is out of its reach. Nothing is there.
    fn far(nth: usize) -> [usize; 2] {
        let from = far as *const ();
        let away = from.map_addr(|address| (address ^ 1 << 45) + 64 * nth);
        [from.addr(), away.addr()]
    }

    fn reach(veneers: &mut NewVeneers<'_>, nth: usize) -> Option<usize> {
        let [from, target] = far(nth);
        veneers.reach(from, target)
    }

    #[test]
    fn when_no_more_memory_can_be_had_what_has_a_veneer_is_reached_and_nothing_else() {
        let mut veneers = Veneers::new();
        let mut new = veneers.begin();
        fault::arm(|_, request| request == Request::Map);
        assert_eq!(reach(&mut new, 0), None);
        let [from, _] = far(0);
        assert_eq!(new.reach(from, from), Some(from));
        fault::disarm();

        let first = reach(&mut new, 0).expect("memory can be had");
        fault::arm(|_, request| request == Request::Map);
        let full = (0..).take_while(|nth| reach(&mut new, *nth).is_some());
        let full = full.count();
        assert!(full >= 1000, "{full}");
        assert!(fault::any_failed(&fault::disarm()));
        assert_eq!(reach(&mut new, 0), Some(first));
        assert!(reach(&mut new, full).is_some());
        let mut protections = Protections::new();
        new.finish(&mut protections).expect("nothing is refused");
        fault::arm(|_, _| true);
        let mut new = veneers.begin();
        assert!((0..=full).all(|nth| reach(&mut new, nth).is_some()));
        assert!(fault::disarm().is_empty());
    }

    #[test]
    fn veneers_that_were_not_written_are_not_known_and_give_their_places_back() {
        crate::patching::os::prepare_synchronisation().expect("the kernel has membarrier");
        let mut veneers = Veneers::new();
        let mut protections = Protections::new();
        let mut nth = 0;
        for (successes, is_written) in [
            // The process map, and the pages made writable.
            (0, false),
            (1, false),
            (2, false),
            // Written, but the pages not restored, or threads not synchronised.
            (3, true),
            (4, true),
        ] {
            // Memory for it is there.
            nth += 1;
            let mut new = veneers.begin();
            let place = reach(&mut new, nth).expect("memory can be had");
            fault::arm(move |made, _| made == successes);
            let finished = new.finish(&mut protections);
            let made = fault::disarm();
            assert!(finished.is_err() && fault::any_failed(&made), "{made:?}");
            assert!(!veneers.made.contains_key(&far(nth)[1]));

            let mut new = veneers.begin();
            let again = reach(&mut new, nth).expect("memory can be had");
            assert_eq!(again != place, is_written, "{successes}");
            new.finish(&mut protections).expect("nothing is refused");
            assert_eq!(reach(&mut veneers.begin(), nth), Some(again));
            // All is well, so nothing but what the process map says is forgotten.
            protections = Protections::new();
        }
    }
}
