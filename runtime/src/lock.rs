//! Locks whose data stays whole when a holder panics.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::patching::Patcher;

/// Serialises everything that switches an implementation, for all traits: pages of code are shared.
///
/// It is always taken before the state of a key.
pub(crate) static PATCHER: Mutex<Patcher> = Mutex::new(Patcher::new());

/// Waits for the lock. No holder leaves its data half-changed, so poison is of no interest.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the lock if it is free.
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
