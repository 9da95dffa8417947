//! From the model to the code. The model is valid, so nothing here can fail.

use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, ItemTrait, LitInt, PatType, ReturnType, Safety, Signature, parse_quote};

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
///     trait __SlowPathsOfStaticCalls { … }
///     impl __SlowPathsOfStaticCalls for Static<dyn Store> { … }
///     trait __EntriesOfStaticCalls { … }
///     impl __EntriesOfStaticCalls for Static<dyn Store> { … }
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
        section: section(&model.item),
    };
    let lints = &model.lints;
    let annotated = expansion.annotated_trait();
    let hidden_trait = expansion.hidden_trait();
    let hidden_impl = expansion.hidden_impl();
    let key = expansion.key();
    let registration = expansion.registration();
    let slow_paths = expansion.slow_paths();
    let entries = expansion.entry_functions();
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
            #entries
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
    listed: Vec<Listed>,
    /// Whether what is listed is what is called most, as far as the trait tells.
    listed_is_hot: bool,
    /// Whether calls go through entries even where call sites could be patched.
    out_of_line: bool,
    /// The name of the section of the call sites.
    section: String,
}

/// An implementation whose bodies stand in the calls.
struct Listed {
    implementation: TokenStream,
    /// The number that names it.
    choice: LitInt,
    /// The static that holds its object.
    object: Ident,
}

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
            // Numbers without a pattern, for which the compiler makes no table of addresses.
            choice: LitInt::new(
                &format!("{:#x}", number.wrapping_mul(0x9e37_79b1)),
                Span::mixed_site(),
            ),
            object: format_ident!("__STATIC_CALL_LISTED_{}", number - 1),
            implementation,
        })
        .collect()
}

/// A name for the section of the call sites, which is an identifier of C, so that the linker tells
/// where it begins and ends. Two traits that share one do no harm.
fn section(item: &ItemTrait) -> String {
    let mut hasher = DefaultHasher::new();
    env::var("CARGO_PKG_NAME").ok().hash(&mut hasher);
    env::var("CARGO_CRATE_NAME").ok().hash(&mut hasher);
    item.to_token_stream().to_string().hash(&mut hasher);
    format!("static_call_sites_{:016x}", hasher.finish())
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
    ///         Implementation::of::<__Implementation>(
    ///             &__STATIC_CALL_KEY,
    ///             targets![(0u32, <__Implementation as Store>::get)],
    ///         )
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
                    #private::Implementation::of::<__Implementation>(
                        &__STATIC_CALL_KEY,
                        #private::targets![#(#targets),*],
                    )
                }
                #(#bridges)*
            }
        }
    }

    /// ```text
    /// static __STATIC_CALL_LISTED_0: Listed<Memory> = Listed::new(0x9e3779b1);
    ///
    /// static __STATIC_CALL_INITIAL: &(dyn Store) = &Memory;
    ///
    /// static __STATIC_CALL_KEY: Key<dyn Store> =
    ///     Key::new(
    ///         "application::Store",
    ///         (__STATIC_CALL_INITIAL, 0x9e3779b1),
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
    /// inventory::submit! {
    ///     Registration::new(
    ///         &__STATIC_CALL_KEY,
    ///         entries![
    ///             with_receiver(
    ///                 0u32,
    ///                 <Static<dyn Store> as __EntriesOfStaticCalls>::get,
    ///                 unsafe extern "Rust" fn(_, _) -> _,
    ///             ),
    ///         ],
    ///         sites!("static_call_sites_0123456789abcdef"),
    ///     )
    /// }
    /// ```
    fn registration(&self) -> TokenStream {
        let Self {
            private,
            ident,
            section,
            ..
        } = self;
        let entries = self.entries().map(|method| {
            let Method { cfgs, ordinal, .. } = method;
            let name = method.name();
            let entry = quote!(
                #ordinal,
                <#private::Static<dyn #ident> as __EntriesOfStaticCalls>::#name
            );
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
                #private::Registration::new(
                    &__STATIC_CALL_KEY,
                    #private::entries![#(#entries),*],
                    #private::sites!(#section),
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
    /// impl Store for Static<dyn Store> {
    ///     #[inline(always)]
    ///     fn get(&self, __argument0: u32) -> u64 {
    ///         match choice!(
    ///             "static_call_sites_0123456789abcdef",
    ///             [<Self as __EntriesOfStaticCalls>::get],
    ///             __STATIC_CALL_KEY
    ///         ) {
    ///             0x9e3779b1 => <Memory as Store>::get(listed!(__STATIC_CALL_LISTED_0), __argument0),
    ///             _ => open!(
    ///                 "static_call_sites_0123456789abcdef",
    ///                 [<Self as __EntriesOfStaticCalls>::get],
    ///                 extern "Rust" fn(_, _) -> _
    ///             )(self, __argument0),
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
            section,
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
                quote!(#private::open!(#section, [#entry], #pointer))
            };
            let open = guard(method, quote!(#open(#arguments)));
            let choice = quote!(#private::choice!(#section, [#entry], __STATIC_CALL_KEY));
            let body = self.choose(method, &choice, &open, |listed| {
                let object = &listed.object;
                quote!(#private::listed!(#object))
            });
            Some(quote!(#[inline(always)] #header { #body }))
        })
    }

    /// ```text
    /// impl Store for Current<dyn Store> {
    ///     #[inline(always)]
    ///     fn get(&self, __argument0: u32) -> u64 {
    ///         match <Current<dyn Store>>::choice(*self) {
    ///             0x9e3779b1 => <Memory as Store>::get(chosen!(*self, Memory), __argument0),
    ///             _ => <dyn Store as Store>::get(<Current<dyn Store>>::as_dyn(*self), __argument0),
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
            let choice = quote!(<#snapshot>::choice(*#this));
            let body = self.choose(method, &choice, &open, |listed| {
                let implementation = &listed.implementation;
                quote!(#private::chosen!(*#this, #implementation))
            });
            Some(quote!(#[inline(always)] #header { #body }))
        })
    }

    /// Runs the body of the listed implementation that `choice` names, on its `object`, and `open` if it
    /// names none.
    fn choose(
        &self,
        method: &Method,
        choice: &TokenStream,
        open: &TokenStream,
        object: impl Fn(&Listed) -> TokenStream,
    ) -> TokenStream {
        if self.listed.is_empty() {
            return open.clone();
        }
        let ident = self.ident;
        let name = method.name();
        let arguments = arguments(method);
        let arms = self.listed.iter().map(|listed| {
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
            let call = guard(method, call);
            quote!(#choice => #call,)
        });
        let private = &self.private;
        // Keeps the compiler from laying the bodies out behind a branch.
        let cold = self.listed_is_hot.then(|| quote!(#private::cold_path();));
        quote! {
            match #choice {
                #(#arms)*
                _ => {
                    #cold
                    #open
                }
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
