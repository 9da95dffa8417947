//! The seam between architectures: intentions in, instructions out.
//!
//! Each architecture offers the same items:
//!
//! - `WORD`: the unit of code that can be changed under running threads.
//! - `ENTRY_SEARCH`, `find_entry`: where the jump of an entry is.
//! - `REACH`, `reaches`, `jump`: a direct jump as a word.
//! - `Record`: what code writes into tables.
//! - `around_site`, `immediate`, `load_address`: the instructions of call sites.
//! - `HAS_GUARDS`, `guard`, `set_guard`: the immediates of calls through `Devirt`.
//! - `around_receiver`, `receiver`: where a thunk holds its receiver.
//! - `veneer`: the words of a jump to anywhere.
//! - `flush`: makes written instructions visible to instruction fetch.
//! - the macro `__entry`: the beginning of an entry.
//! - the macros `__open`, `__choice`, `__receiver` and `__guard`: what is patched.
//! - the macro `__load_symbol`: how the ends of tables are found.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub use aarch64::Record;
#[cfg(target_arch = "aarch64")]
pub(super) use aarch64::*;

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::Record;
#[cfg(target_arch = "x86_64")]
pub(super) use x86_64::*;

/// Encodings can be tested on any processor.
#[cfg(all(test, not(target_arch = "aarch64")))]
#[path = "aarch64/encoding.rs"]
#[allow(dead_code, reason = "nothing else writes them here")]
mod aarch64_encoding;

/// How many bytes one store changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "not every architecture has all of them")]
pub(super) enum Width {
    One,
    Four,
    Eight,
}

impl Width {
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::One => 1,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

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
