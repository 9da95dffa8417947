//! From the model to the code. The model is valid, so nothing here can fail.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, ItemTrait, PatType, ReturnType, Safety, Signature, Type, parse_quote};

use crate::args::{Arguments, Initial};
use crate::model::{Method, Model, bounds_self};
use crate::valid;

mod devirt;

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
///     register! { … }
///     trait __SlowPathsOfStaticCalls { … }
///     impl __SlowPathsOfStaticCalls for Static<dyn Store> { … }
///     trait __EntriesOfStaticCalls { … }
///     impl __EntriesOfStaticCalls for Static<dyn Store> { … }
///     thunks! {
///         trait __ThunksOfStaticCalls { … }
///         impl<__Implementation: Store> __ThunksOfStaticCalls for Bound<__Implementation> { … }
///     }
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
        listed: listed(&model.item.ident, arguments),
        listed_is_hot: matches!(arguments.initial, Initial::Noop(_))
            || !arguments.listed.is_empty(),
        out_of_line: arguments.out_of_line.is_some(),
        sites: section("sites", &model.item),
        thunks: section("thunks", &model.item),
        devirt_sites: section("devirt", &model.item),
        is_static: valid::is_static(model, arguments),
        devirt: arguments.devirt.as_ref(),
        inline: &arguments.listed,
    };
    let lints = &model.lints;
    let annotated = expansion.annotated_trait();
    let hidden_trait = expansion.hidden_trait();
    let hidden_impl = expansion.hidden_impl();
    let static_calls = expansion.static_calls();
    let devirt = expansion.devirt();
    quote! {
        #annotated
        #hidden_trait
        #(#lints)*
        #[allow(deprecated, improper_ctypes_definitions)]
        const _: () = {
            #hidden_impl
            #static_calls
            #devirt
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
    listed: Vec<Listed>,
    /// Whether what is listed is what is called most, as far as the trait tells.
    listed_is_hot: bool,
    /// Whether calls go through entries even where call sites could be patched.
    out_of_line: bool,
    /// The name of the section of the call sites.
    sites: String,
    /// The name of the section of the thunks.
    thunks: String,
    /// The name of the section of the calls through `Devirt`.
    devirt_sites: String,
    /// Whether the trait has static calls.
    is_static: bool,
    /// The option `devirt`.
    devirt: Option<&'model Ident>,
    /// The types that the option `inline` lists.
    inline: &'model [Type],
}

/// An implementation whose bodies stand in the calls.
struct Listed {
    implementation: TokenStream,
    /// The number that names it.
    choice: Literal,
    /// The static that holds its object.
    object: Ident,
}

/// How far apart the choices of listed implementations are. Of fewer than one number in ten the compiler makes no
/// table of addresses to jump through; and each must fit in a byte.
const CHOICE_STEP: u32 = 15;

/// The listed implementations, of which the one before the first update is the first.
fn listed(ident: &Ident, arguments: &Arguments) -> Vec<Listed> {
    if arguments.out_of_line.is_some() {
        return Vec::new();
    }
    let krate = &arguments.krate;
    let initial = match &arguments.initial {
        Initial::Unset => None,
        Initial::Noop(_) => Some(quote!(#krate::__private::Initial<dyn #ident>)),
        Initial::Unit(unit) => Some(unit.to_token_stream()),
        Initial::Value(default) => Some(default.0.to_token_stream()),
    };
    let text = initial.as_ref().map(ToString::to_string);
    let others = arguments.listed.iter().map(ToTokens::to_token_stream);
    let others = others.filter(|other| text.as_ref() != Some(&other.to_string()));
    initial
        .clone()
        .into_iter()
        .chain(others)
        .zip(1_u32..)
        .map(|(implementation, number)| Listed {
            choice: Literal::u32_suffixed(number * CHOICE_STEP),
            object: format_ident!("__STATIC_CALL_LISTED_{}", number - 1),
            implementation,
        })
        .collect()
}

/// A name for a section of records, which is an identifier of C, so that the linker tells where it begins
/// and ends. Two traits that share one do no harm, unless they use two versions of this crate, whose records may
/// differ.
fn section(kind: &str, item: &ItemTrait) -> String {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    env::var("CARGO_PKG_NAME").ok().hash(&mut hasher);
    env::var("CARGO_CRATE_NAME").ok().hash(&mut hasher);
    item.to_token_stream().to_string().hash(&mut hasher);
    format!("static_call_{kind}_{:016x}", hasher.finish())
}

impl Expansion<'_> {
    /// Everything about `Static` and `Current`.
    fn static_calls(&self) -> TokenStream {
        if !self.is_static {
            return TokenStream::new();
        }
        let key = self.key();
        let registration = self.registration();
        let slow_paths = self.slow_paths();
        let entries = self.entry_functions();
        let thunks = self.thunk_functions();
        let handle = self.handle();
        let snapshot = self.snapshot();
        let initial = self.initial();
        quote! {
            #key
            #registration
            #slow_paths
            #entries
            #thunks
            #handle
            #snapshot
            #initial
        }
    }

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
    ///     fn __static_call_tag(&self) -> Tag;
    /// }
    /// ```
    ///
    /// for a trait that has `fn find<'key>(key: &'key str) -> &'key str where Self: Sized`, and is annotated
    /// with `devirt`.
    fn hidden_trait(&self) -> TokenStream {
        let Self {
            private, hidden, ..
        } = self;
        let Model { item, lints, .. } = self.model;
        let visibility = &item.vis;
        let static_calls = self.is_static.then(|| {
            let bridges = self.model.free().map(bridge);
            quote! {
                fn __static_call_implementation(&self) -> #private::Implementation;
                #(#bridges;)*
            }
        });
        let tag = self
            .devirt
            .map(|_| quote!(fn __static_call_tag(&self) -> #private::Tag;));
        quote! {
            #[doc(hidden)]
            #(#lints)*
            #[allow(deprecated, non_camel_case_types, non_snake_case)]
            #visibility trait #hidden {
                #static_calls
                #tag
            }
        }
    }

    /// ```text
    /// impl<__Implementation: Store> __StaticCallStore for __Implementation {
    ///     fn __static_call_implementation(&self) -> Implementation {
    ///         Implementation::of::<__Implementation>(
    ///             &__STATIC_CALL_KEY,
    ///             targets![
    ///                 "static_call_thunks_0123456789abcdef", __Implementation:
    ///                 new(
    ///                     0u32,
    ///                     <__Implementation as Store>::get,
    ///                     <Bound<__Implementation> as __ThunksOfStaticCalls>::get,
    ///                 ),
    ///             ],
    ///         )
    ///     }
    /// }
    /// ```
    fn hidden_impl(&self) -> TokenStream {
        let Self {
            private,
            hidden,
            ident,
            thunks,
            ..
        } = self;
        let targets = self.entries().map(|method| {
            let Method { cfgs, ordinal, .. } = method;
            let name = method.name();
            let target = quote!(#ordinal, <__Implementation as #ident>::#name);
            if method.receiver().is_none() {
                return quote!(#(#cfgs)* free(#target));
            }
            let bound = quote!(#private::Bound<__Implementation>);
            quote!(#(#cfgs)* new(#target, <#bound as __ThunksOfStaticCalls>::#name))
        });
        let bridges = self.model.free().map(|method| {
            let name = method.name();
            let bridge = bridge(method);
            quote!(#bridge { <__Implementation as #ident>::#name })
        });
        let static_calls = self.is_static.then(|| {
            quote! {
                fn __static_call_implementation(&self) -> #private::Implementation {
                    #private::Implementation::of::<__Implementation>(
                        &__STATIC_CALL_KEY,
                        #private::targets![#thunks, __Implementation: #(#targets),*],
                    )
                }
                #(#bridges)*
            }
        });
        let tag = self.devirt.map(|_| {
            quote! {
                fn __static_call_tag(&self) -> #private::Tag {
                    #private::Tag::of::<__Implementation>(&__STATIC_CALL_OBJECTS)
                }
            }
        });
        quote! {
            #[automatically_derived]
            impl<__Implementation: #ident> #hidden for __Implementation {
                #static_calls
                #tag
            }
        }
    }

    /// ```text
    /// static __STATIC_CALL_LISTED_0: Listed<Memory> = Listed::new(15u32);
    ///
    /// static __STATIC_CALL_INITIAL: &(dyn Store) = {
    ///     static __STATIC_CALL_VALUE: Memory = Memory;
    ///     &__STATIC_CALL_VALUE
    /// };
    ///
    /// static __STATIC_CALL_KEY: Key<dyn Store> =
    ///     Key::new(
    ///         "application::Store",
    ///         (__STATIC_CALL_INITIAL, 15u32),
    ///         &[Method { ordinal: 0, name: "get", cold: false }],
    ///         &[&__STATIC_CALL_LISTED_0],
    ///     );
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
        let of_type = |value_type: &dyn ToTokens, value: &dyn ToTokens| {
            let reference = quote_spanned!(value_type.span()=> &__STATIC_CALL_VALUE);
            quote!({ static __STATIC_CALL_VALUE: #value_type = #value; #reference })
        };
        let initial = match self.initial {
            // The path names a type where it is listed, and a value here, which need not be of that type.
            Initial::Unit(unit) if !self.listed.is_empty() => of_type(unit, unit),
            Initial::Unit(unit) => quote_spanned!(unit.span()=> &#unit),
            Initial::Value(default) => {
                let (value_type, value) = &**default;
                of_type(value_type, value)
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
        let initial_choice = match (self.initial, self.listed.first()) {
            (Initial::Unset, _) | (_, None) => quote!(0),
            (_, Some(Listed { choice, .. })) => choice.to_token_stream(),
        };
        let objects = self.listed.iter().map(|listed| &listed.object);
        let listed = self.listed.iter().map(|listed| {
            let Listed {
                implementation,
                choice,
                object,
            } = listed;
            let span = implementation.span();
            let listed_type = quote_spanned!(span=> #private::Listed<#implementation>);
            quote! {
                static #object: #listed_type = #private::Listed::new(#choice);
            }
        });
        quote! {
            #(#listed)*
            static __STATIC_CALL_INITIAL: &(dyn #ident) = #initial;
            static __STATIC_CALL_KEY: #private::Key<dyn #ident> = #private::Key::new(
                #private::concat!(#private::module_path!(), "::", #name),
                (__STATIC_CALL_INITIAL, #initial_choice),
                &[#(#methods),*],
                &[#(&#objects),*],
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
    /// register! {
    ///     Registration::new(
    ///         &__STATIC_CALL_KEY,
    ///         entries![(0u32, <Static<dyn Store> as __EntriesOfStaticCalls>::get)],
    ///         sites!("static_call_sites_0123456789abcdef"),
    ///     )
    /// }
    /// ```
    fn registration(&self) -> TokenStream {
        let Self {
            private,
            ident,
            sites,
            ..
        } = self;
        let entries = self.entries().map(|method| {
            let Method { cfgs, ordinal, .. } = method;
            let name = method.name();
            let entry = quote!(<#private::Static<dyn #ident> as __EntriesOfStaticCalls>::#name);
            quote!(#(#cfgs)* (#ordinal, #entry))
        });
        quote! {
            #private::register! {
                #private::Registration::new(
                    &__STATIC_CALL_KEY,
                    #private::entries![#(#entries),*],
                    #private::sites!(#sites),
                )
            }
        }
    }

    /// ```text
    /// trait __SlowPathsOfStaticCalls {
    ///     fn get(&self, __argument0: u32) -> u64;
    /// }
    ///
    /// impl __SlowPathsOfStaticCalls for Static<dyn Store> {
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
            trait __SlowPathsOfStaticCalls {
                #(#declarations)*
            }
            impl __SlowPathsOfStaticCalls for #private::Static<dyn #ident> {
                #(#definitions)*
            }
        }
    }

    /// ```text
    /// trait __EntriesOfStaticCalls {
    ///     fn get(&self, __argument0: u32) -> u64;
    /// }
    ///
    /// impl __EntriesOfStaticCalls for Static<dyn Store> {
    ///     entry_method! {
    ///         fn get(&self, __argument0: u32) -> u64 {
    ///             entry!(0u32, <Self as __SlowPathsOfStaticCalls>::get as extern "Rust" fn(_, _) -> _)(
    ///                 self,
    ///                 __argument0,
    ///             )
    ///         }
    ///     }
    /// }
    /// ```
    fn entry_functions(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let declarations = self.entries().map(|method| {
            let header = method.header();
            quote!(#header;)
        });
        let definitions = self.entries().map(|method| {
            let header = method.header();
            let Method { ordinal, .. } = method;
            let name = method.name();
            let pointer = safe_pointer(method);
            let arguments = all_arguments(method);
            let call = guard(
                method,
                quote! {
                    #private::entry!(#ordinal, <Self as __SlowPathsOfStaticCalls>::#name as #pointer)(#arguments)
                },
            );
            quote! {
                #private::entry_method! {
                    #header { #call }
                }
            }
        });
        quote! {
            trait __EntriesOfStaticCalls {
                #(#declarations)*
            }
            impl __EntriesOfStaticCalls for #private::Static<dyn #ident> {
                #(#definitions)*
            }
        }
    }

    /// ```text
    /// thunks! {
    ///     trait __ThunksOfStaticCalls {
    ///         fn get(&self, __argument0: u32) -> u64;
    ///     }
    ///
    ///     impl<__Implementation: Store> __ThunksOfStaticCalls for Bound<__Implementation> {
    ///         thunk_method! {
    ///             fn get(&self, __argument0: u32) -> u64 {
    ///                 <__Implementation as Store>::get(
    ///                     receiver!(
    ///                         "static_call_thunks_0123456789abcdef",
    ///                         [<Self as __ThunksOfStaticCalls>::get],
    ///                         __STATIC_CALL_KEY
    ///                     ),
    ///                     __argument0,
    ///                 )
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    fn thunk_functions(&self) -> TokenStream {
        let Self {
            private,
            ident,
            thunks,
            ..
        } = self;
        let methods = || self.entries().filter(|method| method.receiver().is_some());
        let declarations = methods().map(|method| {
            let header = method.header();
            quote!(#header;)
        });
        let definitions = methods().map(|method| {
            let header = method.header();
            let name = method.name();
            let arguments = arguments(method);
            let thunk = quote!(<Self as __ThunksOfStaticCalls>::#name);
            let receiver = quote!(#private::receiver!(#thunks, [#thunk], __STATIC_CALL_KEY));
            let call = quote!(<__Implementation as #ident>::#name(#receiver, #arguments));
            let call = guard(method, call);
            quote! {
                #private::thunk_method! {
                    #header { #call }
                }
            }
        });
        quote! {
            #private::thunks! {
                trait __ThunksOfStaticCalls {
                    #(#declarations)*
                }
                impl<__Implementation: #ident> __ThunksOfStaticCalls
                    for #private::Bound<__Implementation>
                {
                    #(#definitions)*
                }
            }
        }
    }

    /// ```text
    /// impl Store for Static<dyn Store> {
    ///     #[inline(always)]
    ///     fn get(&self, __argument0: u32) -> u64 {
    ///         let __choice = choice!(
    ///             "static_call_sites_0123456789abcdef",
    ///             [<Self as __EntriesOfStaticCalls>::get],
    ///             __STATIC_CALL_KEY
    ///         );
    ///         if __choice == 15u32 {
    ///             body!(
    ///                 15u32,
    ///                 <Memory as Store>::get(listed!(__STATIC_CALL_LISTED_0), __argument0)
    ///             )
    ///         } else {
    ///             open!(
    ///                 "static_call_sites_0123456789abcdef",
    ///                 [<Self as __EntriesOfStaticCalls>::get],
    ///                 extern "Rust" fn(_, _) -> _
    ///             )(self, __argument0)
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// Where nothing is listed, the open way is the only one, and with `out_of_line` it is to call the
    /// entry.
    fn handle(&self) -> TokenStream {
        let Self {
            private,
            ident,
            sites,
            ..
        } = self;
        self.implement(&quote!(#private::Static<dyn #ident>), |method| {
            let header = method.header();
            if method.cold.is_some() {
                let call = self.call(method, &quote!(#private::current::<dyn #ident>().as_dyn()));
                return Some(quote!(#[inline] #header { #call }));
            }
            let name = method.name();
            let entry = quote!(<Self as __EntriesOfStaticCalls>::#name);
            let pointer = safe_pointer(method);
            let arguments = all_arguments(method);
            let open = if self.out_of_line {
                quote!(#entry)
            } else {
                quote!(#private::open!(#sites, [#entry], #pointer))
            };
            let open = guard(method, quote!(#open(#arguments)));
            let choice = quote!(#private::choice!(#sites, [#entry], __STATIC_CALL_KEY));
            let object = |listed: &Listed| {
                let object = &listed.object;
                quote!(#private::listed!(#object))
            };
            let body = |choice: &Literal, call| match method.never() {
                // Nothing comes behind it.
                Some(_) => call,
                None => quote!(#private::body!(#choice, #call)),
            };
            let body = self.choose(method, &choice, &open, object, body);
            Some(quote!(#[inline(always)] #header { #body }))
        })
    }

    /// ```text
    /// impl Store for Current<dyn Store> {
    ///     #[inline(always)]
    ///     fn get(&self, __argument0: u32) -> u64 {
    ///         let __choice = <Current<dyn Store>>::__choice(*self);
    ///         if __choice == 15u32 {
    ///             <Memory as Store>::get(chosen!(*self, Memory), __argument0)
    ///         } else {
    ///             <dyn Store as Store>::get(<Current<dyn Store>>::as_dyn(*self), __argument0)
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// A method without receiver goes by the implementation in force.
    fn snapshot(&self) -> TokenStream {
        let Self { private, ident, .. } = self;
        let snapshot = quote!(#private::Current<dyn #ident>);
        self.implement(&snapshot, |method| {
            let header = method.header();
            let Some(receiver) = method.receiver() else {
                let call = self.call(method, &quote!(#private::current::<dyn #ident>().as_dyn()));
                return Some(quote!(#[inline] #header { #call }));
            };
            let this = &receiver.self_token;
            let open = self.call(method, &quote!(<#snapshot>::as_dyn(*#this)));
            if method.cold.is_some() {
                return Some(quote!(#[inline] #header { #open }));
            }
            let choice = quote!(<#snapshot>::__choice(*#this));
            let object = |listed: &Listed| {
                let implementation = &listed.implementation;
                quote!(#private::chosen!(*#this, #implementation))
            };
            let body = self.choose(method, &choice, &open, object, |_, call| call);
            Some(quote!(#[inline(always)] #header { #body }))
        })
    }

    /// Runs the `body` of the listed implementation that `choice` names, which calls the method on its `object`,
    /// and `open` if it names none.
    fn choose(
        &self,
        method: &Method,
        choice: &TokenStream,
        open: &TokenStream,
        object: impl Fn(&Listed) -> TokenStream,
        body: impl Fn(&Literal, TokenStream) -> TokenStream,
    ) -> TokenStream {
        if self.listed.is_empty() {
            return open.clone();
        }
        let ident = self.ident;
        let name = method.name();
        let arguments = arguments(method);
        let in_force = Ident::new("__choice", Span::mixed_site());
        let bodies = self.listed.iter().map(|listed| {
            let Listed {
                implementation,
                choice,
                ..
            } = listed;
            let receiver = method.receiver().map(|_| {
                let object = object(listed);
                quote!(#object,)
            });
            let call = quote!(<#implementation as #ident>::#name(#receiver #arguments));
            let body = body(choice, guard(method, call));
            quote!(if #in_force == #choice { #body } else)
        });
        let private = &self.private;
        // Keeps the compiler from laying the bodies out behind a branch.
        let cold = self.listed_is_hot.then(|| quote!(#private::cold_path();));
        quote! {
            let #in_force = #choice;
            #(#bodies)* {
                #cold
                #open
            }
        }
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
            let inline = match self.initial {
                Initial::Noop(_) => quote!(#[inline(always)]),
                _ => quote!(),
            };
            Some(quote!(#inline #header { #body }))
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

/// `extern "Rust" fn(_, _) -> _`: the type of the method, for the compiler to fill in.
fn inferred_pointer(method: &Method) -> TokenStream {
    let abi = abi(method);
    let receiver = method.receiver().map(|_| quote!(_,));
    let parameters = method
        .parameters()
        .map(|PatType { attrs, .. }| quote!(#(#attrs)* _));
    quote!(#abi fn(#receiver #(#parameters),*) -> _)
}

/// The same, and `unsafe` if the method is.
fn safe_pointer(method: &Method) -> TokenStream {
    let safety = &method.signature.safety;
    let pointer = inferred_pointer(method);
    quote!(#safety #pointer)
}

/// The receiver, if there is one, and the parameters, handed on as arguments.
fn all_arguments(method: &Method) -> TokenStream {
    let receiver = method.receiver().map(|receiver| {
        let this = &receiver.self_token;
        quote!(#this,)
    });
    let arguments = arguments(method);
    quote!(#receiver #arguments)
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
        // SAFETY: the function around it is the same `unsafe fn`, so its caller has promised what this call
        // needs. Tokens carry no comments, so it is said here for all that is generated.
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
