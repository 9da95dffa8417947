use static_call::{Static, static_dispatch};

#[static_dispatch(noop, fast)]
//~ error at `fast`: unknown option `fast`; there are `default = Unit`, `default: Type = value`, `noop`, `inline(Type, …)`, `out_of_line`, `devirt` and `crate = path`
pub trait Several {
//~ error at `Several`: all threads share the current implementation, so the trait must require `Sync`; add `: Sync`, as in `trait Several: Sync`
    fn generic<T>(&self, value: T);
    //~ error at `T`: a generic method cannot be called through a trait object; take a trait object such as `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    async fn exclusive(&mut self, other: &Self);
    //~ error at `async`: an `async fn` cannot be called through a trait object; return a boxed future: `-> Pin<Box<dyn Future<Output = T> + Send + '_>>`
    //~ error at `Self`: `Self` is another type in each implementation and cannot be dispatched; use a trait object such as `&dyn Trait` or `Box<dyn Trait>`
    //~ error at `&mut self`: all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    #[static_dispatch(hot)]
    //~ error at `hot`: unknown option `hot`; on a method there is `cold`
    fn free() -> impl Send;
    //~ error at `impl Send`: `impl Trait` cannot be passed through a trait object; use `&dyn Trait` or `Box<dyn Trait>`
    //~ error at `free`: a method without receiver needs `where Self: Sized`; add it, and calls through the handle are dispatched all the same
}

#[static_dispatch(defualt = Unit)]
//~ error at `defualt`: unknown option `defualt`; there are `default = Unit`, `default: Type = value`, `noop`, `inline(Type, …)`, `out_of_line`, `devirt` and `crate = path`
pub trait Mended {
//~ error at `Mended`: all threads share the current implementation, so the trait must require `Sync`; add `: Sync`, as in `trait Mended: Sync`
    fn generic<T>(&self, value: T);
    //~ error at `T`: a generic method cannot be called through a trait object; take a trait object such as `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn good(&self);
    #[track_caller]
    #[static_dispatch(cold)]
    fn cold(&self);
}

pub fn uses() {
    let handle = Static::<dyn Mended>::new();
    handle.generic(1);
    handle.good();
    handle.current().as_dyn().cold();
}
