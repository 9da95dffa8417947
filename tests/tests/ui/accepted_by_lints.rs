//! Where every item needs documentation and may be no more public than it has to be.
#![forbid(unsafe_code)]
#![deny(warnings, future_incompatible, missing_docs, nonstandard_style, unreachable_pub, unused)]
#![deny(rust_2018_idioms, rust_2021_compatibility, rust_2024_compatibility)]
#![deny(
    let_underscore_drop,
    missing_copy_implementations,
    missing_debug_implementations,
    private_bounds,
    private_interfaces,
    unnameable_types,
    unused_lifetimes,
    unused_qualifications,
    unused_results
)]

use static_call::{Devirt, Static, static_dispatch};

/// A unit.
#[derive(Debug, Clone, Copy)]
pub struct Unit;

/// A public trait.
#[static_dispatch(default = Unit)]
pub trait Public: Sync {
    /// A method.
    fn number(&self, x: u64) -> u64;
    /// A method without receiver.
    fn name<'any>() -> &'any str
    where
        Self: Sized;
}

impl Public for Unit {
    fn number(&self, x: u64) -> u64 {
        x
    }
    fn name<'any>() -> &'any str {
        "unit"
    }
}

/// For trait objects.
#[static_dispatch(devirt, inline(Unit))]
pub trait Object: std::fmt::Debug {
    /// A method.
    fn number(&mut self, x: u64) -> u64;
}

impl Object for Unit {
    fn number(&mut self, x: u64) -> u64 {
        x
    }
}

/// Calls an object.
pub fn calls(object: &mut dyn Object) -> u64 {
    Devirt::new(object).number(1)
}

/// A handle.
pub const PUBLIC: Static<dyn Public> = Static::new();

mod private {
    use static_call::static_dispatch;

    #[static_dispatch(noop)]
    pub(crate) trait OfTheCrate: Sync {
        fn number(&self, x: u64) -> u64;
    }

    #[static_dispatch(noop)]
    trait Private: Sync {
        fn number(&self, x: u64) -> u64;
    }

    pub(crate) fn uses() -> u64 {
        static_call::Static::<dyn Private>::new().number(1)
    }

    /// Exported from the crate's root.
    #[static_dispatch(noop)]
    pub trait Exported: Sync {
        /// A method.
        fn number(&self, x: u64) -> u64;
    }
}

pub use private::Exported;

/// Uses what is private.
pub fn uses() -> u64 {
    use private::OfTheCrate;

    Static::<dyn OfTheCrate>::new().number(1) + private::uses()
}
