//! What is asked of Linux beyond page protection, for which the crate `region` is used.
#![allow(unsafe_code)]

use std::io;
use std::ops::Range;
use std::ptr;

/// How much is allocated at a time for veneers.
const ARENA: usize = 64 << 10;

/// Registers the process for [`synchronise`].
///
/// # Errors
///
/// The kernel is older than Linux 4.16, or a filter refuses the system call.
pub(super) fn prepare_synchronisation() -> io::Result<()> {
    #[cfg(test)]
    fault::strike(fault::Request::Register).map_err(io::Error::from_raw_os_error)?;
    membarrier(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)
}

/// Makes every running thread of the process execute a core-serialising instruction, so that none
/// goes on with instructions fetched before (`membarrier(2)`).
pub(super) fn synchronise() -> io::Result<()> {
    #[cfg(test)]
    fault::strike(fault::Request::Synchronise).map_err(io::Error::from_raw_os_error)?;
    #[cfg(all(test, loom, target_arch = "x86_64"))]
    super::machine::interrupt();
    membarrier(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE)
}

fn membarrier(command: libc::c_int) -> io::Result<()> {
    // SAFETY: `membarrier` takes no pointer and changes no memory. (S16)
    let result = unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Allocates zeroed pages that can be read and executed, with every byte within `reach` of `address`.
///
/// Memory below is preferred: above a program lies its heap, which wants to grow.
pub(super) fn allocate_near(address: usize, reach: usize) -> Option<Range<usize>> {
    let reach = reach.checked_sub(ARENA)?;
    let lowest = address.saturating_sub(reach).max(ARENA);
    let highest = address.saturating_add(reach);
    let start = ptr::without_provenance::<()>(lowest);
    #[cfg(test)]
    fault::strike(fault::Request::Inspect).ok()?;
    let mut gaps = Vec::new();
    let mut end_of_last = lowest;
    for region in region::query_range(start, highest - lowest).ok()? {
        let region = region.ok()?.as_range();
        gaps.push(end_of_last..region.start.min(highest));
        end_of_last = end_of_last.max(region.end);
    }
    let (below, above): (Vec<_>, Vec<_>) = gaps
        .into_iter()
        .filter(|gap| gap.len() >= 2 * ARENA)
        .partition(|gap| gap.start < address);
    let nearest_below = below.iter().rev().map(|gap| gap.end - ARENA);
    let nearest_above = above.iter().map(|gap| gap.end - ARENA);
    nearest_below
        .chain(nearest_above)
        .find_map(|start| map_code(start & !(ARENA - 1)))
}

/// Maps pages at exactly this address, which must be free.
fn map_code(start: usize) -> Option<Range<usize>> {
    #[cfg(test)]
    fault::strike(fault::Request::Map).ok()?;
    let placement = libc::MAP_FIXED_NOREPLACE;
    #[cfg(test)]
    let placement = placement & !fault::UNKNOWN.get();
    let wanted = ptr::without_provenance_mut(start);
    // SAFETY: `MAP_FIXED_NOREPLACE` never replaces a mapping. Kernels older than Linux 4.17 take the
    // address as a hint, which does not either. (S15)
    let mapped = unsafe {
        libc::mmap(
            wanted,
            ARENA,
            libc::PROT_READ | libc::PROT_EXEC,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | placement,
            -1,
            0,
        )
    };
    if mapped == libc::MAP_FAILED {
        return None;
    }
    if mapped != wanted {
        // SAFETY: the pages were mapped just now, and nothing refers to them. (S15)
        unsafe { libc::munmap(mapped, ARENA) };
        return None;
    }
    let start = mapped.expose_provenance();
    Some(start..start + ARENA)
}

/// Requests to the system that fail, for tests of what happens then. They are those of one thread.
#[cfg(test)]
pub(super) mod fault {
    use std::cell::{Cell, RefCell};

    /// What is asked for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in crate::patching) enum Request {
        Register,
        Synchronise,
        Protect,
        /// To look into the process map.
        Inspect,
        /// To map memory for veneers.
        Map,
    }

    struct Armed {
        fails: Box<dyn Fn(usize, Request) -> bool>,
        made: Vec<(Request, bool)>,
    }

    thread_local! {
        static ARMED: RefCell<Option<Armed>> = const { RefCell::new(None) };

        /// The flags of mappings that the kernel does not know, as an older one would not.
        pub(super) static UNKNOWN: Cell<libc::c_int> = const { Cell::new(0) };
    }

    /// Makes those requests fail that this says, which is told how many were made before each.
    pub(in crate::patching) fn arm(fails: impl Fn(usize, Request) -> bool + 'static) {
        ARMED.set(Some(Armed {
            fails: Box::new(fails),
            made: Vec::new(),
        }));
    }

    /// The requests that were made since, and whether they failed.
    pub(in crate::patching) fn made() -> Vec<(Request, bool)> {
        ARMED.with_borrow(|armed| {
            armed
                .as_ref()
                .map_or(Vec::new(), |armed| armed.made.clone())
        })
    }

    /// Makes no request fail any more; the answer is what was made.
    pub(in crate::patching) fn disarm() -> Vec<(Request, bool)> {
        let made = made();
        ARMED.set(None);
        made
    }

    /// Whether any of these failed.
    pub(in crate::patching) fn any_failed(made: &[(Request, bool)]) -> bool {
        made.iter().any(|(_, has_failed)| *has_failed)
    }

    /// Fails if it shall, with the number of an error of the system.
    pub(in crate::patching) fn strike(request: Request) -> Result<(), i32> {
        ARMED.with_borrow_mut(|armed| {
            let Some(armed) = armed else {
                return Ok(());
            };
            let fails = (armed.fails)(armed.made.len(), request);
            armed.made.push((request, fails));
            if fails { Err(libc::EPERM) } else { Ok(()) }
        })
    }
}

#[cfg(test)]
mod tests {
    use region::Protection;

    use super::*;

    #[test]
    fn memory_that_is_used_is_not_mapped_over() {
        let size = region::page::size();
        let memory = region::alloc(ARENA + size, Protection::READ_WRITE).expect("it can be had");
        let used = memory.as_ptr_range::<u8>();
        let last = used.end.cast_mut().wrapping_byte_sub(size);
        // SAFETY: it is the first byte of the last page, which nobody else uses.
        unsafe { last.write(7) };
        for start in [used.start, last] {
            for unknown in [0, libc::MAP_FIXED_NOREPLACE] {
                fault::UNKNOWN.set(unknown);
                assert_eq!(map_code(start.addr()), None);
            }
        }
        // SAFETY: as above.
        assert_eq!(unsafe { last.read() }, 7);
        let protection = region::query(last).expect("it is mapped").protection();
        assert_eq!(protection, Protection::READ_WRITE);
    }
}
