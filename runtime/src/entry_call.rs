//! A call of the entry, where no address in the call can be patched, or a build shall have no calls through registers.

/// The function that the call stands for.
#[doc(hidden)]
#[macro_export]
macro_rules! __open {
    ($section:literal, [$($entry:tt)*], $signature:ty) => {
        $($entry)*
    };
}
