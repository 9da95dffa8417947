//! What calls read where no immediate of theirs can be patched.

/// The choice in force.
#[doc(hidden)]
#[macro_export]
macro_rules! __choice {
    ($section:literal, [$($entry:tt)*], $key:expr) => {
        $key.choice()
    };
}

/// The number of the calls of a method through `Devirt`.
#[doc(hidden)]
#[macro_export]
macro_rules! __guard {
    ($section:literal, $method:ident) => {
        $method.call()
    };
}
