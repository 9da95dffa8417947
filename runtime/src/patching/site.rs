//! Call sites: the copies that the compiler made of the calls through a handle.
//!
//! A call holds up to two immediates that are patched: the choice among the listed implementations,
//! whose bodies stand in the call, and the address to call for whatever else is in force. Each is one
//! instruction, and writes a record into a section of its trait, wherever the compiler copies it to;
//! so the table of a trait is what the linker makes of these sections.
//!
//! A record says where the instruction is, and to which entry it belongs, both as 32-bit distances
//! that the linker knows: nothing is relocated at start-up. The entry is named by its slot in the
//! global offset table, which also finds one in another shared object. That it names the entry makes
//! the names of the sections a mere convenience: should two traits share one, each finds its own.
#![allow(unsafe_code)]

use std::collections::BTreeMap;

use super::arch::{self, Immediate, Word};
use super::plan::Protections;
use crate::Error;

/// The table of the call sites of one trait.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct SiteTable {
    /// The addresses where the table begins and ends.
    bounds: fn() -> (*const Record, *const Record),
}

/// What a call site writes into the table: distances from the fields themselves.
#[doc(hidden)]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Record {
    /// To the instruction.
    instruction: i32,
    /// To the slot of the global offset table that holds the address of the entry.
    slot: i32,
}

impl SiteTable {
    /// Describes a table.
    ///
    /// # Safety
    ///
    /// - `bounds` returns the start and the end of an array of records, or twice the same address;
    ///   the array stays where it is, unchanged.
    /// - Each record was written by `open!` or `choice!`, beside the instruction.
    #[must_use]
    pub const unsafe fn new(bounds: fn() -> (*const Record, *const Record)) -> Self {
        Self { bounds }
    }

    fn records(self) -> &'static [Record] {
        let (start, end) = (self.bounds)();
        if start.is_null() {
            return &[];
        }
        let length = (end.addr() - start.addr()) / size_of::<Record>();
        // SAFETY: `new` was promised an array that lives for ever and does not change.
        unsafe { std::slice::from_raw_parts(start, length) }
    }

    /// Finds the call sites that belong to these entries, whose ordinals are given by their addresses,
    /// in the order of the addresses of the sites.
    pub(super) fn find(
        self,
        entries: &BTreeMap<usize, u32>,
        protections: &mut Protections,
    ) -> Result<Vec<CallSite>, Error> {
        let mut places: Vec<_> = self
            .records()
            .iter()
            .filter_map(|record| Some((record.instruction(), *entries.get(&record.entry())?)))
            .collect();
        places.sort_unstable();
        protections.require_code_at(places.iter().map(|(address, _)| *address))?;
        let sites = places.into_iter().filter_map(|(address, ordinal)| {
            if !address.is_multiple_of(size_of::<Word>()) {
                return None;
            }
            let word = std::ptr::with_exposed_provenance::<Word>(address);
            // SAFETY: the word lies in pages that were just seen to be readable, and is aligned.
            let word = unsafe { word.read_volatile() };
            Some(CallSite {
                address,
                ordinal,
                immediate: arch::immediate(word)?,
                original: word,
                now: word,
            })
        });
        Ok(sites.collect())
    }
}

impl Record {
    fn instruction(&'static self) -> usize {
        let field = &raw const self.instruction;
        field
            .expose_provenance()
            .wrapping_add_signed(self.instruction as isize)
    }

    fn entry(&'static self) -> usize {
        let field = &raw const self.slot;
        let slot = field
            .expose_provenance()
            .wrapping_add_signed(self.slot as isize);
        let slot = std::ptr::with_exposed_provenance::<usize>(slot);
        // SAFETY: the linker made this slot of the global offset table for this record, and the
        // dynamic linker has filled it in.
        unsafe { slot.read() }
    }
}

/// A call site in the code of this process.
pub(super) struct CallSite {
    pub(super) address: usize,
    pub(super) ordinal: u32,
    pub(super) immediate: Immediate,
    /// The instruction that leads to the entry, as the linker left it.
    pub(super) original: Word,
    /// What was last written.
    pub(super) now: Word,
}
