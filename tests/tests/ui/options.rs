use static_call::{Static, static_dispatch};

pub struct Unit;

pub struct Sized(u32);

#[static_dispatch(defualt = Unit)]
//~ error at `defualt`: unknown option `defualt`; there are `default = Unit`, `default: Type = value`, `noop`, `inline(Type, …)`, `out_of_line`, `devirt` and `crate = path`
pub trait Unknown: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(noop, noop)]
//~ error at `noop`: the option `noop` is given twice; remove one
pub trait TwiceNoop: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default = Unit, default: Sized = Sized(1))]
//~ error at `default`: the option `default` is given twice; remove one
pub trait TwiceDefault: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(crate = static_call, crate = ::static_call)]
//~ error at `crate`: the option `crate` is given twice; remove one
pub trait TwiceCrate: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(noop, default = Unit)]
//~ error at `default`: `noop` and `default` exclude each other; remove one
pub trait NoopAndDefault: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default = Unit, noop)]
//~ error at `noop`: `default` and `noop` exclude each other; remove one
pub trait DefaultAndNoop: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default = Sized(1))]
//~ error at `Sized(1)`: `default = …` takes the name of a unit struct; for any other value write `default: Type = value`
pub trait DefaultExpression: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default)]
//~ error at `default`: `default` needs a value: write `default = Unit` or `default: Type = value`
pub trait DefaultAlone: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default =)]
//~ error at `default`: `default` needs a value: write `default = Unit` or `default: Type = value`
pub trait DefaultWithoutValue: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default: Unit)]
//~ error at `default`: `default` needs a value: write `default = Unit` or `default: Type = value`
pub trait DefaultWithoutExpression: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(default:, crate = static_call)]
//~ error at `default`: `default` needs a value: write `default = Unit` or `default: Type = value`
pub trait DefaultWithoutType: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(crate)]
//~ error at `crate`: `crate` needs a path: write `crate = path`
pub trait CrateAlone: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(noop = true)]
//~ error at `=`: expected `,` after the option `noop`
pub trait NoopWithValue: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(noop crate = static_call)]
//~ error at `crate`: expected `,` after the option `noop`
pub trait WithoutComma: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch("noop")]
//~ error at `"noop"`: expected the name of an option; there are `default = Unit`, `default: Type = value`, `noop`, `inline(Type, …)`, `out_of_line`, `devirt` and `crate = path`
pub trait Literal: Sync {
    fn get(&self) -> u32;
}

#[static_dispatch(cold)]
//~ error at `cold`: `cold` belongs on a method: write `#[static_dispatch(cold)]` above the method that shall stay an ordinary virtual call
pub trait Cold: Sync {
    fn get(&self) -> u32;
}

impl TwiceDefault for Unit {
    fn get(&self) -> u32 {
        0
    }
}

impl DefaultAndNoop for Unit {
    fn get(&self) -> u32 {
        0
    }
}

// Uses give no errors of their own.
impl Unknown for Unit {
    fn get(&self) -> u32 {
        0
    }
}

pub fn uses() -> u32 {
    const HANDLE: Static<dyn Unknown> = Static::new();
    static_call::update::<dyn Unknown>(&Unit).unwrap();
    HANDLE.get() + HANDLE.current().get() + Static::<dyn Cold>::new().get()
}
