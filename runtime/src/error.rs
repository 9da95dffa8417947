//! What can go wrong when an implementation is switched.

use std::io;

/// Why an [`update`](crate::update) did not happen, or what it could not tidy up.
///
/// When `update` returns an error, nothing has changed: every call goes on reaching the
/// implementation it reached before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// [`seal`](crate::seal) was called for the trait, so its implementation is final.
    #[error("`{trait_name}` is sealed: its implementation can no longer be changed")]
    #[non_exhaustive]
    Sealed {
        /// The path of the trait.
        trait_name: &'static str,
    },
    /// The implementation is the handle [`Static`](crate::Static) of the same trait, whose calls
    /// would lead back to itself for ever.
    #[error(
        "`Static<dyn {trait_name}>` cannot implement itself: pass the implementation it should call"
    )]
    #[non_exhaustive]
    Handle {
        /// The path of the trait.
        trait_name: &'static str,
    },
    /// The system refused to make code writable.
    ///
    /// Usual causes are `PR_SET_MDWE`, systemd's `MemoryDenyWriteExecute=`, SELinux and seccomp
    /// filters.
    #[error("the system refused to make the code at {address:#x} writable")]
    #[non_exhaustive]
    Protect {
        /// The first address of the range of pages.
        address: usize,
        /// The system's answer.
        source: io::Error,
    },
    /// The protection of code could not be read from the process map, or it is not the protection
    /// of code.
    #[error(
        "the protection of the code at {address:#x} is not known to be readable and executable"
    )]
    #[non_exhaustive]
    Inspect {
        /// The address of the code.
        address: usize,
        /// The system's answer, if there was none that could be used.
        source: Option<io::Error>,
    },
    /// Code is not what this crate last wrote there: a debugger's breakpoint, or another program
    /// that patches.
    #[error(
        "the code at {address:#x} was changed by someone else: expected {expected:#x}, found {found:#x}"
    )]
    #[non_exhaustive]
    Changed {
        /// The address of the word.
        address: usize,
        /// What this crate last wrote there.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The kernel cannot make other threads drop stale instructions
    /// (`membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE)`, Linux 4.16 and later).
    #[error("the kernel cannot synchronise the instruction streams of running threads")]
    #[non_exhaustive]
    Synchronise {
        /// The system's answer.
        source: io::Error,
    },
    /// The implementation is in force, but the system refused to give pages of code the protection
    /// back that they had: they are writable until a later update, of any trait, succeeds in that.
    #[error("the system refused to restore the protection of the code at {address:#x}")]
    #[non_exhaustive]
    Restore {
        /// The first address of the range of pages.
        address: usize,
        /// The system's answer.
        source: io::Error,
    },
}
