//! What is known of vtables, where several threads come to know it.

use std::ptr;

use loom::thread;

use crate::devirt::known::{Known, KnownVtables};
use crate::sync::modelled::model;

#[test]
fn what_is_known_of_a_vtable_is_told_of_it_alone_and_counted() {
    static KNOWN: KnownVtables = KnownVtables::new();

    // Two that have the same places.
    let [listed, other]: [usize; 2] = [8 << 22, 8 << 23];
    let note_and_find = move |vtables: [usize; 2]| {
        for vtable in vtables {
            let number = u32::from(vtable == listed);
            let vtable = ptr::without_provenance(vtable);
            if KNOWN.find(vtable).is_none() {
                KNOWN.note(Known::new(vtable, number, "a type"));
            }
            let known = KNOWN.find(vtable).expect("there is a place for it");
            assert_eq!(known.number, number);
            KNOWN.count(vtable);
        }
    };
    model(move || {
        KNOWN.begin();
        let thread = thread::spawn(move || note_and_find([other, listed]));
        note_and_find([listed, other]);
        thread.join().unwrap();
        let counted: u32 = KNOWN.unlisted().iter().map(|(_, count)| count).sum();
        assert!((1..=2).contains(&counted), "{counted}");
    });
}
