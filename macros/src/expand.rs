//! From the model to the code. The model is valid, so nothing here can fail.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, Ident, ItemTrait, ReturnType, Safety, parse_quote};

use crate::args::{Arguments, Initial};
use crate::model::{Method, Model, Parameter};

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
/// const _: () = {
///     impl<__Implementation: Store> __StaticCallStore for __Implementation { … }
///     static __STATIC_CALL_KEY: Key<dyn Store> = …;
///     impl Dispatch for dyn Store { … }
///     inventory::submit! { … }
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
    let annotated = expansion.annotated_trait();
    let hidden_trait = expansion.hidden_trait();
    let hidden_impl = expansion.hidden_impl();
    let key = expansion.key();
    let registration = expansion.registration();
    let handle = expansion.handle();
    let snapshot = expansion.snapshot();
    let initial = expansion.initial();
    quote! {
        #annotated
        #hidden_trait
        const _: () = {
            #hidden_impl
            #key
            #registration
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
    ///     fn __static_call_name(&self) -> unsafe extern "Rust" fn() -> &'static str;
    /// }
    /// ```
    ///
    /// for a trait that has `fn name() -> &'static str where Self: Sized`.
    fn hidden_trait(&self) -> TokenStream {
        let Self {
            private, hidden, ..
        } = self;
        let visibility = &self.model.item.vis;
        let bridges = self.model.free().map(|method| {
            let Method { cfgs, .. } = method;
            let bridge = method.bridge();
            let pointer = free_pointer(method);
            quote! {
                #(#cfgs)*
                fn #bridge(&self) -> #pointer;
            }
        });
        quote! {
            #[doc(hidden)]
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
            let Method { cfgs, .. } = method;
            let name = method.name();
            let bridge = method.bridge();
            let pointer = free_pointer(method);
            quote! {
                #(#cfgs)*
                fn #bridge(&self) -> #pointer {
                    <__Implementation as #ident>::#name
                }
            }
        });
        quote! {
            #[automatically_derived]
            #[allow(deprecated)]
            impl<__Implementation: #ident> #hidden for __Implementation {
                fn __static_call_implementation(&self) -> #private::Implementation {
                    #private::Implementation::of::<__Implementation>(#private::targets![#(#targets),*])
                }
                #(#bridges)*
            }
        }
    }

    /// ```text
    /// static __STATIC_CALL_INITIAL: Memory = Memory;
    ///
    /// static __STATIC_CALL_KEY: Key<dyn Store> =
    ///     Key::new("application::Store", &__STATIC_CALL_INITIAL, &[Method { ordinal: 0, name: "get", cold: false }]);
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
            Initial::Default(default) => {
                let (value_type, value) = &**default;
                quote!(static __STATIC_CALL_INITIAL: #value_type = #value;)
            }
            Initial::Unset | Initial::Noop(_) => quote! {
                static __STATIC_CALL_INITIAL: #private::Initial<dyn #ident> = #private::Initial::new();
            },
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
            #initial
            static __STATIC_CALL_KEY: #private::Key<dyn #ident> = #private::Key::new(
                #private::concat!(#private::module_path!(), "::", #name),
                &__STATIC_CALL_INITIAL,
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
                let abi = abi(method);
                let parameters = method
                    .parameters()
                    .map(|Parameter { cfgs, .. }| quote!(#(#cfgs)* _));
                quote!(with_receiver(#entry, unsafe #abi fn(_, #(#parameters),*) -> _))
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
    /// impl Store for Static<dyn Store> {
    ///     entry_method! {
    ///         fn get(&self, __argument0: u32) -> u64 {
    ///             entry!(0u32, self);
    ///             <dyn Store as Store>::get(current::<dyn Store>().as_dyn(), __argument0)
    ///         }
    ///     }
    /// }
    /// ```
    fn handle(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let implementation = quote!(#private::current::<dyn #ident>().as_dyn());
        self.implement(&quote!(#private::Static<dyn #ident>), |method| {
            let call = self.call(method, &implementation);
            let header = header(method);
            if method.cold.is_some() {
                return Some(quote!(#[inline] #header { #call }));
            }
            let Method { cfgs, ordinal, .. } = method;
            let receiver = method
                .receiver()
                .map(|receiver| &receiver.self_token)
                .into_iter();
            Some(quote! {
                #private::entry_method! {
                    #(#cfgs)*
                    #header {
                        #private::entry!(#ordinal #(, #receiver)*);
                        #call
                    }
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
            let Method { cfgs, .. } = method;
            let header = header(method);
            Some(quote!(#(#cfgs)* #[inline] #header { #call }))
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
        let trait_name = text(ident);
        let implementor = quote!(#private::Initial<dyn #ident>);
        let body: &dyn Fn(&Method) -> Option<TokenStream> = match self.initial {
            Initial::Default(_) => return TokenStream::new(),
            Initial::Noop(_) => &|method| {
                let span = match &method.signature.output {
                    ReturnType::Default => Span::call_site(),
                    ReturnType::Type(_, output) => output.span(),
                };
                (!method.has_body).then(|| quote_spanned!(span=> #private::Noop::noop()))
            },
            Initial::Unset => &|method| {
                let name = text(method.name());
                Some(quote! {
                    #private::unset(
                        #private::concat!(#private::module_path!(), "::", #trait_name),
                        #trait_name,
                        #name,
                    )
                })
            },
        };
        self.implement(&implementor, |method| {
            let body = body(method)?;
            let Method { cfgs, .. } = method;
            let header = header(method);
            let unused = method
                .parameters()
                .map(|Parameter { cfgs, name, .. }| quote!(#(#cfgs)* let _ = #name;));
            Some(quote!(#(#cfgs)* #header { #(#unused)* #body }))
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
            #[allow(deprecated)]
            #unsafety impl #ident for #implementor {
                #(#methods)*
            }
        }
    }

    /// Calls the method virtually: `<dyn Store as Store>::get(implementation, __argument0)`, or by
    /// the pointer that the hidden supertrait has for it: `(…::__static_call_name(implementation))()`.
    fn call(&self, method: &Method, implementation: &TokenStream) -> TokenStream {
        let Self { ident, hidden, .. } = self;
        let arguments = method
            .parameters()
            .map(|Parameter { cfgs, name, .. }| quote!(#(#cfgs)* #name));
        let call = if method.receiver().is_some() {
            let name = method.name();
            quote!(<dyn #ident as #ident>::#name(#implementation, #(#arguments),*))
        } else {
            let bridge = method.bridge();
            quote!((#hidden::#bridge(#implementation))(#(#arguments),*))
        };
        if matches!(method.signature.safety, Safety::Unsafe(_)) {
            quote!(unsafe { #call })
        } else {
            call
        }
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

/// `fn get(&self, __argument0: u32) -> u64`, with parameters under names of ours.
fn header(method: &Method) -> TokenStream {
    let mut signature = method.signature.clone();
    let receiver = method.receiver().map(ToTokens::to_token_stream).into_iter();
    let parameters = method.parameters().map(|parameter| {
        let Parameter {
            cfgs,
            name,
            value_type,
        } = parameter;
        quote!(#(#cfgs)* #name: #value_type)
    });
    let inputs = receiver.chain(parameters);
    signature.inputs = parse_quote!(#(#inputs),*);
    signature.to_token_stream()
}

/// `for<'key> fn(&'key str) -> u64`: the type of a method without receiver.
fn free_pointer(method: &Method) -> TokenStream {
    let lifetimes =
        method
            .signature
            .generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Lifetime(parameter) => Some(&parameter.lifetime),
                _ => None,
            });
    let safety = &method.signature.safety;
    let abi = abi(method);
    let parameters = method.parameters().map(|parameter| {
        let Parameter {
            cfgs, value_type, ..
        } = parameter;
        quote!(#(#cfgs)* #value_type)
    });
    let output = &method.signature.output;
    quote!(for<#(#lifetimes),*> #safety #abi fn(#(#parameters),*) #output)
}

fn abi(method: &Method) -> TokenStream {
    match &method.signature.abi {
        Some(abi) => abi.to_token_stream(),
        None => quote!(extern "Rust"),
    }
}

/// The name as a string, without `r#`.
fn text(ident: &Ident) -> String {
    use syn::ext::IdentExt;
    ident.unraw().to_string()
}
