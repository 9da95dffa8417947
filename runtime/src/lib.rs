//! Static calls for Rust traits: a trait object that is chosen at start-up is called through code
//! that is patched to jump straight to it.
//!
//! Annotate the trait with [`#[static_dispatch]`](static_dispatch), call it through a
//! [`Static<dyn Trait>`](Static), and choose the implementation with [`update`].
//!
//! ```
//! use static_call::{Static, static_dispatch};
//!
//! #[static_dispatch]
//! pub trait Greeter: Sync {
//!     fn greet(&self, name: &str) -> String;
//! }
//!
//! struct Polite;
//!
//! impl Greeter for Polite {
//!     fn greet(&self, name: &str) -> String {
//!         format!("Good evening, {name}.")
//!     }
//! }
//!
//! const GREETER: Static<dyn Greeter> = Static::new();
//!
//! static_call::update::<dyn Greeter>(&Polite)?;
//! assert_eq!(GREETER.greet("Ada"), "Good evening, Ada.");
//! # Ok::<(), static_call::Error>(())
//! ```
//!
//! # How a call is made
//!
//! | | what happens | when |
//! |---|---|---|
//! | the truth | an atomic load finds the implementation, which is called virtually | always possible |
//! | an entry | a direct call to a function whose first instruction is patched to jump to the implementation | x86-64 and AArch64 Linux |
//! | a call site | the address of the implementation is an immediate in the caller, patched where it stands | x86-64 Linux |
//! | a listed call site | an immediate in the caller chooses among the bodies of the implementations that are listed, which are compiled into it | x86-64 Linux; elsewhere the choice is loaded |
//! | a snapshot | the choice is read once, and the compiler makes a loop for each listed implementation | everywhere |
//!
//! All of them mean the same, and each falls back on the one above it. A trait's entries and call sites are
//! patched at its first call or first [`update`], whichever comes first; nobody has to initialise anything.
//! [`report()`] tells what is patched and why the rest is not.
//!
//! # Many receivers
//!
//! All of that is for one implementation that is in force at a time. For trait objects with many receivers, such
//! as a `Vec<Box<dyn Shape>>`, there is [`Devirt`]: its calls learn which types they meet. See there, and
//! [`Learning`].
//!
//! # What to list
//!
//! `#[static_dispatch(inline(A, B))]` compiles the bodies of `A` and `B` into every call through a
//! [`Static`], and into the methods of a [`Current`]. What is not listed can be put in force all the same; a
//! call then holds its address. A `default` and `noop` are listed by themselves.
//!
//! List what is called in inner loops and has small bodies: a kernel, a hash function, a disabled logger; and
//! list first what is in force most of the time, because its body stands in the straight path of the call. What
//! `default` or `noop` name comes before all others.
//! Do not list what takes longer than a call does, or is called from thousands of places: each call becomes
//! larger by the comparison with each listed type and by whatever bodies the compiler inlines there.
//! `#[static_dispatch(out_of_line)]` lists nothing and patches no call sites: a call is five bytes.
//!
//! # `Static` or a snapshot
//!
//! A call through [`Static`] reaches the implementation that is in force at that moment. A snapshot, which
//! [`current`] takes, stays with the implementation it found: for a sequence of calls that must not be torn
//! apart, and for loops. At opt-level 3 the compiler moves the choice out of a loop over a snapshot, and makes
//! of the loop what it would make of one over the type itself, vector instructions and all. It can do so
//! where it sees that the snapshot does not change: keep it in a local variable, and let generic functions
//! that take it by reference be inlined.
//!
//! # Platforms
//!
//! Call sites are patched on x86-64 Linux; entries on x86-64 Linux and AArch64 Linux. Any other target, and
//! any target with the feature `portable`, goes by the truth, with the same interface and the same meaning.
//! On AArch64 no instruction that holds an address may be changed while threads run it, so calls go through
//! entries there, and the choice among listed implementations is loaded.
//!
//! The feature `out-of-line` makes calls on x86-64 go through entries too, where what is in force is not
//! listed. It is for builds with retpolines, in which a call through a register is slow; rustc does not tell
//! crates that it makes such a build.
//!
//! Patching makes pages of code writable for a moment. They stay executable meanwhile, and have
//! their old protection back before `update` returns. Where the system refuses that (`PR_SET_MDWE`,
//! systemd's `MemoryDenyWriteExecute=`, SELinux, seccomp), calls go by the truth; if it begins to
//! refuse later, `update` fails and the implementation in force stays. A program that must not even
//! try has two ways:
//!
//! - the environment variable `STATIC_CALL_PATCHING=off`, which is read at the first use of any
//!   trait;
//! - the feature `portable`, which leaves the code for patching out.
//!
//! # Debuggers and other tools
//!
//! A breakpoint in code that is patched is found: an [`update`] that would change that instruction fails with
//! [`Error::Changed`], changes nothing, and can be tried again when the breakpoint is deleted. A breakpoint that was
//! there at the first use of the trait leaves that instruction unpatched for ever. Breakpoints elsewhere, and those of
//! the processor's debug registers, are of no account.
//!
//! valgrind's tools run programs that are patched, with every `--smc-check=`: valgrind translates code again when the
//! protection of its page has changed, which each patch entails. Sampling profilers see calls lead to the
//! implementation, or to its thunk, as any other function.
//!
//! # Optimisation levels
//!
//! Call sites are patched at every opt-level; bodies are inlined into them, as into any call, from
//! opt-level 2 on, and earlier if they are marked `#[inline(always)]`.
//!
//! The jump of an entry must be the entry's first instruction. From opt-level 1 on it is; at
//! opt-level 0 the compiler puts other code in front of it, and the entry is left alone. What counts is the
//! level at which the crate that holds the trait is compiled.
//!
//! # Shared objects
//!
//! Call sites are found in the program or shared object that holds the trait. In others, calls of the trait
//! go to its entries.
//!
//! An implementation may come from a plugin, also long after the first use of its trait. It is in force for ever, as far
//! as this crate can know, since calls of it may be under way when the next one is. So the plugin stays loaded: this
//! crate opens it once more, and `dlclose` no longer unmaps it. The same holds of a plugin that has an annotated trait,
//! and of one whose objects were called through a [`Devirt`]. A plugin with a copy of this crate of its own is closed
//! as ever, unless an implementation of its was put in force by another copy.
//! That is so with glibc; with musl, nothing is ever unmapped. Elsewhere, do not close such a plugin.
//!
//! # Threads and memory order
//!
//! A call that begins after [`update`] has returned, on any thread, runs the new implementation; a
//! call at the same time runs the old or the new one. What the updating thread did before `update` is
//! visible to the calls that run the new implementation.
//!
//! Calls take no lock. Updates take one that all traits share.
//!
//! # Soundness
//!
//! [`docs::soundness`] lists what has to hold for all of this to be sound, what upholds it, which test fails
//! without it, and what is assumed of the compiler, the processor and the kernel.

#[cfg(test)]
extern crate self as static_call;

mod devirt;
#[cfg(doc)]
pub mod docs;
mod error;
mod handle;
mod implementation;
mod key;
mod listed;
mod location;
mod lock;
#[cfg(all(test, loom))]
mod models;
mod registry;
mod report;
mod sync;
mod windows;

#[cfg(all(
    target_os = "linux",
    target_env = "gnu",
    not(target_feature = "crt-static")
))]
mod loaded;

#[cfg(not(all(
    target_os = "linux",
    target_env = "gnu",
    not(target_feature = "crt-static")
)))]
#[path = "loaded_for_ever.rs"]
mod loaded;

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

pub use devirt::Devirt;
pub use devirt::learning::Learning;
pub use devirt::objects::relearn;
pub use devirt::worker::Relearner;
pub use error::Error;
pub use handle::{Current, Initial, Static};
pub use key::{Change, Dispatch, current, seal, update};
pub use location::Location;
pub use report::{
    CallSites, DevirtReport, DevirtSite, DevirtState, MethodReport, MethodState, Mode, Reason,
    Report, TraitReport, report,
};
/// Makes the calls of a trait static: creates a key for the trait, an entry for each method, and a patched site
/// for each call.
///
/// The attribute implements the trait for [`Static<dyn Trait>`](Static) and
/// [`Current<dyn Trait>`](Current), and [`Dispatch`] for `dyn Trait`. Implementations, call sites and
/// generic code need no change.
///
/// # Options on the trait
///
/// | option | until the first update, a method |
/// |---|---|
/// | none | panics, with a message that names the trait |
/// | `default = Unit` | is called on this unit struct |
/// | `default: Type = value` | is called on this value, a constant expression |
/// | `noop` | returns the default of its return type, or runs its default body if it has one |
///
/// | further option | |
/// |---|---|
/// | `inline(Type, …)` | compiles the bodies of up to 16 implementations into the calls; see [What to list](crate#what-to-list) |
/// | `out_of_line` | calls go through entries, which keeps them small |
/// | `devirt` | implements the trait for [`Devirt`], with the bodies of what `inline` lists compiled into its calls |
/// | `crate = path` | names this crate where it is not `::static_call` |
///
/// # Options on a method
///
/// `#[static_dispatch(cold)]` keeps a method an ordinary virtual call, for the control plane: it costs
/// no entry and no call sites.
///
/// # Traits for `Devirt`
///
/// With `devirt`, the trait is implemented for [`Devirt<P>`](Devirt), for trait objects with many receivers.
/// Such a trait need not require `Sync`, and its methods may take `&mut self`. If it does require `Sync` and
/// they all take `&self`, it has static calls besides. A supertrait of your own must be implemented, by you,
/// for `Devirt<P>`. Methods without receiver need a default body, as there is no object to ask. What `inline`
/// lists must be `'static`; what is not listed is called as ever.
///
/// # Traits that are accepted
///
/// - Any visibility, attributes and documentation, `cfg` on methods and parameters, raw identifiers;
///   traits made by `macro_rules!`, traits in functions and modules.
/// - Methods that take `&self`, with any arguments and return value, lifetimes, default bodies, any
///   patterns; `unsafe`, and `extern` with the conventions `C`, `C-unwind`, `system` and
///   `system-unwind`.
/// - Methods without receiver, which need `where Self: Sized`: a call through the handle is
///   dispatched, which a trait object could not do.
/// - Other methods with `where Self: Sized` and a body: they are left alone.
/// - `unsafe` traits. To annotate one is to promise that its contract also holds for a handle whose
///   implementation changes between calls.
/// - The supertraits `Send`, `Sync`, `'static`, `Debug`, `Display` and `Error`. `Debug` of a handle
///   names the handle and the type of its implementation. A supertrait of your own must be
///   implemented, by you, for `Static<dyn Trait>` and `Current<dyn Trait>`, and for
///   [`Initial<dyn Trait>`](Initial) if there is no `default`.
///
/// # Traits that are refused
///
/// | refused | instead |
/// |---|---|
/// | no supertrait `Sync` | add `: Sync`; all threads share the implementation |
/// | `&mut self`, `self`, `Box<Self>` and other receivers | `&self`, with a `Mutex` or atomics inside |
/// | `async fn` | return a boxed future, or write `#[async_trait]` above this attribute |
/// | `impl Trait`, generic methods | `&dyn Trait` or `Box<dyn Trait>` |
/// | generic traits | a trait for each instance |
/// | associated types and constants | one type for all; a method without receiver |
/// | `Self` in arguments and return types | `&dyn Trait` or `Box<dyn Trait>` |
/// | a method with `where Self: 'static` | `'static` as a supertrait, or mark the method `cold` |
/// | `#[track_caller]` | remove it, or mark the method `cold`; through a trait object it has no effect |
///
/// A method named `current` is shadowed by [`Static::current`] in method call syntax, and one named
/// `as_dyn` by [`Current::as_dyn`]: call such methods as `Trait::current(&HANDLE)`.
///
/// # Examples
///
/// ```
/// use static_call::{Static, static_dispatch};
///
/// #[static_dispatch(noop)]
/// trait Metrics: Sync {
///     fn count(&self, name: &str, by: u64);
///     fn is_enabled(&self) -> bool;
/// }
///
/// const METRICS: Static<dyn Metrics> = Static::new();
/// METRICS.count("requests", 1);
/// assert!(!METRICS.is_enabled());
/// ```
pub use static_call_macros::static_dispatch;
pub use windows::Windows;
