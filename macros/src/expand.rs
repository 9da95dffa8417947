//! From the model to the code. The model is valid, so nothing here can fail.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, ItemTrait, PatType, ReturnType, Safety, Signature, parse_quote};

use crate::args::{Arguments, Initial};
use crate::model::{Method, Model, bounds_self};

/// ```text
/// #[static_dispatch]
/// pub trait Store: Sync {
///     fn get(&self, key: u32) -> u64;
/// }
/// ```
///
/// becomes
///
/// ```text
/// pub trait Store: Sync + __StaticCallStore {
///     fn get(&self, key: u32) -> u64;
/// }
///
/// pub trait __StaticCallStore { … }
///
/// #[allow(…)]
/// const _: () = {
///     impl<__Implementation: Store> __StaticCallStore for __Implementation { … }
///     static __STATIC_CALL_KEY: Key<dyn Store> = …;
///     impl Dispatch for dyn Store { … }
///     inventory::submit! { … }
///     trait __StaticCallSlow { … }
///     impl __StaticCallSlow for Static<dyn Store> { … }
///     impl Store for Static<dyn Store> { … }
///     impl Store for Current<dyn Store> { … }
///     impl Store for Initial<dyn Store> { … }
/// };
/// ```
pub(crate) fn expand(model: &Model, arguments: &Arguments) -> TokenStream {
    let expansion = Expansion {
        model,
        private: {
            let krate = &arguments.krate;
            quote!(#krate::__private)
        },
        ident: &model.item.ident,
        hidden: model.hidden(),
        initial: &arguments.initial,
    };
    let lints = &model.lints;
    let annotated = expansion.annotated_trait();
    let hidden_trait = expansion.hidden_trait();
    let hidden_impl = expansion.hidden_impl();
    let key = expansion.key();
    let registration = expansion.registration();
    let slow_paths = expansion.slow_paths();
    let handle = expansion.handle();
    let snapshot = expansion.snapshot();
    let initial = expansion.initial();
    quote! {
        #annotated
        #hidden_trait
        #(#lints)*
        #[allow(deprecated, improper_ctypes_definitions)]
        const _: () = {
            #hidden_impl
            #key
            #registration
            #slow_paths
            #handle
            #snapshot
            #initial
        };
    }
}

struct Expansion<'model> {
    model: &'model Model,
    /// The path of the runtime's private module.
    private: TokenStream,
    /// The name of the trait.
    ident: &'model Ident,
    /// The name of the hidden supertrait.
    hidden: Ident,
    initial: &'model Initial,
}

impl Expansion<'_> {
    /// The trait as it was, with the hidden supertrait.
    fn annotated_trait(&self) -> ItemTrait {
        let mut item = self.model.item.clone();
        let hidden = &self.hidden;
        item.colon_token.get_or_insert_default();
        if !item.supertraits.empty_or_trailing() {
            item.supertraits.push_punct(Default::default());
        }
        item.supertraits.push_value(parse_quote!(#hidden));
        item
    }

    /// ```text
    /// pub trait __StaticCallStore {
    ///     fn __static_call_implementation(&self) -> Implementation;
    ///     fn __static_call_method_find<'key>(&self) -> extern "Rust" fn(__argument0: &'key str) -> &'key str;
    /// }
    /// ```
    ///
    /// for a trait that has `fn find<'key>(key: &'key str) -> &'key str where Self: Sized`.
    fn hidden_trait(&self) -> TokenStream {
        let Self {
            private, hidden, ..
        } = self;
        let Model { item, lints, .. } = self.model;
        let visibility = &item.vis;
        let bridges = self.model.free().map(|method| {
            let bridge = bridge(method);
            quote!(#bridge;)
        });
        quote! {
            #[doc(hidden)]
            #(#lints)*
            #[allow(deprecated, non_camel_case_types, non_snake_case)]
            #visibility trait #hidden {
                fn __static_call_implementation(&self) -> #private::Implementation;
                #(#bridges)*
            }
        }
    }

    /// ```text
    /// impl<__Implementation: Store> __StaticCallStore for __Implementation {
    ///     fn __static_call_implementation(&self) -> Implementation {
    ///         Implementation::of::<__Implementation>(targets![
    ///             (0u32, <__Implementation as Store>::get),
    ///         ])
    ///     }
    /// }
    /// ```
    fn hidden_impl(&self) -> TokenStream {
        let Self {
            private,
            hidden,
            ident,
            ..
        } = self;
        let targets = self.entries().map(|method| {
            let Method { cfgs, ordinal, .. } = method;
            let name = method.name();
            quote!(#(#cfgs)* (#ordinal, <__Implementation as #ident>::#name))
        });
        let bridges = self.model.free().map(|method| {
            let name = method.name();
            let bridge = bridge(method);
            quote!(#bridge { <__Implementation as #ident>::#name })
        });
        quote! {
            #[automatically_derived]
            impl<__Implementation: #ident> #hidden for __Implementation {
                fn __static_call_implementation(&self) -> #private::Implementation {
                    #private::Implementation::of::<__Implementation>(#private::targets![#(#targets),*])
                }
                #(#bridges)*
            }
        }
    }

    /// ```text
    /// static __STATIC_CALL_INITIAL: &(dyn Store) = &Memory;
    ///
    /// static __STATIC_CALL_KEY: Key<dyn Store> =
    ///     Key::new("application::Store", __STATIC_CALL_INITIAL, &[Method { ordinal: 0, name: "get", cold: false }]);
    ///
    /// impl Dispatch for dyn Store {
    ///     fn key() -> &'static Key<Self> { &__STATIC_CALL_KEY }
    ///     fn implementation(&self) -> Implementation { __StaticCallStore::__static_call_implementation(self) }
    /// }
    /// ```
    fn key(&self) -> TokenStream {
        let Self {
            private,
            hidden,
            ident,
            ..
        } = self;
        let name = text(ident);
        let initial = match self.initial {
            Initial::Unit(unit) => quote_spanned!(unit.span()=> &#unit),
            Initial::Value(default) => {
                let (value_type, value) = &**default;
                let reference = quote_spanned!(value_type.span()=> &__STATIC_CALL_VALUE);
                quote!({ static __STATIC_CALL_VALUE: #value_type = #value; #reference })
            }
            Initial::Unset | Initial::Noop(_) => quote!(&#private::Initial::<dyn #ident>::new()),
        };
        let methods = self.model.dispatched().map(|method| {
            let Method { cfgs, ordinal, .. } = method;
            let name = text(method.name());
            let cold = method.cold.is_some();
            quote! {
                #(#cfgs)*
                #private::Method { ordinal: #ordinal, name: #name, cold: #cold }
            }
        });
        quote! {
            static __STATIC_CALL_INITIAL: &(dyn #ident) = #initial;
            static __STATIC_CALL_KEY: #private::Key<dyn #ident> = #private::Key::new(
                #private::concat!(#private::module_path!(), "::", #name),
                __STATIC_CALL_INITIAL,
                &[#(#methods),*],
            );
            #[automatically_derived]
            impl #private::Dispatch for dyn #ident {
                #[inline]
                fn key() -> &'static #private::Key<Self> {
                    &__STATIC_CALL_KEY
                }
                fn implementation(&self) -> #private::Implementation {
                    #hidden::__static_call_implementation(self)
                }
            }
        }
    }

    /// ```text
    /// inventory::submit! {
    ///     Registration::new(&__STATIC_CALL_KEY, entries![
    ///         with_receiver(0u32, <Static<dyn Store> as Store>::get, unsafe extern "Rust" fn(_, _) -> _),
    ///     ])
    /// }
    /// ```
    fn registration(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let entries = self.entries().map(|method| {
            let Method { cfgs, ordinal, .. } = method;
            let name = method.name();
            let entry = quote!(#ordinal, <#private::Static<dyn #ident> as #ident>::#name);
            let entry = if method.receiver().is_none() {
                quote!(free(#entry))
            } else if method.signature.inputs.len() > MOST_PARAMETERS {
                quote!(unprobed(#entry))
            } else {
                let pointer = inferred_pointer(method);
                quote!(with_receiver(#entry, unsafe #pointer))
            };
            quote!(#(#cfgs)* #entry)
        });
        quote! {
            #private::inventory::submit! {
                #private::Registration::new(&__STATIC_CALL_KEY, #private::entries![#(#entries),*])
            }
        }
    }

    /// ```text
    /// trait __StaticCallSlow {
    ///     fn get(&self, __argument0: u32) -> u64;
    /// }
    ///
    /// impl __StaticCallSlow for Static<dyn Store> {
    ///     slow_method! {
    ///         fn get(&self, __argument0: u32) -> u64 {
    ///             keep(self);
    ///             <dyn Store as Store>::get(current::<dyn Store>().as_dyn(), __argument0)
    ///         }
    ///     }
    /// }
    /// ```
    fn slow_paths(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let declarations = self.entries().map(|method| {
            let header = method.header();
            quote!(#header;)
        });
        let definitions = self.entries().map(|method| {
            let header = method.header();
            let keep = method.receiver().map(|receiver| {
                let this = &receiver.self_token;
                quote!(#private::keep(#this);)
            });
            let call = self.call(method, &quote!(#private::current::<dyn #ident>().as_dyn()));
            quote! {
                #private::slow_method! {
                    #header {
                        #keep
                        #call
                    }
                }
            }
        });
        quote! {
            trait __StaticCallSlow {
                #(#declarations)*
            }
            impl __StaticCallSlow for #private::Static<dyn #ident> {
                #(#definitions)*
            }
        }
    }

    /// ```text
    /// impl Store for Static<dyn Store> {
    ///     entry_method! {
    ///         fn get(&self, __argument0: u32) -> u64 {
    ///             entry!(0u32, <Self as __StaticCallSlow>::get as extern "Rust" fn(_, _) -> _)(
    ///                 self,
    ///                 __argument0,
    ///             )
    ///         }
    ///     }
    /// }
    /// ```
    fn handle(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        self.implement(&quote!(#private::Static<dyn #ident>), |method| {
            let header = method.header();
            if method.cold.is_some() {
                let call = self.call(method, &quote!(#private::current::<dyn #ident>().as_dyn()));
                return Some(quote!(#[inline] #header { #call }));
            }
            let ordinal = method.ordinal;
            let name = method.name();
            let receiver = method.receiver().map(|receiver| {
                let this = &receiver.self_token;
                quote!(#this,)
            });
            let arguments = arguments(method);
            let safety = &method.signature.safety;
            let pointer = inferred_pointer(method);
            let call = guard(
                method,
                quote! {
                    #private::entry!(#ordinal, <Self as __StaticCallSlow>::#name as #safety #pointer)(
                        #receiver #arguments
                    )
                },
            );
            Some(quote! {
                #private::entry_method! {
                    #header { #call }
                }
            })
        })
    }

    /// ```text
    /// impl Store for Current<dyn Store> {
    ///     fn get(&self, __argument0: u32) -> u64 {
    ///         <dyn Store as Store>::get(self.as_dyn(), __argument0)
    ///     }
    /// }
    /// ```
    ///
    /// A method without receiver goes by the implementation in force.
    fn snapshot(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let snapshot = quote!(#private::Current<dyn #ident>);
        self.implement(&snapshot, |method| {
            let implementation = match method.receiver() {
                Some(receiver) => {
                    let this = &receiver.self_token;
                    quote!(<#snapshot>::as_dyn(*#this))
                }
                None => quote!(#private::current::<dyn #ident>().as_dyn()),
            };
            let call = self.call(method, &implementation);
            let header = method.header();
            Some(quote!(#[inline] #header { #call }))
        })
    }

    /// ```text
    /// impl Store for Initial<dyn Store> {
    ///     fn get(&self, _: u32) -> u64 {
    ///         unset(…)
    ///     }
    /// }
    /// ```
    ///
    /// With `noop`, methods return their default, and keep the bodies that the trait gives them.
    fn initial(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        if let Initial::Unit(_) | Initial::Value(_) = self.initial {
            return TokenStream::new();
        }
        self.implement(&quote!(#private::Initial<dyn #ident>), |method| {
            let body = match (self.initial, &method.signature.output) {
                (Initial::Noop(_), _) if method.has_body => return None,
                (Initial::Noop(_), ReturnType::Default) => quote!(),
                (Initial::Noop(_), ReturnType::Type(_, output)) => {
                    quote!(<#output as #private::Noop>::noop())
                }
                _ => {
                    let trait_name = text(ident);
                    let name = text(method.name());
                    quote! {
                        #private::unset(
                            #private::concat!(#private::module_path!(), "::", #trait_name),
                            #trait_name,
                            #name,
                        )
                    }
                }
            };
            let header = method.header();
            Some(quote!(#header { #body }))
        })
    }

    /// `impl Store for <implementor> { … }`
    fn implement(
        &self,
        implementor: &TokenStream,
        method: impl Fn(&Method) -> Option<TokenStream>,
    ) -> TokenStream {
        let ident = self.ident;
        let unsafety = &self.model.item.unsafety;
        let methods = self.model.dispatched().filter_map(method);
        quote! {
            #[automatically_derived]
            #unsafety impl #ident for #implementor {
                #(#methods)*
            }
        }
    }

    /// Calls the method virtually: `<dyn Store as Store>::get(implementation, __argument0)`, or by
    /// the pointer that the hidden supertrait has for it: `(…::__static_call_name(implementation))()`.
    fn call(&self, method: &Method, implementation: &TokenStream) -> TokenStream {
        let Self { ident, hidden, .. } = self;
        let arguments = arguments(method);
        let call = if method.receiver().is_some() {
            let name = method.name();
            quote!(<dyn #ident as #ident>::#name(#implementation, #arguments))
        } else {
            let bridge = bridge_name(method);
            quote!((#hidden::#bridge(#implementation))(#arguments))
        };
        guard(method, call)
    }

    /// The methods that have an entry.
    fn entries(&self) -> impl Iterator<Item = &Method> {
        self.model
            .dispatched()
            .filter(|method| method.cold.is_none())
    }
}

/// How many parameters a method may have for the runtime to find out how its receiver is passed.
const MOST_PARAMETERS: usize = 24;

/// `extern "Rust" fn(_, _) -> _`: the type of the method, for the compiler to fill in.
fn inferred_pointer(method: &Method) -> TokenStream {
    let abi = abi(method);
    let receiver = method.receiver().map(|_| quote!(_,));
    let parameters = method
        .parameters()
        .map(|PatType { attrs, .. }| quote!(#(#attrs)* _));
    quote!(#abi fn(#receiver #(#parameters),*) -> _)
}

/// The parameters, handed on as arguments.
fn arguments(method: &Method) -> TokenStream {
    let arguments = method
        .parameters()
        .map(|PatType { attrs, pat, .. }| quote!(#(#attrs)* #pat));
    quote!(#(#arguments),*)
}

/// The call of a method, in an `unsafe` block if it is an `unsafe fn`.
fn guard(method: &Method, call: TokenStream) -> TokenStream {
    if matches!(method.signature.safety, Safety::Unsafe(_)) {
        quote!(unsafe { #call })
    } else {
        call
    }
}

/// The function of the hidden supertrait that returns a method without receiver:
/// `fn __static_call_method_find<'key>(&self) -> fn(__argument0: &'key str) -> &'key str`.
fn bridge(method: &Method) -> TokenStream {
    let Signature {
        safety,
        generics,
        inputs,
        output,
        ..
    } = &method.signature;
    let Method { cfgs, lints, .. } = method;
    let name = bridge_name(method);
    let abi = abi(method);
    let clause = generics.where_clause.iter();
    let predicates = clause
        .flat_map(|clause| &clause.predicates)
        .filter(|predicate| !bounds_self(predicate, "Sized"));
    quote! {
        #(#cfgs)*
        #(#lints)*
        fn #name #generics (&self) -> #safety #abi fn(#inputs) #output
        where #(#predicates,)*
    }
}

fn bridge_name(method: &Method) -> Ident {
    format_ident!("__static_call_method_{}", method.name().unraw())
}

fn abi(method: &Method) -> TokenStream {
    match &method.signature.abi {
        Some(abi) => abi.to_token_stream(),
        None => quote!(extern "Rust"),
    }
}

/// The name as a string, without `r#`.
fn text(ident: &Ident) -> String {
    ident.unraw().to_string()
}
