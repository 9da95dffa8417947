// editions: 2018 2021
#![deny(warnings)]

use static_call::{Devirt, Static, static_dispatch};

pub struct Unit;

#[static_dispatch(default = Unit)]
pub trait Store: Sync {
    fn get(&self, key: u32) -> Option<&str>;
    fn find<'text>(&self, text: &'text str, (start, end): (usize, usize)) -> &'text str {
        &text[start..end]
    }
    unsafe fn unsafely(&self, pointer: *const u8) -> u8;
    extern "C" fn c(&self, r#async: u8) -> u8;
    fn name() -> &'static str
    where
        Self: Sized;
    #[static_dispatch(cold)]
    fn cold(&self) -> Result<String, Box<dyn std::error::Error>>;
}

#[static_dispatch(noop)]
pub trait Noop: Sync {
    fn number(&self, x: &mut u64) -> u64;
}

#[static_dispatch(devirt, inline(Unit))]
pub trait Object {
    fn number(&mut self) -> u64;
}

impl Object for Unit {
    fn number(&mut self) -> u64 {
        1
    }
}

#[static_dispatch]
pub trait Unset: Sync {
    fn number(&self) -> u64;
}

impl Store for Unit {
    fn get(&self, _: u32) -> Option<&str> {
        None
    }
    unsafe fn unsafely(&self, pointer: *const u8) -> u8 {
        *pointer
    }
    extern "C" fn c(&self, r#async: u8) -> u8 {
        r#async
    }
    fn name() -> &'static str {
        "unit"
    }
    fn cold(&self) -> Result<String, Box<dyn std::error::Error>> {
        Ok(String::new())
    }
}

pub const STORE: Static<dyn Store> = Static::new();

pub fn uses() -> Result<(), static_call::Error> {
    static_call::update::<dyn Store>(&Unit)?;
    STORE.get(1);
    STORE.current().find("text", (0, 1));
    Static::<dyn Store>::name();
    Static::<dyn Noop>::new().number(&mut 1);
    Static::<dyn Unset>::new().number();
    Devirt::new(Box::new(Unit) as Box<dyn Object>).number();
    Ok(())
}
