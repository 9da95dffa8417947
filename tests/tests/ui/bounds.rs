use static_call::{Static, static_dispatch};

pub struct Unit;

#[static_dispatch]
pub trait NotSync {
//~ error at `NotSync`: all threads share the current implementation, so the trait must require `Sync`; add `: Sync`, as in `trait NotSync: Sync`
    fn get(&self) -> u32;
}

#[static_dispatch]
pub trait OnlySend: Send {
//~ error at `OnlySend`: all threads share the current implementation, so the trait must require `Sync`; add `: Sync`, as in `trait OnlySend: Sync`
    fn get(&self) -> u32;
}

#[static_dispatch]
pub trait SyncByWhere
where
    Self: Sync,
{
    fn get(&self) -> u32;
}

#[static_dispatch]
pub trait SizedSupertrait: Sync + Sized {
//~ error at `Sized`: a trait that requires `Sized` has no trait object; remove the bound
    fn get(&self) -> u32;
}

#[static_dispatch]
pub trait SizedByWhere: Sync
where
    Self: Sized,
    //~ error at `Self: Sized`: a trait that requires `Sized` has no trait object; remove the bound
{
    fn get(&self) -> u32;
}

#[static_dispatch]
pub trait Generic<T>: Sync {
//~ error at `T`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
    fn get(&self) -> T;
}

#[static_dispatch]
pub trait Borrowing<'a, const LENGTH: usize>: Sync {
//~ error at `const LENGTH: usize`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
//~ error at `'a`: a generic trait has no single static call key; write a trait without parameters for each instance you need, and let it call the generic one
    fn get(&self) -> [&'a str; LENGTH];
}

#[static_dispatch]
pub auto trait Marker {}
//~ error at `auto`: an auto trait has no methods to dispatch; remove `auto`

// Uses give no errors of their own.
impl NotSync for Unit {
    fn get(&self) -> u32 {
        0
    }
}

pub fn uses() -> u32 {
    const HANDLE: Static<dyn NotSync> = Static::new();
    let change = static_call::update::<dyn NotSync>(&Unit).unwrap();
    let snapshot = HANDLE.current();
    HANDLE.get() + snapshot.get() + snapshot.as_dyn().get() + change.previous().get()
}
