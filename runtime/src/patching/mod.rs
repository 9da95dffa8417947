//! Patching: the entries of a trait jump straight to the implementation in force.
//!
//! # The idea
//!
//! The function that the attribute makes of a method, its *entry*, begins with a jump to its slow
//! path, which asks the key for the implementation and calls it virtually. Nothing precedes the jump,
//! so at that point every argument is still where the caller put it, and a jump to the
//! implementation's method instead is an ordinary tail call. Switching the implementation is to
//! rewrite that one instruction.
//!
//! That nothing precedes the jump is up to the compiler, so it is looked up before an entry is ever
//! patched. To make it likely, an entry holds nothing but the jump and a call of its slow path with the
//! same arguments, which LLVM turns into a jump where it can; if the slow path were in the entry, its
//! stack frame would be set up in front of the jump for every method short of registers to save.
//!
//! The entry's first argument is the address of a zero-sized handle, not of the implementation. Only
//! a zero-sized, 1-aligned implementation can take it as it is. For any other the entry jumps to a
//! *thunk*, which loads the receiver as an immediate and jumps on. Code and receiver sit behind one
//! jump, so they can never be torn apart: Linux tracepoints once kept them apart and raced
//! (commit 231264d6927f).
//!
//! # Layers
//!
//! `arch` turns intentions into instructions and knows nothing of memory; `plan` writes words and
//! knows nothing of instructions; `os` asks the kernel; `thunk` and `entry` connect them, and
//! `Patcher::switch` below is the order of events. A plan takes any number of words at any
//! addresses, so call sites are written by the same plan as entries.
//!
//! # Rules for changing running code
//!
//! - One aligned store changes one instruction into one of the same length. x86-64: AMD64
//!   Architecture Programmer's Manual, volume 2, 7.6.1 "Cross-Modifying Code"; on Intel it is what
//!   HotSpot, HHVM and XRay rely on. AArch64: Arm ARM, B2.2.5 "Concurrent modification and execution
//!   of instructions", which lists `B`.
//! - Everything that can fail is done before the truth is published and the first entry is written.
//! - A thunk is written, flushed and synchronised before an entry jumps to it, and never changed.
//! - Pages stay executable while they are written, because other threads run on them.
//! - `membarrier` makes every thread see the new object before the first entry is written, and drop
//!   stale instructions before an update returns.

use std::collections::BTreeMap;
use std::env;
use std::ptr;
use std::sync::Arc;

pub(crate) use entry::{Entry, Targets};

use crate::registry::Registration;
use crate::report::{MethodState, Reason};
use crate::{Dispatch, Error};
use arch::Word;
use entry::{Jump, Site};
use plan::{Plan, Protections, Window};
use thunk::Thunks;

/// What generated code names.
pub(crate) mod exports {
    pub use super::arch::ENTRY_MARK;
    pub use super::entry::{Entry, Target, Targets, keep};
}

mod arch;
mod entry;
mod os;
mod plan;
mod signature;
mod thunk;

/// What all traits share: the pages of code, the thunks in them, and whether patching can be done.
pub(crate) struct Patcher {
    allowed: Option<Result<(), Reason>>,
    collected: BTreeMap<usize, &'static [Entry]>,
    protections: Protections,
    thunks: Thunks,
}

impl Patcher {
    pub(crate) const fn new() -> Self {
        Self {
            allowed: None,
            collected: BTreeMap::new(),
            protections: Protections::new(),
            thunks: Thunks::new(),
        }
    }

    /// Makes the entries of a key jump to `implementation`, and calls `publish` at the moment from
    /// which on there is no way back.
    ///
    /// Entries that cannot be patched are left at, or led back to, their slow path.
    ///
    /// # Errors
    ///
    /// Nothing has changed and `publish` was not called. There is no error while no entry of the key
    /// is patched: then the truth alone decides, and the reason is kept for the report.
    pub(crate) fn switch<D: Dispatch + ?Sized>(
        &mut self,
        key: usize,
        sites: &mut Sites,
        implementation: &'static D,
        publish: impl FnOnce(),
    ) -> Result<Option<Error>, Error> {
        if let Err(reason) = self.find(key, sites) {
            sites.obstacle = Some(reason);
            publish();
            return Ok(None);
        }
        let targets = implementation.implementation().targets;
        let zero_sized =
            size_of_val(implementation) == 0 && align_of_val(implementation) == align_of::<()>();
        let receiver = (!zero_sized).then(|| ptr::from_ref(implementation).cast::<()>());

        match self.open(sites, targets, receiver) {
            Ok((window, words)) => {
                publish();
                let warning = window.write();
                for (jump, word) in sites.jumps().zip(words) {
                    jump.now = word;
                }
                sites.obstacle = None;
                Ok(warning)
            }
            Err(error) if sites.patched() == 0 => {
                sites.obstacle = Some(Reason::Refused(Arc::new(error)));
                publish();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Finds the entries of a key in the code, the first time that the key needs them.
    fn find(&mut self, key: usize, sites: &mut Sites) -> Result<(), Reason> {
        self.allowed
            .get_or_insert_with(|| {
                if env::var_os("STATIC_CALL_PATCHING").is_some_and(|value| value == "off") {
                    return Err(Reason::SwitchedOff);
                }
                os::prepare_synchronisation()
                    .map_err(|source| Reason::Refused(Arc::new(Error::Synchronise { source })))
            })
            .clone()?;
        if sites.entries.is_some() {
            return Ok(());
        }
        if !self.collected.contains_key(&key) {
            self.collected = inventory::iter::<Registration>()
                .map(|registration| (registration.key.address(), registration.entries))
                .collect();
        }
        let entries = self.collected.get(&key).ok_or(Reason::NotCollected)?;
        let found = entries
            .iter()
            .map(|entry| Site::find(entry, &mut self.protections))
            .collect::<Result<_, _>>()
            .map_err(|error| Reason::Refused(Arc::new(error)))?;
        sites.entries = Some(found);
        Ok(())
    }

    /// Decides what each jump becomes, writes the thunks that this needs, and makes the jumps
    /// writable.
    fn open(
        &mut self,
        sites: &mut Sites,
        targets: Targets,
        object: Option<*const ()>,
    ) -> Result<(Window, Vec<Word>), Error> {
        let mut thunks = self.thunks.begin();
        let mut words = Vec::new();
        for site in sites.entries.iter_mut().flatten() {
            let receiver = site.receiver(object);
            let target = targets.address(site.ordinal());
            if let Some(jump) = &site.jump {
                let word = receiver
                    .and_then(|receiver| thunks.reach(jump.address, receiver, target))
                    .unwrap_or(jump.slow);
                words.push(word);
            }
        }
        thunks.finish(&mut self.protections)?;

        let mut plan = Plan::new();
        for (jump, word) in sites.jumps().zip(&words) {
            plan.write(jump.address, jump.now, *word);
        }
        let window = plan.open(&mut self.protections)?;
        Ok((window, words))
    }
}

/// The entries of one key and what they do now.
pub(crate) struct Sites {
    /// Known from the first use on.
    entries: Option<Vec<Site>>,
    /// Why none of them is patched, where one reason holds for all.
    obstacle: Option<Reason>,
}

impl Sites {
    pub(crate) const fn new() -> Self {
        Self {
            entries: None,
            obstacle: Some(Reason::Unused),
        }
    }

    /// How many entries jump to the implementation.
    pub(crate) fn patched(&self) -> usize {
        self.entries
            .iter()
            .flatten()
            .filter(|site| site.is_patched())
            .count()
    }

    /// What a call of the method with this ordinal does.
    pub(crate) fn state(&self, ordinal: u32) -> MethodState {
        let site = self
            .entries
            .iter()
            .flatten()
            .find(|site| site.ordinal() == ordinal);
        match (site, &self.obstacle) {
            (Some(site), _) if site.is_patched() => MethodState::Patched,
            (_, Some(reason)) => MethodState::Unpatched(reason.clone()),
            (Some(site), None) if site.jump.is_none() => MethodState::Unpatched(Reason::NotFirst),
            (Some(_), None) => MethodState::Unpatched(Reason::NoThunk),
            (None, None) => MethodState::Unpatched(Reason::NotCollected),
        }
    }

    fn jumps(&mut self) -> impl Iterator<Item = &mut Jump> {
        self.entries
            .iter_mut()
            .flatten()
            .filter_map(|site| site.jump.as_mut())
    }
}

/// Lists the entries of a trait.
#[doc(hidden)]
#[macro_export]
macro_rules! __entries {
    ($($(#[$attribute:meta])* $constructor:ident($ordinal:literal, $entry:expr $(, $signature:ty)?)),* $(,)?) => {
        &[
            $(
                $(#[$attribute])*
                // SAFETY: the attribute lists the methods of the handle, which begin with `entry!`
                // and this ordinal, and which it implements so that they do what the methods of the
                // current implementation do.
                unsafe {
                    $crate::__private::Entry::$constructor(
                        $ordinal,
                        $entry as *const () $(, $entry as $signature)?
                    )
                }
            ),*
        ]
    };
}

/// Lists the addresses of an implementation's methods.
#[doc(hidden)]
#[macro_export]
macro_rules! __targets {
    ($($(#[$attribute:meta])* ($ordinal:literal, $target:expr)),* $(,)?) => {
        // SAFETY: the attribute lists the methods of the same trait and type, by the ordinals of the
        // entries.
        unsafe {
            $crate::__private::Targets::new(const {
                &[$(
                    $(#[$attribute])*
                    $crate::__private::Target::new($ordinal, $target as *const ())
                ),*]
            })
        }
    };
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
