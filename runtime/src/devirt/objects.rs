//! The calls of one trait through [`Devirt`](crate::Devirt): what each has learned, and what it does.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use super::known::{Known, KnownVtables};
use super::learning::{History, Learning, State, may_patch};
use super::vtable::{Tag, Vtables, words};
use crate::lock::{PATCHER, lock, try_lock};
use crate::patching::{Guard, Patcher};
use crate::registry;
use crate::report::{DevirtReport, DevirtSite, DevirtState};

/// Set in the number of a call that does not compare.
const UNGUARDED: u32 = 1 << 31;
/// Set besides in that of a call that is sampled.
const SAMPLED: u32 = 1 << 30;
/// Which call it is, counted from 1; 0 where it is not known yet.
const INDEX: u32 = SAMPLED - 1;

/// Makes all calls through [`Devirt`](crate::Devirt) compare again, and forgets what they have learned.
///
/// For a program that knows that it begins another phase: a call that was bypassed stays so otherwise, unless
/// there is a [`Relearner`](crate::Relearner). It takes the lock of [`update`](crate::update).
pub fn relearn() {
    for objects in registry::objects() {
        objects.relearn();
    }
}

/// Whether a call compares.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub const fn is_guarded(call: u32) -> bool {
    call & UNGUARDED == 0
}

/// Whether a call that does not compare counts.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub const fn is_sampled(call: u32) -> bool {
    call & SAMPLED != 0
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
        // Relaxed: the number decides only whether a call compares.
        self.call.load(Ordering::Relaxed)
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
    listed: &'static [&'static Vtables],
    /// Asks an object, which has these words, for its tag.
    tag: unsafe fn([*const (); 2]) -> Tag,
    /// The calls, once they are known.
    calls: OnceLock<Vec<Call>>,
    /// Whether the calls have their numbers, or cannot be given any.
    is_numbered: AtomicBool,
    known: KnownVtables,
}

/// One call, or all of a method where they cannot be told apart.
struct Call {
    method: &'static ObjectMethod,
    /// Since the last sample.
    misses: AtomicU32,
    /// How many there must be for the next sample.
    wanted: AtomicU32,
    /// How many calls are still to be counted in this sample, how many it has in all, and how many hit.
    remaining: AtomicU32,
    sample: AtomicU32,
    hits: AtomicU32,
    /// Whether a thread is about to change what the call does; nobody counts meanwhile.
    is_changing: AtomicBool,
    progress: Mutex<Progress>,
}

/// What is only looked at where a call is to be patched, and in reports.
struct Progress {
    guard: Option<Guard>,
    state: State,
    history: History,
    hit_share: Option<f32>,
    patches: u32,
    /// How often the call is passed over before it is looked at again, and how often that will be after.
    rest: u32,
    next_rest: u32,
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
        listed: &'static [&'static Vtables],
        tag: unsafe fn([*const (); 2]) -> Tag,
    ) -> Self {
        Self {
            trait_name,
            methods,
            listed,
            tag,
            calls: OnceLock::new(),
            is_numbered: AtomicBool::new(false),
            known: KnownVtables::new(),
        }
    }

    /// Learns from a call that compared in vain. The answer is which listed type the object has, counted from 1;
    /// 0 if none.
    #[cold]
    #[inline(never)]
    pub fn miss<D: ?Sized>(&'static self, call: u32, object: *const D) -> u32 {
        let (number, is_compared) = self.learn(object);
        let Some((index, call)) = self.find(call) else {
            return number;
        };
        if is_compared {
            return number;
        }
        // Relaxed, and not exact where threads count at once: statistics.
        let misses = call.misses.load(Ordering::Relaxed).saturating_add(1);
        call.misses.store(misses, Ordering::Relaxed);
        if misses >= call.wanted.load(Ordering::Relaxed) {
            call.change(index, |progress| call.begin_sample(progress));
        }
        number
    }

    /// Counts a call in a sample.
    #[cold]
    #[inline(never)]
    pub fn count<D: ?Sized>(&'static self, call: u32, object: *const D) {
        let (number, is_hit) = self.learn(object);
        let Some((index, call)) = self.find(call) else {
            return;
        };
        if call.is_changing.load(Ordering::Relaxed) {
            return;
        }
        if number == 0 {
            self.known.count(words(object)[1]);
        }
        // Relaxed, and not exact where threads count at once: statistics.
        if is_hit {
            let hits = call.hits.load(Ordering::Relaxed);
            call.hits.store(hits.saturating_add(1), Ordering::Relaxed);
        }
        let remaining = call.remaining.load(Ordering::Relaxed).saturating_sub(1);
        call.remaining.store(remaining, Ordering::Relaxed);
        if remaining > 0 {
            return;
        }
        call.change(index, |progress| {
            let learning = Learning::get();
            let hits = call.hits.load(Ordering::Relaxed);
            let sample = call.sample.load(Ordering::Relaxed);
            let hit_share = (hits as f32 / sample as f32).min(1.0);
            progress.hit_share = Some(hit_share);
            progress.state = progress.history.after_sample(hit_share, &learning);
            call.misses.store(0, Ordering::Relaxed);
            let wanted = progress.history.misses(&learning);
            call.wanted.store(wanted, Ordering::Relaxed);
        });
    }

    /// Which listed type an object has, counted from 1, and 0 if none; and whether calls compare with its vtable,
    /// if need be from now on.
    fn learn<D: ?Sized>(&'static self, object: *const D) -> (u32, bool) {
        let words = words(object);
        let [first, vtable] = words;
        let number = match self.known.find(vtable) {
            Some(known) => known.number,
            // Another layout of the pointer than the one that is relied upon.
            None if !ptr::eq(first, object.cast::<()>()) => 0,
            None => {
                // SAFETY: the words are those of an object that is being called.
                let tag = unsafe { (self.tag)(words) };
                let mut listed = self.listed.iter();
                let position = listed.position(|listed| tag.is(listed.type_id(), self));
                let number = position.map_or(0, |position| position as u32 + 1);
                self.known.note(Known::new(vtable, number, tag.type_name));
                number
            }
        };
        let listed = number
            .checked_sub(1)
            .map(|index| self.listed[index as usize]);
        (number, listed.is_some_and(|listed| listed.learn(vtable)))
    }

    /// The call with this number. Where numbers are not known yet they are now, or if that has to wait, soon.
    fn find(&'static self, call: u32) -> Option<(u32, &'static Call)> {
        let index = call & INDEX;
        let Some(index) = index.checked_sub(1) else {
            self.number();
            return None;
        };
        Some((index, self.calls.get()?.get(index as usize)?))
    }

    /// Gives all calls their numbers, once.
    fn number(&'static self) {
        if self.is_numbered.load(Ordering::Relaxed) {
            return;
        }
        let Some(mut patcher) = try_lock(&PATCHER) else {
            return;
        };
        // Relaxed: written and relied upon under the lock only; a call that reads it too early waits for nothing.
        if self.is_numbered.swap(true, Ordering::Relaxed) {
            return;
        }
        let wanted = Learning::get().misses.max(1);
        let calls = self.calls.get_or_init(|| {
            let methods: BTreeMap<_, _> = self
                .methods
                .iter()
                .map(|method| (method.address(), *method))
                .collect();
            let guards = patcher.find_guards(ptr::from_ref(self).addr(), &methods);
            let calls = guards.into_iter().map(|(method, guard)| Call {
                method,
                misses: AtomicU32::new(0),
                wanted: AtomicU32::new(wanted),
                remaining: AtomicU32::new(0),
                sample: AtomicU32::new(0),
                hits: AtomicU32::new(0),
                is_changing: AtomicBool::new(false),
                progress: Mutex::new(Progress {
                    guard,
                    state: State::Guarded,
                    history: History::default(),
                    hit_share: None,
                    patches: 0,
                    rest: 0,
                    next_rest: 1,
                }),
            });
            calls.collect()
        });
        let mut numbers = Vec::new();
        let mut guards = Vec::new();
        for (call, number) in calls.iter().zip(1..) {
            match lock(&call.progress).guard {
                Some(guard) => {
                    guards.push(guard);
                    numbers.push(number);
                }
                None => call.method.call.store(number, Ordering::Relaxed),
            }
        }
        if let Some(patched) = patcher.set_guards(&guards, &numbers) {
            let calls = calls.iter();
            let guarded = calls.filter(|call| lock(&call.progress).guard.is_some());
            for (call, guard) in guarded.zip(patched) {
                lock(&call.progress).guard = Some(guard);
            }
        }
    }

    /// Makes all calls compare again, and forgets what they have learned.
    pub(crate) fn relearn(&'static self) {
        for listed in self.listed {
            listed.forget();
        }
        self.known.forget_counts();
        let wanted = Learning::get().misses.max(1);
        let mut patcher = lock(&PATCHER);
        for (call, index) in self.calls.get().into_iter().flatten().zip(0..) {
            call.change_now(&mut patcher, index, |progress| {
                progress.state = State::Guarded;
                progress.history = History::default();
                progress.hit_share = None;
                progress.rest = 0;
                progress.next_rest = 1;
                call.misses.store(0, Ordering::Relaxed);
                call.wanted.store(wanted, Ordering::Relaxed);
            });
        }
    }

    /// Has calls sampled that are bypassed, each more and more rarely.
    pub(crate) fn look_again(&'static self) {
        let mut patcher = lock(&PATCHER);
        for (call, index) in self.calls.get().into_iter().flatten().zip(0..) {
            let mut progress = lock(&call.progress);
            if progress.state != State::Bypassed {
                continue;
            }
            if progress.rest > 0 {
                progress.rest -= 1;
                continue;
            }
            if !may_patch() {
                return;
            }
            progress.rest = progress.next_rest;
            progress.next_rest = progress.next_rest.saturating_mul(2);
            drop(progress);
            call.change_now(&mut patcher, index, |progress| call.begin_sample(progress));
        }
    }

    pub(crate) fn report(&'static self) -> DevirtReport {
        let calls = self.calls.get().into_iter().flatten();
        let sites = calls.map(|call| {
            let progress = lock(&call.progress);
            DevirtSite {
                method: call.method.name,
                address: progress.guard.map(|guard| guard.address()),
                state: match progress.state {
                    State::Guarded => DevirtState::Guarded,
                    State::Sampled => DevirtState::Sampled,
                    State::Bypassed => DevirtState::Bypassed,
                },
                hit_share: progress.hit_share,
                patches: progress.patches,
            }
        });
        DevirtReport {
            name: self.trait_name,
            sites: sites.collect(),
            unlisted: self.known.unlisted(),
        }
    }
}

impl Call {
    fn begin_sample(&self, progress: &mut Progress) {
        progress.state = State::Sampled;
        let sample = Learning::get().sample.max(1);
        self.hits.store(0, Ordering::Relaxed);
        self.sample.store(sample, Ordering::Relaxed);
        self.remaining.store(sample, Ordering::Relaxed);
    }

    /// Changes what the call does, unless another thread is at it, or a patch has to wait or is refused; then it
    /// is counted anew.
    fn change(&self, index: u32, decide: impl FnOnce(&mut Progress)) {
        // Relaxed: who comes second turns back, and reads nothing of the first.
        if self.is_changing.swap(true, Ordering::Relaxed) {
            return;
        }
        let patcher = try_lock(&PATCHER).filter(|_| may_patch());
        let is_done =
            patcher.is_some_and(|mut patcher| self.change_now(&mut patcher, index, decide));
        if !is_done {
            self.misses.store(0, Ordering::Relaxed);
            let sample = self.sample.load(Ordering::Relaxed);
            self.remaining.store(sample, Ordering::Relaxed);
            self.hits.store(0, Ordering::Relaxed);
        }
        self.is_changing.store(false, Ordering::Relaxed);
    }

    /// The same, with no reason to wait; the answer is whether it was done.
    fn change_now(
        &self,
        patcher: &mut Patcher,
        index: u32,
        decide: impl FnOnce(&mut Progress),
    ) -> bool {
        let mut progress = lock(&self.progress);
        let before = progress.state;
        decide(&mut progress);
        let flags = match progress.state {
            State::Guarded => 0,
            State::Sampled => UNGUARDED | SAMPLED,
            State::Bypassed => UNGUARDED,
        };
        let number = (index + 1) | flags;
        let is_done = match progress.guard {
            None => {
                self.method.call.store(number, Ordering::Relaxed);
                true
            }
            Some(guard) => match patcher.set_guards(&[guard], &[number]).as_deref() {
                Some([guard]) => {
                    progress.guard = Some(*guard);
                    true
                }
                _ => false,
            },
        };
        if is_done {
            progress.patches += u32::from(progress.state != before);
        } else {
            progress.state = before;
        }
        is_done
    }
}
