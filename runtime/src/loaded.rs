//! Keeps shared objects loaded that this crate will refer to for ever.
//!
//! An implementation that is put in force, a trait that is registered and a vtable that is learned are `'static` to
//! the compiler, and are not if `dlclose` unmaps the shared object that they are in. So this crate holds a handle of
//! its own of each such object, which it never closes.
//!
//! What lies in the same shared object as this copy of the crate needs none: whatever refers to it goes with it.
//!
//! That is done for the dynamic linker of glibc. That of musl never unmaps anything, and a static program loads
//! nothing; elsewhere nothing is done.
#![allow(unsafe_code)]

use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr;
use std::slice;

use crate::lock::lock;
use crate::sync::Mutex;

/// Where the objects lie that are kept.
static KEPT: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());

/// What is looked for among the objects that are loaded.
struct Search {
    address: usize,
    found: Option<Object>,
}

/// A shared object in which this copy of the crate is not.
struct Object {
    start: usize,
    name: CString,
}

/// Has the shared object that holds `address` stay loaded, if there is one.
///
/// It waits for other threads that load or unload shared objects, so no lock may be held that is taken in
/// constructors, such as that of updates.
#[doc(hidden)]
pub fn keep(address: usize) {
    let mut search = Search {
        address,
        found: None,
    };
    let data = (&raw mut search).cast();
    // SAFETY: `visit` takes the data for the search that it is, until the function returns. (S26)
    unsafe { libc::dl_iterate_phdr(Some(visit), data) };
    let Some(object) = search.found else {
        return;
    };
    if lock(&KEPT).contains(&object.start) {
        return;
    }
    let flags = libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
    // SAFETY: the name ends with a zero, and no code runs, as nothing is loaded. (S26)
    let handle = unsafe { libc::dlopen(object.name.as_ptr(), flags) };
    if !handle.is_null() {
        lock(&KEPT).insert(object.start);
    }
}

/// Looks whether an object that is loaded is the one that is searched for.
unsafe extern "C" fn visit(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    data: *mut c_void,
) -> c_int {
    // SAFETY: `keep` has handed on its search, which nobody else uses meanwhile. (S26)
    let search = unsafe { &mut *data.cast::<Search>() };
    // SAFETY: the loader describes an object, which stays as it is until this returns. (S26)
    let info = unsafe { &*info };
    let start = info.dlpi_addr as usize;
    let headers = if info.dlpi_phdr.is_null() {
        &[]
    } else {
        // SAFETY: there are so many headers at this place. (S26)
        unsafe { slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) }
    };
    let holds = |address: usize| {
        let segments = headers
            .iter()
            .filter(|header| header.p_type == libc::PT_LOAD);
        let mut starts = segments.map(|header| {
            let start = start.wrapping_add(header.p_vaddr as usize);
            (start, header.p_memsz as usize)
        });
        starts.any(|(start, length)| address.wrapping_sub(start) < length)
    };
    if !holds(search.address) {
        return 0;
    }
    if !holds(ptr::from_ref(&KEPT).addr()) && !info.dlpi_name.is_null() {
        // SAFETY: the name of an object ends with a zero. (S26)
        let name = unsafe { CStr::from_ptr(info.dlpi_name) };
        // The program has no name, and needs none.
        search.found = (!name.is_empty()).then(|| Object {
            start,
            name: name.to_owned(),
        });
    }
    1
}

/// Registers a trait, and has the shared object that it is in stay loaded, since nothing takes back a registration.
#[doc(hidden)]
#[macro_export]
macro_rules! __register {
    ($registration:expr) => {
        $crate::__private::inventory::submit! { $registration }

        const _: () = {
            extern "C" fn keep() {
                $crate::__private::keep_loaded(keep as *const () as ::core::primitive::usize);
            }

            // SAFETY: the section is an array of such functions, which may run before `main`. (S26)
            #[unsafe(link_section = ".init_array")]
            #[used]
            static KEEP: extern "C" fn() = keep;
        };
    };
}
