//! Tests of what names a place where no code can be read: it is refused. To look there would end the tests by a fault, or
//! find something.
#![allow(
    unsafe_code,
    reason = "what the linker and generated code promise is promised here"
)]

use std::cell::Cell;
use std::ptr;

use region::Protection;

use super::arch::Record;
use super::entry::Entry;
use super::faults::for_ever;
use super::table::Table;
use super::*;
use crate::devirt::objects::{ObjectMethod, Objects};
use crate::devirt::vtable::Tag;
use crate::registry::DevirtRegistration;

/// Whom all records name.
static METHOD: ObjectMethod = ObjectMethod::new("method");

static OBJECTS: Objects = {
    unsafe fn tag(_: [*const (); 2]) -> Tag {
        unreachable!("there is no object");
    }
    // SAFETY: nobody has an object to ask. (S21)
    unsafe { Objects::new("trait", &[&METHOD], &[], tag) }
};

thread_local! {
    static TABLE: Cell<Option<Table>> = const { Cell::new(None) };
}

static SITES: SiteTable = SiteTable::new(|| TABLE.get().expect("this thread has made a table"));

inventory::submit! { DevirtRegistration::new(&OBJECTS, SITES) }

/// Maps a page of code and behind it one that has this protection, with a page before them, and makes a table there of
/// one record, of `place`, which is told where the last page begins.
fn table_of(protection: Protection, place: impl Fn(usize) -> usize) -> (usize, Table) {
    let size = region::page::size();
    let pages = region::alloc(3 * size, Protection::READ_WRITE).expect("pages can be had");
    let first = pages.as_ptr::<usize>().cast_mut();
    let [code, last] = [1, 2].map(|page| first.wrapping_byte_add(page * size));
    for (page, protection) in [(code, Protection::READ_EXECUTE), (last, protection)] {
        // SAFETY: nobody uses the page yet. (S13)
        unsafe { region::protect(page, size, protection) }.expect("the page is the test's own");
    }
    // Tables are there for ever.
    std::mem::forget(pages);

    let place = place(last.addr());
    // SAFETY: it can be written, and nobody else does. (S10)
    unsafe { first.write(METHOD.address()) };
    let record = first.wrapping_add(1).cast::<Record>();
    // SAFETY: as above. (S10)
    unsafe { Record::write(record, place, first) };
    // SAFETY: there is one record. That it lies is what is tested. (S10)
    let table = unsafe { Table::new(record, record.wrapping_add(1)) };
    (place, table)
}

/// Lets something look at places that lie in no code, or not with all that would have to be code.
#[track_caller]
fn assert_refused(find: impl Fn(usize, Table, &mut Protections) -> Option<Error>) {
    for protection in [Protection::NONE, Protection::READ_WRITE] {
        for place in [|last| last, |last| last - 3] {
            let (place, table) = table_of(protection, place);
            let answer = find(place, table, &mut Protections::new());
            assert!(
                matches!(answer, Some(Error::Inspect { .. })),
                "{protection}: {answer:?}"
            );
        }
    }
}

#[test]
fn an_entry_that_is_no_code_is_refused() {
    assert_refused(|place, _, protections| {
        let code = ptr::with_exposed_provenance(place);
        // SAFETY: nobody calls it. That there is none is what is tested. (S8)
        let entry = unsafe { Entry::new(0, code) };
        LocatedEntry::find(for_ever(entry), protections).err()
    });
}

#[test]
fn a_call_site_that_is_no_code_is_refused() {
    assert_refused(|_, table, protections| {
        TABLE.set(Some(table));
        let entries = BTreeMap::from([(METHOD.address(), 0)]);
        SITES.find(&entries, protections).err()
    });
}

#[test]
fn a_thunk_whose_receiver_is_in_no_code_is_refused() {
    assert_refused(|_, table, protections| {
        let thunks = BTreeSet::from([METHOD.address()]);
        let mut owners = BTreeMap::new();
        let found = Thunks::new().find(&thunks, table, 1, &mut owners, protections);
        found.err()
    });
}

#[test]
fn a_call_through_devirt_that_is_no_code_is_refused() {
    if !arch::HAS_GUARDS {
        return;
    }
    for protection in [Protection::NONE, Protection::READ_WRITE] {
        let (_, table) = table_of(protection, |last| last);
        TABLE.set(Some(table));
        let methods = BTreeMap::from([(METHOD.address(), &METHOD)]);
        let objects = ptr::from_ref(&OBJECTS).addr();
        let guards = Patcher::new().find_guards(objects, &methods);
        assert!(guards.is_none(), "{protection}");
    }
}
