pub trait Store: Sync + __StaticCallStore {
    fn get(&self, key: u32) -> u64;
    fn name() -> &'static str
    where
        Self: Sized;
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, non_snake_case)]
pub trait __StaticCallStore {
    fn __static_call_implementation(&self) -> ::static_call::__private::Implementation;
    fn __static_call_method_name(&self) -> extern "Rust" fn() -> &'static str;
}
#[allow(deprecated, improper_ctypes_definitions)]
const _: () = {
    #[automatically_derived]
    impl<__Implementation: Store> __StaticCallStore for __Implementation {
        fn __static_call_implementation(
            &self,
        ) -> ::static_call::__private::Implementation {
            ::static_call::__private::Implementation::of::<
                __Implementation,
            >(
                &__STATIC_CALL_KEY,
                ::static_call::__private::targets![
                    "static_call_thunks_ebfb927903096143", __Implementation : new(0u32, <
                    __Implementation as Store > ::get, < ::static_call::__private::Bound
                    < __Implementation > as __ThunksOfStaticCalls > ::get), free(1u32, <
                    __Implementation as Store > ::name)
                ],
            )
        }
        fn __static_call_method_name(&self) -> extern "Rust" fn() -> &'static str {
            <__Implementation as Store>::name
        }
    }
    static __STATIC_CALL_LISTED_0: ::static_call::__private::Listed<
        ::static_call::__private::Initial<dyn Store>,
    > = ::static_call::__private::Listed::new(15u32);
    static __STATIC_CALL_LISTED_1: ::static_call::__private::Listed<Memory> = ::static_call::__private::Listed::new(
        30u32,
    );
    static __STATIC_CALL_LISTED_2: ::static_call::__private::Listed<Cache<u32>> = ::static_call::__private::Listed::new(
        45u32,
    );
    static __STATIC_CALL_INITIAL: &(dyn Store) = &::static_call::__private::Initial::<
        dyn Store,
    >::new();
    static __STATIC_CALL_KEY: ::static_call::__private::Key<dyn Store> = ::static_call::__private::Key::new(
        ::static_call::__private::concat!(
            ::static_call::__private::module_path!(), "::", "Store"
        ),
        (__STATIC_CALL_INITIAL, 15u32),
        &[
            ::static_call::__private::Method {
                ordinal: 0u32,
                name: "get",
                cold: false,
            },
            ::static_call::__private::Method {
                ordinal: 1u32,
                name: "name",
                cold: false,
            },
        ],
        &[&__STATIC_CALL_LISTED_0, &__STATIC_CALL_LISTED_1, &__STATIC_CALL_LISTED_2],
    );
    #[automatically_derived]
    impl ::static_call::__private::Dispatch for dyn Store {
        #[inline]
        fn key() -> &'static ::static_call::__private::Key<Self> {
            &__STATIC_CALL_KEY
        }
        fn implementation(&self) -> ::static_call::__private::Implementation {
            __StaticCallStore::__static_call_implementation(self)
        }
    }
    ::static_call::__private::register! {
        ::static_call::__private::Registration::new(& __STATIC_CALL_KEY,
        ::static_call::__private::entries![(0u32, < ::static_call::__private::Static <
        dyn Store > as __EntriesOfStaticCalls > ::get), (1u32, <
        ::static_call::__private::Static < dyn Store > as __EntriesOfStaticCalls >
        ::name)],
        ::static_call::__private::sites!("static_call_sites_ebfb927903096143"),)
    }
    trait __SlowPathsOfStaticCalls {
        fn get(&self, __argument0: u32) -> u64;
        fn name() -> &'static str
        where
            Self: Sized;
    }
    impl __SlowPathsOfStaticCalls for ::static_call::__private::Static<dyn Store> {
        ::static_call::__private::slow_method! {
            fn get(& self, __argument0 : u32) -> u64 {
            ::static_call::__private::keep(self); < dyn Store as Store >
            ::get(::static_call::__private::current:: < dyn Store > ().as_dyn(),
            __argument0) }
        }
        ::static_call::__private::slow_method! {
            fn name() -> & 'static str where Self : Sized {
            (__StaticCallStore::__static_call_method_name(::static_call::__private::current::
            < dyn Store > ().as_dyn())) () }
        }
    }
    trait __EntriesOfStaticCalls {
        fn get(&self, __argument0: u32) -> u64;
        fn name() -> &'static str
        where
            Self: Sized;
    }
    impl __EntriesOfStaticCalls for ::static_call::__private::Static<dyn Store> {
        ::static_call::__private::entry_method! {
            fn get(& self, __argument0 : u32) -> u64 {
            ::static_call::__private::entry!(0u32, < Self as __SlowPathsOfStaticCalls >
            ::get as extern "Rust" fn (_, _) -> _) (self, __argument0) }
        }
        ::static_call::__private::entry_method! {
            fn name() -> & 'static str where Self : Sized {
            ::static_call::__private::entry!(1u32, < Self as __SlowPathsOfStaticCalls >
            ::name as extern "Rust" fn () -> _) () }
        }
    }
    ::static_call::__private::thunks! {
        trait __ThunksOfStaticCalls { fn get(& self, __argument0 : u32) -> u64; } impl <
        __Implementation : Store > __ThunksOfStaticCalls for
        ::static_call::__private::Bound < __Implementation > {
        ::static_call::__private::thunk_method! { fn get(& self, __argument0 : u32) ->
        u64 { < __Implementation as Store >
        ::get(::static_call::__private::receiver!("static_call_thunks_ebfb927903096143",
        [< Self as __ThunksOfStaticCalls > ::get], __STATIC_CALL_KEY), __argument0) } } }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Static<dyn Store> {
        #[inline(always)]
        fn get(&self, __argument0: u32) -> u64 {
            let __choice = ::static_call::__private::choice!(
                "static_call_sites_ebfb927903096143", [< Self as __EntriesOfStaticCalls >
                ::get], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                ::static_call::__private::body!(
                    15u32, < ::static_call::__private::Initial < dyn Store > as Store >
                    ::get(::static_call::__private::listed!(__STATIC_CALL_LISTED_0),
                    __argument0)
                )
            } else if __choice == 30u32 {
                ::static_call::__private::body!(
                    30u32, < Memory as Store >
                    ::get(::static_call::__private::listed!(__STATIC_CALL_LISTED_1),
                    __argument0)
                )
            } else if __choice == 45u32 {
                ::static_call::__private::body!(
                    45u32, < Cache < u32 > as Store >
                    ::get(::static_call::__private::listed!(__STATIC_CALL_LISTED_2),
                    __argument0)
                )
            } else {
                ::static_call::__private::cold_path();
                ::static_call::__private::open!(
                    "static_call_sites_ebfb927903096143", [< Self as
                    __EntriesOfStaticCalls > ::get], extern "Rust" fn (_, _) -> _
                )(self, __argument0)
            }
        }
        #[inline(always)]
        fn name() -> &'static str
        where
            Self: Sized,
        {
            let __choice = ::static_call::__private::choice!(
                "static_call_sites_ebfb927903096143", [< Self as __EntriesOfStaticCalls >
                ::name], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                ::static_call::__private::body!(
                    15u32, < ::static_call::__private::Initial < dyn Store > as Store >
                    ::name()
                )
            } else if __choice == 30u32 {
                ::static_call::__private::body!(30u32, < Memory as Store > ::name())
            } else if __choice == 45u32 {
                ::static_call::__private::body!(
                    45u32, < Cache < u32 > as Store > ::name()
                )
            } else {
                ::static_call::__private::cold_path();
                ::static_call::__private::open!(
                    "static_call_sites_ebfb927903096143", [< Self as
                    __EntriesOfStaticCalls > ::name], extern "Rust" fn () -> _
                )()
            }
        }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Current<dyn Store> {
        #[inline(always)]
        fn get(&self, __argument0: u32) -> u64 {
            let __choice = <::static_call::__private::Current<
                dyn Store,
            >>::__choice(*self);
            if __choice == 15u32 {
                <::static_call::__private::Initial<
                    dyn Store,
                > as Store>::get(
                    ::static_call::__private::chosen!(
                        * self, ::static_call::__private::Initial < dyn Store >
                    ),
                    __argument0,
                )
            } else if __choice == 30u32 {
                <Memory as Store>::get(
                    ::static_call::__private::chosen!(* self, Memory),
                    __argument0,
                )
            } else if __choice == 45u32 {
                <Cache<
                    u32,
                > as Store>::get(
                    ::static_call::__private::chosen!(* self, Cache < u32 >),
                    __argument0,
                )
            } else {
                ::static_call::__private::cold_path();
                <dyn Store as Store>::get(
                    <::static_call::__private::Current<dyn Store>>::as_dyn(*self),
                    __argument0,
                )
            }
        }
        #[inline]
        fn name() -> &'static str
        where
            Self: Sized,
        {
            (__StaticCallStore::__static_call_method_name(
                ::static_call::__private::current::<dyn Store>().as_dyn(),
            ))()
        }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Initial<dyn Store> {
        #[inline(always)]
        fn get(&self, __argument0: u32) -> u64 {
            <u64 as ::static_call::__private::Noop>::noop()
        }
        #[inline(always)]
        fn name() -> &'static str
        where
            Self: Sized,
        {
            <&'static str as ::static_call::__private::Noop>::noop()
        }
    }
};
