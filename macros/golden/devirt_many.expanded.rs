trait Shape: __StaticCallShape {
    fn area(&self) -> f64;
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, non_snake_case)]
trait __StaticCallShape {
    fn __static_call_tag(&self) -> ::static_call::__private::Tag;
}
#[allow(deprecated, improper_ctypes_definitions)]
const _: () = {
    #[automatically_derived]
    impl<__Implementation: Shape> __StaticCallShape for __Implementation {
        fn __static_call_tag(&self) -> ::static_call::__private::Tag {
            ::static_call::__private::Tag::of::<__Implementation>(&__STATIC_CALL_OBJECTS)
        }
    }
    static __STATIC_CALL_VTABLES: [::static_call::__private::Vtables; 3usize] = [
        ::static_call::__private::Vtables::of::<Circle>(),
        ::static_call::__private::Vtables::of::<Square>(),
        ::static_call::__private::Vtables::of::<Star>(),
    ];
    static __STATIC_CALL_METHOD_0: ::static_call::__private::ObjectMethod = ::static_call::__private::ObjectMethod::new(
        "area",
    );
    static __STATIC_CALL_OBJECTS: ::static_call::__private::Objects = ::static_call::__private::objects!(
        ::static_call::__private::concat!(::static_call::__private::module_path!(), "::",
        "Shape"), & [& __STATIC_CALL_METHOD_0], & __STATIC_CALL_VTABLES, dyn Shape,
        __StaticCallShape::__static_call_tag
    );
    ::static_call::__private::register! {
        ::static_call::__private::DevirtRegistration::new(& __STATIC_CALL_OBJECTS,
        ::static_call::__private::sites!("static_call_devirt_f9f6ccd1489b4ea0"))
    }
    pub trait __ObjectOfStaticCalls {}
    impl __ObjectOfStaticCalls for dyn Shape + '_ {}
    ::static_call::__private::trait_object!(dyn Shape + '_, __STATIC_CALL_OBJECTS);
    impl __ObjectOfStaticCalls for dyn Shape + ::core::marker::Send + '_ {}
    ::static_call::__private::trait_object!(
        dyn Shape + ::core::marker::Send + '_, __STATIC_CALL_OBJECTS
    );
    impl __ObjectOfStaticCalls for dyn Shape + ::core::marker::Sync + '_ {}
    ::static_call::__private::trait_object!(
        dyn Shape + ::core::marker::Sync + '_, __STATIC_CALL_OBJECTS
    );
    impl __ObjectOfStaticCalls
    for dyn Shape + ::core::marker::Send + ::core::marker::Sync + '_ {}
    ::static_call::__private::trait_object!(
        dyn Shape + ::core::marker::Send + ::core::marker::Sync + '_,
        __STATIC_CALL_OBJECTS
    );
    #[automatically_derived]
    impl<__Pointer> Shape for ::static_call::__private::Devirt<__Pointer>
    where
        __Pointer: ::static_call::__private::Deref<
            Target: __ObjectOfStaticCalls + Shape,
        >,
    {
        #[inline(always)]
        fn area(&self) -> f64 {
            let __object = ::static_call::__private::Deref::deref(
                ::static_call::__private::Devirt::as_inner(self),
            );
            let __call = ::static_call::__private::guard!(
                "static_call_devirt_f9f6ccd1489b4ea0", __STATIC_CALL_METHOD_0
            );
            if ::static_call::__private::is_guarded(__call) {
                let [_, __vtable] = ::static_call::__private::words(
                    &raw const *__object,
                );
                if __STATIC_CALL_VTABLES[0usize].is_first(__vtable) {
                    <Circle as Shape>::area(
                        ::static_call::__private::listed_object!(const __object, Circle),
                    )
                } else if __STATIC_CALL_VTABLES[1usize].is_first(__vtable) {
                    <Square as Shape>::area(
                        ::static_call::__private::listed_object!(const __object, Square),
                    )
                } else if __STATIC_CALL_VTABLES[2usize].is_first(__vtable) {
                    <Star as Shape>::area(
                        ::static_call::__private::listed_object!(const __object, Star),
                    )
                } else {
                    if __STATIC_CALL_OBJECTS.passes(__call) {
                        <__Pointer::Target as Shape>::area(__object)
                    } else {
                        ::static_call::__private::out_of_line(
                            __object,
                            __call,
                            move |__object, __call| {
                                let [_, __vtable] = ::static_call::__private::words(
                                    &raw const *__object,
                                );
                                let __number = if __STATIC_CALL_VTABLES[0usize]
                                    .is_second(__vtable)
                                {
                                    1u32
                                } else if __STATIC_CALL_VTABLES[1usize].is_second(__vtable)
                                {
                                    2u32
                                } else if __STATIC_CALL_VTABLES[2usize].is_second(__vtable)
                                {
                                    3u32
                                } else if __STATIC_CALL_OBJECTS.passes_out_of_line() {
                                    0u32
                                } else {
                                    __STATIC_CALL_OBJECTS.miss(__call, &*__object)
                                };
                                if __number == 1u32 {
                                    <Circle as Shape>::area(
                                        ::static_call::__private::listed_object!(
                                            const __object, Circle
                                        ),
                                    )
                                } else if __number == 2u32 {
                                    <Square as Shape>::area(
                                        ::static_call::__private::listed_object!(
                                            const __object, Square
                                        ),
                                    )
                                } else if __number == 3u32 {
                                    <Star as Shape>::area(
                                        ::static_call::__private::listed_object!(
                                            const __object, Star
                                        ),
                                    )
                                } else {
                                    <__Pointer::Target as Shape>::area(__object)
                                }
                            },
                        )
                    }
                }
            } else {
                <__Pointer::Target as Shape>::area(__object)
            }
        }
    }
};
