//! Models: what threads may do at the same time, in each order of events that the memory model of C++ allows, which
//! [loom](https://docs.rs/loom) tries one after the other. `ci/model` runs them.
//!
//! What runs is the code of this crate: `Key`, `Listed`, the locks, `Patcher::switch` and the plan. Its atomics and locks
//! are loom's ([`sync`](crate::sync)). Three things are modelled (`patching/machine.rs`): the words that are patched are
//! atomics, which a processor loads and decodes; the kernel's barrier interrupts these processors; the protection of
//! pages is not changed. Code is not looked for, as no other thread takes part in that.
//!
//! Models of what is known of vtables are in `objects.rs`. How calls through `Devirt` are numbered, counted and bypassed
//! has no model: that is what `tests/stress` is for.

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
mod static_calls;
