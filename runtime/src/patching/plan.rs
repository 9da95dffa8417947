//! The patching plan: words that change together, whatever they mean and wherever they are.
//!
//! A plan is opened, which checks the words and makes their pages writable, and can fail without
//! having changed anything; the open [`Window`] is then written, which cannot fail.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::Ordering;

use region::Protection;

use super::arch::{self, AtomicWord, Word};
use super::os;
use crate::Error;

/// Words to be changed.
pub(super) struct Plan {
    writes: Vec<Write>,
}

struct Write {
    address: usize,
    old: Word,
    new: Word,
}

impl Write {
    fn word(&self) -> &'static AtomicWord {
        let word = ptr::with_exposed_provenance_mut(self.address);
        // SAFETY: the address is that of a word in code or in a thunk's place, both aligned and there
        // for ever; all accesses of it, but those of the processor's instruction fetch, are atomic.
        unsafe { AtomicWord::from_ptr(word) }
    }
}

impl Plan {
    pub(super) const fn new() -> Self {
        Self { writes: Vec::new() }
    }

    /// Adds the word at `address`, which is `old` now and shall become `new`.
    ///
    /// The word must be aligned, in memory that stays mapped.
    pub(super) fn write(&mut self, address: usize, old: Word, new: Word) {
        debug_assert!(address.is_multiple_of(size_of::<Word>()));
        if old != new {
            self.writes.push(Write { address, old, new });
        }
    }

    /// Checks that all words are what they should be, and makes their pages writable.
    ///
    /// # Errors
    ///
    /// [`Error::Inspect`], [`Error::Protect`], [`Error::Changed`] and [`Error::Synchronise`]; the pages
    /// then have the protection they had before.
    pub(super) fn open(mut self, protections: &mut Protections) -> Result<Window, Error> {
        self.writes.sort_unstable_by_key(|write| write.address);
        let mut window = Window {
            writes: Vec::new(),
            ranges: Vec::new(),
        };
        for range in page_ranges(self.writes.iter().map(|write| write.address)) {
            for (range, protection) in protections.require_code(range)? {
                window.make_writable(range, protection)?;
            }
        }
        for write in &self.writes {
            // Relaxed: only this crate writes these words, under its lock.
            let found = write.word().load(Ordering::Relaxed);
            if found != write.old {
                #[allow(
                    clippy::useless_conversion,
                    reason = "a word has 64 bits on one architecture and 32 on another"
                )]
                return Err(Error::Changed {
                    address: write.address,
                    expected: write.old.into(),
                    found: found.into(),
                });
            }
        }
        if !self.writes.is_empty() {
            // A thread that fetches a new jump may have loaded what the implementation needs before:
            // instruction fetch orders no loads. From here on, no thread's loads are that old.
            os::synchronise().map_err(|source| Error::Synchronise { source })?;
        }
        window.writes = self.writes;
        Ok(window)
    }
}

/// Pages of code that are writable, until the window is dropped.
pub(super) struct Window {
    writes: Vec<Write>,
    /// The pages that were made writable, and the protection they had.
    ranges: Vec<(Range<usize>, Protection)>,
}

impl Window {
    fn make_writable(&mut self, range: Range<usize>, protection: Protection) -> Result<(), Error> {
        if !protection.contains(Protection::WRITE) {
            // Where the system refuses, it may have changed the pages up to there: they are restored too.
            self.ranges.push((range.clone(), protection));
            protect(&range, protection | Protection::WRITE).map_err(|source| Error::Protect {
                address: range.start,
                source,
            })?;
        }
        Ok(())
    }

    /// Writes the words in the order of their addresses, and returns when every thread runs them.
    ///
    /// What cannot be tidied up afterwards is returned; the words are written all the same.
    pub(super) fn write(mut self) -> Option<Error> {
        if self.writes.is_empty() {
            return None;
        }
        for write in &self.writes {
            // Relaxed: the other side is instruction fetch, for which only the barriers in `open`
            // and below count.
            write.word().store(write.new, Ordering::Relaxed);
        }
        for write in &self.writes {
            arch::flush(write.address);
        }
        let restored = self.restore();
        let synchronised = os::synchronise().map_err(|source| Error::Synchronise { source });
        restored.and(synchronised).err()
    }

    fn restore(&mut self) -> Result<(), Error> {
        let mut result = Ok(());
        for (range, protection) in self.ranges.drain(..) {
            if let Err(source) = protect(&range, protection) {
                result = Err(Error::Restore {
                    address: range.start,
                    source,
                });
            }
        }
        result
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // An error has already been returned when a window is dropped unwritten.
        let _ = self.restore();
    }
}

fn protect(range: &Range<usize>, protection: Protection) -> region::Result<()> {
    let start = ptr::with_exposed_provenance::<()>(range.start);
    // SAFETY: the pages keep all rights that they had, so nothing that runs in them or refers to them
    // is disturbed, and only this crate writes to code.
    unsafe { region::protect(start, range.len(), protection) }
}

/// The pages of words at these addresses, which are in order; neighbours joined.
fn page_ranges(addresses: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for address in addresses {
        let pages = pages_around(address..address + size_of::<Word>());
        match ranges.last_mut() {
            Some(last) if pages.start <= last.end => last.end = last.end.max(pages.end),
            _ => ranges.push(pages),
        }
    }
    ranges
}

fn pages_around(range: Range<usize>) -> Range<usize> {
    region::page::floor(ptr::without_provenance::<()>(range.start)).addr()
        ..region::page::ceil(ptr::without_provenance::<()>(range.end)).addr()
}

/// The protection that pages of code had when they were first seen, and get back each time.
///
/// It is read once, because every look into the process map reads all of it.
pub(super) struct Protections {
    pages: BTreeMap<usize, Protection>,
}

impl Protections {
    pub(super) const fn new() -> Self {
        Self {
            pages: BTreeMap::new(),
        }
    }

    /// The protection of the pages around `range`, pages of equal protection joined.
    ///
    /// # Errors
    ///
    /// [`Error::Inspect`] if it cannot be told or is not that of readable code.
    pub(super) fn require_code(
        &mut self,
        range: Range<usize>,
    ) -> Result<Vec<(Range<usize>, Protection)>, Error> {
        let pages = pages_around(range);
        let size = region::page::size();
        if pages
            .clone()
            .step_by(size)
            .any(|page| !self.pages.contains_key(&page))
        {
            self.look(pages.clone())?;
        }
        let mut joined: Vec<(Range<usize>, Protection)> = Vec::new();
        for page in pages.step_by(size) {
            let protection = match self.pages.get(&page) {
                Some(protection) if protection.contains(Protection::READ_EXECUTE) => *protection,
                _ => {
                    return Err(Error::Inspect {
                        address: page,
                        source: None,
                    });
                }
            };
            match joined.last_mut() {
                Some((range, same)) if *same == protection => range.end += size,
                _ => joined.push((page..page + size, protection)),
            }
        }
        Ok(joined)
    }

    /// Requires that words at these addresses, which are in order, can be read and are code.
    ///
    /// # Errors
    ///
    /// As for [`Protections::require_code`].
    pub(super) fn require_code_at(
        &mut self,
        addresses: impl Iterator<Item = usize>,
    ) -> Result<(), Error> {
        for range in page_ranges(addresses) {
            self.require_code(range)?;
        }
        Ok(())
    }

    fn look(&mut self, pages: Range<usize>) -> Result<(), Error> {
        let inspect = |source| Error::Inspect {
            address: pages.start,
            source: Some(source),
        };
        let start = ptr::without_provenance::<()>(pages.start);
        for region in region::query_range(start, pages.len()).map_err(inspect)? {
            let region = region.map_err(inspect)?;
            let known = region.as_range();
            let overlap = known.start.max(pages.start)..known.end.min(pages.end);
            for page in overlap.step_by(region::page::size()) {
                self.pages.entry(page).or_insert(region.protection());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsRawFd;

    use super::*;

    /// Maps two pages of code, side by side. The second is a file's that may not be written, so the system
    /// refuses to make it writable.
    fn two_pages() -> [usize; 2] {
        let size = region::page::size();
        let program = File::open("/proc/self/exe").expect("the program is a file");
        let code = libc::PROT_READ | libc::PROT_EXEC;
        let anonymous = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: this maps new memory.
        let first = unsafe { libc::mmap(ptr::null_mut(), 2 * size, code, anonymous, -1, 0) };
        assert_ne!(first, libc::MAP_FAILED);
        let second = first.wrapping_byte_add(size);
        let shared = libc::MAP_SHARED | libc::MAP_FIXED;
        // SAFETY: this replaces memory that was mapped above and is not used yet.
        let mapped = unsafe { libc::mmap(second, size, code, shared, program.as_raw_fd(), 0) };
        assert_eq!(mapped, second);
        [first, second].map(|page| page.expose_provenance())
    }

    fn read(address: usize) -> Word {
        let place = ptr::with_exposed_provenance::<Word>(address);
        // SAFETY: the test reads pages that it has mapped to be read.
        unsafe { place.read_volatile() }
    }

    fn protection(address: usize) -> Protection {
        region::query(ptr::without_provenance::<()>(address))
            .expect("the page is mapped")
            .protection()
    }

    #[test]
    fn a_page_that_is_refused_leaves_those_before_it_as_they_were() {
        let [first, second] = two_pages();
        let old = read(second);
        let mut plan = Plan::new();
        plan.write(second, old, !old);
        plan.write(first, 0, 1);
        let mut protections = Protections::new();
        match plan.open(&mut protections) {
            Err(Error::Protect { address, .. }) => assert!((first..=second).contains(&address)),
            Err(error) => panic!("{error:?}"),
            Ok(_) => panic!("a file that is not open for writing was made writable"),
        }
        assert_eq!((read(first), read(second)), (0, old));
        assert_eq!(protection(first), Protection::READ_EXECUTE);
        assert_eq!(protection(second), Protection::READ_EXECUTE);

        // Without the second page, the plan succeeds.
        os::prepare_synchronisation().expect("the kernel has membarrier");
        let mut plan = Plan::new();
        plan.write(first, 0, 1);
        let window = plan
            .open(&mut protections)
            .expect("the page can be written");
        assert!(window.write().is_none());
        assert_eq!(read(first), 1);
        assert_eq!(protection(first), Protection::READ_EXECUTE);
    }

    #[test]
    fn a_word_that_is_not_as_expected_leaves_all_as_they_were() {
        let [first, _] = two_pages();
        let mut protections = Protections::new();
        let size = size_of::<Word>();
        for wrong in 0..3 {
            let mut plan = Plan::new();
            for word in 0..3 {
                plan.write(first + word * size, Word::from(word == wrong), 7);
            }
            match plan.open(&mut protections) {
                Err(Error::Changed { address, .. }) => assert_eq!(address, first + wrong * size),
                Err(error) => panic!("{error:?}"),
                Ok(_) => panic!("word {wrong} is not as expected"),
            }
            assert!((0..3).all(|word| read(first + word * size) == 0));
            assert_eq!(protection(first), Protection::READ_EXECUTE);
        }
    }
}
