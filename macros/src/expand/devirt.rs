//! Calls through `Devirt`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::{Expansion, arguments, guard, text};
use crate::model::Method;

/// With how many listed types a call that is bypassed goes on comparing: as many as it takes no longer for than a virtual
/// call, which has to load the vtable too.
const ALWAYS_COMPARED: usize = 2;

/// A type whose bodies stand in the calls.
struct Listed<'model> {
    implementation: &'model Type,
    /// The number that the runtime knows it by.
    number: u32,
    /// Where its vtables are among those of all.
    index: usize,
}

impl Expansion<'_> {
    /// ```text
    /// static __STATIC_CALL_VTABLES: [Vtables; 1usize] = [Vtables::of::<Circle>()];
    /// static __STATIC_CALL_METHOD_0: ObjectMethod = ObjectMethod::new("area");
    /// static __STATIC_CALL_OBJECTS: Objects = objects!(
    ///     "application::Shape",
    ///     &[&__STATIC_CALL_METHOD_0],
    ///     &__STATIC_CALL_VTABLES,
    ///     dyn Shape, __StaticCallShape::__static_call_tag
    /// );
    /// register! { DevirtRegistration::new(&__STATIC_CALL_OBJECTS, sites!("static_call_devirt_0123456789abcdef")) }
    ///
    /// pub trait __ObjectOfStaticCalls {}
    /// impl __ObjectOfStaticCalls for dyn Shape + '_ {}
    /// trait_object!(dyn Shape + '_, __STATIC_CALL_OBJECTS);
    /// impl __ObjectOfStaticCalls for dyn Shape + Send + '_ {}
    /// trait_object!(dyn Shape + Send + '_, __STATIC_CALL_OBJECTS);
    /// …
    ///
    /// impl<__Pointer> Shape for Devirt<__Pointer>
    /// where
    ///     __Pointer: Deref<Target: __ObjectOfStaticCalls + Shape>,
    /// { … }
    /// ```
    pub(super) fn devirt(&self) -> TokenStream {
        if self.devirt.is_none() {
            return TokenStream::new();
        }
        let statics = self.devirt_statics();
        let objects = self.trait_objects();
        let implementation = self.devirt_implementation();
        quote! {
            #statics
            #objects
            #implementation
        }
    }

    /// The types whose bodies stand in the calls.
    fn listed_types(&self) -> Vec<Listed<'_>> {
        self.inline
            .iter()
            .enumerate()
            .zip(1..)
            .map(|((index, implementation), number)| Listed {
                implementation,
                number,
                index,
            })
            .collect()
    }

    /// The methods that are forwarded to the object.
    fn forwarded(&self) -> impl Iterator<Item = &Method> {
        let methods = self.model.methods.iter();
        methods.filter(|method| method.is_forwarded())
    }

    fn devirt_statics(&self) -> TokenStream {
        let Self {
            private,
            hidden,
            ident,
            devirt_sites,
            ..
        } = self;
        let listed = self.listed_types();
        let count = listed.len();
        let vtables = listed.iter().map(|listed| {
            let implementation = listed.implementation;
            quote_spanned!(implementation.span()=> #private::Vtables::of::<#implementation>())
        });
        let hot = || self.forwarded().filter(|method| method.cold.is_none());
        let methods = hot().map(|method| {
            let cfgs = &method.cfgs;
            let object_method = object_method(method);
            let name = text(method.name());
            quote! {
                #(#cfgs)*
                static #object_method: #private::ObjectMethod = #private::ObjectMethod::new(#name);
            }
        });
        let references = hot().map(|method| {
            let cfgs = &method.cfgs;
            let object_method = object_method(method);
            quote!(#(#cfgs)* &#object_method)
        });
        let name = text(ident);
        quote! {
            static __STATIC_CALL_VTABLES: [#private::Vtables; #count] = [#(#vtables),*];
            #(#methods)*
            static __STATIC_CALL_OBJECTS: #private::Objects = #private::objects!(
                #private::concat!(#private::module_path!(), "::", #name),
                &[#(#references),*],
                &__STATIC_CALL_VTABLES,
                dyn #ident, #hidden::__static_call_tag
            );
            #private::register! {
                #private::DevirtRegistration::new(&__STATIC_CALL_OBJECTS, #private::sites!(#devirt_sites))
            }
        }
    }

    /// The types that a pointer may point to: they differ by auto traits. Trait objects of other traits are none of
    /// them, though they implement this one if it is a supertrait of theirs.
    fn trait_objects(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let auto_traits = [
            quote!(),
            quote!(+ ::core::marker::Send),
            quote!(+ ::core::marker::Sync),
            quote!(+ ::core::marker::Send + ::core::marker::Sync),
        ];
        quote! {
            pub trait __ObjectOfStaticCalls {}
            #(
                impl __ObjectOfStaticCalls for dyn #ident #auto_traits + '_ {}
                #private::trait_object!(dyn #ident #auto_traits + '_, __STATIC_CALL_OBJECTS);
            )*
        }
    }

    fn devirt_implementation(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let item = &self.model.item;
        let unsafety = &item.unsafety;
        let methods = self.forwarded().map(|method| self.devirt_method(method));
        let is_mutable = self.forwarded().any(Method::is_mutable);
        let deref_mut = is_mutable.then(|| quote!(+ #private::DerefMut));
        let supertraits = (!item.supertraits.is_empty()).then(|| {
            let supertraits = &item.supertraits;
            quote!(#private::Devirt<__Pointer>: #supertraits,)
        });
        let clause = item.generics.where_clause.iter();
        let predicates = clause.flat_map(|clause| &clause.predicates);
        quote! {
            #[automatically_derived]
            #unsafety impl<__Pointer> #ident for #private::Devirt<__Pointer>
            where
                __Pointer: #private::Deref<Target: __ObjectOfStaticCalls + #ident> #deref_mut,
                #supertraits
                #(#predicates,)*
            {
                #(#methods)*
            }
        }
    }

    /// ```text
    /// #[inline(always)]
    /// fn area(&self) -> f64 {
    ///     let __object = Deref::deref(Devirt::as_inner(self));
    ///     let [_, __vtable] = words(&raw const *__object);
    ///     if __STATIC_CALL_VTABLES[0usize].is_first(__vtable) {
    ///         <Circle as Shape>::area(listed_object!(const __object, Circle))
    ///     } else {
    ///         let __call = guard!("static_call_devirt_0123456789abcdef", __STATIC_CALL_METHOD_0);
    ///         if __STATIC_CALL_OBJECTS.passes(__call) {
    ///             <__Pointer::Target as Shape>::area(__object)
    ///         } else {
    ///             out_of_line(__object, __call, move |__object, __call| {
    ///                 let [_, __vtable] = words(&raw const *__object);
    ///                 let __number = if __STATIC_CALL_VTABLES[0usize].is_second(__vtable) {
    ///                     1u32
    ///                 } else if __STATIC_CALL_OBJECTS.passes_out_of_line() {
    ///                     0u32
    ///                 } else {
    ///                     __STATIC_CALL_OBJECTS.miss(__call, &*__object)
    ///                 };
    ///                 if __number == 1u32 {
    ///                     <Circle as Shape>::area(listed_object!(const __object, Circle))
    ///                 } else {
    ///                     <__Pointer::Target as Shape>::area(__object)
    ///                 }
    ///             })
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// Where many types are listed, a call that is bypassed compares with none of them: it is `guard!` that comes
    /// first, and all but the virtual call stands behind `if is_guarded(__call)`.
    fn devirt_method(&self, method: &Method) -> TokenStream {
        let Self {
            private,
            ident,
            devirt_sites,
            ..
        } = self;
        let Some(receiver) = method.receiver() else {
            return TokenStream::new();
        };
        let this = &receiver.self_token;
        let header = method.header();
        let name = method.name();
        let arguments = arguments(method);
        let object = if method.is_mutable() {
            quote!(#private::DerefMut::deref_mut(#private::Devirt::as_inner_mut(#this)))
        } else {
            quote!(#private::Deref::deref(#private::Devirt::as_inner(#this)))
        };
        let virtual_call = quote!(<__Pointer::Target as #ident>::#name(__object, #arguments));
        let virtual_call = guard(method, virtual_call);
        if method.cold.is_some() {
            return quote! {
                #[inline]
                #header {
                    let __object = #object;
                    #virtual_call
                }
            };
        }
        let object_method = object_method(method);
        let listed = self.listed_types();
        let kind = if method.is_mutable() {
            quote!(mut)
        } else {
            quote!(const)
        };
        let body = |implementation: &Type| {
            let object = quote!(#private::listed_object!(#kind __object, #implementation));
            let call = quote!(<#implementation as #ident>::#name(#object, #arguments));
            guard(method, call)
        };
        let hits = listed.iter().map(|listed| {
            let index = listed.index;
            let body = body(listed.implementation);
            quote!(if __STATIC_CALL_VTABLES[#index].is_first(__vtable) { #body } else)
        });
        let second = listed.iter().map(|listed| {
            let Listed { number, index, .. } = listed;
            quote!(if __STATIC_CALL_VTABLES[#index].is_second(__vtable) { #number } else)
        });
        let bodies = listed.iter().map(|listed| {
            let number = listed.number;
            let body = body(listed.implementation);
            quote!(if __number == #number { #body } else)
        });
        let guard = quote!(let __call = #private::guard!(#devirt_sites, #object_method););
        let vtable = quote!(let [_, __vtable] = #private::words(&raw const *__object););
        let missed = quote! {
            if __STATIC_CALL_OBJECTS.passes(__call) {
                #virtual_call
            } else {
                #private::out_of_line(__object, __call, move |__object, __call| {
                    #vtable
                    let __number = #(#second)* if __STATIC_CALL_OBJECTS.passes_out_of_line() {
                        0u32
                    } else {
                        __STATIC_CALL_OBJECTS.miss(__call, &*__object)
                    };
                    #(#bodies)* {
                        #virtual_call
                    }
                })
            }
        };
        let call = if listed.len() <= ALWAYS_COMPARED {
            quote! {
                #vtable
                #(#hits)* {
                    #guard
                    #missed
                }
            }
        } else {
            quote! {
                #guard
                if #private::is_guarded(__call) {
                    #vtable
                    #(#hits)* {
                        #missed
                    }
                } else {
                    #virtual_call
                }
            }
        };
        quote! {
            #[inline(always)]
            #header {
                let __object = #object;
                #call
            }
        }
    }
}

/// The static that describes the method.
fn object_method(method: &Method) -> Ident {
    format_ident!("__STATIC_CALL_METHOD_{}", method.ordinal)
}
