//! Atomics and locks of loom, with the interface of those of the standard library.
//!
//! Loom runs a model again and again, once for each order of events, and knows the threads, atomics and locks of one
//! such execution. Its own types cannot be made at compile time, and those of one execution are of no use in the next.
//! So what is here is made by `const fn`, as statics need, and makes its loom type when it is first used in an
//! execution, with the value that it had at the beginning: every static begins anew. Only what a lock protects is not
//! made anew; a model resets that itself, or uses nothing of it.
//!
//! To make an atomic is to write to it, and loom says so if another thread uses it that is not told. So a model's
//! first thread uses whatever others will use before it spawns them.
#![allow(unsafe_code)]

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult};

/// Runs a model in each order of events, or as many as the environment of loom allows.
pub(crate) fn model(run: impl Fn() + Send + Sync + 'static) {
    assert!(explore(run) > 1, "nothing happens at the same time");
}

/// The same, where each access to an atomic finds what was stored last, and stores.
///
/// Loom does not try all orders of two threads that load an atomic before one of them stores to it, as it looks for who
/// had it last before that store; nor has it a store and a read-modify-write one after the other if nothing orders them.
/// Here all of them are read-modify-writes, so that threads take turns in each way, and nothing else happens.
pub(crate) fn model_turns(run: impl Fn() + Send + Sync + 'static) {
    assert!(
        explore_with(true, run) > 1,
        "nothing happens at the same time"
    );
}

/// As [`model`], of which there may be but one; the answer is how many there were.
pub(crate) fn explore(run: impl Fn() + Send + Sync + 'static) -> usize {
    explore_with(false, run)
}

/// One model at a time: they share statics.
fn explore_with(takes_turns: bool, run: impl Fn() + Send + Sync + 'static) -> usize {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    TAKES_TURNS.store(takes_turns, Ordering::Relaxed);
    let executions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&executions);
    loom::model::Builder::new().check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        execution();
        run();
    });
    let executions = executions.load(Ordering::Relaxed);
    println!("{executions} executions");
    executions
}

/// Whether each access to an atomic finds what was stored last, and stores.
static TAKES_TURNS: AtomicBool = AtomicBool::new(false);

/// The number of the execution.
fn execution() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loom::lazy_static! {
        static ref EXECUTION: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    *EXECUTION
}

/// Whether instruction fetch sees stores in their order, as on x86-64, so that each store is a release.
pub(crate) static FETCHES_IN_ORDER: AtomicBool = AtomicBool::new(false);

/// Orders the next store to code behind those before, if that is how the modelled processor fetches.
fn before_access_of_code() {
    if FETCHES_IN_ORDER.load(Ordering::Relaxed) {
        loom::sync::atomic::fence(Ordering::Release);
    }
}

/// What is made once in each execution.
struct OfExecution<T>(std::sync::Mutex<Option<(u64, T)>>);

impl<T: Clone> OfExecution<T> {
    const fn new() -> Self {
        Self(std::sync::Mutex::new(None))
    }

    fn get(&self) -> Option<T> {
        let made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = made.as_ref().filter(|(of, _)| *of == execution());
        made.map(|(_, made)| made.clone())
    }

    fn get_or_make(&self, make: impl FnOnce() -> T) -> T {
        self.get().unwrap_or_else(|| {
            let new = make();
            let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *made = Some((execution(), new.clone()));
            new
        })
    }
}

pub(crate) mod atomic {
    use std::sync::Arc;
    pub(crate) use std::sync::atomic::Ordering;

    use super::OfExecution;

    macro_rules! atomic {
        ($name:ident $(<$parameter:ident>)?: $value:ty) => {
            pub(crate) struct $name $(<$parameter>)? {
                initial: std::sync::atomic::$name $(<$parameter>)?,
                modelled: OfExecution<Arc<loom::sync::atomic::$name $(<$parameter>)?>>,
            }

            impl $(<$parameter>)? $name $(<$parameter>)? {
                pub(crate) const fn new(value: $value) -> Self {
                    Self {
                        initial: std::sync::atomic::$name::new(value),
                        modelled: OfExecution::new(),
                    }
                }

                fn modelled(&self) -> Arc<loom::sync::atomic::$name $(<$parameter>)?> {
                    self.modelled.get_or_make(|| {
                        let value = self.initial.load(Ordering::Relaxed);
                        Arc::new(loom::sync::atomic::$name::new(value))
                    })
                }

                /// Makes what loom knows of it, in this thread.
                #[allow(dead_code, reason = "not every type needs it")]
                pub(crate) fn begin(&self) {
                    self.modelled();
                }

                #[track_caller]
                pub(crate) fn load(&self, order: Ordering) -> $value {
                    if !super::TAKES_TURNS.load(Ordering::Relaxed) {
                        return self.modelled().load(order);
                    }
                    // It stores what is there, or nothing.
                    let value = self.initial.load(Ordering::Relaxed);
                    let loaded = self.modelled().compare_exchange(value, value, order, order);
                    loaded.unwrap_or_else(|value| value)
                }

                #[track_caller]
                pub(crate) fn store(&self, value: $value, order: Ordering) {
                    if super::TAKES_TURNS.load(Ordering::Relaxed) {
                        self.modelled().swap(value, order);
                    } else {
                        self.modelled().store(value, order);
                    }
                }

                #[allow(dead_code, reason = "not every type needs it")]
                #[track_caller]
                pub(crate) fn swap(&self, value: $value, order: Ordering) -> $value {
                    self.modelled().swap(value, order)
                }

                #[allow(dead_code, reason = "not every type needs it")]
                #[track_caller]
                pub(crate) fn compare_exchange(
                    &self,
                    old: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    self.modelled().compare_exchange(old, new, success, failure)
                }
            }
        };
    }

    atomic!(AtomicBool: bool);
    atomic!(AtomicU8: u8);
    atomic!(AtomicU32: u32);
    atomic!(AtomicU64: u64);
    atomic!(AtomicPtr<T>: *mut T);

    macro_rules! in_code {
        ($($name:ident: $value:ty),*) => {
            $(
                impl $name {
                    /// The atomic at an address, which takes the place of code in a model.
                    ///
                    /// # Safety
                    ///
                    /// - It is the address of such an atomic, which is there for ever.
                    #[allow(dead_code, reason = "portable builds do not patch")]
                    pub(crate) unsafe fn from_ptr(place: *mut $value) -> &'static Self {
                        super::before_access_of_code();
                        // SAFETY: the address is that of a static of this type. (S12)
                        unsafe { &*place.cast() }
                    }
                }
            )*
        };
    }

    in_code!(AtomicU8: u8, AtomicU32: u32, AtomicU64: u64);

    impl AtomicU32 {
        #[track_caller]
        pub(crate) fn fetch_update(
            &self,
            success: Ordering,
            failure: Ordering,
            mut new: impl FnMut(u32) -> Option<u32>,
        ) -> Result<u32, u32> {
            let mut old = self.load(failure);
            while let Some(new) = new(old) {
                match self.compare_exchange(old, new, success, failure) {
                    Ok(old) => return Ok(old),
                    Err(other) => old = other,
                }
            }
            Err(old)
        }

        #[track_caller]
        pub(crate) fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
            self.modelled().fetch_add(value, order)
        }
    }
}

/// What each thread has for itself, from its first use in an execution on. Loom's own macro takes no `const`.
macro_rules! modelled_thread_local {
    ($(#[$attribute:meta])* static $name:ident: $value:ty = const { $initial:expr };) => {
        loom::thread_local! {
            $(#[$attribute])*
            static $name: $value = $initial;
        }
    };
}

pub(crate) use modelled_thread_local as thread_local;

/// Whether a lock is held, and what tells who waits for it that it is not.
type Holding = (loom::sync::Mutex<bool>, loom::sync::Condvar);

/// A lock whose data stays from one execution to the next.
///
/// Loom's own makes a thread wait that is about to try whether it is free, if another takes it at that moment, and so two
/// threads wait for each other that would not. Here it is held for moments only, in which nothing else happens.
pub(crate) struct Mutex<T> {
    /// Loom's guards borrow the lock, so it is never freed.
    holding: OfExecution<&'static Holding>,
    data: std::sync::Mutex<T>,
}

pub(crate) struct MutexGuard<'mutex, T> {
    // Dropped before the lock is given back.
    data: std::sync::MutexGuard<'mutex, T>,
    _hold: Hold,
}

/// Gives a lock back when it is dropped.
struct Hold(&'static Holding);

impl Drop for Hold {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let (is_held, is_free) = self.0;
            *is_held.lock().unwrap_or_else(PoisonError::into_inner) = false;
            is_free.notify_all();
        }
    }
}

impl<T> Mutex<T> {
    pub(crate) const fn new(data: T) -> Self {
        Self {
            holding: OfExecution::new(),
            data: std::sync::Mutex::new(data),
        }
    }

    /// Takes the lock if it is free, or waits for it.
    fn take(&self, waits: bool) -> Option<MutexGuard<'_, T>> {
        let holding: &'static Holding = self.holding.get_or_make(|| {
            let holding = (loom::sync::Mutex::new(false), loom::sync::Condvar::new());
            Box::leak(Box::new(holding))
        });
        let (is_held, is_free) = holding;
        let mut is_held = is_held.lock().unwrap_or_else(PoisonError::into_inner);
        while *is_held {
            if !waits {
                return None;
            }
            let woken = is_free.wait(is_held);
            is_held = woken.unwrap_or_else(PoisonError::into_inner);
        }
        *is_held = true;
        drop(is_held);
        let data = match self.data.try_lock() {
            Ok(data) => data,
            Err(TryLockError::Poisoned(data)) => data.into_inner(),
            Err(TryLockError::WouldBlock) => panic!("one lock is given to two threads"),
        };
        let hold = Hold(holding);
        Some(MutexGuard { data, _hold: hold })
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        Ok(self.take(true).expect("it has waited"))
    }

    pub(crate) fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.take(false).ok_or(TryLockError::WouldBlock)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}

/// A value that is made once, by threads that a lock keeps apart: all others find it there, or not yet.
pub(crate) struct OnceLock<T: 'static> {
    value: OfExecution<&'static T>,
    is_made: atomic::AtomicBool,
}

impl<T> OnceLock<T> {
    pub(crate) const fn new() -> Self {
        Self {
            value: OfExecution::new(),
            is_made: atomic::AtomicBool::new(false),
        }
    }

    /// Makes what loom knows of it, in this thread.
    pub(crate) fn begin(&self) {
        self.is_made.begin();
    }

    pub(crate) fn get(&self) -> Option<&T> {
        let is_made = self.is_made.load(Ordering::Acquire);
        is_made.then(|| {
            self.value
                .get()
                .expect("it was made before it was said to be")
        })
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.get().unwrap_or_else(|| {
            let value: &T = Box::leak(Box::new(make()));
            assert!(
                self.value.get().is_none(),
                "it is made by two threads at once"
            );
            self.value.get_or_make(|| value);
            self.is_made.store(true, Ordering::Release);
            value
        })
    }
}
