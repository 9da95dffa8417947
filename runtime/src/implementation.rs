//! What an implementation tells of itself, through the hidden supertrait that the attribute adds.

use std::any::{TypeId, type_name};

use crate::patching::Targets;

/// The type of an implementation and the addresses of its methods.
#[doc(hidden)]
pub struct Implementation {
    type_name: &'static str,
    type_id: TypeId,
    #[allow(dead_code, reason = "portable builds do not patch")]
    pub(crate) targets: Targets,
}

impl Implementation {
    /// Describes the type `T`, whose methods are at `targets`.
    #[must_use]
    pub fn of<T>(targets: Targets) -> Self {
        Self {
            type_name: type_name::<T>(),
            // `T` need not be `'static` here, which `TypeId::of` would ask for; the objects that are
            // put in force all are.
            type_id: typeid::of::<T>(),
            targets,
        }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        self.type_name
    }

    pub(crate) fn is<T: 'static>(&self) -> bool {
        self.type_id == TypeId::of::<T>()
    }
}
