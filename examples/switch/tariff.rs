//! A trait and two implementations, which keep state and answer differently.

use std::sync::atomic::{AtomicU64, Ordering};

use static_call::{Static, static_dispatch};

/// What a taxi charges.
#[static_dispatch]
pub(crate) trait Tariff: Sync {
    /// The price of a ride.
    fn price(&self, kilometres: u64) -> u64;
}

/// The tariff in force.
pub(crate) const TARIFF: Static<dyn Tariff> = Static::new();

/// The tariff by day: so much a kilometre.
pub(crate) struct Day {
    kilometre: u64,
    asked: AtomicU64,
}

impl Day {
    /// A tariff that was not asked yet.
    pub(crate) fn new(kilometre: u64) -> Self {
        Self {
            kilometre,
            asked: AtomicU64::new(0),
        }
    }

    /// What [`Tariff::price`] has to answer.
    pub(crate) fn expected(&self, kilometres: u64) -> u64 {
        self.kilometre * kilometres
    }

    /// How often the price was asked for.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Tariff for Day {
    fn price(&self, kilometres: u64) -> u64 {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.expected(kilometres)
    }
}

/// The tariff by night: so much a kilometre, and a charge on top.
pub(crate) struct Night {
    charge: u64,
    kilometre: u64,
    asked: AtomicU64,
}

impl Night {
    /// A tariff that was not asked yet.
    pub(crate) fn new(charge: u64, kilometre: u64) -> Self {
        Self {
            charge,
            kilometre,
            asked: AtomicU64::new(0),
        }
    }

    /// What [`Tariff::price`] has to answer.
    pub(crate) fn expected(&self, kilometres: u64) -> u64 {
        self.charge + self.kilometre * kilometres
    }

    /// How often the price was asked for.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Tariff for Night {
    fn price(&self, kilometres: u64) -> u64 {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.expected(kilometres)
    }
}
