#[static_dispatch(noop)]
trait Probe: Sync {
    fn hit(&self, line: u32);
    fn count(&self) -> u64;
    fn with_body(&self) -> u64 {
        self.count() + 1
    }
}
