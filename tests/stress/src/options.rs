//! The command line.

use clap::{Parser, ValueEnum};

use crate::run::Run;
use crate::{fork, learning, overflow, panics, signals, threads, updates};

/// Calls and updates static calls in ways that may go wrong, and accounts for every call.
///
/// Each scenario goes on until it has lasted as long, and made as many calls and updates, as it was told. By default
/// that is a second for each.
///
/// What threads do follows from the seed, which is printed, but for how the system schedules them.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Options {
    /// What to do; all of it if nothing is named.
    #[arg(value_enum)]
    pub(crate) scenarios: Vec<Scenario>,

    /// How long each scenario goes on at least.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seconds: u64,

    /// How many calls each scenario makes at least.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) calls: u64,

    /// How many updates each scenario makes at least.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) updates: u64,

    /// How many threads call at once; some scenarios have one or two more.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: u16,

    /// What decides what is random; something new otherwise.
    #[arg(long, value_name = "NUMBER", default_value_t = fastrand::u64(..), hide_default_value = true)]
    pub(crate) seed: u64,

    /// Overflows the stack, in the process that the scenario of that name starts.
    #[arg(long, hide = true)]
    pub(crate) overflow: bool,
}

impl Options {
    /// Whether the scenario shall take place.
    pub(crate) fn include(&self, scenario: Scenario) -> bool {
        self.scenarios.is_empty() || self.scenarios.contains(&scenario)
    }
}

/// What is stressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Threads call while others update.
    Updates,
    /// Calls through `Devirt` learn while their receivers, and how they learn, change.
    Learning,
    /// Signal handlers call, which interrupt calls, updates and calls that learn.
    Signals,
    /// Children call that were forked in the midst of updates, and update if they were not.
    Fork,
    /// Threads start and end, and call and update in destructors of their thread-locals and values.
    Threads,
    /// Implementations panic, and destructors update meanwhile.
    Panics,
    /// An implementation overflows its stack in a child, which has to die of it.
    Overflow,
}

impl Scenario {
    /// The name, as it is given on the command line.
    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// Goes on as long as the run does. The answer is what is to be told besides its calls and updates.
    ///
    /// # Panics
    ///
    /// Something is wrong.
    pub(crate) fn stress(self, run: &Run) -> String {
        match self {
            Self::Updates => updates::stress(run),
            Self::Learning => learning::stress(run),
            Self::Signals => signals::stress(run),
            Self::Fork => fork::stress(run),
            Self::Threads => threads::stress(run),
            Self::Panics => panics::stress(run),
            Self::Overflow => overflow::stress(run),
        }
    }
}
