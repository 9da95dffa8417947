//! The protection of memory, as the system tells it.

use std::ptr;

use region::Protection;

/// Where each piece of code of the process begins, and its protection.
#[must_use]
pub fn of_code() -> Vec<(usize, Protection)> {
    region::query_range(ptr::null::<()>(), usize::MAX)
        .expect("the system tells the regions of memory")
        .map(|region| region.expect("the system tells each region"))
        .filter(|region| region.is_executable())
        .map(|region| (region.as_range().start, region.protection()))
        .collect()
}
