//! Call sites: the copies that the compiler made of the calls through a handle.
//!
//! A call holds up to two immediates that are patched: the choice among the listed implementations,
//! whose bodies stand in the call, and the address to call for whatever else is in force. Each is in one
//! instruction, with a record in the table of the trait.
#![allow(unsafe_code)]

use std::collections::BTreeMap;

use super::arch::{self, Immediate, Width};
use super::plan::Protections;
use super::table::{Table, byte};
use crate::Error;

/// The table of the call sites of one trait.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct SiteTable(fn() -> Table);

impl SiteTable {
    /// Describes the table that `table` finds.
    #[must_use]
    pub const fn new(table: fn() -> Table) -> Self {
        Self(table)
    }

    pub(super) fn records(self) -> &'static [arch::Record] {
        (self.0)().records()
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
            .filter_map(|record| Some((record.place(), *entries.get(&record.owner())?)))
            .collect();
        places.sort_unstable();
        let ranges = places
            .iter()
            .map(|(address, _)| arch::around_site(*address));
        protections.require_code_at(ranges)?;
        let sites = places.into_iter().filter_map(|(address, ordinal)| {
            // SAFETY: these pages were just seen to be code that can be read. (S11)
            let read = |address| unsafe { byte(address) };
            let (immediate, place, original) = arch::immediate(address, read)?;
            Some(CallSite {
                address: place,
                ordinal,
                immediate,
                original,
                now: original,
            })
        });
        Ok(sites.collect())
    }
}

/// A call site in the code of this process.
pub(super) struct CallSite {
    /// The place that is patched.
    pub(super) address: usize,
    pub(super) ordinal: u32,
    pub(super) immediate: Immediate,
    /// What leads to the entry, as the linker left it.
    pub(super) original: u64,
    /// What was last written.
    pub(super) now: u64,
}

impl CallSite {
    pub(super) fn width(&self) -> Width {
        match self.immediate {
            Immediate::Address => arch::WORD,
            Immediate::Choice => Width::One,
        }
    }
}
