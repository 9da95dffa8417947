/// Documentation stays on the trait.
#[static_dispatch(crate = facade::calls, default = Memory)]
#[must_use]
pub(crate) unsafe trait r#Type: Sync + 'static {
    /// Documentation stays on the method.
    #[must_use]
    fn named<'key>(self: &'key Self, (key, _): (&'key str, u32)) -> &'key str {
        key
    }
    #[cfg(unix)]
    unsafe extern "C" fn conditional(&self, #[cfg(unix)] key: u32) -> u64;
    #[static_dispatch(cold)]
    fn control(&self, r#in: u32);
    fn find<'long: 'short, 'short>(long: &'long str, short: &'short str) -> &'short str
    where
        Self: Sized;
    fn not_dispatched<T>(&self, value: T)
    where
        Self: Sized,
    {
    }
}
