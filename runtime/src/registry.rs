//! The annotated traits of the program and their entries and calls, collected by `inventory`.
//!
//! Only reports and patching rest on it. A call and an update find their key through the trait, so a
//! trait that was not collected is merely unpatched.

use crate::devirt::objects::Objects;
use crate::key::AnyKey;
use crate::patching::{Entry, SiteTable};

/// What the attribute registers for a trait: its key, and the entries and call sites that the compiler
/// made of its methods.
#[doc(hidden)]
pub struct Registration {
    pub(crate) key: &'static dyn AnyKey,
    #[allow(dead_code, reason = "portable builds do not patch")]
    pub(crate) entries: &'static [Entry],
    #[allow(dead_code, reason = "portable builds do not patch")]
    pub(crate) sites: SiteTable,
}

impl Registration {
    /// Names a key, its entries and its call sites.
    #[must_use]
    pub const fn new(
        key: &'static dyn AnyKey,
        entries: &'static [Entry],
        sites: SiteTable,
    ) -> Self {
        Self {
            key,
            entries,
            sites,
        }
    }
}

inventory::collect!(Registration);

/// What the attribute registers for a trait whose objects are called through [`Devirt`](crate::Devirt).
#[doc(hidden)]
pub struct DevirtRegistration {
    objects: &'static Objects,
    #[allow(dead_code, reason = "not every architecture has immediates to patch")]
    pub(crate) sites: SiteTable,
}

impl DevirtRegistration {
    /// Names the trait's objects and the table of its calls.
    #[must_use]
    pub const fn new(objects: &'static Objects, sites: SiteTable) -> Self {
        Self { objects, sites }
    }

    #[allow(dead_code, reason = "portable builds do not patch")]
    pub(crate) fn objects_address(&self) -> usize {
        std::ptr::from_ref(self.objects).addr()
    }
}

inventory::collect!(DevirtRegistration);

/// The traits whose objects are called through [`Devirt`](crate::Devirt) that are loaded now.
pub(crate) fn objects() -> impl Iterator<Item = &'static Objects> {
    inventory::iter::<DevirtRegistration>().map(|registration| registration.objects)
}

/// The keys of all annotated traits that are loaded now.
pub(crate) fn keys() -> impl Iterator<Item = &'static dyn AnyKey> {
    inventory::iter::<Registration>().map(|registration| registration.key)
}
