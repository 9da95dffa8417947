//! The truth: which implementation a trait has now.
//!
//! A key holds one atomic pointer to an immutable record, and the record holds the fat pointer
//! `&'static dyn Trait`. Everything else in this crate is a cache of it: a call whose site and entry
//! were never patched asks the key and calls virtually, which is slow and never wrong.
//!
//! The pointer is null until the first call or the first update. Either then puts the initial
//! implementation in force, so that a default is patched in without anybody asking for it.
//!
//! Records are kept for ever, because a thread may hold one for as long as it likes. A key makes one
//! record for each distinct implementation, not for each update, so switching to and fro does not
//! grow the heap.
#![allow(unsafe_code)]

use std::any::TypeId;
use std::fmt;
use std::ptr;
use std::sync::Arc;

use crate::devirt::vtable::words;
use crate::implementation::Implementation;
use crate::listed::{AnyListed, OPEN};
use crate::loaded;
use crate::lock::{lock, lock_patcher, try_lock, try_lock_patcher};
use crate::patching::{Code, Patcher};
use crate::report::{CallSites, MethodReport, MethodState, TraitReport};
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use crate::{Current, Error, Static};

/// A trait object whose trait is annotated with
/// [`#[static_dispatch]`](crate::static_dispatch).
///
/// The attribute implements it for `dyn Trait`; there is nothing in it to call or to implement.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the trait object of a `#[static_dispatch]` trait",
    label = "not a statically dispatched trait object",
    note = "annotate the trait with `#[static_dispatch]` and write `dyn Trait`, without `+ Send` or `+ Sync`",
    note = "with `#[static_dispatch(devirt, …)]`, a trait has static calls if it requires `Sync` and takes `&self` only"
)]
pub trait Dispatch: Sync + 'static {
    #[doc(hidden)]
    fn key() -> &'static Key<Self>;

    #[doc(hidden)]
    fn implementation(&self) -> Implementation;
}

/// What one trait's static calls share.
#[doc(hidden)]
pub struct Key<D: ?Sized + 'static> {
    trait_name: &'static str,
    initial: Record<D>,
    methods: &'static [Method],
    listed: &'static [&'static dyn AnyListed],
    truth: AtomicPtr<Record<D>>,
    /// The choice of the record, for calls whose sites are not patched.
    choice: AtomicU32,
    state: Mutex<State<D>>,
}

/// A method of the trait, as reports name it.
#[doc(hidden)]
pub struct Method {
    /// The number by which entries and targets name the method.
    pub ordinal: u32,
    /// The name of the method.
    pub name: &'static str,
    /// Whether the method stays an ordinary virtual call.
    pub cold: bool,
}

struct Record<D: ?Sized + 'static> {
    implementation: &'static D,
    /// Names the implementation's type, if it is listed.
    choice: u32,
}

struct State<D: ?Sized + 'static> {
    records: Vec<&'static Record<D>>,
    code: Code,
    sealed: bool,
    /// What the last switch could not tidy up.
    warning: Option<Arc<Error>>,
}

impl<D: ?Sized> Key<D> {
    /// Creates the key of the trait `trait_name`, on which `initial` is in force, an object of the
    /// type that `choice` names among the `listed` ones.
    #[must_use]
    pub const fn new(
        trait_name: &'static str,
        (initial, choice): (&'static D, u32),
        methods: &'static [Method],
        listed: &'static [&'static dyn AnyListed],
    ) -> Self {
        Self {
            trait_name,
            initial: Record {
                implementation: initial,
                choice,
            },
            methods,
            listed,
            truth: AtomicPtr::new(ptr::null_mut()),
            choice: AtomicU32::new(OPEN),
            state: Mutex::new(State {
                records: Vec::new(),
                code: Code::new(),
                sealed: false,
                warning: None,
            }),
        }
    }
}

impl<D: Dispatch + ?Sized> Key<D> {
    /// A snapshot of the implementation in force.
    #[inline]
    pub fn current(&'static self) -> Current<D> {
        let record = self.record().unwrap_or_else(|| self.first_use());
        Current::new(record.implementation, record.choice)
    }

    /// The choice in force, for a call whose site cannot be patched.
    #[inline(always)]
    pub fn choice(&'static self) -> u32 {
        // Acquire pairs with the Release in `publish`: whoever sees the choice sees its object.
        self.choice.load(Ordering::Acquire)
    }

    #[inline]
    fn record(&self) -> Option<&'static Record<D>> {
        // Acquire pairs with the Release in `publish`: whoever sees the pointer sees the record.
        let record = self.truth.load(Ordering::Acquire);
        // SAFETY: `truth` is null or was stored by `publish`, which takes a `&'static Record<D>`. (S1)
        unsafe { record.as_ref() }
    }

    fn publish(&self, record: &'static Record<D>) {
        let mut listed = self.listed.iter();
        if let Some(listed) = listed.find(|listed| listed.choice() == record.choice) {
            let object = ptr::from_ref(record.implementation).cast();
            // SAFETY: the record's implementation is of the type that its choice names, and a
            // `&'static D`. (S2, S3)
            unsafe { listed.set(object) };
        }
        // Release pairs with the Acquire in `record`.
        self.truth
            .store(ptr::from_ref(record).cast_mut(), Ordering::Release);
        // Release pairs with the Acquire in `choice`.
        self.choice.store(record.choice, Ordering::Release);
    }

    /// Puts the initial implementation in force, unless a first use or an update is under way; then
    /// this call just goes by the initial implementation, which is what it would have seen had it
    /// come a moment earlier. It never waits, so a call from within an update (a global allocator's,
    /// or a signal handler's) gets through.
    #[cold]
    #[inline(never)]
    fn first_use(&'static self) -> &'static Record<D> {
        if let Some(mut patcher) = try_lock_patcher()
            && let Some(mut state) = try_lock(&self.state)
        {
            self.settle(&mut patcher, &mut state);
        }
        self.record().unwrap_or(&self.initial)
    }

    /// Puts the initial implementation in force if none is.
    fn settle(&'static self, patcher: &mut Patcher, state: &mut State<D>) -> &'static Record<D> {
        if let Some(record) = self.record() {
            return record;
        }
        let record = &self.initial;
        // There is no error while nothing is patched; what could not be patched keeps its reason.
        let switched = self.switch(patcher, state, record);
        debug_assert!(switched.is_ok());
        record
    }

    fn switch(
        &'static self,
        patcher: &mut Patcher,
        state: &mut State<D>,
        record: &'static Record<D>,
    ) -> Result<(), Error> {
        let warning = patcher.switch(
            self.address(),
            &mut state.code,
            &record.implementation.implementation(),
            ptr::from_ref(record.implementation).cast(),
            record.choice,
            &|| self.publish(record),
        )?;
        state.warning = warning.map(Arc::new);
        Ok(())
    }

    fn update(&'static self, implementation: &'static D) -> Result<Change<D>, Error> {
        // Its code and its object may be in two shared objects.
        for word in words(implementation) {
            loaded::keep(word.addr());
        }
        let mut patcher = lock_patcher();
        let mut state = lock(&self.state);
        if state.sealed {
            return Err(Error::Sealed {
                trait_name: self.trait_name,
            });
        }
        if implementation
            .implementation()
            .is(TypeId::of::<Static<D>>(), self.address())
        {
            return Err(Error::Handle {
                trait_name: self.trait_name,
            });
        }
        let previous = self.settle(&mut patcher, &mut state);
        let record = self.record_of(&mut state, implementation);
        if !ptr::eq(previous, record) {
            self.switch(&mut patcher, &mut state, record)?;
        }
        let entries = self.methods.iter().filter(|method| !method.cold).count();
        let patched = state.code.patched();
        Ok(Change {
            previous: previous.implementation,
            patched,
            unpatched: entries + state.code.call_sites() - patched,
            warning: state.warning.clone(),
        })
    }

    fn seal(&'static self) {
        let mut patcher = lock_patcher();
        let mut state = lock(&self.state);
        self.settle(&mut patcher, &mut state);
        state.sealed = true;
    }

    /// The record of an implementation: the one made before for the same object, or a new one.
    fn record_of(
        &'static self,
        state: &mut State<D>,
        implementation: &'static D,
    ) -> &'static Record<D> {
        // Equal addresses of object and vtable mean equal behaviour. One object may have several
        // records where its type has several vtables, which costs a record and nothing else.
        let known = std::iter::once(&self.initial)
            .chain(state.records.iter().copied())
            .find(|record| ptr::eq(record.implementation, implementation));
        known.unwrap_or_else(|| {
            let described = implementation.implementation();
            let mut listed = self.listed.iter();
            let listed = listed.find(|listed| described.is(listed.type_id(), self.address()));
            let record = Box::leak(Box::new(Record {
                implementation,
                choice: listed.map_or(OPEN, |listed| listed.choice()),
            }));
            state.records.push(record);
            record
        })
    }

    /// The key's identity, by which registrations name it.
    fn address(&'static self) -> usize {
        ptr::from_ref(self).addr()
    }
}

#[cfg(all(test, loom))]
impl<D: Dispatch + ?Sized> Key<D> {
    /// Begins an execution of a model, with this code.
    pub(crate) fn begin(&'static self, code: Code) {
        *lock(&self.state) = State {
            records: Vec::new(),
            code,
            sealed: false,
            warning: None,
        };
        self.truth.begin();
        self.choice.begin();
    }
}

/// What the reports need of a key, whatever its trait.
#[doc(hidden)]
pub trait AnyKey: Sync {
    /// The key's identity.
    fn address(&'static self) -> usize;

    /// The key's part of a report.
    fn report(&'static self) -> TraitReport;
}

impl<D: Dispatch + ?Sized> AnyKey for Key<D> {
    fn address(&'static self) -> usize {
        self.address()
    }

    fn report(&'static self) -> TraitReport {
        let state = lock(&self.state);
        let implementation = self
            .record()
            .unwrap_or(&self.initial)
            .implementation
            .implementation();
        TraitReport::new(
            self.trait_name,
            implementation.type_name(),
            state.sealed,
            state.warning.clone(),
            report_methods(self.methods, &state.code),
        )
    }
}

fn report_methods(methods: &[Method], code: &Code) -> Vec<MethodReport> {
    let reports = methods.iter().map(|method| {
        let (state, call_sites) = if method.cold {
            (MethodState::Cold, CallSites::default())
        } else {
            code.state(method.ordinal)
        };
        MethodReport::new(method.name, state, call_sites)
    });
    reports.collect()
}

/// Makes `implementation` the one that every call through [`Static<D>`](Static) reaches.
///
/// Each call runs wholly on the old or wholly on the new implementation, object and code together.
/// A call that begins after `update` has returned, on any thread, runs the new one; calls under way
/// finish in the old one, which is why implementations are `'static`. The methods of a trait switch
/// one after another, not at one instant; a thread that needs several calls on one implementation
/// takes a snapshot with [`current`].
///
/// Any thread may call it at any time, also from within a method of the trait. It takes a lock that
/// is shared by all traits, so it must not be called from a signal handler or a global allocator. It also waits for
/// threads that are loading or unloading a shared object, if the implementation comes from one: see
/// [Shared objects](crate#shared-objects).
/// Nothing happens when `implementation` is already in force.
///
/// Where the system refuses to have code patched, calls go by the truth, an atomic load and a virtual
/// call, and `update` succeeds all the same: see [`Change::unpatched`] and [`report`](crate::report()).
///
/// # Errors
///
/// On an error nothing has changed.
///
/// - [`Error::Sealed`] after [`seal`].
/// - [`Error::Handle`] if `implementation` is itself a `Static<D>`.
/// - [`Error::Protect`], [`Error::Inspect`], [`Error::Changed`], [`Error::Synchronise`] and
///   [`Error::Restore`] if code that is already patched can no longer be changed.
///
/// # Examples
///
/// ```
/// use static_call::{Static, static_dispatch};
///
/// #[static_dispatch]
/// trait Clock: Sync {
///     fn now(&self) -> u64;
/// }
///
/// struct Fixed(u64);
///
/// impl Clock for Fixed {
///     fn now(&self) -> u64 {
///         self.0
///     }
/// }
///
/// const CLOCK: Static<dyn Clock> = Static::new();
///
/// static_call::update::<dyn Clock>(&Fixed(7))?;
/// assert_eq!(CLOCK.now(), 7);
///
/// let change = static_call::update::<dyn Clock>(Box::leak(Box::new(Fixed(8))))?;
/// assert_eq!(CLOCK.now(), 8);
/// assert_eq!(change.previous().now(), 7);
/// # Ok::<(), static_call::Error>(())
/// ```
pub fn update<D: Dispatch + ?Sized>(implementation: &'static D) -> Result<Change<D>, Error> {
    D::key().update(implementation)
}

/// Takes a snapshot of the implementation in force: [`Static::current`] without a handle.
#[inline]
#[must_use]
pub fn current<D: Dispatch + ?Sized>() -> Current<D> {
    D::key().current()
}

/// Makes every further [`update`] of the trait fail with [`Error::Sealed`].
///
/// Seal at the end of start-up, before privileges are dropped: from then on this crate does not
/// touch the trait's code again. A trait that was not used yet gets its initial implementation
/// patched in first.
pub fn seal<D: Dispatch + ?Sized>() {
    D::key().seal();
}

/// What an [`update`] did.
pub struct Change<D: ?Sized + 'static> {
    previous: &'static D,
    patched: usize,
    unpatched: usize,
    warning: Option<Arc<Error>>,
}

impl<D: ?Sized> Change<D> {
    /// The implementation that was in force before.
    #[must_use]
    pub fn previous(&self) -> &'static D {
        self.previous
    }

    /// How many entries and call sites of the trait now lead straight to the implementation.
    #[must_use]
    pub fn patched(&self) -> usize {
        self.patched
    }

    /// How many do not: entries that go by the truth, and call sites that go to the entry.
    /// [`report`](crate::report()) says why.
    ///
    /// `cold` methods are not counted: they have no entry and no call sites.
    #[must_use]
    pub fn unpatched(&self) -> usize {
        self.unpatched
    }

    /// What could not be tidied up after the last switch: [`Error::Restore`] or
    /// [`Error::Synchronise`].
    ///
    /// The new implementation is in force all the same.
    #[must_use]
    pub fn warning(&self) -> Option<&Error> {
        self.warning.as_deref()
    }
}

/// Names the type of the previous implementation.
impl<D: Dispatch + ?Sized> fmt::Debug for Change<D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Change")
            .field(
                "previous",
                &format_args!("{}", self.previous.implementation().type_name()),
            )
            .field("patched", &self.patched)
            .field("unpatched", &self.unpatched)
            .field("warning", &self.warning)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::static_dispatch;

    struct Listed;
    struct Other;

    #[static_dispatch(inline(Listed))]
    trait Subject: Sync {
        fn number(&self) -> u64;
    }

    impl Subject for Listed {
        fn number(&self) -> u64 {
            1
        }
    }

    impl Subject for Other {
        fn number(&self) -> u64 {
            2
        }
    }

    /// A call whose choice is always that of none is right too, but never runs a body that is listed.
    #[test]
    fn the_choice_in_force_is_told_where_call_sites_load_it() {
        let key = <dyn Subject as Dispatch>::key();
        let objects: [(&'static dyn Subject, _); 3] =
            [(&Listed, true), (&Other, false), (&Listed, true)];
        for (object, is_listed) in objects {
            update::<dyn Subject>(object).expect("nothing is refused");
            assert_eq!(key.choice() != OPEN, is_listed);
            assert_eq!(key.current().number(), object.number());
        }
    }
}
