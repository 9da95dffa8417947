#[static_dispatch(noop, inline(Memory, Cache<u32>))]
pub trait Store: Sync {
    fn get(&self, key: u32) -> u64;
    fn name() -> &'static str
    where
        Self: Sized;
}
