pub trait Store: Sync + __StaticCallStore {
    fn get(&self, key: u32) -> u64;
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, non_snake_case)]
pub trait __StaticCallStore {
    fn __static_call_implementation(&self) -> ::static_call::__private::Implementation;
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
                    "static_call_thunks_38c0c6cdbeb16cdf", __Implementation : new(0u32, <
                    __Implementation as Store > ::get, < ::static_call::__private::Bound
                    < __Implementation > as __ThunksOfStaticCalls > ::get)
                ],
            )
        }
    }
    static __STATIC_CALL_INITIAL: &(dyn Store) = &::static_call::__private::Initial::<
        dyn Store,
    >::new();
    static __STATIC_CALL_KEY: ::static_call::__private::Key<dyn Store> = ::static_call::__private::Key::new(
        ::static_call::__private::concat!(
            ::static_call::__private::module_path!(), "::", "Store"
        ),
        (__STATIC_CALL_INITIAL, 0),
        &[
            ::static_call::__private::Method {
                ordinal: 0u32,
                name: "get",
                cold: false,
            },
        ],
        &[],
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
        dyn Store > as __EntriesOfStaticCalls > ::get)],
        ::static_call::__private::sites!("static_call_sites_38c0c6cdbeb16cdf"),)
    }
    trait __SlowPathsOfStaticCalls {
        fn get(&self, __argument0: u32) -> u64;
    }
    impl __SlowPathsOfStaticCalls for ::static_call::__private::Static<dyn Store> {
        ::static_call::__private::slow_method! {
            fn get(& self, __argument0 : u32) -> u64 {
            ::static_call::__private::keep(self); < dyn Store as Store >
            ::get(::static_call::__private::current:: < dyn Store > ().as_dyn(),
            __argument0) }
        }
    }
    trait __EntriesOfStaticCalls {
        fn get(&self, __argument0: u32) -> u64;
    }
    impl __EntriesOfStaticCalls for ::static_call::__private::Static<dyn Store> {
        ::static_call::__private::entry_method! {
            fn get(& self, __argument0 : u32) -> u64 {
            ::static_call::__private::entry!(0u32, < Self as __SlowPathsOfStaticCalls >
            ::get as extern "Rust" fn (_, _) -> _) (self, __argument0) }
        }
    }
    ::static_call::__private::thunks! {
        trait __ThunksOfStaticCalls { fn get(& self, __argument0 : u32) -> u64; } impl <
        __Implementation : Store > __ThunksOfStaticCalls for
        ::static_call::__private::Bound < __Implementation > {
        ::static_call::__private::thunk_method! { fn get(& self, __argument0 : u32) ->
        u64 { < __Implementation as Store >
        ::get(::static_call::__private::receiver!("static_call_thunks_38c0c6cdbeb16cdf",
        [< Self as __ThunksOfStaticCalls > ::get], __STATIC_CALL_KEY), __argument0) } } }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Static<dyn Store> {
        #[inline(always)]
        fn get(&self, __argument0: u32) -> u64 {
            ::static_call::__private::open!(
                "static_call_sites_38c0c6cdbeb16cdf", [< Self as __EntriesOfStaticCalls >
                ::get], extern "Rust" fn (_, _) -> _
            )(self, __argument0)
        }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Current<dyn Store> {
        #[inline(always)]
        fn get(&self, __argument0: u32) -> u64 {
            <dyn Store as Store>::get(
                <::static_call::__private::Current<dyn Store>>::as_dyn(*self),
                __argument0,
            )
        }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Initial<dyn Store> {
        fn get(&self, __argument0: u32) -> u64 {
            ::static_call::__private::unset(
                ::static_call::__private::concat!(
                    ::static_call::__private::module_path!(), "::", "Store"
                ),
                "Store",
                "get",
            )
        }
    }
};
