#[static_dispatch]
pub trait Store: Sync {
    fn get(&self, key: u32) -> u64;
}
