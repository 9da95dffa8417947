//! Patching: calls and entries lead straight to the implementation in force.
//!
//! # The idea
//!
//! A call through the handle is a *call site*: an instruction puts the address of the implementation's method
//! into a register, from an immediate, and a call through the register follows. If implementations are
//! listed, another immediate before it is the choice among their bodies, which stand in the caller. Before
//! they are patched, the address is that of the method's *entry*, and the choice is none.
//!
//! An entry begins with a jump to its slow path, which asks the key for the implementation and calls it
//! virtually. Nothing precedes the jump, so at that point every argument is still where the caller put it,
//! and a jump to the implementation's method instead is an ordinary tail call.
//!
//! Switching the implementation is to rewrite these instructions, one word for each.
//!
//! That nothing precedes the jump of an entry is up to the compiler, so it is looked up before an entry is ever
//! patched. To make it likely, an entry holds nothing but the jump and a call of its slow path with the
//! same arguments, which LLVM turns into a jump where it can; if the slow path were in the entry, its
//! stack frame would be set up in front of the jump for every method short of registers to save.
//!
//! The first argument of a call is the address of a zero-sized handle, not of the implementation. Only
//! a zero-sized, 1-aligned implementation can take it as it is. For any other the call goes to a
//! *thunk*, a function of the implementation's type that runs the method on the object whose address is an
//! immediate in it. Code and receiver sit behind one address, so they can never be torn apart: Linux tracepoints
//! once kept them apart and raced (commit 231264d6927f). The bodies of listed implementations take the object from
//! a pointer that belongs to their type alone.
//!
//! # Why the words may be written in any order
//!
//! Entries and call sites, choices and addresses alike, are always switched to the implementation in force,
//! even where another of them comes first: the address in a call with a listed implementation is never reached
//! while the choice is right, and is written all the same. So whichever of its words a call finds old and
//! whichever new, it arrives at the old implementation or at the new one.
//!
//! Only the receivers of thunks come before all of that, and every thread sees them before anything leads to
//! the thunk. Those of the thunks of the implementation in force do not: they hold its object, and change to another
//! of its type, so they are words like the others. Calls that are on their way in a thunk that was left find one
//! object of the type or the other.
//!
//! # Layers
//!
//! `arch` turns intentions into instructions and knows nothing of memory; `plan` writes to code and
//! knows nothing of instructions; `os` asks the kernel; `entry`, `site`, `thunk` and `veneer` connect them, and
//! `Patcher::switch` below is the order of events. A plan takes any number of places at any
//! addresses, so call sites are written by the same plan as entries.
//!
//! # Rules for changing running code
//!
//! - One aligned store changes one instruction into one of the same length. x86-64: AMD64
//!   Architecture Programmer's Manual, volume 2, 7.6.1 "Cross-Modifying Code"; on Intel it is what
//!   HotSpot, HHVM and XRay rely on. All bytes that change lie in one aligned quadword; where only one byte
//!   changes, as in a choice, that is so wherever the instruction stands. AArch64: Arm ARM, B2.2.5 "Concurrent
//!   modification and execution of instructions", which lists `B`; the receivers of thunks are data there.
//! - Everything that can fail is done before the truth is published and anything leads elsewhere.
//! - A veneer is written, flushed and synchronised before anything leads to it, and never changed.
//! - Pages stay executable while they are written, because other threads run on them.
//! - `membarrier` makes every thread see the new object before the first word is written, and drop
//!   stale instructions before an update returns.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::sync::Arc;

pub(crate) use entry::{Entry, Targets};
pub(crate) use guard::Guard;
pub(crate) use site::SiteTable;

use crate::Error;
use crate::implementation::Implementation;
use crate::registry::Registration;
use crate::report::{CallSites, MethodState, Reason};
use crate::windows::Windows;
use arch::{Immediate, Width};
use entry::LocatedEntry;
use plan::{Plan, Protections, Window};
use site::CallSite;
use thunk::{Receiver, Thunks};
use veneer::Veneers;

/// What generated code names.
pub(crate) mod exports {
    pub use super::arch::{ENTRY_MARK, Record};
    pub use super::entry::{Entry, Target, Targets, keep, like};
    pub use super::site::SiteTable;
    pub use super::table::Table;
    pub use super::thunk::{Bound, receive};
}

mod arch;
mod entry;
#[cfg(test)]
mod faults;
mod guard;
#[cfg(all(test, loom, target_arch = "x86_64"))]
pub(crate) mod machine;
mod os;
mod plan;
mod site;
mod table;
mod thunk;
#[cfg(test)]
mod unreadable;
mod veneer;

/// What all traits share: the pages of code, the veneers, and whether patching can be done.
pub(crate) struct Patcher {
    allowed: Option<Result<(), Reason>>,
    collected: BTreeMap<usize, &'static Registration>,
    protections: Protections,
    veneers: Veneers,
    /// To which key the receiver at an address belongs.
    owners: BTreeMap<usize, usize>,
}

impl Patcher {
    pub(crate) const fn new() -> Self {
        Self {
            allowed: None,
            collected: BTreeMap::new(),
            protections: Protections::new(),
            veneers: Veneers::new(),
            owners: BTreeMap::new(),
        }
    }

    /// Makes the entries and call sites of a key lead to the implementation that is `described`, the object at
    /// `object`, whose type `choice` names, and calls `publish` at the moment from which on there is no way back.
    ///
    /// Each of them leads to this implementation or to the one before at every moment, whatever the
    /// others do, so the order in which they are written is of no matter. Those that cannot be patched
    /// are left at, or led back to, the next layer: entries to the slow path, call sites to the entry.
    ///
    /// # Errors
    ///
    /// Nothing has changed and `publish` was not called. There is no error while nothing of the key
    /// is patched: then the truth alone decides, and the reason is kept for the report.
    pub(crate) fn switch(
        &mut self,
        key: usize,
        code: &mut Code,
        described: &Implementation,
        object: *const (),
        choice: u32,
        publish: &dyn Fn(),
    ) -> Result<Option<Error>, Error> {
        if let Err(reason) = self.find(key, code) {
            code.obstacle = Some(reason);
            code.thunks.not_written();
            publish();
            return Ok(None);
        }
        let targets = described.targets;
        // The thunks of a type that another object has compiled for a key of its own belong to that key.
        let thunks = described.is_for(key).then(|| targets.thunks().collect());
        let thunks: BTreeSet<_> = thunks.unwrap_or_default();
        let object = object.expose_provenance() as u64;

        let opened = self.open(key, code, targets, &thunks, object, choice);
        match opened.and_then(|(window, words)| Ok((window.write(publish)?, words))) {
            Ok((warning, words)) => {
                for (now, word) in code.words().zip(words) {
                    *now = word;
                }
                code.thunks.written(thunks, object);
                code.obstacle = None;
                Ok(warning)
            }
            Err(error) if !code.is_bound() => {
                code.obstacle = Some(Reason::Refused(Arc::new(error)));
                code.thunks.not_written();
                publish();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// How often code was writable.
    pub(crate) fn windows(&self) -> Windows {
        self.protections.windows()
    }

    /// Whether code may be patched at all.
    fn allow(&mut self) -> Result<(), Reason> {
        let allowed = self.allowed.get_or_insert_with(|| {
            if env::var_os("STATIC_CALL_PATCHING").is_some_and(|value| value == "off") {
                return Err(Reason::SwitchedOff);
            }
            os::prepare_synchronisation()
                .map_err(|source| Reason::Refused(Arc::new(Error::Synchronise { source })))
        });
        allowed.clone()
    }

    /// Finds the entries and call sites of a key in the code, the first time that the key needs them.
    fn find(&mut self, key: usize, code: &mut Code) -> Result<(), Reason> {
        self.allow()?;
        if code.is_located {
            return Ok(());
        }
        if !self.collected.contains_key(&key) {
            self.collected = inventory::iter::<Registration>()
                .map(|registration| (registration.key.address(), registration))
                .collect();
        }
        let registration = self.collected.get(&key).ok_or(Reason::NotCollected)?;
        let refused = |error| Reason::Refused(Arc::new(error));
        let protections = &mut self.protections;
        let entries: Vec<_> = registration
            .entries
            .iter()
            .map(|entry| LocatedEntry::find(entry, protections))
            .collect::<Result<_, _>>()
            .map_err(refused)?;
        let ordinals = entries
            .iter()
            .map(|entry| (entry.address(), entry.ordinal()))
            .collect();
        code.call_sites = registration
            .sites
            .find(&ordinals, protections)
            .map_err(refused)?;
        code.entries = entries;
        code.is_located = true;
        Ok(())
    }

    /// Decides what each place becomes, writes the veneers that this needs, and makes the places writable.
    ///
    /// The answer is what becomes of the entries and the call sites.
    fn open(
        &mut self,
        key: usize,
        code: &mut Code,
        targets: Targets,
        thunks: &BTreeSet<usize>,
        object: u64,
        choice: u32,
    ) -> Result<(Window<'_>, Vec<u64>), Error> {
        let table = targets.thunk_table();
        code.thunks
            .find(thunks, table, key, &mut self.owners, &mut self.protections)?;
        let mut plan = Plan::new();
        for thunk in thunks {
            for receiver in code.thunks.receivers(*thunk) {
                let Receiver { address, now } = *receiver;
                if code.thunks.is_in_force(*thunk) {
                    plan.write(address, Width::Eight, now, object);
                } else {
                    plan.write_first(address, Width::Eight, now, object);
                }
            }
        }

        let mut veneers = self.veneers.begin();
        let mut words = Vec::with_capacity(code.entries.len() + code.call_sites.len());
        let mut known = BTreeMap::new();
        for entry in &code.entries {
            let (target, is_thunk) = targets.find(entry.ordinal());
            let is_usable = !is_thunk || !code.thunks.receivers(target).is_empty();
            let target = is_usable.then_some(target);
            if let Some(jump) = &entry.jump {
                let to = target.and_then(|target| veneers.reach(jump.address, target));
                let word = to.and_then(|to| arch::jump(jump.address, to));
                words.push(word.unwrap_or(jump.slow));
            }
            known.insert(entry.ordinal(), target);
        }
        // Most sites of a method are within reach of what was found for the one before.
        let mut last = None;
        for site in &code.call_sites {
            let word = match site.immediate {
                Immediate::Choice => Some(choice.into()),
                Immediate::Address => match last {
                    Some((ordinal, to)) if ordinal == site.ordinal => {
                        arch::load_address(site.address, site.original, to)
                    }
                    _ => None,
                }
                .or_else(|| {
                    let target = *known.get(&site.ordinal)?;
                    let to = veneers.reach(site.address, target?)?;
                    last = Some((site.ordinal, to));
                    arch::load_address(site.address, site.original, to)
                }),
            };
            words.push(word.unwrap_or(site.original));
        }
        veneers.finish(&mut self.protections)?;

        for (jump, word) in code.jumps().zip(&words) {
            plan.write(jump.address, arch::WORD, jump.now, *word);
        }
        let at_sites = &words[words.len() - code.call_sites.len()..];
        for (site, word) in code.call_sites.iter().zip(at_sites) {
            plan.write(site.address, site.width(), site.now, *word);
        }
        let window = plan.open(&mut self.protections)?;
        Ok((window, words))
    }
}

/// The code of one key, its entries and call sites, and what it does now.
pub(crate) struct Code {
    /// Whether the entries and call sites are known, which they are from the first use on.
    is_located: bool,
    entries: Vec<LocatedEntry>,
    /// In the order of their addresses.
    call_sites: Vec<CallSite>,
    thunks: Thunks,
    /// Why nothing is patched, where one reason holds for all.
    obstacle: Option<Reason>,
}

impl Code {
    pub(crate) const fn new() -> Self {
        Self {
            is_located: false,
            entries: Vec::new(),
            call_sites: Vec::new(),
            thunks: Thunks::new(),
            obstacle: Some(Reason::Unused),
        }
    }

    /// Whether anything leads to the implementation in force otherwise than by the truth.
    fn is_bound(&self) -> bool {
        let mut call_sites = self.call_sites.iter();
        self.entries.iter().any(LocatedEntry::is_patched)
            || call_sites.any(|site| site.now != site.original)
    }

    /// How many entries and call sites are as the implementation in force wants them.
    pub(crate) fn patched(&self) -> usize {
        let entries = self.entries.iter().filter(|entry| entry.is_patched());
        let call_sites = self.call_sites.iter().filter(|site| self.is_patched(site));
        entries.count() + call_sites.count()
    }

    /// Whether a call site leads straight to the implementation, or to the site that does.
    fn is_patched(&self, site: &CallSite) -> bool {
        match site.immediate {
            Immediate::Address => site.now != site.original,
            Immediate::Choice => self.obstacle.is_none(),
        }
    }

    /// How many call sites there are.
    pub(crate) fn call_sites(&self) -> usize {
        self.call_sites.len()
    }

    /// What the entry of the method with this ordinal does, and what its call sites do.
    pub(crate) fn state(&self, ordinal: u32) -> (MethodState, CallSites) {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| entry.ordinal() == ordinal);
        let state = match (entry, &self.obstacle) {
            (Some(entry), _) if entry.is_patched() => MethodState::Patched,
            (_, Some(reason)) => MethodState::Unpatched(reason.clone()),
            (Some(entry), None) if entry.jump.is_none() => MethodState::Unpatched(Reason::NotFirst),
            (Some(_), None) => MethodState::Unpatched(Reason::OutOfReach),
            (None, None) => MethodState::Unpatched(Reason::NotCollected),
        };
        let call_sites = self
            .call_sites
            .iter()
            .filter(|site| site.ordinal == ordinal)
            .fold(CallSites::default(), |sum, site| CallSites {
                count: sum.count + 1,
                patched: sum.patched + usize::from(self.is_patched(site)),
            });
        (state, call_sites)
    }

    fn jumps(&self) -> impl Iterator<Item = &entry::Jump> {
        self.entries.iter().filter_map(|entry| entry.jump.as_ref())
    }

    /// What was last written to each jump and each call site, in the order of [`Patcher::open`].
    fn words(&mut self) -> impl Iterator<Item = &mut u64> {
        let jumps = self
            .entries
            .iter_mut()
            .filter_map(|entry| entry.jump.as_mut());
        let sites = self.call_sites.iter_mut();
        jumps
            .map(|jump| &mut jump.now)
            .chain(sites.map(|site| &mut site.now))
    }
}

/// Lists the entries of a trait.
#[doc(hidden)]
#[macro_export]
macro_rules! __entries {
    ($($(#[$attribute:meta])* ($ordinal:literal, $entry:expr)),* $(,)?) => {
        &[
            $(
                $(#[$attribute])*
                // SAFETY: the attribute lists the methods of the handle, which begin with `entry!`
                // and this ordinal, and which it implements so that they do what the methods of the
                // current implementation do. (S6, S8)
                unsafe {
                    $crate::__private::Entry::new($ordinal, $entry as *const ())
                }
            ),*
        ]
    };
}

/// The table of a trait's call sites.
#[doc(hidden)]
#[macro_export]
macro_rules! __sites {
    ($section:literal) => {{
        fn table() -> $crate::__private::Table {
            $crate::__table!($section)
        }
        $crate::__private::SiteTable::new(table)
    }};
}

/// Lists the addresses of an implementation's methods and of their thunks, whose receivers are in the table of
/// that name.
#[doc(hidden)]
#[macro_export]
macro_rules! __targets {
    (
        $section:literal, $implementation:ty:
        $($(#[$attribute:meta])* $constructor:ident($ordinal:literal, $target:expr $(, $thunk:expr)?)),* $(,)?
    ) => {{
        let thunks = $crate::__table!($section);
        // SAFETY: the attribute lists the methods of the same trait and type, by the ordinals of the
        // entries. (S6)
        unsafe {
            $crate::__private::Targets::new(
                const {
                    &[$(
                        $(#[$attribute])*
                        $crate::__private::Target::$constructor::<$implementation>(
                            $ordinal,
                            $target as *const ()
                            $(, $thunk as *const ())?
                        )
                    ),*]
                },
                thunks,
            )
        }
    }};
}

/// The body of a listed implementation in a call: `$call`.
///
/// The mark behind it, which is no instruction, keeps the compiler from joining the ends of bodies that are
/// alike, which would put a jump into all but one of them. Options: `nomem`, `nostack` and
/// `preserves_flags`, which hold.
#[doc(hidden)]
#[macro_export]
macro_rules! __body {
    ($choice:literal, $call:expr) => {{
        let result = $call;
        // SAFETY: there is no instruction. (S9)
        unsafe {
            ::core::arch::asm!(
                "/* {choice} */",
                choice = const $choice,
                options(nomem, nostack, preserves_flags)
            );
        }
        result
    }};
}

/// A method of the handle: a function of its own, so that its address is that of an entry.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry_method {
    ($($method:tt)*) => {
        #[inline(never)]
        $($method)*
    };
}

/// The slow path of an entry: a function of its own, so that what it needs of the stack is not set up
/// in the entry. The entry reaches it by a jump, with all arguments where they are.
#[doc(hidden)]
#[macro_export]
macro_rules! __slow_method {
    ($($method:tt)*) => {
        #[inline(never)]
        $($method)*
    };
}

#[cfg(test)]
#[allow(
    unsafe_code,
    reason = "what the attribute generates counts as this crate's own code here"
)]
mod tests {
    use std::ptr;

    use super::*;
    use crate::key::AnyKey;
    use crate::listed::OPEN;
    use crate::lock::lock_patcher;
    use crate::{Dispatch, static_dispatch};

    #[static_dispatch]
    trait Subject: Sync {
        fn number(&self) -> u64;
        fn text(&self) -> String;
    }

    struct Stateful(u64);

    impl Subject for Stateful {
        fn number(&self) -> u64 {
            self.0
        }

        fn text(&self) -> String {
            self.0.to_string()
        }
    }

    fn read<T>(address: usize) -> T {
        let place = ptr::with_exposed_provenance::<T>(address);
        // SAFETY: the test reads code, which can be read and stays mapped, as integers at aligned places.
        unsafe { place.read_volatile() }
    }

    #[test]
    fn thunks_have_their_receiver_before_anything_leads_to_them() {
        static STATEFUL: Stateful = Stateful(7);
        let object: &'static dyn Subject = &STATEFUL;
        let address = (&raw const STATEFUL).expose_provenance() as u64;

        let mut patcher = lock_patcher();
        let mut code = Code::new();
        let key = AnyKey::address(<dyn Subject as Dispatch>::key());
        patcher
            .find(key, &mut code)
            .expect("patching is allowed here");
        let targets = object.implementation().targets;
        let thunks: BTreeSet<_> = targets.thunks().collect();
        assert_eq!(thunks.len(), 2);
        let (window, _) = patcher
            .open(key, &mut code, targets, &thunks, address, OPEN)
            .expect("the code can be written");
        let receivers: Vec<_> = thunks
            .iter()
            .flat_map(|thunk| code.thunks.receivers(*thunk))
            .map(|receiver| receiver.address)
            .collect();
        assert_eq!(receivers.len(), 2);
        let jumps: Vec<_> = code.jumps().map(|jump| jump.address).collect();
        let before: Vec<u32> = jumps.iter().map(|jump| read(*jump)).collect();
        let warning = window.write(&|| {
            assert!(
                receivers
                    .iter()
                    .all(|receiver| read::<u64>(*receiver) == address)
            );
            assert!(
                jumps
                    .iter()
                    .map(|jump| read::<u32>(*jump))
                    .eq(before.iter().copied())
            );
        });
        assert!(warning.expect("the kernel has membarrier").is_none());
        // At opt-level 0 no entry can be patched.
        let changed = jumps
            .iter()
            .zip(&before)
            .all(|(jump, before)| read::<u32>(*jump) != *before);
        assert!(changed, "the entries lead to the thunks");
    }

    #[test]
    fn a_thunk_that_serves_another_key_is_not_used() {
        static STATEFUL: Stateful = Stateful(7);
        let object: &'static dyn Subject = &STATEFUL;
        let targets = object.implementation().targets;
        let thunks: BTreeSet<_> = targets.thunks().collect();
        let table = targets.thunk_table();

        let mut owners = BTreeMap::new();
        let mut protections = Protections::new();
        for (key, is_first) in [(1, true), (2, false), (1, true)] {
            let mut found = Thunks::new();
            found
                .find(&thunks, table, key, &mut owners, &mut protections)
                .expect("the code can be read");
            for thunk in &thunks {
                assert_eq!(found.receivers(*thunk).len(), usize::from(is_first));
            }
        }
    }
}
