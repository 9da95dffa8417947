use static_call::{Static, static_dispatch};

pub struct NoDefault;

#[static_dispatch(noop)]
pub trait Returns: Sync {
    fn number(&self) -> u32;
    fn nothing(&self);
    fn without_default(&self) -> NoDefault;
    //~ error[E0277] at `NoDefault`: `noop` needs a value of type `NoDefault` to return, and the type has no `Default` … this return type has no `Default` … implement `Default` for it, give the method a default body, or use `#[static_dispatch(default = …)]`
    fn result(&self) -> Result<u32, String>;
    //~ error[E0277] at `Result<u32, String>`: `noop` needs a value of type `Result<u32, String>` to return, and the type has no `Default`
    fn free() -> NoDefault
    //~ error[E0277] at `NoDefault`: `noop` needs a value of type `NoDefault` to return, and the type has no `Default`
    where
        Self: Sized;
    fn with_body(&self) -> NoDefault {
        NoDefault
    }
}

#[static_dispatch(noop)]
pub trait Never: Sync {
    fn never(&self) -> !;
    //~ error at `!`: `noop` needs a value to return, and `!` has none; give the method a default body, or name an implementation with `default = …`
    fn with_body(&self) -> ! {
        panic!()
    }
}

/// # Safety
///
/// An implementation promises something.
#[static_dispatch(noop)]
//~ error at `noop`: `noop` would implement an unsafe trait by methods that keep no promise; name an implementation with `default = …` instead
pub unsafe trait Promise: Sync {
    fn get(&self) -> u32;
}

// Uses give no errors of their own.
pub fn uses() -> u32 {
    Static::<dyn Returns>::new().nothing();
    Static::<dyn Promise>::new().get() + Static::<dyn Returns>::new().number()
}
