//! The seam between architectures: intentions in, instructions out.
//!
//! Each architecture offers the same items:
//!
//! - `Word`, `AtomicWord`: the unit that can be changed under running threads.
//! - `ENTRY_SEARCH`, `find_entry`: where the jump of an entry is.
//! - `REACH`, `reaches`, `jump`: a direct jump as a word.
//! - `immediate`, `load_address`, `choose`: the instructions of call sites.
//! - `THUNK_ALIGNMENT`, `thunk`: the words of a thunk.
//! - `pool`, `POOL_BLANK`: memory for thunks in this crate's text, and what it holds at first.
//! - `Register`, `receiver_register`: where a signature passes its receiver.
//! - `flush`: makes written instructions visible to instruction fetch.
//! - the macro `__entry`: the beginning of an entry.
//! - the macros `__open`, `__choice` and `__sites`: the call sites.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub(super) use aarch64::*;

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(super) use x86_64::*;

/// What the instruction of a call site holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    target_arch = "aarch64",
    allow(dead_code, reason = "no call site is patched there")
)]
pub(super) enum Immediate {
    /// The address to call.
    Address,
    /// The choice among the listed implementations.
    Choice,
}

/// Stands behind the jump of an entry, so that it cannot be taken for any other jump.
#[doc(hidden)]
pub const ENTRY_MARK: u32 = 0x5ca1_1ab1;
