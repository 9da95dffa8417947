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

mod behaviour;
