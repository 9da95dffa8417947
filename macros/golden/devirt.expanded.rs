pub trait Shape: Debug + __StaticCallShape {
    fn area(&self) -> f64;
    fn scale(&mut self, by: f64);
}
#[doc(hidden)]
#[allow(deprecated, non_camel_case_types, non_snake_case)]
pub trait __StaticCallShape {
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
    static __STATIC_CALL_VTABLES: [::static_call::__private::Vtables; 2usize] = [
        ::static_call::__private::Vtables::of::<Circle>(),
        ::static_call::__private::Vtables::of::<Square>(),
    ];
    static __STATIC_CALL_METHOD_0: ::static_call::__private::ObjectMethod = ::static_call::__private::ObjectMethod::new(
        "area",
    );
    static __STATIC_CALL_METHOD_1: ::static_call::__private::ObjectMethod = ::static_call::__private::ObjectMethod::new(
        "scale",
    );
    static __STATIC_CALL_OBJECTS: ::static_call::__private::Objects = ::static_call::__private::objects!(
        ::static_call::__private::concat!(::static_call::__private::module_path!(), "::",
        "Shape"), & [& __STATIC_CALL_METHOD_0, & __STATIC_CALL_METHOD_1], &
        __STATIC_CALL_VTABLES, dyn Shape, __StaticCallShape::__static_call_tag
    );
    ::static_call::__private::register! {
        ::static_call::__private::DevirtRegistration::new(& __STATIC_CALL_OBJECTS,
        ::static_call::__private::sites!("static_call_devirt_b6dd04be9d33e52c"))
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
        __Pointer: ::static_call::__private::Deref<Target: __ObjectOfStaticCalls + Shape>
            + ::static_call::__private::DerefMut,
        ::static_call::__private::Devirt<__Pointer>: Debug,
    {
        #[inline(always)]
        fn area(&self) -> f64 {
            let __object = ::static_call::__private::Deref::deref(
                ::static_call::__private::Devirt::as_inner(self),
            );
            let [_, __vtable] = ::static_call::__private::words(&raw const *__object);
            if __STATIC_CALL_VTABLES[0usize].is_first(__vtable) {
                <Circle as Shape>::area(
                    ::static_call::__private::listed_object!(const __object, Circle),
                )
            } else if __STATIC_CALL_VTABLES[1usize].is_first(__vtable) {
                <Square as Shape>::area(
                    ::static_call::__private::listed_object!(const __object, Square),
                )
            } else {
                let __call = ::static_call::__private::guard!(
                    "static_call_devirt_b6dd04be9d33e52c", __STATIC_CALL_METHOD_0
                );
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
                            } else if __STATIC_CALL_VTABLES[1usize].is_second(__vtable) {
                                2u32
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
                            } else {
                                <__Pointer::Target as Shape>::area(__object)
                            }
                        },
                    )
                }
            }
        }
        #[inline(always)]
        fn scale(&mut self, __argument0: f64) {
            let __object = ::static_call::__private::DerefMut::deref_mut(
                ::static_call::__private::Devirt::as_inner_mut(self),
            );
            let [_, __vtable] = ::static_call::__private::words(&raw const *__object);
            if __STATIC_CALL_VTABLES[0usize].is_first(__vtable) {
                <Circle as Shape>::scale(
                    ::static_call::__private::listed_object!(mut __object, Circle),
                    __argument0,
                )
            } else if __STATIC_CALL_VTABLES[1usize].is_first(__vtable) {
                <Square as Shape>::scale(
                    ::static_call::__private::listed_object!(mut __object, Square),
                    __argument0,
                )
            } else {
                let __call = ::static_call::__private::guard!(
                    "static_call_devirt_b6dd04be9d33e52c", __STATIC_CALL_METHOD_1
                );
                if __STATIC_CALL_OBJECTS.passes(__call) {
                    <__Pointer::Target as Shape>::scale(__object, __argument0)
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
                            } else if __STATIC_CALL_VTABLES[1usize].is_second(__vtable) {
                                2u32
                            } else if __STATIC_CALL_OBJECTS.passes_out_of_line() {
                                0u32
                            } else {
                                __STATIC_CALL_OBJECTS.miss(__call, &*__object)
                            };
                            if __number == 1u32 {
                                <Circle as Shape>::scale(
                                    ::static_call::__private::listed_object!(
                                        mut __object, Circle
                                    ),
                                    __argument0,
                                )
                            } else if __number == 2u32 {
                                <Square as Shape>::scale(
                                    ::static_call::__private::listed_object!(
                                        mut __object, Square
                                    ),
                                    __argument0,
                                )
                            } else {
                                <__Pointer::Target as Shape>::scale(__object, __argument0)
                            }
                        },
                    )
                }
            }
        }
    }
};
