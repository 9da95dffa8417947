//! Locks whose data stays whole when a holder panics.

use std::ops::{Deref, DerefMut};
use std::sync::{PoisonError, TryLockError};

#[cfg(not(all(test, loom)))]
use static_call_lock::PATCHING;

use crate::patching::Patcher;
use crate::sync::{Mutex, MutexGuard};

/// In models it is loom's too.
#[cfg(all(test, loom))]
static PATCHING: Mutex<()> = Mutex::new(());

static PATCHER: Mutex<Patcher> = Mutex::new(Patcher::new());

/// Serialises everything that switches an implementation, for all traits and for all versions of this crate in the
/// program: pages of code are shared.
///
/// It is always taken before the state of a key.
pub(crate) struct PatcherGuard {
    patcher: MutexGuard<'static, Patcher>,
    /// What other versions wait for, until the other guard is dropped.
    _patching: MutexGuard<'static, ()>,
}

/// Waits for the lock of everything.
pub(crate) fn lock_patcher() -> PatcherGuard {
    let patching = lock(&PATCHING);
    PatcherGuard {
        patcher: lock(&PATCHER),
        _patching: patching,
    }
}

/// Takes the lock of everything if it is free.
pub(crate) fn try_lock_patcher() -> Option<PatcherGuard> {
    let patching = try_lock(&PATCHING)?;
    Some(PatcherGuard {
        patcher: try_lock(&PATCHER)?,
        _patching: patching,
    })
}

impl Deref for PatcherGuard {
    type Target = Patcher;

    fn deref(&self) -> &Patcher {
        &self.patcher
    }
}

impl DerefMut for PatcherGuard {
    fn deref_mut(&mut self) -> &mut Patcher {
        &mut self.patcher
    }
}

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
