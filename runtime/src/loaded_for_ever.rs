//! What takes the place of `loaded` where nothing is unloaded, or nothing can be done about it.

/// Does nothing.
#[doc(hidden)]
pub fn keep(_address: usize) {}

/// Registers a trait.
#[doc(hidden)]
#[macro_export]
macro_rules! __register {
    ($registration:expr) => {
        $crate::__private::inventory::submit! { $registration }
    };
}
