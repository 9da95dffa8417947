//! The trait as the expansion sees it: what is dispatched, and how.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{
    Attribute, Error, FnArg, Generics, Ident, Item, ItemTrait, PatType, Receiver, ReceiverKind,
    ReturnType, Signature, Token, TraitItem, TraitItemFn, Type, TypeNever, TypeParamBound,
    TypePath, WherePredicate, parse_quote,
};

use crate::errors::Errors;
use crate::valid::Receivers;
use crate::{args, valid};

/// An annotated trait.
pub(crate) struct Model {
    /// The trait as it was written, without this macro's attributes.
    pub(crate) item: ItemTrait,
    /// The lints that the trait allows, which everything generated for it allows too.
    pub(crate) lints: Vec<Attribute>,
    /// Its methods, in their order.
    pub(crate) methods: Vec<Method>,
}

/// A method of the trait.
pub(crate) struct Method {
    pub(crate) ordinal: u32,
    /// The signature as generated code repeats it: parameters have names of ours and no attributes
    /// but `cfg`.
    pub(crate) signature: Signature,
    /// The `cfg` attributes, which everything generated for the method repeats.
    pub(crate) cfgs: Vec<Attribute>,
    /// The lints that the method allows, which the functions generated for it allow too.
    pub(crate) lints: Vec<Attribute>,
    pub(crate) has_body: bool,
    /// The option `cold`.
    pub(crate) cold: Option<Ident>,
    /// The bound `Self: Sized`, which keeps the method out of the trait object.
    pub(crate) sized: Option<WherePredicate>,
    /// `#[track_caller]`.
    pub(crate) track_caller: Option<Attribute>,
    /// The bound `Self: 'static`, if nothing says that all implementations are.
    pub(crate) outlives: Option<WherePredicate>,
}

/// Reads the trait; anything else is an error.
pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> Option<Model> {
    let mut item = match syn::parse2(item.clone()) {
        Ok(Item::Trait(item)) => item,
        other => {
            errors.add(not_a_trait(item, other));
            return None;
        }
    };
    if let Some(attribute) = item.attrs.iter().find(|attribute| args::is_ours(attribute)) {
        errors.at(
            &attribute.meta,
            "the trait is annotated twice; remove this attribute",
        );
    }
    item.attrs.retain(|attribute| !args::is_ours(attribute));

    let mut methods = Vec::new();
    for (ordinal, member) in (0..).zip(&mut item.items) {
        let attributes = match member {
            TraitItem::Fn(function) => {
                let cold = args::cold(&function.attrs, errors);
                methods.push(Method::new(ordinal, function, cold));
                &mut function.attrs
            }
            TraitItem::Const(constant) => &mut constant.attrs,
            TraitItem::Type(associated) => &mut associated.attrs,
            _ => continue,
        };
        attributes.retain(|attribute| !args::is_ours(attribute));
    }
    if may_be_static(&item) {
        for method in &mut methods {
            method.outlives = None;
        }
    }
    Some(Model {
        lints: lints(&item.attrs),
        item,
        methods,
    })
}

fn not_a_trait(item: TokenStream, parsed: syn::Result<Item>) -> Error {
    // A method without body is no item.
    let is_function = matches!(parsed, Ok(Item::Fn(_))) || syn::parse2::<TraitItemFn>(item).is_ok();
    let message = match parsed {
        _ if is_function => {
            "`#[static_dispatch]` goes on a trait; on a method it is an option of an annotated trait, \
             so annotate the trait too"
        }
        Ok(_) => {
            "`#[static_dispatch]` goes on a trait; write it above the trait whose calls shall be static"
        }
        Err(error) => return error,
    };
    Error::new(Span::call_site(), message)
}

impl Model {
    /// The methods that calls through the handle dispatch.
    pub(crate) fn dispatched(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(|method| method.is_dispatched())
    }

    /// The methods without receiver among them.
    pub(crate) fn free(&self) -> impl Iterator<Item = &Method> {
        self.dispatched()
            .filter(|method| method.receiver().is_none())
    }

    /// The name of the hidden supertrait.
    pub(crate) fn hidden(&self) -> Ident {
        format_ident!("__StaticCall{}", self.item.ident.unraw())
    }
}

impl Method {
    pub(crate) fn new(ordinal: u32, function: &TraitItemFn, cold: Option<Ident>) -> Self {
        let mut signature = function.sig.clone();
        let mut names = (0..).map(|index| {
            let name = format!("__argument{index}");
            Ident::new(&name, Span::mixed_site())
        });
        for input in &mut signature.inputs {
            match input {
                FnArg::Receiver(receiver) => receiver.mutability = None,
                FnArg::Typed(parameter) => {
                    let name = names.next();
                    parameter.pat = parse_quote!(#name);
                    parameter.attrs.retain(is_cfg);
                }
            }
        }
        let sized = predicates_of(&signature.generics)
            .find(|predicate| bounds_self(predicate, "Sized"))
            .cloned();
        let outlives = predicates_of(&signature.generics)
            .find(|predicate| bounds_of_self(predicate).any(is_static))
            .cloned();
        let mut cfgs = function.attrs.clone();
        cfgs.retain(is_cfg);
        let track_caller = function
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident("track_caller"))
            .cloned();
        Self {
            ordinal,
            signature,
            cfgs,
            lints: lints(&function.attrs),
            has_body: function.default.is_some(),
            cold,
            sized,
            track_caller,
            outlives,
        }
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.signature.ident
    }

    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.signature.receiver()
    }

    /// The return type, if it is `!`.
    pub(crate) fn never(&self) -> Option<&TypeNever> {
        match &self.signature.output {
            ReturnType::Type(_, output) => match &**output {
                Type::Never(never) => Some(never),
                _ => None,
            },
            ReturnType::Default => None,
        }
    }

    /// The signature with its attributes, as generated functions repeat it.
    pub(crate) fn header(&self) -> TokenStream {
        let Self {
            cfgs,
            lints,
            signature,
            ..
        } = self;
        quote!(#(#cfgs)* #(#lints)* #signature)
    }

    /// Whether calls through the handle reach the current implementation: all methods but those that
    /// a trait object lacks and that have a body to fall back on. Of those without receiver only the
    /// ones are left out that could not be dispatched.
    pub(crate) fn is_dispatched(&self) -> bool {
        if self.sized.is_none() || !self.has_body {
            return true;
        }
        self.receiver().is_none() && valid::obstacles(self, Receivers::Shared).is_empty()
    }

    /// Whether `Devirt` hands calls on to the object: all methods that a trait object has.
    pub(crate) fn is_forwarded(&self) -> bool {
        self.sized.is_none() && self.receiver().is_some()
    }

    /// Whether the method takes `&self`.
    pub(crate) fn is_shared(&self) -> bool {
        self.takes_reference(|mutability| mutability.is_none())
    }

    /// Whether the method takes `&mut self`.
    pub(crate) fn is_mutable(&self) -> bool {
        self.takes_reference(|mutability| mutability.is_some())
    }

    /// Whether the method takes `self` by a reference that is as asked.
    fn takes_reference(&self, is_wanted: impl Fn(&Option<Token![mut]>) -> bool) -> bool {
        self.receiver()
            .is_some_and(|receiver| match &receiver.kind {
                ReceiverKind::Reference(_, _, mutability) => is_wanted(mutability),
                ReceiverKind::Typed(_, receiver_type) => {
                    reference_to_self(receiver_type).is_some_and(is_wanted)
                }
                _ => false,
            })
    }

    /// The parameters, without the receiver.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &PatType> {
        self.signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(parameter) => Some(parameter),
                FnArg::Receiver(_) => None,
            })
    }
}

/// What `&Self` or `&mut Self` says of mutability.
fn reference_to_self(receiver_type: &Type) -> Option<&Option<Token![mut]>> {
    match receiver_type {
        Type::Group(group) => reference_to_self(&group.elem),
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("Self") => Some(&reference.mutability),
            _ => None,
        },
        _ => None,
    }
}

pub(crate) fn predicates_of(generics: &Generics) -> impl Iterator<Item = &WherePredicate> {
    let clause = generics.where_clause.iter();
    clause.flat_map(|clause| &clause.predicates)
}

/// Whether the predicate bounds `Self` by the trait of this name.
pub(crate) fn bounds_self(predicate: &WherePredicate, name: &str) -> bool {
    bounds_of_self(predicate).any(|bound| is_trait(bound, name))
}

/// What the predicate bounds `Self` by.
fn bounds_of_self(predicate: &WherePredicate) -> impl Iterator<Item = &TypeParamBound> {
    let bounds = match predicate {
        WherePredicate::Type(predicate) => match &predicate.bounded_ty {
            Type::Path(TypePath {
                qself: None, path, ..
            }) if path.is_ident("Self") => Some(&predicate.bounds),
            _ => None,
        },
        _ => None,
    };
    bounds.into_iter().flatten()
}

/// Whether the supertraits may say that all implementations are `'static`: one of another crate may have that bound.
fn may_be_static(item: &ItemTrait) -> bool {
    const WITHOUT_LIFETIME: [&str; 8] = [
        "Send",
        "Sync",
        "Unpin",
        "UnwindSafe",
        "RefUnwindSafe",
        "Debug",
        "Display",
        "Error",
    ];
    let by_where = predicates_of(&item.generics).flat_map(bounds_of_self);
    let mut bounds = item.supertraits.iter().chain(by_where);
    bounds.any(|bound| !WITHOUT_LIFETIME.iter().any(|name| is_trait(bound, name)))
}

fn is_static(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Lifetime(lifetime) if lifetime.ident == "static")
}

/// Whether the bound is the trait of this name, by whatever path.
pub(crate) fn is_trait(bound: &TypeParamBound, name: &str) -> bool {
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let last = bound.path.segments.last();
    bound.maybe.is_none() && last.is_some_and(|segment| segment.ident == name)
}

fn is_cfg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || args::cfg_attr_of(attribute, "cfg")
}

/// The lints that are allowed. Those that are expected are only met in the code as it was written.
fn lints(attributes: &[Attribute]) -> Vec<Attribute> {
    let level = |attribute: &Attribute| {
        let path = attribute.path();
        path.is_ident("allow") || path.is_ident("expect")
    };
    let lists = attributes.iter().filter(|attribute| level(attribute));
    lists
        .filter_map(|attribute| {
            let list = &attribute.meta.require_list().ok()?.tokens;
            Some(parse_quote!(#[allow(#list)]))
        })
        .collect()
}
