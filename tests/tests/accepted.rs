//! What may be written in an annotated trait: it is accepted, and kept, and calls through the handle,
//! through a snapshot and through the trait object reach the implementation in force.
#![allow(unsafe_code)]
#![allow(
    clippy::multiple_bound_locations,
    clippy::needless_arbitrary_self_type,
    clippy::needless_lifetimes,
    clippy::too_many_arguments
)]

use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::panic::Location;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use static_call::{Change, Current, Dispatch, Initial, MethodState, Static, static_dispatch};
use static_call_tests::PATCHES;
use static_call_tests::foreign::{FOREIGN, Foreign as Renamed};
use static_call_tests::patched::{PATCHES_ENTRIES, assert_all_patched, assert_patched, states};

/// An implementation without state.
#[derive(Debug)]
struct Unit;

/// An implementation with state.
#[derive(Debug)]
struct Stateful(u64);

/// Puts an implementation in force, and compares what a call through the handle, through a snapshot
/// and through the trait object returns.
macro_rules! check {
    ($trait_object:ty, $implementation:expr, $(|$this:ident| $call:expr => $expected:expr),+ $(,)?) => {
        let change = static_call::update::<$trait_object>($implementation).unwrap();
        assert_patched(&change);
        $(
            let $this = Static::<$trait_object>::new();
            assert_eq!($call, $expected, "the handle");
            let $this = Static::<$trait_object>::new().current();
            assert_eq!($call, $expected, "the snapshot");
            let $this = Static::<$trait_object>::new().current().as_dyn();
            assert_eq!($call, $expected, "the trait object");
        )+
    };
}

mod visible {
    use static_call::{Static, static_dispatch};

    use super::assert_patched;

    #[allow(unreachable_pub)]
    #[static_dispatch]
    pub trait Public: Sync {
        fn get(&self) -> u64;
    }

    #[static_dispatch]
    pub(crate) trait OfTheCrate: Sync {
        fn get(&self) -> u64;
    }

    #[static_dispatch]
    pub(super) trait OfTheParent: Sync {
        fn get(&self) -> u64;
    }

    #[static_dispatch]
    pub(in crate::visible) trait OfTheModule: Sync {
        fn get(&self) -> u64;
    }

    #[static_dispatch]
    trait Private: Sync {
        fn get(&self) -> u64;
    }

    macro_rules! implement {
        ($($name:ident)*) => {
            $(impl $name for super::Unit {
                fn get(&self) -> u64 {
                    1
                }
            })*
        };
    }

    implement!(Public OfTheCrate OfTheParent OfTheModule Private);

    pub(super) fn check_those_that_are_private_here() {
        check!(dyn OfTheModule, &super::Unit, |this| this.get() => 1);
        check!(dyn Private, &super::Unit, |this| this.get() => 1);
    }
}

#[test]
fn a_trait_of_any_visibility() {
    use visible::{OfTheCrate, OfTheParent, Public};

    check!(dyn Public, &Unit, |this| this.get() => 1);
    check!(dyn OfTheCrate, &Unit, |this| this.get() => 1);
    check!(dyn OfTheParent, &Unit, |this| this.get() => 1);
    visible::check_those_that_are_private_here();
}

#[deprecated]
#[static_dispatch]
trait Deprecated: Sync {
    fn get(&self) -> u64;
}

#[must_use]
#[static_dispatch]
trait Attributes: Sync {
    #[must_use]
    fn important(&self) -> u64;
    #[deprecated]
    fn old(&self) -> u64;
    #[deprecated]
    fn old_free() -> u64
    where
        Self: Sized;
    #[allow(non_snake_case)]
    fn Oddly_Named(&self, Argument: u64) -> u64;
    #[inline]
    fn inline(&self) -> u64 {
        1
    }
    #[cold]
    fn cold(&self) -> u64 {
        2
    }
    #[doc(hidden)]
    #[cfg_attr(all(), doc(alias = "other"))]
    fn hidden(&self, #[allow(unused_variables)] unused: u64) -> u64 {
        3
    }
}

#[allow(deprecated)]
impl Deprecated for Unit {
    fn get(&self) -> u64 {
        1
    }
}

impl Attributes for Stateful {
    fn important(&self) -> u64 {
        self.0
    }
    fn old(&self) -> u64 {
        self.0
    }
    fn old_free() -> u64 {
        4
    }
    fn Oddly_Named(&self, argument: u64) -> u64 {
        self.0 + argument
    }
}

/// The lints that are expected prove that the attributes are kept.
#[test]
fn attributes() {
    #[expect(deprecated)]
    {
        check!(dyn Deprecated, &Unit, |this| this.get() => 1);
    }
    check!(
        dyn Attributes,
        &Stateful(9),
        |this| this.important() => 9,
        |this| this.Oddly_Named(1) => 10,
        |this| this.inline() => 1,
        |this| this.cold() => 2,
        |this| this.hidden(0) => 3,
    );
    let handle = Static::<dyn Attributes>::new();
    #[expect(unused_must_use)]
    {
        handle.important();
    }
    #[expect(deprecated)]
    {
        assert_eq!(handle.old(), 9);
        assert_eq!(Static::<dyn Attributes>::old_free(), 4);
    }
    fn must_be_used() -> impl Attributes {
        Stateful(1)
    }
    #[expect(unused_must_use)]
    {
        must_be_used();
    }
}

#[static_dispatch]
#[cfg(not(test))]
trait Absent: Sync {
    fn get(&self) -> Missing;
}

#[static_dispatch]
#[cfg(test)]
trait Configured: Sync {
    #[cfg(not(test))]
    fn absent(&self) -> Missing;
    #[cfg(not(test))]
    fn absent_free() -> Missing
    where
        Self: Sized;
    #[cfg(not(test))]
    #[static_dispatch(cold)]
    fn absent_cold(&self) -> Missing;
    #[cfg(not(test))]
    fn absent_with_body(&self, missing: Missing) {}

    #[cfg_attr(test, cfg(not(test)))]
    fn absent_by_cfg_attr(&self) -> Missing;

    #[cfg(test)]
    fn present(&self) -> u64;
    #[cfg(test)]
    fn present_free() -> u64
    where
        Self: Sized;
    #[cfg(test)]
    #[static_dispatch(cold)]
    fn present_cold(&self) -> u64;
    #[cfg(test)]
    fn present_with_body(&self) -> u64 {
        5
    }

    #[cfg(not(test))]
    fn either(&self, missing: Missing) -> Missing;
    #[cfg(test)]
    fn either(&self, value: u64) -> u64;

    fn parameters(
        &self,
        #[cfg(not(test))] missing: Missing,
        #[cfg(test)] first: u64,
        #[cfg(test)] second: u64,
        #[cfg(not(test))] also_missing: Missing,
    ) -> u64;
    fn parameters_free(#[cfg(not(test))] missing: Missing, #[cfg(test)] value: u64) -> u64
    where
        Self: Sized;
}

impl Configured for Stateful {
    fn present(&self) -> u64 {
        self.0
    }
    fn present_free() -> u64 {
        1
    }
    fn present_cold(&self) -> u64 {
        self.0 + 1
    }
    fn either(&self, value: u64) -> u64 {
        self.0 + value
    }
    fn parameters(&self, first: u64, second: u64) -> u64 {
        self.0 + first - second
    }
    fn parameters_free(value: u64) -> u64 {
        value
    }
}

#[test]
fn cfg_on_methods_and_parameters() {
    check!(
        dyn Configured,
        &Stateful(10),
        |this| this.present() => 10,
        |this| this.present_cold() => 11,
        |this| this.present_with_body() => 5,
        |this| this.either(2) => 12,
        |this| this.parameters(5, 3) => 12,
    );
    assert_eq!(Static::<dyn Configured>::present_free(), 1);
    assert_eq!(Static::<dyn Configured>::parameters_free(2), 2);
    assert_eq!(states("accepted::Configured").len(), 7);
}

#[allow(non_camel_case_types)]
#[static_dispatch]
trait r#match: Sync {
    fn r#fn(&self, r#in: u64) -> u64;
    fn r#type() -> u64
    where
        Self: Sized;
}

impl r#match for Stateful {
    fn r#fn(&self, r#in: u64) -> u64 {
        self.0 + r#in
    }
    fn r#type() -> u64 {
        7
    }
}

#[test]
fn raw_identifiers() {
    check!(dyn r#match, &Stateful(1), |this| this.r#fn(2) => 3);
    assert_eq!(<Static<dyn r#match>>::r#type(), 7);
}

mod made_by_a_macro {
    use super::{Stateful, Unit};

    macro_rules! from_a_name {
        ($visibility:vis $name:ident, $default:expr, $result:ty) => {
            #[static_call::static_dispatch(default = $default)]
            $visibility trait $name: Sync {
                fn get(&self, argument: $result) -> $result;
            }

            impl $name for Unit {
                fn get(&self, argument: $result) -> $result {
                    argument
                }
            }
        };
    }

    macro_rules! from_a_type {
        ($name:ident, $type:ty, $value:expr) => {
            #[static_call::static_dispatch(default: $type = $value)]
            pub(super) trait $name: Sync {
                fn get(&self) -> u64;
            }

            impl $name for $type {
                fn get(&self) -> u64 {
                    self.0
                }
            }
        };
    }

    macro_rules! from_tokens {
        ($(#[$attribute:meta])* $visibility:vis trait $name:ident: $bound:path { $($body:tt)* }) => {
            $(#[$attribute])*
            #[static_call::static_dispatch(default = $crate::Unit)]
            $visibility trait $name: $bound {
                $($body)*
                fn of_the_macro(&self) -> $crate::Stateful {
                    $crate::Stateful(self.get(1))
                }
            }
        };
    }

    from_a_name!(pub(super) FromAName, Unit, u64);
    from_a_type!(FromAType, Stateful, Stateful(4));
    from_tokens! {
        /// With documentation.
        pub(super) trait FromTokens: Sync {
            fn get(&self, x: u64) -> u64;
            fn sum(self: &Self, (x, y): (u64, u64)) -> u64 { self.get(x) + self.get(y) }
        }
    }

    impl FromTokens for Unit {
        fn get(&self, x: u64) -> u64 {
            x
        }
    }

    impl FromTokens for Stateful {
        fn get(&self, x: u64) -> u64 {
            self.0 + x
        }
    }
}

#[test]
fn traits_made_by_macros() {
    use made_by_a_macro::{FromAName, FromAType, FromTokens};

    assert_eq!(Static::<dyn FromAName>::new().get(3), 3);
    assert_eq!(Static::<dyn FromAType>::new().get(), 4);
    assert_eq!(Static::<dyn FromTokens>::new().sum((1, 2)), 3);
    check!(dyn FromAName, &Unit, |this| this.get(3) => 3);
    check!(dyn FromAType, &Stateful(5), |this| this.get() => 5);
    check!(
        dyn FromTokens,
        &Stateful(10),
        |this| this.sum((1, 2)) => 23,
        |this| this.of_the_macro().0 => 11,
    );
}

mod first {
    #[static_call::static_dispatch(noop)]
    pub(super) trait Namesake: Sync {
        fn get(&self) -> u64;
    }

    pub(super) mod second {
        #[static_call::static_dispatch(noop)]
        pub(in super::super) trait Namesake: Sync {
            fn get(&self) -> u64;
        }
    }
}

impl first::Namesake for Stateful {
    fn get(&self) -> u64 {
        self.0
    }
}

impl first::second::Namesake for Stateful {
    fn get(&self) -> u64 {
        self.0 * 2
    }
}

#[test]
fn two_traits_of_one_name_have_their_own_state() {
    let get = || {
        let first = Static::<dyn first::Namesake>::new();
        let second = Static::<dyn first::second::Namesake>::new();
        (
            first::Namesake::get(&first),
            first::second::Namesake::get(&second),
        )
    };
    assert_eq!(get(), (0, 0));
    assert_patched(&static_call::update::<dyn first::Namesake>(&Stateful(3)).unwrap());
    assert_eq!(get(), (3, 0));
    assert_patched(&static_call::update::<dyn first::second::Namesake>(&Stateful(4)).unwrap());
    assert_eq!(get(), (3, 8));
}

#[test]
fn traits_inside_functions() {
    fn one() -> u64 {
        #[static_dispatch(default = Unit)]
        trait Inner: Sync {
            fn get(&self) -> u64;
        }
        impl Inner for Unit {
            fn get(&self) -> u64 {
                1
            }
        }
        impl Inner for Stateful {
            fn get(&self) -> u64 {
                self.0
            }
        }
        let before = Static::<dyn Inner>::new().get();
        check!(dyn Inner, &Stateful(10), |this| this.get() => 10);
        before
    }

    fn two() -> u64 {
        #[static_dispatch(default = Local)]
        trait Inner: Sync {
            fn get(&self) -> u64;
        }
        struct Local;
        impl Inner for Local {
            fn get(&self) -> u64 {
                2
            }
        }
        Static::<dyn Inner>::new().get()
    }

    assert_eq!((one(), two()), (1, 2));
}

#[static_dispatch]
trait Receivers: Sync {
    fn short(&self) -> u64;
    fn long(self: &Self) -> u64;
    fn named<'this>(&'this self) -> &'this u64;
    fn long_named<'this>(self: &'this Self, _: &u64) -> &'this u64;
    fn mutable(mut self: &Self, other: &'static Self) -> u64
    where
        Self: Sized,
    {
        if self.short() == 0 {
            self = other;
        }
        self.short()
    }
}

impl Receivers for Stateful {
    fn short(&self) -> u64 {
        self.0
    }
    fn long(&self) -> u64 {
        self.0 + 1
    }
    fn named<'this>(&'this self) -> &'this u64 {
        &self.0
    }
    fn long_named<'this>(self: &'this Self, _: &u64) -> &'this u64 {
        &self.0
    }
}

#[test]
fn shared_receivers_in_every_spelling() {
    check!(
        dyn Receivers,
        &Stateful(3),
        |this| this.short() => 3,
        |this| this.long() => 4,
        |this| *this.named() => 3,
        |this| *this.long_named(&1) => 3,
    );
    assert_eq!(Receivers::mutable(&Stateful(0), &Stateful(5)), 5);
}

struct Pair {
    left: u64,
    right: u64,
}

#[static_dispatch]
trait Bodies: Sync {
    fn number(&self) -> u64 {
        1
    }
    fn unnamed(&self, _: u64) -> u64 {
        self.number()
    }
    fn mutable(&self, mut argument: u64) -> u64 {
        argument += self.number();
        argument
    }
    fn tuple(&self, (left, [right, ..]): (u64, [u64; 3])) -> u64 {
        left * right + self.number()
    }
    fn structure(
        &self,
        Pair {
            left,
            right: mut other,
        }: Pair,
    ) -> u64 {
        other += left;
        other
    }
    fn reference(&self, &argument: &u64) -> u64 {
        argument
    }
    fn free(_: u64, Pair { left, .. }: Pair) -> u64
    where
        Self: Sized,
    {
        left
    }
    fn required(&self, _: u64, _: u64) -> u64;
}

impl Bodies for Unit {
    fn required(&self, left: u64, _: u64) -> u64 {
        left
    }
}

impl Bodies for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
    fn required(&self, _: u64, right: u64) -> u64 {
        right
    }
    fn free(right: u64, _: Pair) -> u64 {
        right
    }
}

#[test]
fn default_bodies_and_patterns() {
    let pair = || Pair { left: 5, right: 6 };
    check!(
        dyn Bodies,
        &Unit,
        |this| this.number() => 1,
        |this| this.unnamed(9) => 1,
        |this| this.mutable(9) => 10,
        |this| this.tuple((2, [3, 4, 5])) => 7,
        |this| this.structure(pair()) => 11,
        |this| this.reference(&8) => 8,
        |this| this.required(1, 2) => 1,
    );
    assert_eq!(Static::<dyn Bodies>::free(7, pair()), 5);
    check!(
        dyn Bodies,
        &Stateful(20),
        |this| this.number() => 20,
        |this| this.unnamed(9) => 20,
        |this| this.mutable(9) => 29,
        |this| this.tuple((2, [3, 4, 5])) => 26,
        |this| this.required(1, 2) => 2,
    );
    assert_eq!(Static::<dyn Bodies>::free(7, pair()), 7);
}

#[static_dispatch]
trait Lifetimes: Sync {
    fn elided(&self, text: &str) -> &str;
    fn named<'text>(&self, text: &'text str, other: &str) -> &'text str;
    fn bounded<'long: 'short, 'short>(&self, long: &'long str, short: &'short str) -> &'short str;
    fn by_where<'long, 'short>(&self, long: &'long str, short: &'short str) -> &'short str
    where
        'long: 'short,
        Self: 'short;
    fn placeholder(&self, cell: &Cell<&str>) -> Cell<&'_ str>;
    fn higher_ranked(&self, function: for<'text> fn(&'text str) -> &'text str) -> &'static str;
    fn closure<'text>(
        &self,
        function: &dyn for<'x> Fn(&'x str) -> &'x str,
        x: &'text str,
    ) -> &'text str;
    fn trivial(&self) -> u64
    where
        u64: Copy,
        Self: Sync;
}

impl Lifetimes for Stateful {
    fn elided(&self, _: &str) -> &str {
        "elided"
    }
    fn named<'text>(&self, text: &'text str, _: &str) -> &'text str {
        text
    }
    fn bounded<'long: 'short, 'short>(&self, long: &'long str, _: &'short str) -> &'short str {
        long
    }
    fn by_where<'long, 'short>(&self, long: &'long str, _: &'short str) -> &'short str
    where
        'long: 'short,
    {
        long
    }
    fn placeholder(&self, _: &Cell<&str>) -> Cell<&'_ str> {
        Cell::new("placeholder")
    }
    fn higher_ranked(&self, function: for<'text> fn(&'text str) -> &'text str) -> &'static str {
        function("higher ranked")
    }
    fn closure<'text>(
        &self,
        function: &dyn for<'x> Fn(&'x str) -> &'x str,
        x: &'text str,
    ) -> &'text str {
        function(x)
    }
    fn trivial(&self) -> u64 {
        self.0
    }
}

#[test]
fn lifetimes() {
    let text = String::from("text");
    let part: for<'x> fn(&'x str) -> &'x str = |text| &text[1..];
    check!(
        dyn Lifetimes,
        &Stateful(1),
        |this| this.elided(&text) => "elided",
        |this| this.named(&text, "") => "text",
        |this| this.bounded("static", &text) => "static",
        |this| this.by_where("static", &text) => "static",
        |this| this.placeholder(&Cell::new(&text)).get() => "placeholder",
        |this| this.higher_ranked(part) => "igher ranked",
        |this| this.closure(&part, &text) => "ext",
        |this| this.trivial() => 1,
    );
}

/// # Safety
///
/// `promise` is true.
#[static_dispatch]
unsafe trait Conventions: Sync {
    fn promise(&self) -> bool;
    /// # Safety
    ///
    /// The pointer is valid.
    unsafe fn unsafely(&self, pointer: *const u64) -> u64;
    extern "C" fn c(&self, x: u64) -> u64;
    #[allow(missing_abi)]
    extern "C" fn nameless(&self, x: u64) -> u64;
    extern "Rust" fn rust(&self, x: u64) -> u64;
    extern "C-unwind" fn c_unwinding(&self, x: u64) -> u64;
    extern "system" fn system(&self, x: u64) -> u64;
    /// # Safety
    ///
    /// The pointer is valid.
    unsafe extern "system-unwind" fn unsafe_system(&self, pointer: *const u64) -> u64;
    /// # Safety
    ///
    /// The pointer is valid.
    unsafe extern "C" fn free(pointer: *const u64) -> u64
    where
        Self: Sized;
}

// SAFETY: `promise` is true.
unsafe impl Conventions for Stateful {
    fn promise(&self) -> bool {
        true
    }
    unsafe fn unsafely(&self, pointer: *const u64) -> u64 {
        // SAFETY: the caller promises it.
        unsafe { *pointer }
    }
    extern "C" fn c(&self, x: u64) -> u64 {
        self.0 + x
    }
    extern "C" fn nameless(&self, x: u64) -> u64 {
        self.0 + x
    }
    extern "Rust" fn rust(&self, x: u64) -> u64 {
        self.0 + x
    }
    extern "C-unwind" fn c_unwinding(&self, x: u64) -> u64 {
        self.0 + x
    }
    extern "system" fn system(&self, x: u64) -> u64 {
        self.0 + x
    }
    unsafe extern "system-unwind" fn unsafe_system(&self, pointer: *const u64) -> u64 {
        // SAFETY: the caller promises it.
        unsafe { *pointer }
    }
    unsafe extern "C" fn free(pointer: *const u64) -> u64 {
        // SAFETY: the caller promises it.
        unsafe { *pointer }
    }
}

#[test]
fn unsafe_traits_unsafe_methods_and_calling_conventions() {
    let number = 6;
    check!(
        dyn Conventions,
        &Stateful(3),
        |this| this.promise() => true,
        // SAFETY: a reference is valid.
        |this| unsafe { this.unsafely(&number) } => 6,
        |this| this.c(1) => 4,
        |this| this.nameless(2) => 5,
        |this| this.rust(3) => 6,
        |this| this.c_unwinding(4) => 7,
        |this| this.system(5) => 8,
        // SAFETY: a reference is valid.
        |this| unsafe { this.unsafe_system(&number) } => 6,
    );
    // SAFETY: a reference is valid.
    assert_eq!(unsafe { Static::<dyn Conventions>::free(&number) }, 6);
}

#[static_dispatch]
trait WithoutReceiver: Sync {
    fn name() -> &'static str
    where
        Self: Sized;
    fn with_body() -> u64
    where
        Self: Sized,
    {
        1
    }
    fn elided(text: &str) -> &str
    where
        Self: Sized;
    fn named<'text>(text: &'text str, _: &str) -> &'text str
    where
        Self: Sized;
    fn bounded<'long: 'short, 'short, 'other>(
        long: &'long str,
        _: &'short str,
        _: &'other str,
    ) -> &'short str
    where
        'long: 'other,
        Self: Sized;
    fn returned<'any>() -> &'any str
    where
        Self: Sized;
    fn closure(function: &dyn Fn(&str) -> usize, value: Box<[u64]>) -> usize
    where
        Self: Sized + Sync;
    #[static_dispatch(cold)]
    fn cold(x: u64) -> u64
    where
        Self: Sized;
    fn implementation() -> u64
    where
        Self: Sized;
    fn construct(number: u64) -> Self
    where
        Self: Sized,
    {
        unreachable!("nobody constructs {number}")
    }
}

impl WithoutReceiver for Unit {
    fn name() -> &'static str {
        "unit"
    }
    fn elided(text: &str) -> &str {
        &text[1..]
    }
    fn named<'text>(text: &'text str, _: &str) -> &'text str {
        text
    }
    fn bounded<'long: 'short, 'short, 'other>(
        long: &'long str,
        _: &'short str,
        _: &'other str,
    ) -> &'short str
    where
        'long: 'other,
    {
        long
    }
    fn returned<'any>() -> &'any str {
        "returned"
    }
    fn closure(function: &dyn Fn(&str) -> usize, value: Box<[u64]>) -> usize {
        function("four") + value.len()
    }
    fn cold(x: u64) -> u64 {
        x
    }
    fn implementation() -> u64 {
        2
    }
}

impl WithoutReceiver for Stateful {
    fn name() -> &'static str {
        "stateful"
    }
    fn with_body() -> u64 {
        3
    }
    fn elided(text: &str) -> &str {
        &text[2..]
    }
    fn named<'text>(_: &'text str, _: &str) -> &'text str {
        "named"
    }
    fn bounded<'long: 'short, 'short, 'other>(
        _: &'long str,
        short: &'short str,
        _: &'other str,
    ) -> &'short str
    where
        'long: 'other,
    {
        short
    }
    fn returned<'any>() -> &'any str {
        "also returned"
    }
    fn closure(_: &dyn Fn(&str) -> usize, value: Box<[u64]>) -> usize {
        value.len()
    }
    fn cold(x: u64) -> u64 {
        x + 1
    }
    fn implementation() -> u64 {
        4
    }
    fn construct(number: u64) -> Self {
        Self(number)
    }
}

#[test]
fn methods_without_receiver_are_dispatched() {
    type Handle = Static<dyn WithoutReceiver>;
    fn all() -> (&'static str, u64, String, usize, u64, u64) {
        let text = String::from("text");
        let texts = [
            Handle::elided(&text),
            Handle::named(&text, "x"),
            Handle::bounded("long", &text, "other"),
            Handle::returned(),
        ];
        (
            Handle::name(),
            Handle::with_body(),
            texts.join(" "),
            Handle::closure(&str::len, Box::new([1, 2])),
            Handle::cold(1),
            Handle::implementation(),
        )
    }
    assert_patched(&static_call::update::<dyn WithoutReceiver>(&Unit).unwrap());
    assert_eq!(all(), ("unit", 1, "ext text long returned".into(), 6, 1, 2));
    assert_patched(&static_call::update::<dyn WithoutReceiver>(&Stateful(1)).unwrap());
    assert_eq!(
        all(),
        ("stateful", 3, "xt named text also returned".into(), 2, 2, 4)
    );
    assert_eq!(Current::<dyn WithoutReceiver>::name(), "stateful");
    assert_eq!(Stateful::construct(8).0, 8);
}

#[static_dispatch]
trait NotDispatched: Sync {
    fn number(&self) -> u64;
    fn of_the_handle(&self) -> u64
    where
        Self: Sized,
    {
        self.number() + 1
    }
    fn generic<T: Into<u64>>(&self, value: T) -> u64
    where
        Self: Sized,
    {
        self.number() + value.into()
    }
    fn consume(self: Box<Self>) -> u64
    where
        Self: Sized,
    {
        self.number()
    }
    fn change(&mut self) -> Self
    where
        Self: Sized + Copy,
    {
        *self
    }
}

impl NotDispatched for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
    fn of_the_handle(&self) -> u64 {
        unreachable!("calls of it are not dispatched")
    }
}

#[test]
fn methods_for_sized_types_run_on_the_handle() {
    check!(dyn NotDispatched, &Stateful(3), |this| this.number() => 3);
    let mut handle = Static::<dyn NotDispatched>::new();
    assert_eq!(handle.of_the_handle(), 4);
    assert_eq!(handle.current().of_the_handle(), 4);
    assert_eq!(handle.generic(2_u32), 5);
    assert_eq!(Box::new(handle).consume(), 3);
    assert_eq!(handle.change().number(), 3);
    assert_eq!(states("accepted::NotDispatched").len(), 1);
}

#[static_dispatch(default = Unit)]
trait Kept: Sync {
    fn number(&self) -> u64;
    fn name() -> &'static str
    where
        Self: Sized;
}

impl Kept for Unit {
    fn number(&self) -> u64 {
        1
    }
    fn name() -> &'static str {
        "unit"
    }
}

impl Kept for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
    fn name() -> &'static str {
        "stateful"
    }
}

#[test]
fn an_update_reaches_methods_without_receiver_but_no_snapshot() {
    let snapshot = Static::<dyn Kept>::new().current();
    assert_eq!(
        (snapshot.number(), Current::<dyn Kept>::name()),
        (1, "unit")
    );
    check!(dyn Kept, &Stateful(2), |this| this.number() => 2);
    assert_eq!(
        (snapshot.number(), Current::<dyn Kept>::name()),
        (1, "stateful")
    );
}

/// Generated code has names for such things too.
#[static_dispatch(default = Unit)]
trait Entry: Sync {
    fn number(&self) -> u64;
}

#[static_dispatch(default = Unit)]
trait Slow: Sync {
    fn number(&self) -> u64;
}

impl Entry for Unit {
    fn number(&self) -> u64 {
        1
    }
}

impl Slow for Unit {
    fn number(&self) -> u64 {
        2
    }
}

impl Entry for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
}

impl Slow for Stateful {
    fn number(&self) -> u64 {
        self.0 + 1
    }
}

#[test]
fn traits_of_any_name() {
    check!(dyn Entry, &Stateful(2), |this| this.number() => 2);
    check!(dyn Slow, &Stateful(3), |this| this.number() => 4);
}

trait Ours {
    fn ours(&self) -> u64;
}

#[static_dispatch]
trait Supertraits: Send + Sync + 'static + Debug + Display + Error + Ours {
    fn number(&self) -> u64;
}

impl Ours for Static<dyn Supertraits> {
    fn ours(&self) -> u64 {
        self.current().as_dyn().ours()
    }
}

impl Ours for Current<dyn Supertraits> {
    fn ours(&self) -> u64 {
        self.as_dyn().ours()
    }
}

impl Ours for Initial<dyn Supertraits> {
    fn ours(&self) -> u64 {
        100
    }
}

impl Ours for Stateful {
    fn ours(&self) -> u64 {
        self.0 * 2
    }
}

impl Display for Stateful {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "number {}", self.0)
    }
}

impl Error for Stateful {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&fmt::Error)
    }
}

impl Supertraits for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
}

#[test]
fn supertraits() {
    fn require<T: Send + Sync + Error + 'static>(_: &T) {}

    let handle = Static::<dyn Supertraits>::new();
    require(&handle);
    require(&handle.current());
    assert_eq!(handle.ours(), 100);
    check!(
        dyn Supertraits,
        &Stateful(4),
        |this| this.number() => 4,
        |this| this.ours() => 8,
        |this| this.to_string() => "number 4",
        |this| this.source().unwrap().is::<fmt::Error>() => true,
    );
}

#[static_dispatch]
trait RequiredByWhere
where
    Self: Send + Sync + Debug,
{
    fn number(&self) -> u64;
}

impl RequiredByWhere for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
}

#[test]
fn supertraits_in_a_where_clause() {
    check!(dyn RequiredByWhere, &Stateful(4), |this| this.number() => 4);
}

macro_rules! many {
    ($name:ident $($parameter:ident)*) => {
        #[static_dispatch(out_of_line)]
        trait $name: Sync {
            fn sum(&self, $($parameter: u64),*) -> u64;
            fn few(&self) -> u64;
        }

        impl $name for Unit {
            fn sum(&self, $($parameter: u64),*) -> u64 {
                0 $(+ $parameter)*
            }
            fn few(&self) -> u64 {
                1
            }
        }

        impl $name for Stateful {
            fn sum(&self, $($parameter: u64),*) -> u64 {
                self.0 $(+ $parameter)*
            }
            fn few(&self) -> u64 {
                self.0
            }
        }
    };
}

many!(TwentyFive a b c d e f g h i j k l m n o p q r s t u v w x);

/// Asserts that `few` is patched, and `sum` where arguments on the stack do not make the compiler put code in
/// front of the entry's jump.
#[track_caller]
fn assert_many_patched<D: Dispatch + ?Sized>(change: &Change<D>) {
    let sum = usize::from(cfg!(target_arch = "x86_64"));
    let expected = if PATCHES { (1 + sum, 1 - sum) } else { (0, 2) };
    if PATCHES_ENTRIES || !PATCHES {
        assert_eq!((change.patched(), change.unpatched()), expected);
    }
}

macro_rules! sum {
    ($this:expr) => {
        $this.sum(
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        )
    };
}

#[test]
fn many_parameters_are_patched_for_every_implementation() {
    let handle = Static::<dyn TwentyFive>::new();
    for _ in 0..2 {
        let change = static_call::update::<dyn TwentyFive>(&Unit).unwrap();
        assert_many_patched(&change);
        assert_eq!(
            (sum!(handle), sum!(handle.current()), handle.few()),
            (300, 300, 1)
        );

        let change = static_call::update::<dyn TwentyFive>(&Stateful(1000)).unwrap();
        assert_many_patched(&change);
        assert_eq!(
            (sum!(handle), sum!(handle.current()), handle.few()),
            (1300, 1300, 1000)
        );
    }
}

#[static_dispatch]
trait Control: Sync {
    fn hot(&self) -> u64;
    #[static_dispatch(cold)]
    fn cold(&self, x: u64) -> u64;
    #[static_call::static_dispatch(cold)]
    #[track_caller]
    fn located(&self) -> u64;
}

impl Control for Stateful {
    fn hot(&self) -> u64 {
        self.0
    }
    fn cold(&self, x: u64) -> u64 {
        self.0 + x
    }
    fn located(&self) -> u64 {
        self.0
    }
}

#[test]
fn cold_methods_are_dispatched_without_an_entry() {
    check!(
        dyn Control,
        &Stateful(5),
        |this| this.hot() => 5,
        |this| this.cold(1) => 6,
        |this| this.located() => 5,
    );
    let states = states("accepted::Control");
    assert!(matches!(
        states[..],
        [_, MethodState::Cold, MethodState::Cold]
    ));
    assert_all_patched("accepted::Control");
}

#[static_dispatch(noop)]
trait DoesNothing: Sync {
    fn nothing(&self, _: &mut u64);
    fn number(&self) -> u64;
    fn text<'text>(&self, text: &'text str) -> Option<&'text str>;
    fn free() -> Vec<u8>
    where
        Self: Sized;
    fn with_body(&self) -> u64 {
        self.number() + 7
    }
    fn free_with_body() -> u64
    where
        Self: Sized,
    {
        8
    }
    #[static_dispatch(cold)]
    fn cold(&self) -> String;
    /// # Safety
    ///
    /// None.
    unsafe extern "C" fn unsafely(&self) -> u64;
}

#[test]
fn noop_returns_defaults_and_keeps_bodies() {
    let handle = Static::<dyn DoesNothing>::new();
    let mut number = 1;
    handle.nothing(&mut number);
    assert_eq!(number, 1);
    assert_eq!((handle.number(), handle.with_body()), (0, 7));
    assert_eq!(handle.text("text"), None);
    assert_eq!(handle.cold(), "");
    // SAFETY: it asks for nothing.
    assert_eq!(unsafe { handle.unsafely() }, 0);
    assert_eq!(Static::<dyn DoesNothing>::free(), []);
    assert_eq!(Static::<dyn DoesNothing>::free_with_body(), 8);
    static_call::seal::<dyn DoesNothing>();
    assert_all_patched("accepted::DoesNothing");
}

#[static_dispatch]
trait Unset: Sync {
    fn number(&self) -> u64 {
        1
    }
    fn r#match() -> u64
    where
        Self: Sized;
}

#[test]
fn without_a_default_calls_panic_and_say_what_to_do() {
    let panics = |call: fn() -> u64, method: &str| {
        let message = *std::panic::catch_unwind(call)
            .expect_err("it panics")
            .downcast::<String>()
            .expect("panics with a text");
        assert_eq!(
            message,
            format!(
                "`accepted::Unset::{method}` was called before an implementation was chosen: call \
                 `static_call::update::<dyn Unset>(…)` first, or give the trait a default with \
                 `#[static_dispatch(default = …)]`"
            )
        );
    };
    panics(|| Static::<dyn Unset>::new().number(), "number");
    panics(Static::<dyn Unset>::r#match, "match");
}

mod defaults {
    use super::*;

    macro_rules! with_default {
        ($name:ident ($($default:tt)*)) => {
            #[static_dispatch($($default)*)]
            pub(super) trait $name: Sync {
                fn number(&self) -> u64;
            }
        };
    }

    pub(super) struct Dropped;

    impl Drop for Dropped {
        fn drop(&mut self) {
            unreachable!("a default lives for ever")
        }
    }

    pub(super) struct Wrapper<T>(T);

    pub(super) struct Marker<T>(std::marker::PhantomData<T>);

    with_default!(Path(default = super::Unit));
    with_default!(WithDrop(default = Dropped));
    with_default!(Value(default: Wrapper<AtomicU64> = Wrapper(AtomicU64::new(4)),));
    with_default!(Locked(default: Mutex<Vec<u64>> = Mutex::new(Vec::new())));
    with_default!(Tuple(default: (u8, u64) = (1, { const NUMBER: u64 = 2; NUMBER + 3 })));
    with_default!(Reference(default: &'static Stateful = &Stateful(6), crate = ::static_call));
    with_default!(Constant(default: Marker<u8> = <Marker<u8>>::CONSTANT));

    impl Marker<u8> {
        const CONSTANT: Self = Self(std::marker::PhantomData);
    }

    macro_rules! implement {
        ($($name:ident for $type:ty: $this:ident => $number:expr;)*) => {
            $(impl $name for $type {
                fn number(&self) -> u64 {
                    let $this = self;
                    $number
                }
            })*
        };
    }

    implement! {
        Path for Unit: _this => 1;
        WithDrop for Dropped: _this => 2;
        Value for Wrapper<AtomicU64>: this => this.0.fetch_add(1, Ordering::Relaxed);
        Locked for Mutex<Vec<u64>>: this => {
            let mut numbers = this.lock().unwrap();
            numbers.push(1);
            numbers.iter().sum()
        };
        Tuple for (u8, u64): this => u64::from(this.0) + this.1;
        Reference for &'static Stateful: this => this.0;
        Constant for Marker<u8>: _this => 7;
    }
}

#[test]
fn defaults_of_every_kind() {
    use defaults::*;

    assert_eq!(Static::<dyn Path>::new().number(), 1);
    assert_eq!(Static::<dyn WithDrop>::new().number(), 2);
    let value = Static::<dyn Value>::new();
    assert_eq!((value.number(), value.number()), (4, 5));
    let locked = Static::<dyn Locked>::new();
    assert_eq!((locked.number(), locked.number()), (1, 2));
    assert_eq!(Static::<dyn Tuple>::new().number(), 6);
    assert_eq!(Static::<dyn Reference>::new().number(), 6);
    assert_eq!(Static::<dyn Constant>::new().number(), 7);
    static_call::seal::<dyn Path>();
    static_call::seal::<dyn WithDrop>();
    static_call::seal::<dyn Value>();
    static_call::seal::<dyn Locked>();
    static_call::seal::<dyn Tuple>();
    static_call::seal::<dyn Reference>();
    static_call::seal::<dyn Constant>();
    for name in [
        "Path",
        "WithDrop",
        "Value",
        "Locked",
        "Tuple",
        "Reference",
        "Constant",
    ] {
        assert_all_patched(&format!("accepted::defaults::{name}"));
    }
}

#[static_dispatch]
trait Forwarded: Sync {
    fn number(&self) -> u64;
}

impl Forwarded for Stateful {
    fn number(&self) -> u64 {
        self.0
    }
}

impl<T: Forwarded + ?Sized> Forwarded for &T {
    fn number(&self) -> u64 {
        (**self).number() + 1
    }
}

impl<T: Forwarded + ?Sized> Forwarded for Box<T> {
    fn number(&self) -> u64 {
        (**self).number() + 2
    }
}

impl<T: Forwarded, const COUNT: usize> Forwarded for [T; COUNT] {
    fn number(&self) -> u64 {
        self.iter().map(Forwarded::number).sum()
    }
}

#[test]
fn generic_implementations() {
    fn twice(forwarded: &impl Forwarded) -> u64 {
        forwarded.number() * 2
    }

    check!(dyn Forwarded, &&Stateful(1), |this| this.number() => 2);
    check!(dyn Forwarded, &[Stateful(1), Stateful(2)], |this| this.number() => 3);
    let boxed: Box<dyn Forwarded> = Box::new(Stateful(5));
    check!(dyn Forwarded, Box::leak(Box::new(boxed)), |this| this.number() => 7);
    assert_eq!(twice(&Static::<dyn Forwarded>::new()), 14);
    let handle: &dyn Forwarded = &Static::<dyn Forwarded>::new();
    assert_eq!(handle.number(), 7);
}

#[static_dispatch(inline(Listed))]
trait Tracked: Sync {
    fn weigh(&self, a: u64, b: u64) -> (u64, &'static str);
}

struct Listed;

/// Methods that are told where they are called, in one argument more than the trait's have.
macro_rules! tracked {
    ($($type:ty)*) => {$(
        impl Tracked for $type {
            #[track_caller]
            fn weigh(&self, a: u64, b: u64) -> (u64, &'static str) {
                let own = Location::caller().file();
                (size_of::<Self>() as u64 + a + 2 * b, own)
            }
        }
    )*};
}

tracked!(Unit Stateful Listed);

/// None of them is told of a call through the trait, which has nowhere to be told from.
#[test]
fn implementations_may_track_their_callers() {
    let expected = |size: u64| (size + 1 + 4, file!());
    assert_eq!(Unit.weigh(1, 2), expected(0));
    check!(dyn Tracked, &Unit, |this| this.weigh(1, 2) => expected(0));
    check!(dyn Tracked, &Stateful(1), |this| this.weigh(1, 2) => expected(8));
    check!(dyn Tracked, &Listed, |this| this.weigh(1, 2) => expected(0));
}

impl Renamed for Stateful {
    fn number(&self, x: u64) -> u64 {
        self.0 + x
    }
}

#[test]
fn a_trait_of_another_crate() {
    assert_eq!(FOREIGN.number(8), 4);
    check!(dyn Renamed, &Stateful(8), |this| this.number(1) => 9);
    assert_eq!(FOREIGN.number(8), 16);
}
