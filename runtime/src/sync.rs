//! What threads share, atomics and locks, and what each has for itself: of the standard library or, in models, of loom.

#[cfg(not(all(test, loom)))]
pub(crate) use std::{
    sync::{Mutex, MutexGuard, OnceLock, atomic},
    thread_local,
};

#[cfg(all(test, loom))]
pub(crate) mod modelled;
#[cfg(all(test, loom))]
pub(crate) use modelled::{Mutex, MutexGuard, OnceLock, atomic, thread_local};
