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
