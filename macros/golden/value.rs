#[static_dispatch(default: Threshold = Threshold(1 << 20))]
trait Allocation: Sync {
    fn limit(&self) -> usize;
}
