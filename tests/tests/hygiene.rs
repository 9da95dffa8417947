//! Generated code keeps to itself: it works where there is no prelude, where the program has items
//! named as those of the standard library and of this one, and where lints are errors.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused, unreachable_pub)]
#![deny(clippy::all, clippy::pedantic)]
#![deny(
    elided_lifetimes_in_paths,
    missing_copy_implementations,
    missing_debug_implementations,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unused_lifetimes,
    unused_qualifications,
    unused_results
)]

use ::static_call::{Static as Handle, static_dispatch};
use ::static_call_tests::patched::{assert_all_patched, assert_patched};
use ::std::{assert, assert_eq, prelude::v1::test};

/// Items with the names that generated code might reach for.
mod shadows {
    #![allow(non_camel_case_types, unused)]

    pub(super) mod alloc {}
    pub(super) mod core {}
    pub(super) mod inventory {}
    pub(super) mod static_call {}
    pub(super) mod std {}

    macro_rules! structures {
        ($($name:ident)*) => {
            $(
                #[derive(::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug)]
                pub(super) struct $name;
            )*
        };
    }

    structures! {
        Box Clone Copy Current Debug Default Dispatch Display Entry Error Fn Implementation Initial
        Key Method Noop Option Registration Result Send Sized Static String Sync Target Targets Vec
        bool u32 usize
    }

    #[derive(::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug)]
    pub(super) enum Variant {
        Err,
        None,
        Ok,
        Some,
    }

    pub(super) use Variant::{Err, None, Ok, Some};

    pub(super) const fn current() {}
    pub(super) const fn drop() {}
    pub(super) const fn keep() {}
    pub(super) const fn unset() {}

    macro_rules! nothing {
        ($($tokens:tt)*) => {};
    }

    pub(super) use nothing as asm;
    pub(super) use nothing as compile_error;
    pub(super) use nothing as concat;
    pub(super) use nothing as entries;
    pub(super) use nothing as entry;
    pub(super) use nothing as module_path;
    pub(super) use nothing as panic;
    pub(super) use nothing as submit;
    pub(super) use nothing as targets;
}

#[allow(unused_imports)]
use shadows::*;

#[derive(::std::fmt::Debug, ::std::clone::Clone, ::std::marker::Copy)]
struct Unit;

#[derive(::std::fmt::Debug)]
struct Stateful(u64);

#[static_dispatch(default = Unit)]
trait WithDefault: ::std::marker::Sync {
    fn number(&self, x: u64) -> u64;
    fn text<'text>(&self, text: &'text str, other: &str) -> &'text str;
    fn free(text: &str) -> &str
    where
        Self: ::std::marker::Sized;
    #[static_dispatch(cold)]
    fn cold(&self) -> ::std::string::String {
        ::std::string::String::new()
    }
}

impl WithDefault for Unit {
    fn number(&self, x: u64) -> u64 {
        x
    }
    fn text<'text>(&self, text: &'text str, _: &str) -> &'text str {
        text
    }
    fn free(text: &str) -> &str {
        text
    }
}

impl WithDefault for Stateful {
    fn number(&self, x: u64) -> u64 {
        self.0 + x
    }
    fn text<'text>(&self, _: &'text str, _: &str) -> &'text str {
        "text"
    }
    fn free(text: &str) -> &str {
        text.trim()
    }
}

#[test]
fn a_default() {
    let handle: Handle<dyn WithDefault> = Handle::new();
    let all = || {
        (
            handle.number(1),
            handle.text("x", "y"),
            <Handle<dyn WithDefault> as WithDefault>::free(" z"),
            handle.cold().len(),
        )
    };
    assert_eq!(all(), (1, "x", " z", 0));
    let change = ::static_call::update::<dyn WithDefault>(&Stateful(3));
    assert_patched(&change.expect("nothing prevents it"));
    assert_eq!(all(), (4, "text", "z", 0));
    assert_eq!(handle.current().number(1), 4);
}

#[static_dispatch(default: Stateful = Stateful(1))]
trait WithValue: ::std::marker::Sync {
    fn number(&self) -> u64;
}

impl WithValue for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
}

#[static_dispatch(noop)]
trait WithNoop: ::std::marker::Sync {
    fn number(&self, mutable: &mut u64) -> u64;
    fn nothing(&self);
    fn option(&self) -> ::std::option::Option<&str>;
}

#[static_dispatch]
trait WithNothing: ::std::marker::Sync {
    fn number(&self, unused: u64) -> u64;
}

#[test]
fn a_value_and_noop_and_nothing() {
    assert_eq!(Handle::<dyn WithValue>::new().number(), 1);
    let noop: Handle<dyn WithNoop> = Handle::new();
    assert_eq!(noop.number(&mut 1), 0);
    noop.nothing();
    assert_eq!(noop.option(), ::std::option::Option::None);
    ::static_call::seal::<dyn WithValue>();
    ::static_call::seal::<dyn WithNoop>();
    ::static_call::seal::<dyn WithNothing>();
    assert_all_patched("hygiene::WithValue");
    assert_all_patched("hygiene::WithNoop");
    assert_all_patched("hygiene::WithNothing");
    let panics = ::std::panic::catch_unwind(|| Handle::<dyn WithNothing>::new().number(1));
    assert!(panics.is_err());
}

/// Its methods have the names of functions that generated code calls.
#[static_dispatch(default = Unit)]
trait Names: ::std::marker::Sync {
    fn as_dyn(&self) -> u64;
    fn choice(&self) -> u64;
    fn current(&self) -> u64;
    fn get(&self, __argument0: u64, this: u64) -> u64;
    fn implementation(&self) -> u64;
    fn keep(&self) -> u64;
    fn key() -> u64
    where
        Self: ::std::marker::Sized;
    #[allow(clippy::new_ret_no_self)]
    fn new() -> u64
    where
        Self: ::std::marker::Sized;
    fn noop(&self) -> u64;
    fn object(&self) -> u64;
    fn of() -> u64
    where
        Self: ::std::marker::Sized;
    fn truth(&self) -> u64;
}

impl Names for Unit {
    fn as_dyn(&self) -> u64 {
        1
    }
    fn choice(&self) -> u64 {
        10
    }
    fn current(&self) -> u64 {
        2
    }
    fn get(&self, x: u64, y: u64) -> u64 {
        x + y
    }
    fn implementation(&self) -> u64 {
        3
    }
    fn keep(&self) -> u64 {
        4
    }
    fn key() -> u64 {
        5
    }
    fn new() -> u64 {
        6
    }
    fn noop(&self) -> u64 {
        7
    }
    fn object(&self) -> u64 {
        11
    }
    fn of() -> u64 {
        8
    }
    fn truth(&self) -> u64 {
        9
    }
}

#[test]
fn methods_with_the_names_of_ours() {
    type Called = Handle<dyn Names>;
    let change = ::static_call::update::<dyn Names>(&Unit);
    assert_patched(&change.expect("nothing prevents it"));
    let handle = Called::new();
    let snapshot = handle.current();
    assert_eq!((handle.as_dyn(), Names::as_dyn(&snapshot)), (1, 1));
    assert_eq!((Names::current(&handle), snapshot.current()), (2, 2));
    assert_eq!((handle.get(1, 2), snapshot.get(3, 4)), (3, 7));
    assert_eq!((handle.implementation(), snapshot.implementation()), (3, 3));
    assert_eq!((handle.keep(), snapshot.keep()), (4, 4));
    assert_eq!((Called::key(), <Called as Names>::new()), (5, 6));
    assert_eq!((handle.noop(), Called::of(), handle.truth()), (7, 8, 9));
    assert_eq!((handle.choice(), snapshot.choice()), (10, 10));
    assert_eq!((handle.object(), snapshot.object()), (11, 11));
}

/// What the trait and its methods allow, generated code allows too.
#[static_dispatch(noop)]
#[expect(clippy::ptr_arg)]
trait AllowedByTheTrait: ::std::marker::Sync {
    fn method(&self, x: &::std::vec::Vec<u64>) -> u64;
    fn free(x: &::std::vec::Vec<u64>) -> u64
    where
        Self: ::std::marker::Sized;
}

#[deprecated]
#[static_dispatch(noop)]
trait Deprecated: ::std::marker::Sync {
    #[deprecated]
    fn method(&self) -> u64;
    #[deprecated]
    fn free() -> u64
    where
        Self: ::std::marker::Sized;
}

#[static_dispatch(noop)]
trait AllowedByMethods: ::std::marker::Sync {
    #[expect(clippy::needless_arbitrary_self_type, reason = "it is what is tested")]
    fn method(self: &Self) -> u64;
    #[allow(clippy::ptr_arg, clippy::too_many_arguments)]
    fn free(x: &::std::vec::Vec<u64>, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8) -> u64
    where
        Self: ::std::marker::Sized;
    #[expect(non_snake_case)]
    fn Named(&self) -> u64;
    extern "C" fn improper(&self, x: &str) -> u64;
}

#[test]
fn allowed_lints() {
    let numbers = ::std::vec::Vec::new();
    assert_eq!(Handle::<dyn AllowedByTheTrait>::new().method(&numbers), 0);
    assert_eq!(Handle::<dyn AllowedByTheTrait>::free(&numbers), 0);
    let handle: Handle<dyn AllowedByMethods> = Handle::new();
    assert_eq!(
        (handle.method(), handle.Named(), handle.improper("")),
        (0, 0, 0)
    );
    #[expect(deprecated)]
    {
        let handle: Handle<dyn Deprecated> = Handle::new();
        assert_eq!((handle.method(), Handle::<dyn Deprecated>::free()), (0, 0));
    }
    let free = Handle::<dyn AllowedByMethods>::free;
    assert_eq!(free(&numbers, 1, 2, 3, 4, 5, 6, 7), 0);
}
