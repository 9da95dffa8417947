//! What is in force and what is patched, as a table.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::Arc;

use tabwriter::TabWriter;

use crate::devirt::objects::Objects;
use crate::lock::lock_patcher;
use crate::windows::Windows;
use crate::{Error, Location, registry};

/// Describes every annotated trait of the program: its implementation, and for each method whether
/// its entry is patched, and if not, why.
///
/// Traits in a shared object are listed once it is loaded. The report is a snapshot taken trait by
/// trait under the lock of [`update`](crate::update).
///
/// # Examples
///
/// ```
/// println!("{}", static_call::report());
/// ```
#[must_use]
pub fn report() -> Report {
    let patcher = lock_patcher();
    let mut traits: Vec<_> = registry::keys().map(|key| key.report()).collect();
    traits.sort_by_key(|described| described.name);
    let mut devirt: Vec<_> = registry::objects().map(Objects::report).collect();
    devirt.sort_by_key(|described| described.name);
    Report {
        traits,
        devirt,
        windows: patcher.windows(),
    }
}

/// The answer of [`report()`]; displays as a table.
#[derive(Debug)]
pub struct Report {
    traits: Vec<TraitReport>,
    devirt: Vec<DevirtReport>,
    windows: Windows,
}

impl Report {
    /// The annotated traits, ordered by name.
    #[must_use]
    pub fn traits(&self) -> &[TraitReport] {
        &self.traits
    }

    /// The traits whose objects are called through [`Devirt`](crate::Devirt), ordered by name.
    #[must_use]
    pub fn devirt(&self) -> &[DevirtReport] {
        &self.devirt
    }

    /// How often code was writable, and for how long. It is not in the table.
    #[must_use]
    pub fn windows(&self) -> Windows {
        self.windows
    }
}

/// A trait whose objects are called through [`Devirt`](crate::Devirt).
#[derive(Debug)]
pub struct DevirtReport {
    pub(crate) name: &'static str,
    pub(crate) sites: Vec<DevirtSite>,
    pub(crate) unlisted: Vec<(&'static str, u32)>,
}

impl DevirtReport {
    /// The path of the trait.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The calls: on x86-64 Linux as many as the compiler made copies, in the order of their addresses; elsewhere
    /// one for each method. None before the first miss.
    #[must_use]
    pub fn sites(&self) -> &[DevirtSite] {
        &self.sites
    }

    /// The types that are not listed and were met in samples, with how often; the most frequent come first. Those
    /// are the ones to list.
    #[must_use]
    pub fn unlisted(&self) -> &[(&'static str, u32)] {
        &self.unlisted
    }
}

/// One call through [`Devirt`](crate::Devirt).
#[derive(Debug)]
pub struct DevirtSite {
    pub(crate) method: &'static str,
    pub(crate) address: Option<usize>,
    pub(crate) state: DevirtState,
    pub(crate) hit_share: Option<f32>,
    pub(crate) patches: u32,
}

impl DevirtSite {
    /// The name of the method.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Where the call is in the code, for a debugger or `addr2line`; `None` where all calls of a method are one.
    #[must_use]
    pub fn address(&self) -> Option<usize> {
        self.address
    }

    /// Where the call stands in the source, if the feature `source-locations` is on and the program has debug
    /// information (`debug = "line-tables-only"` is enough). It is read by each call of this.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        Location::of_inlined(self.address?)
    }

    /// What the call does.
    #[must_use]
    pub fn state(&self) -> DevirtState {
        self.state
    }

    /// The share of hits in the last sample, from 0 to 1, if there was one.
    #[must_use]
    pub fn hit_share(&self) -> Option<f32> {
        self.hit_share
    }

    /// How often it was made to do something else.
    #[must_use]
    pub fn patches(&self) -> u32 {
        self.patches
    }
}

/// What a call through [`Devirt`](crate::Devirt) does with receivers whose vtable is none of those that it compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DevirtState {
    /// What it misses is counted, and looked at to learn.
    Guarded,
    /// What it misses goes straight to the virtual call, because it met the listed types too seldom; where more than two
    /// types are listed, everything does.
    Bypassed,
}

impl fmt::Display for DevirtState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Guarded => "guarded",
            Self::Bypassed => "bypassed",
        })
    }
}

/// One trait of a [`Report`].
#[derive(Debug)]
pub struct TraitReport {
    name: &'static str,
    implementation: &'static str,
    sealed: bool,
    warning: Option<Arc<Error>>,
    methods: Vec<MethodReport>,
}

impl TraitReport {
    pub(crate) fn new(
        name: &'static str,
        implementation: &'static str,
        sealed: bool,
        warning: Option<Arc<Error>>,
        methods: Vec<MethodReport>,
    ) -> Self {
        Self {
            name,
            implementation,
            sealed,
            warning,
            methods,
        }
    }

    /// The path of the trait.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The type of the implementation in force, as [`std::any::type_name`] gives it.
    #[must_use]
    pub fn implementation(&self) -> &'static str {
        self.implementation
    }

    /// Whether [`seal`](crate::seal) was called for the trait.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// What the last switch could not tidy up, as [`Change::warning`](crate::Change::warning) says.
    #[must_use]
    pub fn warning(&self) -> Option<&Error> {
        self.warning.as_deref()
    }

    /// How calls of the trait are made.
    #[must_use]
    pub fn mode(&self) -> Mode {
        let patched = |method: &MethodReport| matches!(method.state, MethodState::Patched);
        if self
            .methods
            .iter()
            .any(|method| method.call_sites.patched > 0)
        {
            Mode::Inline
        } else if self.methods.iter().any(patched) {
            Mode::OutOfLine
        } else {
            Mode::Portable
        }
    }

    /// The methods, in the order of the trait.
    #[must_use]
    pub fn methods(&self) -> &[MethodReport] {
        &self.methods
    }
}

/// How calls of a trait are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// By the truth: each call loads the implementation and calls it virtually.
    Portable,
    /// By entries: each call goes to a function that is patched to jump to the implementation.
    OutOfLine,
    /// By patched call sites: each call leads straight to the implementation, or is its body.
    Inline,
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Portable => "portable",
            Self::OutOfLine => "out-of-line",
            Self::Inline => "inline",
        })
    }
}

/// One method of a [`TraitReport`].
#[derive(Debug)]
pub struct MethodReport {
    name: &'static str,
    state: MethodState,
    call_sites: CallSites,
}

impl MethodReport {
    pub(crate) fn new(name: &'static str, state: MethodState, call_sites: CallSites) -> Self {
        Self {
            name,
            state,
            call_sites,
        }
    }

    /// The name of the method.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the method's entry does.
    #[must_use]
    pub fn state(&self) -> &MethodState {
        &self.state
    }

    /// The calls of the method that are patched where they stand.
    #[must_use]
    pub fn call_sites(&self) -> CallSites {
        self.call_sites
    }
}

/// The call sites of one method: as many as the compiler made copies of its calls.
///
/// A call has one or two: one that holds the choice among the listed implementations, if there are any,
/// and one that holds the address of whatever else is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallSites {
    pub(crate) count: usize,
    pub(crate) patched: usize,
}

impl CallSites {
    /// How many there are.
    #[must_use]
    pub fn count(self) -> usize {
        self.count
    }

    /// How many of them lead straight to the implementation.
    #[must_use]
    pub fn patched(self) -> usize {
        self.patched
    }

    /// How many of them go to the method's entry instead.
    #[must_use]
    pub fn at_the_entry(self) -> usize {
        self.count - self.patched
    }
}

impl fmt::Display for CallSites {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            formatter.write_str("none")
        } else {
            write!(formatter, "{} of {} patched", self.patched, self.count)
        }
    }
}

/// What the entry of a method does.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum MethodState {
    /// The entry jumps to the implementation.
    Patched,
    /// The entry goes by the truth, for this reason.
    Unpatched(Reason),
    /// The method is annotated with `cold`: it has no entry, and a call is an ordinary virtual call.
    Cold,
}

impl fmt::Display for MethodState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Patched => formatter.write_str("patched"),
            Self::Unpatched(reason) => write!(formatter, "unpatched: {reason}"),
            Self::Cold => formatter.write_str("cold: virtual call"),
        }
    }
}

/// Why an entry is not patched.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Reason {
    /// Nothing was called or updated yet.
    Unused,
    /// This build never patches: the platform is not one that is patched, or the feature `portable`
    /// is on.
    Portable,
    /// The environment variable `STATIC_CALL_PATCHING` is `off`.
    SwitchedOff,
    /// The registration of the trait was not collected: the platform runs no constructors, or the
    /// linker dropped it.
    NotCollected,
    /// The compiler put other code in front of the entry's jump, so the arguments may no longer be
    /// where the caller put them.
    ///
    /// It does so at opt-level 0, with coverage or sanitizer instrumentation, and for some methods that
    /// take arguments on the stack: on AArch64 most of them, on x86-64 those that also return their
    /// result through memory.
    NotFirst,
    /// There is no way to reach the implementation: it has state and belongs to a shared object that has a copy
    /// of the trait for itself, whose calls its thunks serve; or it has state, and the linker made one thunk of its own
    /// and that of another trait (`--icf=all`); or it is out of the reach of a jump, and no
    /// memory for a longer one is to be had near the entry.
    OutOfReach,
    /// The system refused.
    Refused(Arc<Error>),
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unused => formatter.write_str("not used yet"),
            Self::Portable => formatter.write_str("this build is portable"),
            Self::SwitchedOff => formatter.write_str("STATIC_CALL_PATCHING is off"),
            Self::NotCollected => formatter.write_str("the trait's registration was not collected"),
            Self::NotFirst => {
                formatter.write_str("the compiler put other code before the entry's jump")
            }
            Self::OutOfReach => formatter.write_str("the implementation is out of reach"),
            Self::Refused(error) => write_chain(formatter, error),
        }
    }
}

/// Writes an error and its causes.
fn write_chain(output: &mut impl fmt::Write, error: &Error) -> fmt::Result {
    write!(output, "{error}")?;
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        write!(output, ": {inner}")?;
        cause = inner.source();
    }
    Ok(())
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.traits.is_empty() || self.devirt.is_empty() {
            self.write_traits(formatter)?;
        }
        if !self.traits.is_empty() && !self.devirt.is_empty() {
            formatter.write_str("\n\n")?;
        }
        if !self.devirt.is_empty() {
            self.write_devirt(formatter)?;
        }
        Ok(())
    }
}

impl Report {
    fn write_traits(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = String::from("TRAIT\tIMPLEMENTATION\tMODE\tMETHOD\tENTRY\tCALL SITES\n");
        for described in &self.traits {
            let sealed = if described.sealed { ", sealed" } else { "" };
            let mut lead = format!(
                "{}\t{}\t{}{sealed}",
                described.name,
                described.implementation,
                described.mode()
            );
            if described.methods.is_empty() {
                writeln!(table, "{lead}\t\t\t")?;
            }
            for method in &described.methods {
                let MethodReport {
                    name,
                    state,
                    call_sites,
                } = method;
                writeln!(table, "{lead}\t{name}\t{state}\t{call_sites}")?;
                lead = String::from("\t\t");
            }
            if let Some(warning) = &described.warning {
                write!(table, "\t\t\t\twarning: ")?;
                write_chain(&mut table, warning)?;
                table.push('\n');
            }
        }
        write_table(formatter, &table)
    }

    fn write_devirt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = String::from("TRAIT OBJECTS\tMETHOD\tCALL\tSTATE\tHITS\tPATCHES\n");
        for described in &self.devirt {
            let mut name = described.name;
            if described.sites.is_empty() {
                writeln!(table, "{name}\t\t\tnot called yet\t\t")?;
            }
            for site in &described.sites {
                let place = match (site.location(), site.address) {
                    (Some(location), _) => location.to_string(),
                    (None, Some(address)) => format!("{address:#x}"),
                    (None, None) => String::from("all"),
                };
                let hits = site
                    .hit_share
                    .map(|share| format!("{:.0} %", share * 100.0));
                let hits = hits.as_deref().unwrap_or("");
                let DevirtSite {
                    method,
                    state,
                    patches,
                    ..
                } = site;
                writeln!(
                    table,
                    "{name}\t{method}\t{place}\t{state}\t{hits}\t{patches}"
                )?;
                name = "";
            }
            for (type_name, count) in &described.unlisted {
                writeln!(
                    table,
                    "\t\t\tto be listed: {type_name}, met {count} times\t\t"
                )?;
            }
        }
        write_table(formatter, &table)
    }
}

/// Writes lines of cells that are separated by tabs.
fn write_table(formatter: &mut fmt::Formatter<'_>, table: &str) -> fmt::Result {
    let mut writer = TabWriter::new(Vec::new()).padding(2);
    writer.write_all(table.as_bytes()).map_err(|_| fmt::Error)?;
    let aligned = writer.into_inner().map_err(|_| fmt::Error)?;
    let text = String::from_utf8(aligned).map_err(|_| fmt::Error)?;
    formatter.write_str(text.trim_end())
}
