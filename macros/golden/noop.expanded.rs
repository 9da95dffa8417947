trait Probe: Sync + __StaticCallProbe {
    fn hit(&self, line: u32);
    fn count(&self) -> u64;
    fn with_body(&self) -> u64 {
        self.count() + 1
    }
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, non_snake_case)]
trait __StaticCallProbe {
    fn __static_call_implementation(&self) -> ::static_call::__private::Implementation;
}
#[allow(deprecated, improper_ctypes_definitions)]
const _: () = {
    #[automatically_derived]
    impl<__Implementation: Probe> __StaticCallProbe for __Implementation {
        fn __static_call_implementation(
            &self,
        ) -> ::static_call::__private::Implementation {
            ::static_call::__private::Implementation::of::<
                __Implementation,
            >(
                &__STATIC_CALL_KEY,
                ::static_call::__private::targets![
                    "static_call_thunks_971bcb4ac873f23a", __Implementation : new(0u32, <
                    __Implementation as Probe > ::hit, < ::static_call::__private::Bound
                    < __Implementation > as __ThunksOfStaticCalls > ::hit), new(1u32, <
                    __Implementation as Probe > ::count, <
                    ::static_call::__private::Bound < __Implementation > as
                    __ThunksOfStaticCalls > ::count), new(2u32, < __Implementation as
                    Probe > ::with_body, < ::static_call::__private::Bound <
                    __Implementation > as __ThunksOfStaticCalls > ::with_body)
                ],
            )
        }
    }
    static __STATIC_CALL_LISTED_0: ::static_call::__private::Listed<
        ::static_call::__private::Initial<dyn Probe>,
    > = ::static_call::__private::Listed::new(15u32);
    static __STATIC_CALL_INITIAL: &(dyn Probe) = &::static_call::__private::Initial::<
        dyn Probe,
    >::new();
    static __STATIC_CALL_KEY: ::static_call::__private::Key<dyn Probe> = ::static_call::__private::Key::new(
        ::static_call::__private::concat!(
            ::static_call::__private::module_path!(), "::", "Probe"
        ),
        (__STATIC_CALL_INITIAL, 15u32),
        &[
            ::static_call::__private::Method {
                ordinal: 0u32,
                name: "hit",
                cold: false,
            },
            ::static_call::__private::Method {
                ordinal: 1u32,
                name: "count",
                cold: false,
            },
            ::static_call::__private::Method {
                ordinal: 2u32,
                name: "with_body",
                cold: false,
            },
        ],
        &[&__STATIC_CALL_LISTED_0],
    );
    #[automatically_derived]
    impl ::static_call::__private::Dispatch for dyn Probe {
        #[inline]
        fn key() -> &'static ::static_call::__private::Key<Self> {
            &__STATIC_CALL_KEY
        }
        fn implementation(&self) -> ::static_call::__private::Implementation {
            __StaticCallProbe::__static_call_implementation(self)
        }
    }
    ::static_call::__private::register! {
        ::static_call::__private::Registration::new(& __STATIC_CALL_KEY,
        ::static_call::__private::entries![(0u32, < ::static_call::__private::Static <
        dyn Probe > as __EntriesOfStaticCalls > ::hit), (1u32, <
        ::static_call::__private::Static < dyn Probe > as __EntriesOfStaticCalls >
        ::count), (2u32, < ::static_call::__private::Static < dyn Probe > as
        __EntriesOfStaticCalls > ::with_body)],
        ::static_call::__private::sites!("static_call_sites_971bcb4ac873f23a"),)
    }
    trait __SlowPathsOfStaticCalls {
        fn hit(&self, __argument0: u32);
        fn count(&self) -> u64;
        fn with_body(&self) -> u64;
    }
    impl __SlowPathsOfStaticCalls for ::static_call::__private::Static<dyn Probe> {
        ::static_call::__private::slow_method! {
            fn hit(& self, __argument0 : u32) { ::static_call::__private::keep(self); <
            dyn Probe as Probe > ::hit(::static_call::__private::current:: < dyn Probe >
            ().as_dyn(), __argument0) }
        }
        ::static_call::__private::slow_method! {
            fn count(& self) -> u64 { ::static_call::__private::keep(self); < dyn Probe
            as Probe > ::count(::static_call::__private::current:: < dyn Probe > ()
            .as_dyn(),) }
        }
        ::static_call::__private::slow_method! {
            fn with_body(& self) -> u64 { ::static_call::__private::keep(self); < dyn
            Probe as Probe > ::with_body(::static_call::__private::current:: < dyn Probe
            > ().as_dyn(),) }
        }
    }
    trait __EntriesOfStaticCalls {
        fn hit(&self, __argument0: u32);
        fn count(&self) -> u64;
        fn with_body(&self) -> u64;
    }
    impl __EntriesOfStaticCalls for ::static_call::__private::Static<dyn Probe> {
        ::static_call::__private::entry_method! {
            fn hit(& self, __argument0 : u32) { ::static_call::__private::entry!(0u32, <
            Self as __SlowPathsOfStaticCalls > ::hit as extern "Rust" fn (_, _) -> _)
            (self, __argument0) }
        }
        ::static_call::__private::entry_method! {
            fn count(& self) -> u64 { ::static_call::__private::entry!(1u32, < Self as
            __SlowPathsOfStaticCalls > ::count as extern "Rust" fn (_,) -> _) (self,) }
        }
        ::static_call::__private::entry_method! {
            fn with_body(& self) -> u64 { ::static_call::__private::entry!(2u32, < Self
            as __SlowPathsOfStaticCalls > ::with_body as extern "Rust" fn (_,) -> _)
            (self,) }
        }
    }
    ::static_call::__private::thunks! {
        trait __ThunksOfStaticCalls { fn hit(& self, __argument0 : u32); fn count(& self)
        -> u64; fn with_body(& self) -> u64; } impl < __Implementation : Probe >
        __ThunksOfStaticCalls for ::static_call::__private::Bound < __Implementation > {
        ::static_call::__private::thunk_method! { fn hit(& self, __argument0 : u32) { <
        __Implementation as Probe >
        ::hit(::static_call::__private::receiver!("static_call_thunks_971bcb4ac873f23a",
        [< Self as __ThunksOfStaticCalls > ::hit], __STATIC_CALL_KEY), __argument0) } }
        ::static_call::__private::thunk_method! { fn count(& self) -> u64 { <
        __Implementation as Probe >
        ::count(::static_call::__private::receiver!("static_call_thunks_971bcb4ac873f23a",
        [< Self as __ThunksOfStaticCalls > ::count], __STATIC_CALL_KEY),) } }
        ::static_call::__private::thunk_method! { fn with_body(& self) -> u64 { <
        __Implementation as Probe >
        ::with_body(::static_call::__private::receiver!("static_call_thunks_971bcb4ac873f23a",
        [< Self as __ThunksOfStaticCalls > ::with_body], __STATIC_CALL_KEY),) } } }
    }
    #[automatically_derived]
    impl Probe for ::static_call::__private::Static<dyn Probe> {
        #[inline(always)]
        fn hit(&self, __argument0: u32) {
            let __choice = ::static_call::__private::choice!(
                "static_call_sites_971bcb4ac873f23a", [< Self as __EntriesOfStaticCalls >
                ::hit], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                ::static_call::__private::body!(
                    15u32, < ::static_call::__private::Initial < dyn Probe > as Probe >
                    ::hit(::static_call::__private::listed!(__STATIC_CALL_LISTED_0),
                    __argument0)
                )
            } else {
                ::static_call::__private::cold_path();
                ::static_call::__private::open!(
                    "static_call_sites_971bcb4ac873f23a", [< Self as
                    __EntriesOfStaticCalls > ::hit], extern "Rust" fn (_, _) -> _
                )(self, __argument0)
            }
        }
        #[inline(always)]
        fn count(&self) -> u64 {
            let __choice = ::static_call::__private::choice!(
                "static_call_sites_971bcb4ac873f23a", [< Self as __EntriesOfStaticCalls >
                ::count], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                ::static_call::__private::body!(
                    15u32, < ::static_call::__private::Initial < dyn Probe > as Probe >
                    ::count(::static_call::__private::listed!(__STATIC_CALL_LISTED_0),)
                )
            } else {
                ::static_call::__private::cold_path();
                ::static_call::__private::open!(
                    "static_call_sites_971bcb4ac873f23a", [< Self as
                    __EntriesOfStaticCalls > ::count], extern "Rust" fn (_,) -> _
                )(self)
            }
        }
        #[inline(always)]
        fn with_body(&self) -> u64 {
            let __choice = ::static_call::__private::choice!(
                "static_call_sites_971bcb4ac873f23a", [< Self as __EntriesOfStaticCalls >
                ::with_body], __STATIC_CALL_KEY
            );
            if __choice == 15u32 {
                ::static_call::__private::body!(
                    15u32, < ::static_call::__private::Initial < dyn Probe > as Probe >
                    ::with_body(::static_call::__private::listed!(__STATIC_CALL_LISTED_0),)
                )
            } else {
                ::static_call::__private::cold_path();
                ::static_call::__private::open!(
                    "static_call_sites_971bcb4ac873f23a", [< Self as
                    __EntriesOfStaticCalls > ::with_body], extern "Rust" fn (_,) -> _
                )(self)
            }
        }
    }
    #[automatically_derived]
    impl Probe for ::static_call::__private::Current<dyn Probe> {
        #[inline(always)]
        fn hit(&self, __argument0: u32) {
            let __choice = <::static_call::__private::Current<
                dyn Probe,
            >>::__choice(*self);
            if __choice == 15u32 {
                <::static_call::__private::Initial<
                    dyn Probe,
                > as Probe>::hit(
                    ::static_call::__private::chosen!(
                        * self, ::static_call::__private::Initial < dyn Probe >
                    ),
                    __argument0,
                )
            } else {
                ::static_call::__private::cold_path();
                <dyn Probe as Probe>::hit(
                    <::static_call::__private::Current<dyn Probe>>::as_dyn(*self),
                    __argument0,
                )
            }
        }
        #[inline(always)]
        fn count(&self) -> u64 {
            let __choice = <::static_call::__private::Current<
                dyn Probe,
            >>::__choice(*self);
            if __choice == 15u32 {
                <::static_call::__private::Initial<
                    dyn Probe,
                > as Probe>::count(
                    ::static_call::__private::chosen!(
                        * self, ::static_call::__private::Initial < dyn Probe >
                    ),
                )
            } else {
                ::static_call::__private::cold_path();
                <dyn Probe as Probe>::count(
                    <::static_call::__private::Current<dyn Probe>>::as_dyn(*self),
                )
            }
        }
        #[inline(always)]
        fn with_body(&self) -> u64 {
            let __choice = <::static_call::__private::Current<
                dyn Probe,
            >>::__choice(*self);
            if __choice == 15u32 {
                <::static_call::__private::Initial<
                    dyn Probe,
                > as Probe>::with_body(
                    ::static_call::__private::chosen!(
                        * self, ::static_call::__private::Initial < dyn Probe >
                    ),
                )
            } else {
                ::static_call::__private::cold_path();
                <dyn Probe as Probe>::with_body(
                    <::static_call::__private::Current<dyn Probe>>::as_dyn(*self),
                )
            }
        }
    }
    #[automatically_derived]
    impl Probe for ::static_call::__private::Initial<dyn Probe> {
        #[inline(always)]
        fn hit(&self, __argument0: u32) {}
        #[inline(always)]
        fn count(&self) -> u64 {
            <u64 as ::static_call::__private::Noop>::noop()
        }
    }
};
