pub trait Store: ::core::marker::Sync + __StaticCallStore {
    #[allow(unused_variables)]
    fn get(&mut self, key: u32) -> u64
    where
        Self: ::core::marker::Sized,
    {
        loop {}
    }
    fn len(&self) -> usize;
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
                    "static_call_thunks_4531de6b3a046a98", __Implementation : new(1u32, <
                    __Implementation as Store > ::len, < ::static_call::__private::Bound
                    < __Implementation > as __ThunksOfStaticCalls > ::len)
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
                ordinal: 1u32,
                name: "len",
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
        ::static_call::__private::entries![(1u32, < ::static_call::__private::Static <
        dyn Store > as __EntriesOfStaticCalls > ::len)],
        ::static_call::__private::sites!("static_call_sites_4531de6b3a046a98"),)
    }
    trait __SlowPathsOfStaticCalls {
        fn len(&self) -> usize;
    }
    impl __SlowPathsOfStaticCalls for ::static_call::__private::Static<dyn Store> {
        ::static_call::__private::slow_method! {
            fn len(& self) -> usize { ::static_call::__private::keep(self); < dyn Store
            as Store > ::len(::static_call::__private::current:: < dyn Store > ()
            .as_dyn(),) }
        }
    }
    trait __EntriesOfStaticCalls {
        fn len(&self) -> usize;
    }
    impl __EntriesOfStaticCalls for ::static_call::__private::Static<dyn Store> {
        ::static_call::__private::entry_method! {
            fn len(& self) -> usize { ::static_call::__private::entry!(1u32, < Self as
            __SlowPathsOfStaticCalls > ::len as extern "Rust" fn (_,) -> _) (self,) }
        }
    }
    ::static_call::__private::thunks! {
        trait __ThunksOfStaticCalls { fn len(& self) -> usize; } impl < __Implementation
        : Store > __ThunksOfStaticCalls for ::static_call::__private::Bound <
        __Implementation > { ::static_call::__private::thunk_method! { fn len(& self) ->
        usize { < __Implementation as Store >
        ::len(::static_call::__private::receiver!("static_call_thunks_4531de6b3a046a98",
        [< Self as __ThunksOfStaticCalls > ::len], __STATIC_CALL_KEY),) } } }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Static<dyn Store> {
        #[inline(always)]
        fn len(&self) -> usize {
            ::static_call::__private::open!(
                "static_call_sites_4531de6b3a046a98", [< Self as __EntriesOfStaticCalls >
                ::len], extern "Rust" fn (_,) -> _
            )(self)
        }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Current<dyn Store> {
        #[inline(always)]
        fn len(&self) -> usize {
            <dyn Store as Store>::len(
                <::static_call::__private::Current<dyn Store>>::as_dyn(*self),
            )
        }
    }
    #[automatically_derived]
    impl Store for ::static_call::__private::Initial<dyn Store> {
        fn len(&self) -> usize {
            ::static_call::__private::unset(
                ::static_call::__private::concat!(
                    ::static_call::__private::module_path!(), "::", "Store"
                ),
                "Store",
                "len",
            )
        }
    }
};
::core::compile_error! {
    "unknown option `defualt`; there are `default = Unit`, `default: Type = value`, `noop`, `inline(Type, …)`, `out_of_line`, `devirt` and `crate = path`"
}
::core::compile_error! {
    "all threads share the current implementation, so the trait must require `Sync`; add `: Sync`, as in `trait Store: Sync`"
}
::core::compile_error! {
    "all threads share the current implementation, so a method takes `&self`; keep what changes in a `Mutex` or an atomic, or add `where Self: Sized` and a default body to keep the method out of the dispatch"
}
