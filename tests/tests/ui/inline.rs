use static_call::{Static, static_dispatch};

pub struct Unit;

pub struct Held(u32);

pub struct Bare;

#[static_dispatch(inline)]
//~ error at `inline`: `inline` needs implementations: write `inline(Type, …)`
pub trait Alone: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline())]
//~ error at `inline`: `inline` needs implementations: write `inline(Type, …)`
pub trait Empty: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline = Unit)]
//~ error at `=`: expected parentheses
pub trait Equals: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline("Unit"))]
//~ error at `"Unit"`: expected types, such as the names of structs, separated by commas
pub trait Literal: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(Unit), inline(Held))]
//~ error at `inline`: the option `inline` is given twice; remove one
pub trait TwiceInline: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(out_of_line, out_of_line)]
//~ error at `out_of_line`: the option `out_of_line` is given twice; remove one
pub trait TwiceOutOfLine: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(Unit), out_of_line)]
//~ error at `out_of_line`: `inline` and `out_of_line` exclude each other; remove one
pub trait InlineAndOutOfLine: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(out_of_line, inline(Unit))]
//~ error at `inline`: `out_of_line` and `inline` exclude each other; remove one
pub trait OutOfLineAndInline: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(out_of_line = true)]
//~ error at `=`: expected `,` after the option `out_of_line`
pub trait OutOfLineWithValue: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(Unit, Held, Unit))]
//~ error at `Unit`: `Unit` is listed twice; remove one
pub trait Duplicate: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(dyn Listed, impl Listed, _))]
//~ error at `dyn Listed`: the bodies of a listed implementation are compiled into the calls, so it must be one known type; write its name
//~ error at `impl Listed`: the bodies of a listed implementation are compiled into the calls, so it must be one known type; write its name
//~ error at `_`: the bodies of a listed implementation are compiled into the calls, so it must be one known type; write its name
pub trait Listed: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline([u8]))]
//~ error at `[u8]`: a listed implementation must have a size, as trait objects demand anyway; list a type that owns or borrows it
pub trait Slice: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(str))]
//~ error at `str`: a listed implementation must have a size, as trait objects demand anyway; list a type that owns or borrows it
pub trait Unsized: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(Unit Held))]
//~ error at `Held`: expected types, such as the names of structs, separated by commas
pub trait WithoutComma: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(Unit, Bare))]
//~ error[E0277] at `Bare`: the trait bound `Bare: Missing` is not satisfied
pub trait Missing: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(inline(
    [u8; 1], [u8; 2], [u8; 3], [u8; 4], [u8; 5], [u8; 6], [u8; 7], [u8; 8], [u8; 9], [u8; 10],
    [u8; 11], [u8; 12], [u8; 13], [u8; 14], [u8; 15], [u8; 16], [u8; 17], [u8; 18],
    //~ error at `[u8; 17]`: at most 16 implementations can be listed, because each is compiled into every call; list the ones that are called most, all others work too
))]
pub trait TooMany: Sync {
    fn get(&self) -> u32;
}

impl Missing for Unit {
    fn get(&self) -> u32 {
        0
    }
}

impl Duplicate for Unit {
    fn get(&self) -> u32 {
        0
    }
}

impl Duplicate for Held {
    fn get(&self) -> u32 {
        self.0
    }
}

// Uses give no errors of their own.
pub fn uses() -> u32 {
    const HANDLE: Static<dyn Duplicate> = Static::new();
    static_call::update::<dyn Duplicate>(&Unit).unwrap();
    HANDLE.get() + HANDLE.current().get() + Static::<dyn TooMany>::new().get()
}
