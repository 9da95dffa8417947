//! Models: what threads may do at the same time, in each order of events that the memory model of C++ allows, which
//! [loom](https://docs.rs/loom) tries one after the other. `ci/model` runs them.
//!
//! What runs is the code of this crate: `Key`, `Listed`, the locks, `Patcher::switch` and the plan. Its atomics and locks
//! are loom's ([`sync`](crate::sync)). Three things are modelled (`patching/machine.rs`): the words that are patched are
//! atomics, which a processor loads and decodes; the kernel's barrier interrupts these processors; the protection of
//! pages is not changed. Code is not looked for, as no other thread takes part in that.
//!
//! Models of calls through `Devirt`, in `known.rs` and `calls.rs`, are parts of the module `devirt`. They run the code of
//! `Objects`, `Call`, `Vtables` and `KnownVtables`; a call does what the attribute writes, and all calls of a method are
//! one, as where calls have no immediates to patch. Samples are of one or two calls, and one miss is passed over instead
//! of 126. How calls learn is all of atomics that order nothing, as nothing has to be seen together, so most of these
//! models let threads take turns only ([`model_turns`](crate::sync::modelled::model_turns)). What is not modelled:
//! that a patch of a call is refused, and that calls are not found.

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod static_calls;
