//! What an implementation tells of itself, through the hidden supertrait that the attribute adds.

use std::any::{TypeId, type_name};

use crate::key::AnyKey;
use crate::patching::Targets;

/// The type of an implementation and the addresses of its methods.
#[doc(hidden)]
pub struct Implementation {
    type_name: &'static str,
    type_id: TypeId,
    /// The address of the trait's key, as the implementation knows it.
    key: usize,
    #[allow(dead_code, reason = "portable builds do not patch")]
    pub(crate) targets: Targets,
}

impl Implementation {
    /// Describes the type `T`, whose methods are at `targets`, and which implements the trait of `key`.
    #[must_use]
    pub fn of<T>(key: &'static dyn AnyKey, targets: Targets) -> Self {
        Self {
            type_name: type_name::<T>(),
            // `T` need not be `'static` here, which `TypeId::of` would ask for; the objects that are
            // put in force all are.
            type_id: typeid::of::<T>(),
            key: key.address(),
            targets,
        }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Whether it is the type of this identity, compiled for the key at this address.
    ///
    /// A shared object may have a copy of the crate that holds the trait, with types of the same identity
    /// and statics of its own.
    pub(crate) fn is(&self, type_id: TypeId, key: usize) -> bool {
        self.type_id == type_id && self.is_for(key)
    }

    /// Whether it was compiled for the key at this address.
    pub(crate) fn is_for(&self, key: usize) -> bool {
        self.key == key
    }
}
