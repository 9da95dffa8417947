//! The behaviour of traits whose calls go through entries.

/// Annotates a trait for the tests of `behaviour`, with the options in parentheses.
macro_rules! dispatch {
    ([$($listed:ty),*] ($($option:tt)*) $($item:tt)*) => {
        #[static_call::static_dispatch(out_of_line, $($option)*)]
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
