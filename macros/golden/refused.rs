#[static_dispatch(defualt = Memory)]
pub trait Store {
    fn get(&mut self, key: u32) -> u64;
    fn len(&self) -> usize;
}
