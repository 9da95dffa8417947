//! The patching plan: what changes together, whatever it means and wherever it is.
//!
//! A plan is opened, which checks what is there and makes its pages writable, and can fail without
//! having changed anything; the open [`Window`] is then written.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::ptr;
use std::time::{Duration, Instant};

use region::Protection;

use super::arch::{self, Width};
use super::os;
use crate::Error;
use crate::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use crate::windows::Windows;

/// Places in code that are to be changed.
pub(super) struct Plan {
    /// Those that must be as the rest expects them before anything leads to them.
    first: Vec<Write>,
    rest: Vec<Write>,
}

struct Write {
    address: usize,
    width: Width,
    old: u64,
    new: u64,
}

impl Write {
    fn range(&self) -> Range<usize> {
        self.address..self.address + self.width.bytes()
    }

    /// What is there now.
    fn load(&self) -> u64 {
        // Relaxed: only this crate writes these places, under its lock.
        match self.width {
            Width::One => self
                .place(AtomicU8::from_ptr)
                .load(Ordering::Relaxed)
                .into(),
            Width::Four => self
                .place(AtomicU32::from_ptr)
                .load(Ordering::Relaxed)
                .into(),
            Width::Eight => self.place(AtomicU64::from_ptr).load(Ordering::Relaxed),
        }
    }

    fn store(&self, value: u64) {
        // Relaxed: the other side is instruction fetch, for which only the barriers in `Plan::open` and
        // `Window::write` count.
        match self.width {
            Width::One => self
                .place(AtomicU8::from_ptr)
                .store(value as u8, Ordering::Relaxed),
            Width::Four => self
                .place(AtomicU32::from_ptr)
                .store(value as u32, Ordering::Relaxed),
            Width::Eight => self
                .place(AtomicU64::from_ptr)
                .store(value, Ordering::Relaxed),
        }
    }

    fn place<Integer, Atomic>(
        &self,
        from_ptr: unsafe fn(*mut Integer) -> &'static Atomic,
    ) -> &'static Atomic {
        // SAFETY: the address is that of a place in code or for a veneer, which is aligned and there for
        // ever; all accesses of it, but those of the processor's instruction fetch, are atomic and of this
        // width. (S12, S14)
        unsafe { from_ptr(ptr::with_exposed_provenance_mut(self.address)) }
    }
}

impl Plan {
    pub(super) const fn new() -> Self {
        Self {
            first: Vec::new(),
            rest: Vec::new(),
        }
    }

    /// Adds the place at `address`, which holds `old` now and shall hold `new`.
    ///
    /// It must be aligned to its width, in memory that stays mapped.
    pub(super) fn write(&mut self, address: usize, width: Width, old: u64, new: u64) {
        add(&mut self.rest, address, width, old, new);
    }

    /// The same, for a place that every thread must see changed before any that [`write`](Self::write) adds.
    pub(super) fn write_first(&mut self, address: usize, width: Width, old: u64, new: u64) {
        add(&mut self.first, address, width, old, new);
    }

    fn writes(&self) -> impl Iterator<Item = &Write> {
        self.first.iter().chain(&self.rest)
    }

    /// Checks that all places hold what they should, and makes their pages writable.
    ///
    /// # Errors
    ///
    /// [`Error::Inspect`], [`Error::Protect`], [`Error::Changed`] and [`Error::Synchronise`]; the pages
    /// then have the protection they had before.
    pub(super) fn open(mut self, protections: &mut Protections) -> Result<Window<'_>, Error> {
        protections.restore_rest();
        self.rest.sort_unstable_by_key(|write| write.address);
        let mut ranges: Vec<_> = self.writes().map(Write::range).collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let mut window = Window {
            plan: Self::new(),
            ranges: Vec::new(),
            opened: None,
            protections,
        };
        for range in page_ranges(ranges.into_iter()) {
            for (range, protection) in window.protections.require_code(range)? {
                window.make_writable(range, protection)?;
            }
        }
        for write in self.writes() {
            let found = write.load();
            if found != write.old {
                return Err(Error::Changed {
                    address: write.address,
                    expected: write.old,
                    found,
                });
            }
        }
        if self.writes().next().is_some() {
            // A thread that fetches a new jump may have loaded what the implementation needs before:
            // instruction fetch orders no loads. From here on, no thread's loads are that old.
            synchronise()?;
        }
        window.plan = self;
        Ok(window)
    }
}

fn add(writes: &mut Vec<Write>, address: usize, width: Width, old: u64, new: u64) {
    debug_assert!(address.is_multiple_of(width.bytes()));
    if old != new {
        writes.push(Write {
            address,
            width,
            old,
            new,
        });
    }
}

fn synchronise() -> Result<(), Error> {
    os::synchronise().map_err(|source| Error::Synchronise { source })
}

/// Pages of code that are writable, until the window is dropped.
pub(super) struct Window<'protections> {
    plan: Plan,
    /// The pages that were made writable, and the protection they had.
    ranges: Vec<(Range<usize>, Protection)>,
    /// Since when any are.
    opened: Option<Instant>,
    protections: &'protections mut Protections,
}

impl Window<'_> {
    fn make_writable(&mut self, range: Range<usize>, protection: Protection) -> Result<(), Error> {
        if !protection.contains(Protection::WRITE) {
            // Where the system refuses, it may have changed the pages up to there: they are restored too.
            self.ranges.push((range.clone(), protection));
            self.opened.get_or_insert_with(Instant::now);
            protect(&range, protection | Protection::WRITE).map_err(|source| Error::Protect {
                address: range.start,
                source,
            })?;
        }
        Ok(())
    }

    /// Writes what comes first, calls `publish`, writes the rest in the order of the addresses, and returns
    /// when every thread runs it.
    ///
    /// What cannot be tidied up afterwards is returned; all is written all the same.
    ///
    /// # Errors
    ///
    /// [`Error::Synchronise`] if what comes first could not be made known; then it is as it was, and `publish`
    /// was not called.
    pub(super) fn write(mut self, publish: &dyn Fn()) -> Result<Option<Error>, Error> {
        let Plan { first, rest } = std::mem::replace(&mut self.plan, Plan::new());
        if !first.is_empty() {
            store(&first, |write| write.new);
            if let Err(error) = synchronise() {
                store(&first, |write| write.old);
                return Err(error);
            }
        }
        publish();
        if first.is_empty() && rest.is_empty() {
            return Ok(None);
        }
        store(&rest, |write| write.new);
        let restored = self.restore();
        Ok(restored.and(synchronise()).err())
    }

    fn restore(&mut self) -> Result<(), Error> {
        let mut result = Ok(());
        for (range, protection) in self.ranges.drain(..) {
            if let Err(source) = protect(&range, protection) {
                result = Err(Error::Restore {
                    address: range.start,
                    source,
                });
                self.protections.rest.push((range, protection));
            }
        }
        if let Some(opened) = self.opened.take() {
            self.protections.count_window(opened.elapsed());
        }
        result
    }
}

fn store(writes: &[Write], value: impl Fn(&Write) -> u64) {
    for write in writes {
        write.store(value(write));
    }
    for write in writes {
        arch::flush(write.address);
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        // An error has already been returned when a window is dropped unwritten.
        let _ = self.restore();
    }
}

fn protect(range: &Range<usize>, protection: Protection) -> io::Result<()> {
    #[cfg(test)]
    os::fault::strike(os::fault::Request::Protect).map_err(io::Error::from_raw_os_error)?;
    if cfg!(all(test, loom)) {
        // What a model patches is data.
        return Ok(());
    }
    let start = ptr::with_exposed_provenance::<()>(range.start);
    // SAFETY: the pages keep all rights that they had, so nothing that runs in them or refers to them
    // is disturbed, and only this crate writes to code. (S13, S14)
    let protected = unsafe { region::protect(start, range.len(), protection) };
    protected.map_err(io::Error::from)
}

/// The pages of these ranges, which are in the order of their starts; neighbours joined.
fn page_ranges(places: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for place in places {
        let pages = pages_around(place);
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
    /// Pages that could not be given their protection back yet.
    rest: Vec<(Range<usize>, Protection)>,
    windows: Windows,
}

impl Protections {
    pub(super) const fn new() -> Self {
        Self {
            pages: BTreeMap::new(),
            rest: Vec::new(),
            windows: Windows::NONE,
        }
    }

    /// How often pages were writable.
    pub(super) fn windows(&self) -> Windows {
        self.windows
    }

    fn count_window(&mut self, duration: Duration) {
        let Windows {
            count,
            total,
            longest,
        } = &mut self.windows;
        *count += 1;
        *total += duration;
        *longest = duration.max(*longest);
    }

    /// Takes these pages for code.
    #[cfg(all(test, loom, target_arch = "x86_64"))]
    pub(super) fn suppose_code(&mut self, range: Range<usize>) {
        for page in pages_around(range).step_by(region::page::size()) {
            self.pages.insert(page, Protection::READ_EXECUTE);
        }
    }

    /// Tries again to give pages their protection back.
    fn restore_rest(&mut self) {
        self.rest
            .retain(|(range, protection)| protect(range, *protection).is_err());
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

    /// Requires that these ranges, which are in the order of their starts, can be read and are code.
    ///
    /// # Errors
    ///
    /// As for [`Protections::require_code`].
    pub(super) fn require_code_at(
        &mut self,
        places: impl Iterator<Item = Range<usize>>,
    ) -> Result<(), Error> {
        for range in page_ranges(places) {
            self.require_code(range)?;
        }
        Ok(())
    }

    fn look(&mut self, pages: Range<usize>) -> Result<(), Error> {
        let inspect = |error: region::Error| Error::Inspect {
            address: pages.start,
            source: Some(error.into()),
        };
        #[cfg(test)]
        os::fault::strike(os::fault::Request::Inspect)
            .map_err(|error| inspect(region::Error::SystemCall(error)))?;
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
    use crate::patching::os::fault;

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

    fn read(address: usize) -> u64 {
        let place = ptr::with_exposed_provenance::<u64>(address);
        // SAFETY: the test reads pages that it has mapped to be read.
        unsafe { place.read_volatile() }
    }

    fn protection(address: usize) -> Protection {
        region::query(ptr::without_provenance::<()>(address))
            .expect("the page is mapped")
            .protection()
    }

    #[test]
    fn what_is_no_code_or_not_there_is_not_taken_for_code() {
        let data = region::alloc(1, Protection::READ_WRITE).expect("a page can be had");
        let data = data.as_ptr_range::<u8>();
        let data = data.start.addr()..data.end.addr();
        for range in [data, 0..region::page::size()] {
            let start = range.start;
            match Protections::new().require_code(range) {
                Err(Error::Inspect { address, .. }) => assert_eq!(address, start),
                answer => panic!("{answer:?}"),
            }
        }
        let code = read as *const ();
        let code = code.addr()..code.addr() + 1;
        assert!(Protections::new().require_code(code).is_ok());
    }

    #[test]
    fn a_page_that_is_refused_leaves_those_before_it_as_they_were() {
        let [first, second] = two_pages();
        let old = read(second);
        let mut plan = Plan::new();
        plan.write(second, Width::Eight, old, !old);
        plan.write(first, Width::Eight, 0, 1);
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
        plan.write(first, Width::Eight, 0, 1);
        let window = plan
            .open(&mut protections)
            .expect("the page can be written");
        let warning = window.write(&|| {}).expect("the kernel has membarrier");
        assert!(warning.is_none());
        assert_eq!(read(first), 1);
        assert_eq!(protection(first), Protection::READ_EXECUTE);
    }

    /// Maps pages of code, none next to another, in the order of their addresses.
    fn pages_apart() -> [usize; PAGES] {
        let mut pages = std::array::from_fn(|_| two_pages()[0]);
        pages.sort_unstable();
        pages
    }

    const PAGES: usize = 5;

    /// What is to be written into each of these pages.
    fn plan_for(pages: &[usize], old: u64, new: u64) -> Plan {
        let mut plan = Plan::new();
        for page in pages {
            plan.write(*page, Width::Eight, old, new);
        }
        plan
    }

    #[track_caller]
    fn assert_protected(pages: &[usize]) {
        for page in pages {
            assert_eq!(protection(*page), Protection::READ_EXECUTE);
        }
    }

    #[test]
    fn whichever_page_is_refused_all_are_as_they_were() {
        os::prepare_synchronisation().expect("the kernel has membarrier");
        let pages = pages_apart();
        let mut protections = Protections::new();
        protections
            .require_code_at(pages.iter().map(|page| *page..page + 1))
            .expect("they are code");
        for (refused, page) in pages.iter().enumerate() {
            let [old, new] = [refused, refused + 1].map(|value| value as u64);
            for is_for_good in [false, true] {
                fault::arm(move |made, _| made == refused || is_for_good && made > refused);
                match plan_for(&pages, old, new).open(&mut protections) {
                    Err(Error::Protect { address, .. }) => assert_eq!(address, *page),
                    Err(error) => panic!("{error:?}"),
                    Ok(_) => panic!("page {refused} was refused"),
                }
                let requests = fault::disarm();
                // Those before are restored, and the one itself, of which the system may have changed a part.
                assert_eq!(requests.len(), 2 * (refused + 1), "{requests:?}");
                assert!(pages.iter().all(|page| read(*page) == old));
                if !is_for_good {
                    assert_protected(&pages);
                }
            }
            // The next plan tidies up first.
            let window = plan_for(&pages, old, new).open(&mut protections);
            let window = window.expect("nothing is refused any more");
            let warning = window.write(&|| {}).expect("the kernel has membarrier");
            assert!(warning.is_none(), "{warning:?}");
            assert!(pages.iter().all(|page| read(*page) == new));
            assert_protected(&pages);
        }
    }

    #[test]
    fn whichever_page_is_not_restored_all_are_written_and_the_next_plan_restores_it() {
        os::prepare_synchronisation().expect("the kernel has membarrier");
        let pages = pages_apart();
        let mut protections = Protections::new();
        for (refused, page) in pages.iter().enumerate() {
            let [old, new] = [refused, refused + 1].map(|value| value as u64);
            let window = plan_for(&pages, old, new).open(&mut protections);
            fault::arm(move |made, _| made == refused);
            let written = window.expect("nothing is refused yet").write(&|| {});
            fault::disarm();
            match written {
                Ok(Some(Error::Restore { address, .. })) => assert_eq!(address, *page),
                other => panic!("{other:?}"),
            }
            for other in &pages {
                assert_eq!(read(*other), new);
                let is_writable = protection(*other).contains(Protection::WRITE);
                assert_eq!(is_writable, other == page);
            }
            // Even one that has nothing to write.
            let window = Plan::new().open(&mut protections);
            drop(window.expect("it asks for nothing"));
            assert_protected(&pages);
        }
    }

    #[test]
    fn a_word_that_is_not_as_expected_leaves_all_as_they_were() {
        let [first, _] = two_pages();
        let mut protections = Protections::new();
        let size = Width::Eight.bytes();
        for wrong in 0..3 {
            let mut plan = Plan::new();
            for word in 0..3 {
                plan.write(
                    first + word * size,
                    Width::Eight,
                    u64::from(word == wrong),
                    7,
                );
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

    #[test]
    fn what_comes_first_is_written_before_publication_and_the_rest_after() {
        os::prepare_synchronisation().expect("the kernel has membarrier");
        let [page, _] = two_pages();
        let [receiver, jump, choice] = [page, page + 8, page + 17];
        let mut plan = Plan::new();
        plan.write(jump, Width::Four, 0, 0x0102_0304);
        plan.write(choice, Width::One, 0, 0x55);
        plan.write_first(receiver, Width::Eight, 0, 7);
        let mut protections = Protections::new();
        let window = plan
            .open(&mut protections)
            .expect("the page can be written");
        let warning = window.write(&|| {
            let all = [receiver, jump, page + 16].map(read);
            assert_eq!(all, [7, 0, 0]);
        });
        assert!(warning.expect("the kernel has membarrier").is_none());
        let all = [receiver, jump, page + 16].map(read);
        assert_eq!(all, [7, 0x0102_0304, 0x5500]);
        assert_eq!(protection(page), Protection::READ_EXECUTE);
    }
}
