//! The behaviour of snapshots of traits whose implementations are listed, most of them.

/// Annotates a trait for the tests of `behaviour`, with the options in parentheses. The types in brackets are
/// listed.
macro_rules! dispatch {
    ([$($listed:ty),*] ($($option:tt)*) $($item:tt)*) => {
        #[static_call::static_dispatch(inline($($listed),*), $($option)*)]
        $($item)*
    };
}

/// What a test calls the methods of a handle on.
macro_rules! through {
    ($handle:expr) => {
        $handle.current()
    };
}

#[path = "behaviour/first_use.rs"]
mod first_use;
#[path = "behaviour/heap.rs"]
mod heap;
#[path = "behaviour/protection.rs"]
mod protection;
#[path = "behaviour/receivers.rs"]
mod receivers;
#[path = "behaviour/reentrancy.rs"]
mod reentrancy;
#[path = "behaviour/refusal.rs"]
mod refusal;
#[path = "behaviour/seal.rs"]
mod seal;
#[path = "behaviour/signatures.rs"]
mod signatures;
#[path = "behaviour/switched_off.rs"]
mod switched_off;
#[path = "behaviour/threads.rs"]
mod threads;
#[path = "behaviour/unwinding.rs"]
mod unwinding;
