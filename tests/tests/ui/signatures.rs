use std::fmt::Display;

use static_call::{Static, static_dispatch};

pub struct Unit;

#[static_dispatch]
pub trait Signatures: Sync {
    fn generic<T: Display>(&self, value: T) -> u32;
    //~ error at `T: Display`: a generic method cannot be called through a trait object; take a trait object such as `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn array<const LENGTH: usize>(&self, values: [u32; LENGTH]);
    //~ error at `const LENGTH: usize`: a generic method cannot be called through a trait object; take a trait object such as `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    fn anonymous(&self, value: impl Display);
    //~ error at `impl Display`: `impl Trait` cannot be passed through a trait object; use `&dyn Trait` or `Box<dyn Trait>`
    async fn later(&self) -> u32;
    //~ error at `async`: an `async fn` cannot be called through a trait object; return a boxed future: `-> Pin<Box<dyn Future<Output = T> + Send + '_>>`
    const fn constant(&self) -> u32;
    //~ error at `const`: a `const fn` cannot be dispatched; remove `const`
    extern "sysv64" fn convention(&self);
    //~ error at `extern "sysv64"`: this calling convention is not supported; use `extern "C"`, `"C-unwind"`, `"system"`, `"system-unwind"` or Rust's own
    fn same(&self) -> Self;
    //~ error at `Self`: `Self` is another type in each implementation and cannot be dispatched; use a trait object such as `&dyn Trait` or `Box<dyn Trait>`
    fn other(&self, other: &Self);
    //~ error at `Self`: `Self` is another type in each implementation and cannot be dispatched; use a trait object such as `&dyn Trait` or `Box<dyn Trait>`
    fn nested(&self, combine: &dyn Fn(Box<Self>)) -> u32;
    //~ error at `Self`: `Self` is another type in each implementation and cannot be dispatched; use a trait object such as `&dyn Trait` or `Box<dyn Trait>`
    fn free_generic<T>(value: T)
    //~ error at `T`: a generic method cannot be called through a trait object; take a trait object such as `&dyn Trait` instead, or add `where Self: Sized` and a default body to keep the method out of the dispatch
    where
        Self: Sized;
    #[track_caller]
    //~ error at `#[track_caller]`: a static call passes no caller location on; remove `#[track_caller]`, which has no effect through a trait object either, or mark the method `#[static_dispatch(cold)]`
    fn located(&self);
    fn good(&self) -> u32;
}

#[static_dispatch]
pub trait Opaque: Sync {
    fn opaque(&self) -> impl Display;
    //~ error at `impl Display`: `impl Trait` cannot be passed through a trait object; use `&dyn Trait` or `Box<dyn Trait>`
}

#[static_dispatch]
#[async_trait]
//~ error at `#[async_trait]`: `async_trait` has to come first, as it makes the methods ones that can be called through a trait object; write it above `#[static_dispatch]`
//~ error at `async_trait`: cannot find attribute `async_trait` in this scope
pub trait TooEarly: Sync {
    async fn first(&self) -> u32;
    async fn second(&self) -> u32;
}

#[static_dispatch]
pub trait Variadic: Sync {
    unsafe extern "C" fn variadic(&self, arguments: ...);
    //~ error at `arguments: ...`: a variadic method cannot be dispatched; take a slice instead
}

#[static_dispatch]
pub trait Outlives: Sync + std::fmt::Debug {
    fn of_those_that_last(&self) -> u32
    where
        Self: 'static;
        //~ error at `Self: 'static`: a static call needs the method of every implementation, and this one only those have that are `'static`; let the trait require it, as in `trait Name: Sync + 'static`, or mark the method `#[static_dispatch(cold)]`
}

#[static_dispatch]
pub trait OutlivesWhenCold: Sync {
    #[static_dispatch(cold)]
    fn of_those_that_last(&self) -> u32
    where
        Self: 'static;
}

#[static_dispatch]
pub trait OutlivesAnyway: Sync + std::any::Any {
    fn of_those_that_last(&self) -> u32
    where
        Self: 'static;
}

#[static_dispatch(devirt, inline(Unit))]
pub trait OutlivesAsObject {
    fn of_those_that_last(&mut self) -> u32
    where
        Self: 'static;
}

impl OutlivesAsObject for Unit {
    fn of_those_that_last(&mut self) -> u32 {
        0
    }
}

// Uses give no errors of their own.
impl Signatures for Unit {
    fn generic<T: Display>(&self, _: T) -> u32 {
        0
    }
    fn array<const LENGTH: usize>(&self, _: [u32; LENGTH]) {}
    fn anonymous(&self, _: impl Display) {}
    async fn later(&self) -> u32 {
        0
    }
    fn constant(&self) -> u32 {
        0
    }
    extern "sysv64" fn convention(&self) {}
    fn same(&self) -> Self {
        Self
    }
    fn other(&self, _: &Self) {}
    fn nested(&self, _: &dyn Fn(Box<Self>)) -> u32 {
        0
    }
    fn free_generic<T>(_: T) {}
    fn located(&self) {}
    fn good(&self) -> u32 {
        0
    }
}

pub fn uses() -> u32 {
    let handle = Static::<dyn Signatures>::new();
    static_call::update::<dyn Signatures>(&Unit).unwrap();
    handle.array([1, 2]);
    handle.anonymous("");
    handle.convention();
    handle.other(&handle);
    handle.located();
    handle.generic(1) + handle.constant() + handle.good() + handle.current().good()
}
