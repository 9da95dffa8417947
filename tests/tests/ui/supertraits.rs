use static_call::{Current, Initial, Static, static_dispatch};

pub trait Local {}

#[static_dispatch]
//~ error[E0277]: dyn Missing … Local
pub trait Missing: Sync + Local {
    fn get(&self) -> u32;
}

#[static_dispatch]
//~ error[E0277]: AsRef<str>
pub trait Foreign: Sync + AsRef<str> {
    fn get(&self) -> u32;
}

pub trait Other {}

#[static_dispatch]
//~ error[E0277]: Initial< … dyn MissingForInitial … Other
pub trait MissingForInitial: Sync + Other {
    fn get(&self) -> u32;
}

impl Other for Static<dyn MissingForInitial> {}
impl Other for Current<dyn MissingForInitial> {}

#[static_dispatch]
pub trait Complete: Sync + Other {
    fn get(&self) -> u32;
}

impl Other for Static<dyn Complete> {}
impl Other for Current<dyn Complete> {}
impl Other for Initial<dyn Complete> {}

// The handle, the snapshot and what stands in before the first update can be cloned, so they have what all types have
// that can be.
pub trait CloneInBox {
    fn clone_in_box(&self) -> Box<dyn Cloned>;
}

impl<T: Cloned + Clone + 'static> CloneInBox for T {
    fn clone_in_box(&self) -> Box<dyn Cloned> {
        Box::new(self.clone())
    }
}

#[static_dispatch]
pub trait Cloned: Sync + CloneInBox {
    fn get(&self) -> u32;
}
