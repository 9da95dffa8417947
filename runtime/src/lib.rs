//! Static calls for Rust traits.

mod error;
mod handle;
mod implementation;
mod key;
mod lock;
mod registry;
mod report;

#[cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(feature = "portable")
))]
mod patching;

#[cfg(not(all(
    target_os = "linux",
    target_pointer_width = "64",
    target_endian = "little",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(feature = "portable")
)))]
#[path = "portable.rs"]
mod patching;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use error::Error;
pub use handle::{Current, Initial, Static};
pub use key::{Change, Dispatch, current, seal, update};
pub use report::{MethodReport, MethodState, Mode, Reason, Report, TraitReport, report};
pub use static_call_macros::static_dispatch;
