//! The objects of one trait, called through [`Devirt`](crate::Devirt): which types they have, and what that teaches
//! the calls.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::hint;
use std::ptr;

use super::call::{self, Call, is_guarded};
use super::known::{Known, KnownVtables};
use super::learning::Learning;
use super::vtable::{Tag, Vtables, words};
use crate::loaded;
use crate::lock::{lock_patcher, try_lock_patcher};
use crate::registry;
use crate::report::DevirtReport;
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use crate::sync::{OnceLock, thread_local};

/// How many calls of the trait are taken in a sample, of any of them, for each that is wanted of the one that began.
const CALLS_PER_SAMPLED: u32 = 4;

/// How many misses of a thread are passed over after each that is looked at. With that one it is a prime number, so that
/// calls which miss in turn are looked at in turn. In models it is one, as these make few calls.
const PASSED: u32 = if cfg!(all(test, loom)) { 1 } else { 126 };

thread_local! {
    /// How many misses of this thread are still to be passed over, of whichever trait. Threads that miss at the same time
    /// do not write to the same place.
    static STILL_PASSED: Cell<u32> = const { Cell::new(0) };
}

/// Passes over one miss, if any are still to be passed over; the answer is whether it did.
#[inline(always)]
fn pass() -> bool {
    // Unlike `with`, this is inlined in each codegen unit; it cannot fail, as there is nothing to drop.
    let passes = STILL_PASSED.try_with(|passed| {
        let Some(rest) = passed.get().checked_sub(1) else {
            return false;
        };
        passed.set(rest);
        true
    });
    passes.unwrap_or(false)
}

/// Where misses of a trait are passed over.
#[derive(Clone, Copy, PartialEq)]
#[repr(u32)]
enum Passing {
    /// Nowhere, as long as calls are not known, and while a sample is taken.
    Nowhere,
    /// In the caller.
    InCaller,
    /// Out of line, behind a comparison with second vtables, as some type has one.
    OutOfLine,
}

/// Makes all calls through [`Devirt`](crate::Devirt) learn again, and forgets what they have learned.
///
/// For a program that knows that it begins another phase: a call that was bypassed stays so otherwise, unless
/// there is a [`Relearner`](crate::Relearner). Calls that could not be found in the code, or not be patched, because the
/// system refused are tried again. It takes the lock of [`update`](crate::update).
pub fn relearn() {
    for objects in registry::objects() {
        objects.relearn();
    }
}

/// A method of the trait.
#[doc(hidden)]
pub struct ObjectMethod {
    name: &'static str,
    /// The number of its calls, which they read where no immediate of theirs can be patched.
    call: AtomicU32,
}

impl ObjectMethod {
    /// Names a method.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            call: AtomicU32::new(0),
        }
    }

    /// The number of its calls.
    #[inline(always)]
    pub fn call(&self) -> u32 {
        // Relaxed: the number decides only whether misses are counted.
        self.call.load(Ordering::Relaxed)
    }

    pub(super) fn set_call(&self, number: u32) {
        // Relaxed: as above.
        self.call.store(number, Ordering::Relaxed);
    }

    /// Begins an execution of a model.
    #[cfg(all(test, loom))]
    pub(super) fn begin(&self) {
        self.call.begin();
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn address(&'static self) -> usize {
        ptr::from_ref(self).addr()
    }
}

/// What the calls of one trait share.
#[doc(hidden)]
pub struct Objects {
    trait_name: &'static str,
    methods: &'static [&'static ObjectMethod],
    listed: &'static [Vtables],
    /// Asks an object, which has these words, for its tag.
    tag: unsafe fn([*const (); 2]) -> Tag,
    /// The calls, once they are known.
    calls: OnceLock<Vec<Call>>,
    /// A number of [`Passing`].
    passing: AtomicU32,
    /// Whether the calls have their numbers, or cannot be given any.
    is_numbered: AtomicBool,
    known: KnownVtables,
    /// How many calls are still to be taken in the sample that is taken; 0 if none is.
    sampling: AtomicU32,
}

impl Objects {
    /// Describes the calls of the trait `trait_name`.
    ///
    /// # Safety
    ///
    /// - `tag` asks the object whose words it is given, through the hidden supertrait, for the tag of its type.
    #[must_use]
    pub const unsafe fn new(
        trait_name: &'static str,
        methods: &'static [&'static ObjectMethod],
        listed: &'static [Vtables],
        tag: unsafe fn([*const (); 2]) -> Tag,
    ) -> Self {
        Self {
            trait_name,
            methods,
            listed,
            tag,
            calls: OnceLock::new(),
            passing: AtomicU32::new(Passing::Nowhere as u32),
            is_numbered: AtomicBool::new(false),
            known: KnownVtables::new(),
            sampling: AtomicU32::new(0),
        }
    }

    /// Whether a call that compared in vain is to make a virtual call, and nothing more.
    #[inline(always)]
    pub fn passes(&self, call: u32) -> bool {
        if is_guarded(call) {
            // For calls that are bypassed to take no jump.
            hint::cold_path();
            return self.passes_over(Passing::InCaller) && pass();
        }
        true
    }

    /// The same for a call that compared with second vtables too.
    #[inline(always)]
    pub fn passes_out_of_line(&self) -> bool {
        self.passes_over(Passing::OutOfLine) && pass()
    }

    #[inline(always)]
    fn passes_over(&self, wanted: Passing) -> bool {
        // Relaxed: statistics.
        self.passing.load(Ordering::Relaxed) == wanted as u32
    }

    /// Learns from a call that compared in vain. The answer is which listed type the object has, counted from 1;
    /// 0 if none.
    #[inline(always)]
    pub fn miss<D: ?Sized>(&'static self, call: u32, object: &D) -> u32 {
        let [first, vtable] = words(object);
        let address = ptr::from_ref(object).cast();
        // SAFETY: these are the words of an object that is borrowed. (S18, S19)
        unsafe { self.miss_by_words(call, first, vtable, address) }
    }

    /// The same, compiled once for all traits.
    ///
    /// # Safety
    ///
    /// - `first` and `vtable` are the words of a pointer to an object of the trait, which is borrowed.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn miss_by_words(
        &'static self,
        call: u32,
        first: *const (),
        vtable: *const (),
        address: *const (),
    ) -> u32 {
        // SAFETY: as the caller promises. (S19)
        let number = unsafe { self.identify(first, vtable, address) };
        let is_hit = self.learn(number, vtable);
        let call = self.find(call);
        if self.is_sampling() {
            if number == 0 {
                self.known.count(vtable);
            }
            self.count(call, is_hit);
            return number;
        }
        self.begin_passing();
        if let Some(call) = call
            && !is_hit
        {
            if call.cut_short() {
                call.decide();
            } else if call.miss(1 + PASSED) {
                self.begin_sample(call);
            }
        }
        number
    }

    /// Has misses passed over, once calls are known.
    fn begin_passing(&self) {
        if self.calls.get().is_none() {
            return;
        }
        let passing = if self.listed.iter().any(Vtables::has_second) {
            Passing::OutOfLine
        } else {
            Passing::InCaller
        };
        if !self.passes_over(passing) {
            self.set_passing(passing);
        }
        STILL_PASSED.with(|passed| passed.set(PASSED));
    }

    fn set_passing(&self, passing: Passing) {
        // Relaxed: statistics.
        self.passing.store(passing as u32, Ordering::Relaxed);
    }

    #[inline]
    fn is_sampling(&self) -> bool {
        // Relaxed: who reads it late counts one call more, or less.
        self.sampling.load(Ordering::Relaxed) > 0
    }

    /// Has all calls come to [`miss`](Self::miss), unless they do.
    #[cold]
    #[inline(never)]
    fn begin_sample(&self, call: &Call) {
        let calls = Learning::get().sample.max(1);
        let calls = calls.saturating_mul(CALLS_PER_SAMPLED);
        // Relaxed: nothing else is told by it. If two threads begin at once, it is one sample, which may be longer.
        self.sampling.store(calls, Ordering::Relaxed);
        self.set_passing(Passing::Nowhere);
        call.begin_sample();
        for listed in self.listed {
            listed.begin_sample();
        }
    }

    /// Counts a call of a sample.
    fn count(&self, call: Option<&Call>, is_hit: bool) {
        // Relaxed: in one step, so that one thread counts the last.
        let counted = self
            .sampling
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |calls| {
                calls.checked_sub(1)
            });
        let completed = call.filter(|call| call.count(is_hit));
        if counted == Ok(1) || completed.is_some() {
            // Relaxed: as above.
            self.sampling.store(0, Ordering::Relaxed);
            for listed in self.listed {
                listed.end_sample();
            }
            self.begin_passing();
        }
        if let Some(call) = completed {
            call.decide();
        }
    }

    /// Learns that this is a vtable of the listed type of this number. The answer is whether there was a place for it;
    /// then calls compare with it from now on, or while a sample is taken, from its end.
    #[inline]
    fn learn(&'static self, number: u32, vtable: *const ()) -> bool {
        let Some(listed) = self.listed(number) else {
            return false;
        };
        let is_learned = listed.learn(vtable);
        if is_learned && !self.is_sampling() {
            listed.compare();
        }
        is_learned
    }

    /// Which listed type an object has at this address, counted from 1, and 0 if none.
    ///
    /// # Safety
    ///
    /// - `first` and `vtable` are the words of a pointer to an object of the trait, which is borrowed.
    #[inline]
    unsafe fn identify(
        &'static self,
        first: *const (),
        vtable: *const (),
        address: *const (),
    ) -> u32 {
        if let Some(known) = self.known.find(vtable) {
            return known.number;
        }
        if !ptr::eq(first, address) {
            // Another layout of the pointer than the one that is relied upon.
            return 0;
        }
        loaded::keep(vtable.addr());
        // SAFETY: as the caller promises. (S18, S19)
        let tag = unsafe { (self.tag)([first, vtable]) };
        let mut listed = self.listed.iter();
        let position = listed.position(|listed| tag.is(listed.type_id(), self));
        let number = position.map_or(0, |position| position as u32 + 1);
        self.known.note(Known::new(vtable, number, tag.type_name));
        number
    }

    #[inline]
    fn listed(&self, number: u32) -> Option<&'static Vtables> {
        let index = number.checked_sub(1)?;
        Some(&self.listed[index as usize])
    }

    /// The vtable that stands for all of the object's type if that is listed, and the object's own otherwise.
    pub(super) fn canonical_vtable<D: ?Sized>(&'static self, object: &D) -> *const () {
        let [first, vtable] = words(object);
        let address = ptr::from_ref(object).cast();
        // SAFETY: these are the words of an object that is borrowed. (S18, S19)
        let number = unsafe { self.identify(first, vtable, address) };
        self.listed(number)
            .map_or(vtable, |listed| listed.canonical(vtable))
    }

    /// The call with this number. Where numbers are not known yet they are now, or if that has to wait, soon.
    fn find(&'static self, number: u32) -> Option<&'static Call> {
        let Some(index) = number.checked_sub(1) else {
            self.number();
            return None;
        };
        self.calls.get()?.get(index as usize)
    }

    /// Gives all calls their numbers, once.
    #[cold]
    #[inline(never)]
    fn number(&'static self) {
        if self.is_numbered.load(Ordering::Relaxed) {
            return;
        }
        let Some(mut patcher) = try_lock_patcher() else {
            return;
        };
        // Relaxed: written and relied upon under the lock only; a call that reads it too early waits for nothing.
        if self.is_numbered.swap(true, Ordering::Relaxed) {
            return;
        }
        let methods: BTreeMap<_, _> = self
            .methods
            .iter()
            .map(|method| (method.address(), *method))
            .collect();
        let Some(guards) = patcher.find_guards(ptr::from_ref(self).addr(), &methods) else {
            // Until they shall relearn.
            return;
        };
        let calls = self.calls.get_or_init(|| {
            let calls = guards.into_iter().zip(1..);
            let calls = calls.map(|((method, guard), number)| Call::new(number, method, guard));
            calls.collect()
        });
        call::number(calls, &mut patcher);
    }

    fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.get().into_iter().flatten()
    }

    /// Makes all calls learn again, and forgets what they have learned.
    pub(crate) fn relearn(&'static self) {
        self.known.forget_counts();
        let mut patcher = lock_patcher();
        for listed in self.listed {
            listed.forget();
        }
        for call in self.calls() {
            call.relearn(&mut patcher);
        }
        // Where it was refused, it may be granted now.
        match self.calls.get() {
            Some(calls) => call::number(calls, &mut patcher),
            // Relaxed: as in `number`.
            None => self.is_numbered.store(false, Ordering::Relaxed),
        }
    }

    /// Has calls sampled that are bypassed, each more and more rarely.
    pub(crate) fn look_again(&'static self) {
        let mut patcher = lock_patcher();
        for call in self.calls() {
            if call.look_again(&mut patcher) {
                self.begin_sample(call);
            }
        }
    }

    /// Begins an execution of a model.
    #[cfg(all(test, loom))]
    pub(super) fn begin(&self) {
        self.calls.begin();
        self.passing.begin();
        self.is_numbered.begin();
        self.known.begin();
        self.sampling.begin();
        for method in self.methods {
            method.begin();
        }
        for listed in self.listed {
            listed.begin();
        }
    }

    pub(crate) fn report(&'static self) -> DevirtReport {
        DevirtReport {
            name: self.trait_name,
            sites: self.calls().map(Call::report).collect(),
            unlisted: self.known.unlisted(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use region::Protection;

    use super::*;

    #[test]
    fn one_miss_of_some_is_looked_at_once_calls_are_known() {
        unsafe fn tag(_: [*const (); 2]) -> Tag {
            unreachable!("there is no object");
        }
        // SAFETY: nobody has an object to ask. (S21)
        let objects = unsafe { Objects::new("trait", &[], &[], tag) };
        objects.begin_passing();
        assert!(!objects.passes(1));
        objects.calls.get_or_init(Vec::new);
        objects.begin_passing();
        let passed = (0..=PASSED).take_while(|_| objects.passes(1)).count();
        assert_eq!(passed, PASSED as usize);
    }

    #[test]
    fn a_pointer_whose_first_word_is_not_the_address_teaches_nothing() {
        static LISTED: [Vtables; 1] = [Vtables::of::<u64>()];
        static OBJECTS: Objects = {
            unsafe fn tag(_: [*const (); 2]) -> Tag {
                Tag::of::<u64>(&OBJECTS)
            }
            // SAFETY: all objects are of this type. (S21)
            unsafe { Objects::new("trait", &[], &LISTED, tag) }
        };
        static VTABLE: u64 = 0;

        let [object, vtable] = [&7, &VTABLE].map(|word: &u64| ptr::from_ref(word).cast());
        // SAFETY: nobody follows the words. (S18, S19)
        let miss = |first, second| unsafe { OBJECTS.miss_by_words(1, first, second, object) };
        let [listed] = &LISTED;
        // As another compiler might have them.
        assert_eq!(miss(vtable, object), 0);
        assert!(OBJECTS.known.find(object).is_none() && !listed.is_first(object));
        assert_eq!(miss(object, vtable), 1);
        assert!(OBJECTS.known.find(vtable).is_some() && listed.is_first(vtable));
    }

    #[test]
    fn an_object_that_was_asked_is_not_looked_at_any_more() {
        static OBJECTS: Objects = {
            unsafe fn tag([object, _]: [*const (); 2]) -> Tag {
                // SAFETY: the object is borrowed. (S19)
                assert_eq!(unsafe { object.cast::<u64>().read_volatile() }, 7);
                Tag::of::<u64>(&OBJECTS)
            }
            // SAFETY: all objects are of this type. (S21)
            unsafe { Objects::new("trait", &[], &[], tag) }
        };

        let page = region::alloc(1, Protection::READ_WRITE).expect("a page can be had");
        let place = page.as_ptr::<u64>().cast_mut();
        // SAFETY: the page is the test's own.
        unsafe { place.write(7) };
        // SAFETY: the object is there as long as it is used.
        let object: &dyn Debug = unsafe { &*place };
        assert_eq!(OBJECTS.miss(1, object), 0);
        // SAFETY: nobody uses what is in the page any more.
        unsafe { region::protect(place, 1, Protection::NONE) }.expect("the page is the test's own");
        OBJECTS.report();
        OBJECTS.relearn();
        OBJECTS.look_again();
        OBJECTS.miss(1, &7_u64 as &dyn Debug);
    }
}
