//! One call through [`Devirt`](crate::Devirt), or all of a method where they cannot be told apart: what it counts,
//! and what it does.

use super::learning::{History, Learning, may_patch};
use super::objects::ObjectMethod;
use crate::lock::{lock, try_lock, try_lock_patcher};
use crate::patching::{Guard, Patcher};
use crate::report::{DevirtSite, DevirtState};
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU32, Ordering};

/// Set in the number of a call that is bypassed.
const UNGUARDED: u32 = 1 << 31;

/// How many calls are enough to decide on, where a sample ended before as many were counted as there should be. In models
/// it is one, as these make few calls.
const ENOUGH: u32 = if cfg!(all(test, loom)) { 1 } else { 32 };

/// Whether what the call of this number misses is counted.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub const fn is_guarded(number: u32) -> bool {
    number & UNGUARDED == 0
}

/// Does the rest of a call that is not one of the first vtables that were learned, in a function of its own: what
/// seldom runs is not to enlarge each caller. Object and number are arguments, as what a closure captures would be
/// stored for it and loaded by it.
#[doc(hidden)]
#[cold]
#[inline(never)]
pub fn out_of_line<Object, T>(object: Object, call: u32, rest: impl FnOnce(Object, u32) -> T) -> T {
    rest(object, call)
}

pub(crate) struct Call {
    method: &'static ObjectMethod,
    /// By what it is known, counted from 1. The code has it, and 0 as long as calls are not known.
    number: u32,
    /// Since the last sample.
    misses: AtomicU32,
    /// How many there must be for the next.
    wanted: AtomicU32,
    /// How many calls are still to be counted in its sample, how many it has in all, and how many hit.
    remaining: AtomicU32,
    sample: AtomicU32,
    hits: AtomicU32,
    progress: Mutex<Progress>,
}

/// What is only looked at where the call decides what to do, and in reports.
struct Progress {
    guard: Option<Guard>,
    state: DevirtState,
    history: History,
    hit_share: Option<f32>,
    patches: u32,
    /// How often a call that is bypassed is passed over before it is looked at again, and how often it will be after.
    rest: u32,
    next_rest: u32,
}

impl Progress {
    fn new(guard: Option<Guard>) -> Self {
        Self {
            guard,
            state: DevirtState::Guarded,
            history: History::default(),
            hit_share: None,
            patches: 0,
            rest: 0,
            next_rest: 1,
        }
    }
}

// Relaxed in all of it, and counts are not exact where threads count at once: statistics, and who reads what does
// not matter for what runs.
impl Call {
    /// A call of which nothing is learned yet, with its immediate in the code if it has one.
    pub(super) fn new(number: u32, method: &'static ObjectMethod, guard: Option<Guard>) -> Self {
        let call = Self {
            method,
            number,
            misses: AtomicU32::new(0),
            wanted: AtomicU32::new(History::default().misses(&Learning::get())),
            remaining: AtomicU32::new(0),
            sample: AtomicU32::new(0),
            hits: AtomicU32::new(0),
            progress: Mutex::new(Progress::new(guard)),
        };
        #[cfg(all(test, loom))]
        call.begin();
        call
    }

    /// Makes what loom knows of it, in the thread that makes it known to others.
    #[cfg(all(test, loom))]
    fn begin(&self) {
        for count in [
            &self.misses,
            &self.wanted,
            &self.remaining,
            &self.sample,
            &self.hits,
        ] {
            count.begin();
        }
    }

    /// Counts misses; the answer is whether it is time for a sample.
    pub(super) fn miss(&self, count: u32) -> bool {
        let misses = self.misses.load(Ordering::Relaxed).saturating_add(count);
        self.misses.store(misses, Ordering::Relaxed);
        misses >= self.wanted.load(Ordering::Relaxed)
    }

    /// Begins a sample, or goes on with one that was not completed.
    pub(super) fn begin_sample(&self) {
        self.misses.store(0, Ordering::Relaxed);
        if self.remaining.load(Ordering::Relaxed) == 0 {
            let sample = Learning::get().sample.max(1);
            self.hits.store(0, Ordering::Relaxed);
            self.sample.store(sample, Ordering::Relaxed);
            self.remaining.store(sample, Ordering::Relaxed);
        }
    }

    /// Counts a call while a sample is taken; the answer is whether this completes the sample of this call.
    pub(super) fn count(&self, is_hit: bool) -> bool {
        if self.remaining.load(Ordering::Relaxed) == 0 {
            // It has not missed as often as the call that began, but will soon.
            let wanted = self.wanted.load(Ordering::Relaxed);
            if self.misses.load(Ordering::Relaxed) < wanted / 2 {
                return false;
            }
            self.begin_sample();
        }
        if is_hit {
            let hits = self.hits.load(Ordering::Relaxed);
            self.hits.store(hits.saturating_add(1), Ordering::Relaxed);
        }
        // In one step, so that one thread completes it.
        let counted =
            self.remaining
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |remaining| {
                    remaining.checked_sub(1)
                });
        counted == Ok(1)
    }

    /// Completes a sample that ended before, because other calls of the trait were made more often. The answer is whether
    /// it is enough now.
    pub(super) fn cut_short(&self) -> bool {
        let remaining = self.remaining.load(Ordering::Relaxed);
        let sample = self.sample.load(Ordering::Relaxed);
        let counted = sample.saturating_sub(remaining);
        // In one step, so that one thread completes it.
        let is_enough = remaining > 0
            && counted >= ENOUGH
            && self
                .remaining
                .compare_exchange(remaining, 0, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_enough {
            self.sample.store(counted, Ordering::Relaxed);
        }
        is_enough
    }

    /// Does what the sample that was completed tells. If it would have to wait, or is to patch and that is refused, the
    /// call goes on as it did until the next sample.
    #[cold]
    #[inline(never)]
    pub(super) fn decide(&self) {
        let learning = Learning::get();
        let Some(mut progress) = try_lock(&self.progress) else {
            self.misses.store(0, Ordering::Relaxed);
            return;
        };
        let hits = self.hits.load(Ordering::Relaxed);
        let sample = self.sample.load(Ordering::Relaxed);
        let hit_share = (hits as f32 / sample as f32).min(1.0);
        let mut history = progress.history;
        let state = history.after_sample(hit_share, &learning);
        progress.hit_share = Some(hit_share);
        let is_done = state == progress.state || {
            let patcher = try_lock_patcher().filter(|_| may_patch());
            patcher.is_some_and(|mut patcher| self.set(&mut patcher, &mut progress, state))
        };
        if is_done {
            progress.history = history;
        }
        self.wait(progress.history, &learning);
    }

    /// Counts misses until the next sample.
    fn wait(&self, history: History, learning: &Learning) {
        self.misses.store(0, Ordering::Relaxed);
        self.wanted
            .store(history.misses(learning), Ordering::Relaxed);
    }

    /// Learns again, and forgets all but how often it was patched.
    pub(super) fn relearn(&self, patcher: &mut Patcher) {
        let mut progress = lock(&self.progress);
        if progress.state == DevirtState::Guarded
            || self.set(patcher, &mut progress, DevirtState::Guarded)
        {
            *progress = Progress {
                patches: progress.patches,
                ..Progress::new(progress.guard)
            };
        }
        self.remaining.store(0, Ordering::Relaxed);
        self.wait(progress.history, &Learning::get());
    }

    /// If the call is bypassed, and it is its turn, learns again and begins a sample, of which one is enough for it
    /// to be bypassed again. The answer is whether it did.
    pub(super) fn look_again(&self, patcher: &mut Patcher) -> bool {
        let mut progress = lock(&self.progress);
        if progress.state != DevirtState::Bypassed {
            return false;
        }
        if progress.rest > 0 {
            progress.rest -= 1;
            return false;
        }
        if !may_patch() || !self.set(patcher, &mut progress, DevirtState::Guarded) {
            return false;
        }
        progress.rest = progress.next_rest;
        progress.next_rest = progress.next_rest.saturating_mul(2);
        self.wait(progress.history, &Learning::get());
        self.begin_sample();
        true
    }

    /// Makes the call do this. The answer is whether it does.
    fn set(&self, patcher: &mut Patcher, progress: &mut Progress, state: DevirtState) -> bool {
        let number = self.number_in(state);
        match progress.guard {
            None => self.method.set_call(number),
            Some(guard) => match patcher.set_guards(&[guard], &[number]).as_deref() {
                Some([guard]) => progress.guard = Some(*guard),
                _ => return false,
            },
        }
        progress.state = state;
        progress.patches += 1;
        true
    }

    fn number_in(&self, state: DevirtState) -> u32 {
        match state {
            DevirtState::Guarded => self.number,
            DevirtState::Bypassed => self.number | UNGUARDED,
        }
    }

    pub(super) fn report(&self) -> DevirtSite {
        let progress = lock(&self.progress);
        DevirtSite {
            method: self.method.name(),
            address: progress.guard.map(Guard::address),
            state: progress.state,
            hit_share: progress.hit_share,
            patches: progress.patches,
        }
    }
}

/// Gives these calls their numbers, if they compare. If that is refused, those with an immediate of their own go on
/// without.
pub(super) fn number(calls: &[Call], patcher: &mut Patcher) {
    let mut guards = Vec::new();
    let mut guarded = Vec::new();
    for call in calls {
        let progress = lock(&call.progress);
        match progress.guard {
            _ if progress.state != DevirtState::Guarded => {}
            Some(guard) => {
                guards.push(guard);
                guarded.push(call);
            }
            None => call.method.set_call(call.number),
        }
    }
    let numbers: Vec<_> = guarded.iter().map(|call| call.number).collect();
    let patched = patcher.set_guards(&guards, &numbers).unwrap_or_default();
    for (call, guard) in guarded.into_iter().zip(patched) {
        lock(&call.progress).guard = Some(guard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::lock_patcher;

    static METHOD: ObjectMethod = ObjectMethod::new("method");

    #[test]
    fn it_is_time_for_a_sample_when_as_much_is_missed_as_is_wanted() {
        let call = Call::new(1, &METHOD, None);
        let wanted = Learning::get().misses;
        assert!(!call.miss(wanted - 1));
        assert!(call.miss(1));
    }

    #[test]
    fn a_call_that_has_missed_half_as_often_is_counted_in_the_sample_of_another() {
        let call = Call::new(1, &METHOD, None);
        assert!(!call.count(true));
        while call.misses.load(Ordering::Relaxed) < Learning::get().misses / 2 {
            call.miss(1);
        }
        let mut counted = 0;
        while !call.count(counted % 4 == 0) {
            counted += 1;
        }
        assert_eq!(counted + 1, Learning::get().sample);
        call.decide();
        assert_eq!(call.report().hit_share(), Some(0.25));
    }

    #[test]
    fn a_sample_is_enough_that_ends_before_all_are_counted_but_not_at_once() {
        let call = Call::new(1, &METHOD, None);
        assert!(!call.cut_short());
        call.begin_sample();
        for counted in 1..ENOUGH {
            call.count(counted % 2 == 0);
        }
        assert!(!call.cut_short());
        call.begin_sample();
        call.count(true);
        assert!(call.cut_short() && !call.cut_short());
        call.decide();
        assert_eq!(call.report().hit_share(), Some(0.5));
    }

    #[test]
    fn what_relearns_has_to_be_bad_as_often_as_at_first() {
        let call = Call::new(1, &METHOD, None);
        let sample_badly = || {
            call.begin_sample();
            while !call.count(false) {}
            call.decide();
            call.report().state()
        };
        // Other tests patch meanwhile.
        while sample_badly() != DevirtState::Bypassed {}
        call.relearn(&mut lock_patcher());
        assert_eq!(call.report().state(), DevirtState::Guarded);
        assert_eq!(call.report().hit_share(), None);
        assert_eq!(sample_badly(), DevirtState::Guarded);
    }
}
