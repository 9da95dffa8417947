//! The behaviour of traits of which nothing is listed but the default.

/// Annotates a trait for the tests of `behaviour`, with the options in parentheses. Here the types in brackets
/// are not listed.
macro_rules! dispatch {
    ([$($listed:ty),*] ($($option:tt)*) $($item:tt)*) => {
        #[static_call::static_dispatch($($option)*)]
        $($item)*
    };
}

/// What a test calls the methods of a handle on.
macro_rules! through {
    ($handle:expr) => {
        $handle
    };
}

mod behaviour;
