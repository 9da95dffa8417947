/// Documentation stays on the trait.
#[must_use]
pub(crate) unsafe trait r#Type: Sync + 'static + __StaticCallType {
    /// Documentation stays on the method.
    #[must_use]
    fn named<'key>(self: &'key Self, (key, _): (&'key str, u32)) -> &'key str {
        key
    }
    #[cfg(unix)]
    unsafe extern "C" fn conditional(&self, #[cfg(unix)] key: u32) -> u64;
    fn control(&self, r#in: u32);
    fn find<'long: 'short, 'short>(long: &'long str, short: &'short str) -> &'short str
    where
        Self: Sized;
    fn not_dispatched<T>(&self, value: T)
    where
        Self: Sized,
    {}
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, non_snake_case)]
pub(crate) trait __StaticCallType {
    fn __static_call_implementation(&self) -> facade::calls::__private::Implementation;
    fn __static_call_method_find<'long: 'short, 'short>(
        &self,
    ) -> extern "Rust" fn(
        __argument0: &'long str,
        __argument1: &'short str,
    ) -> &'short str;
}
#[allow(deprecated, improper_ctypes_definitions)]
const _: () = {
    #[automatically_derived]
    impl<__Implementation: r#Type> __StaticCallType for __Implementation {
        fn __static_call_implementation(
            &self,
        ) -> facade::calls::__private::Implementation {
            facade::calls::__private::Implementation::of::<
                __Implementation,
            >(
                &__STATIC_CALL_KEY,
                facade::calls::__private::targets![
                    "static_call_thunks_6e5327c265790802", __Implementation : new(0u32, <
                    __Implementation as r#Type > ::named, <
                    facade::calls::__private::Bound < __Implementation > as
                    __ThunksOfStaticCalls > ::named), #[cfg(unix)] new(1u32, <
                    __Implementation as r#Type > ::conditional, <
                    facade::calls::__private::Bound < __Implementation > as
                    __ThunksOfStaticCalls > ::conditional), free(3u32, < __Implementation
                    as r#Type > ::find)
                ],
            )
        }
        fn __static_call_method_find<'long: 'short, 'short>(
            &self,
        ) -> extern "Rust" fn(
            __argument0: &'long str,
            __argument1: &'short str,
        ) -> &'short str {
            <__Implementation as r#Type>::find
        }
    }
    static __STATIC_CALL_LISTED_0: facade::calls::__private::Listed<Memory> = facade::calls::__private::Listed::new(
        15u32,
    );
    static __STATIC_CALL_INITIAL: &(dyn r#Type) = {
        static __STATIC_CALL_VALUE: Memory = Memory;
        &__STATIC_CALL_VALUE
    };
    static __STATIC_CALL_KEY: facade::calls::__private::Key<dyn r#Type> = facade::calls::__private::Key::new(
        facade::calls::__private::concat!(
            facade::calls::__private::module_path!(), "::", "Type"
        ),
        (__STATIC_CALL_INITIAL, 15u32),
        &[
            facade::calls::__private::Method {
                ordinal: 0u32,
                name: "named",
                cold: false,
            },
            #[cfg(unix)]
            facade::calls::__private::Method {
                ordinal: 1u32,
                name: "conditional",
                cold: false,
            },
            facade::calls::__private::Method {
                ordinal: 2u32,
                name: "control",
                cold: true,
            },
            facade::calls::__private::Method {
                ordinal: 3u32,
                name: "find",
                cold: false,
            },
        ],
        &[&__STATIC_CALL_LISTED_0],
    );
    #[automatically_derived]
    impl facade::calls::__private::Dispatch for dyn r#Type {
        #[inline]
        fn key() -> &'static facade::calls::__private::Key<Self> {
            &__STATIC_CALL_KEY
        }
        fn implementation(&self) -> facade::calls::__private::Implementation {
            __StaticCallType::__static_call_implementation(self)
        }
    }
    facade::calls::__private::register! {
        facade::calls::__private::Registration::new(& __STATIC_CALL_KEY,
        facade::calls::__private::entries![(0u32, < facade::calls::__private::Static <
        dyn r#Type > as __EntriesOfStaticCalls > ::named), #[cfg(unix)] (1u32, <
        facade::calls::__private::Static < dyn r#Type > as __EntriesOfStaticCalls >
        ::conditional), (3u32, < facade::calls::__private::Static < dyn r#Type > as
        __EntriesOfStaticCalls > ::find)],
        facade::calls::__private::sites!("static_call_sites_6e5327c265790802"),)
    }
    trait __SlowPathsOfStaticCalls {
        fn named<'key>(self: &'key Self, __argument0: (&'key str, u32)) -> &'key str;
        #[cfg(unix)]
        unsafe extern "C" fn conditional(&self, #[cfg(unix)] __argument0: u32) -> u64;
        fn find<'long: 'short, 'short>(
            __argument0: &'long str,
            __argument1: &'short str,
        ) -> &'short str
        where
            Self: Sized;
    }
    impl __SlowPathsOfStaticCalls for facade::calls::__private::Static<dyn r#Type> {
        facade::calls::__private::slow_method! {
            fn named < 'key > (self : & 'key Self, __argument0 : (& 'key str, u32)) -> &
            'key str { facade::calls::__private::keep(self); < dyn r#Type as r#Type >
            ::named(facade::calls::__private::current:: < dyn r#Type > ().as_dyn(),
            __argument0) }
        }
        facade::calls::__private::slow_method! {
            #[cfg(unix)] unsafe extern "C" fn conditional(& self, #[cfg(unix)]
            __argument0 : u32) -> u64 { facade::calls::__private::keep(self); unsafe { <
            dyn r#Type as r#Type > ::conditional(facade::calls::__private::current:: <
            dyn r#Type > ().as_dyn(), #[cfg(unix)] __argument0) } }
        }
        facade::calls::__private::slow_method! {
            fn find < 'long : 'short, 'short > (__argument0 : & 'long str, __argument1 :
            & 'short str) -> & 'short str where Self : Sized {
            (__StaticCallType::__static_call_method_find(facade::calls::__private::current::
            < dyn r#Type > ().as_dyn())) (__argument0, __argument1) }
        }
    }
    trait __EntriesOfStaticCalls {
        fn named<'key>(self: &'key Self, __argument0: (&'key str, u32)) -> &'key str;
        #[cfg(unix)]
        unsafe extern "C" fn conditional(&self, #[cfg(unix)] __argument0: u32) -> u64;
        fn find<'long: 'short, 'short>(
            __argument0: &'long str,
            __argument1: &'short str,
        ) -> &'short str
        where
            Self: Sized;
    }
    impl __EntriesOfStaticCalls for facade::calls::__private::Static<dyn r#Type> {
        facade::calls::__private::entry_method! {
            fn named < 'key > (self : & 'key Self, __argument0 : (& 'key str, u32)) -> &
            'key str { facade::calls::__private::entry!(0u32, < Self as
            __SlowPathsOfStaticCalls > ::named as extern "Rust" fn (_, _) -> _) (self,
            __argument0) }
        }
        facade::calls::__private::entry_method! {
            #[cfg(unix)] unsafe extern "C" fn conditional(& self, #[cfg(unix)]
            __argument0 : u32) -> u64 { unsafe { facade::calls::__private::entry!(1u32, <
            Self as __SlowPathsOfStaticCalls > ::conditional as unsafe extern "C" fn (_,
            #[cfg(unix)] _) -> _) (self, #[cfg(unix)] __argument0) } }
        }
        facade::calls::__private::entry_method! {
            fn find < 'long : 'short, 'short > (__argument0 : & 'long str, __argument1 :
            & 'short str) -> & 'short str where Self : Sized {
            facade::calls::__private::entry!(3u32, < Self as __SlowPathsOfStaticCalls >
            ::find as extern "Rust" fn (_, _) -> _) (__argument0, __argument1) }
        }
    }
    facade::calls::__private::thunks! {
        trait __ThunksOfStaticCalls { fn named < 'key > (self : & 'key Self, __argument0
        : (& 'key str, u32)) -> & 'key str; #[cfg(unix)] unsafe extern "C" fn
        conditional(& self, #[cfg(unix)] __argument0 : u32) -> u64; } impl <
        __Implementation : r#Type > __ThunksOfStaticCalls for
        facade::calls::__private::Bound < __Implementation > {
        facade::calls::__private::thunk_method! { fn named < 'key > (self : & 'key Self,
        __argument0 : (& 'key str, u32)) -> & 'key str { < __Implementation as r#Type >
        ::named(facade::calls::__private::receiver!("static_call_thunks_6e5327c265790802",
        [< Self as __ThunksOfStaticCalls > ::named], __STATIC_CALL_KEY), __argument0) } }
        facade::calls::__private::thunk_method! { #[cfg(unix)] unsafe extern "C" fn
        conditional(& self, #[cfg(unix)] __argument0 : u32) -> u64 { unsafe { <
        __Implementation as r#Type >
        ::conditional(facade::calls::__private::receiver!("static_call_thunks_6e5327c265790802",
        [< Self as __ThunksOfStaticCalls > ::conditional], __STATIC_CALL_KEY),
        #[cfg(unix)] __argument0) } } } }
    }
    #[automatically_derived]
    unsafe impl r#Type for facade::calls::__private::Static<dyn r#Type> {
        #[inline(always)]
        fn named<'key>(self: &'key Self, __argument0: (&'key str, u32)) -> &'key str {
            let __choice = facade::calls::__private::choice!(
                "static_call_sites_6e5327c265790802", [< Self as __EntriesOfStaticCalls >
                ::named], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                facade::calls::__private::body!(
                    15u32, < Memory as r#Type >
                    ::named(facade::calls::__private::listed!(__STATIC_CALL_LISTED_0),
                    __argument0)
                )
            } else {
                facade::calls::__private::open!(
                    "static_call_sites_6e5327c265790802", [< Self as
                    __EntriesOfStaticCalls > ::named], extern "Rust" fn (_, _) -> _
                )(self, __argument0)
            }
        }
        #[inline(always)]
        #[cfg(unix)]
        unsafe extern "C" fn conditional(&self, #[cfg(unix)] __argument0: u32) -> u64 {
            let __choice = facade::calls::__private::choice!(
                "static_call_sites_6e5327c265790802", [< Self as __EntriesOfStaticCalls >
                ::conditional], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                facade::calls::__private::body!(
                    15u32, unsafe { < Memory as r#Type >
                    ::conditional(facade::calls::__private::listed!(__STATIC_CALL_LISTED_0),
                    #[cfg(unix)] __argument0) }
                )
            } else {
                unsafe {
                    facade::calls::__private::open!(
                        "static_call_sites_6e5327c265790802", [< Self as
                        __EntriesOfStaticCalls > ::conditional], unsafe extern "C" fn (_,
                        #[cfg(unix)] _) -> _
                    )(self, #[cfg(unix)] __argument0)
                }
            }
        }
        #[inline]
        fn control(&self, __argument0: u32) {
            <dyn r#Type as r#Type>::control(
                facade::calls::__private::current::<dyn r#Type>().as_dyn(),
                __argument0,
            )
        }
        #[inline(always)]
        fn find<'long: 'short, 'short>(
            __argument0: &'long str,
            __argument1: &'short str,
        ) -> &'short str
        where
            Self: Sized,
        {
            let __choice = facade::calls::__private::choice!(
                "static_call_sites_6e5327c265790802", [< Self as __EntriesOfStaticCalls >
                ::find], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                facade::calls::__private::body!(
                    15u32, < Memory as r#Type > ::find(__argument0, __argument1)
                )
            } else {
                facade::calls::__private::open!(
                    "static_call_sites_6e5327c265790802", [< Self as
                    __EntriesOfStaticCalls > ::find], extern "Rust" fn (_, _) -> _
                )(__argument0, __argument1)
            }
        }
    }
    #[automatically_derived]
    unsafe impl r#Type for facade::calls::__private::Current<dyn r#Type> {
        #[inline(always)]
        fn named<'key>(self: &'key Self, __argument0: (&'key str, u32)) -> &'key str {
            let __choice = <facade::calls::__private::Current<
                dyn r#Type,
            >>::__choice(*self);
            if __choice == 15u32 {
                <Memory as r#Type>::named(
                    facade::calls::__private::chosen!(* self, Memory),
                    __argument0,
                )
            } else {
                <dyn r#Type as r#Type>::named(
                    <facade::calls::__private::Current<dyn r#Type>>::as_dyn(*self),
                    __argument0,
                )
            }
        }
        #[inline(always)]
        #[cfg(unix)]
        unsafe extern "C" fn conditional(&self, #[cfg(unix)] __argument0: u32) -> u64 {
            let __choice = <facade::calls::__private::Current<
                dyn r#Type,
            >>::__choice(*self);
            if __choice == 15u32 {
                unsafe {
                    <Memory as r#Type>::conditional(
                        facade::calls::__private::chosen!(* self, Memory),
                        #[cfg(unix)]
                        __argument0,
                    )
                }
            } else {
                unsafe {
                    <dyn r#Type as r#Type>::conditional(
                        <facade::calls::__private::Current<dyn r#Type>>::as_dyn(*self),
                        #[cfg(unix)]
                        __argument0,
                    )
                }
            }
        }
        #[inline]
        fn control(&self, __argument0: u32) {
            <dyn r#Type as r#Type>::control(
                <facade::calls::__private::Current<dyn r#Type>>::as_dyn(*self),
                __argument0,
            )
        }
        #[inline]
        fn find<'long: 'short, 'short>(
            __argument0: &'long str,
            __argument1: &'short str,
        ) -> &'short str
        where
            Self: Sized,
        {
            (__StaticCallType::__static_call_method_find(
                facade::calls::__private::current::<dyn r#Type>().as_dyn(),
            ))(__argument0, __argument1)
        }
    }
};
