trait Allocation: Sync + __StaticCallAllocation {
    fn limit(&self) -> usize;
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, non_snake_case)]
trait __StaticCallAllocation {
    fn __static_call_implementation(&self) -> ::static_call::__private::Implementation;
}
#[allow(deprecated, improper_ctypes_definitions)]
const _: () = {
    #[automatically_derived]
    impl<__Implementation: Allocation> __StaticCallAllocation for __Implementation {
        fn __static_call_implementation(
            &self,
        ) -> ::static_call::__private::Implementation {
            ::static_call::__private::Implementation::of::<
                __Implementation,
            >(
                &__STATIC_CALL_KEY,
                ::static_call::__private::targets![
                    "static_call_thunks_c8a97cc31d7f20b8", __Implementation : new(0u32, <
                    __Implementation as Allocation > ::limit, <
                    ::static_call::__private::Bound < __Implementation > as
                    __ThunksOfStaticCalls > ::limit)
                ],
            )
        }
    }
    static __STATIC_CALL_LISTED_0: ::static_call::__private::Listed<Threshold> = ::static_call::__private::Listed::new(
        15u32,
    );
    static __STATIC_CALL_INITIAL: &(dyn Allocation) = {
        static __STATIC_CALL_VALUE: Threshold = Threshold(1 << 20);
        &__STATIC_CALL_VALUE
    };
    static __STATIC_CALL_KEY: ::static_call::__private::Key<dyn Allocation> = ::static_call::__private::Key::new(
        ::static_call::__private::concat!(
            ::static_call::__private::module_path!(), "::", "Allocation"
        ),
        (__STATIC_CALL_INITIAL, 15u32),
        &[
            ::static_call::__private::Method {
                ordinal: 0u32,
                name: "limit",
                cold: false,
            },
        ],
        &[&__STATIC_CALL_LISTED_0],
    );
    #[automatically_derived]
    impl ::static_call::__private::Dispatch for dyn Allocation {
        #[inline]
        fn key() -> &'static ::static_call::__private::Key<Self> {
            &__STATIC_CALL_KEY
        }
        fn implementation(&self) -> ::static_call::__private::Implementation {
            __StaticCallAllocation::__static_call_implementation(self)
        }
    }
    ::static_call::__private::register! {
        ::static_call::__private::Registration::new(& __STATIC_CALL_KEY,
        ::static_call::__private::entries![(0u32, < ::static_call::__private::Static <
        dyn Allocation > as __EntriesOfStaticCalls > ::limit)],
        ::static_call::__private::sites!("static_call_sites_c8a97cc31d7f20b8"),)
    }
    trait __SlowPathsOfStaticCalls {
        fn limit(&self) -> usize;
    }
    impl __SlowPathsOfStaticCalls for ::static_call::__private::Static<dyn Allocation> {
        ::static_call::__private::slow_method! {
            fn limit(& self) -> usize { ::static_call::__private::keep(self); < dyn
            Allocation as Allocation > ::limit(::static_call::__private::current:: < dyn
            Allocation > ().as_dyn(),) }
        }
    }
    trait __EntriesOfStaticCalls {
        fn limit(&self) -> usize;
    }
    impl __EntriesOfStaticCalls for ::static_call::__private::Static<dyn Allocation> {
        ::static_call::__private::entry_method! {
            fn limit(& self) -> usize { ::static_call::__private::entry!(0u32, < Self as
            __SlowPathsOfStaticCalls > ::limit as extern "Rust" fn (_,) -> _) (self,) }
        }
    }
    ::static_call::__private::thunks! {
        trait __ThunksOfStaticCalls { fn limit(& self) -> usize; } impl <
        __Implementation : Allocation > __ThunksOfStaticCalls for
        ::static_call::__private::Bound < __Implementation > {
        ::static_call::__private::thunk_method! { fn limit(& self) -> usize { <
        __Implementation as Allocation >
        ::limit(::static_call::__private::receiver!("static_call_thunks_c8a97cc31d7f20b8",
        [< Self as __ThunksOfStaticCalls > ::limit], __STATIC_CALL_KEY),) } } }
    }
    #[automatically_derived]
    impl Allocation for ::static_call::__private::Static<dyn Allocation> {
        #[inline(always)]
        fn limit(&self) -> usize {
            let __choice = ::static_call::__private::choice!(
                "static_call_sites_c8a97cc31d7f20b8", [< Self as __EntriesOfStaticCalls >
                ::limit], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                ::static_call::__private::body!(
                    15u32, < Threshold as Allocation >
                    ::limit(::static_call::__private::listed!(__STATIC_CALL_LISTED_0),)
                )
            } else {
                ::static_call::__private::open!(
                    "static_call_sites_c8a97cc31d7f20b8", [< Self as
                    __EntriesOfStaticCalls > ::limit], extern "Rust" fn (_,) -> _
                )(self)
            }
        }
    }
    #[automatically_derived]
    impl Allocation for ::static_call::__private::Current<dyn Allocation> {
        #[inline(always)]
        fn limit(&self) -> usize {
            let __choice = <::static_call::__private::Current<
                dyn Allocation,
            >>::__choice(*self);
            if __choice == 15u32 {
                <Threshold as Allocation>::limit(
                    ::static_call::__private::chosen!(* self, Threshold),
                )
            } else {
                <dyn Allocation as Allocation>::limit(
                    <::static_call::__private::Current<dyn Allocation>>::as_dyn(*self),
                )
            }
        }
    }
};
