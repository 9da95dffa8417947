use static_call::static_dispatch;

#[static_dispatch(default = Missing)]
//~ error[E0425] at `Missing`
pub trait NoSuchName: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(crate = nowhere)]
//~ error[E0433] at `nowhere`
pub trait NoSuchCrate: Sync {
    fn get(&self) -> u32;
}
