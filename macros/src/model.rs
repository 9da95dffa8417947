//! The trait as the expansion sees it: what is dispatched, and how.

use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{
    Attribute, FnArg, Ident, Item, ItemTrait, Receiver, Signature, TraitItem, TraitItemFn, Type,
    TypePath, WherePredicate,
};

use crate::errors::Errors;
use crate::{args, valid};

/// An annotated trait.
pub(crate) struct Model {
    /// The trait as it was written, without this macro's attributes.
    pub(crate) item: ItemTrait,
    /// Its methods, in their order.
    pub(crate) methods: Vec<Method>,
}

/// A method of the trait.
pub(crate) struct Method {
    pub(crate) ordinal: u32,
    pub(crate) signature: Signature,
    /// The `cfg` attributes, which everything generated for the method repeats.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) has_body: bool,
    /// The option `cold`.
    pub(crate) cold: Option<Ident>,
    /// The bound `Self: Sized`, which keeps the method out of the trait object.
    pub(crate) sized: Option<WherePredicate>,
    /// `#[track_caller]`.
    pub(crate) track_caller: Option<Attribute>,
}

/// A parameter other than the receiver, under a name of ours.
pub(crate) struct Parameter<'method> {
    pub(crate) cfgs: Vec<&'method Attribute>,
    pub(crate) name: Ident,
    pub(crate) value_type: &'method Type,
}

/// Reads the trait; anything else is an error.
pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> Option<Model> {
    let mut item = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Trait(item)) => item,
        Ok(_) => {
            errors.add(syn::Error::new(
                Span::call_site(),
                "`#[static_dispatch]` goes on a trait; write it above the trait whose calls shall be \
                 static",
            ));
            return None;
        }
        // A method of a trait is no item; let the attribute's place be the message.
        Err(_) => {
            errors.add(syn::Error::new(
                Span::call_site(),
                "`#[static_dispatch]` goes on a trait; on a method it is an option of an annotated \
                 trait, so annotate the trait too",
            ));
            return None;
        }
    };
    let mut methods = Vec::new();
    for (ordinal, member) in (0..).zip(&mut item.items) {
        if let TraitItem::Fn(function) = member {
            let cold = args::cold(&function.attrs, errors);
            function.attrs.retain(|attribute| !args::is_ours(attribute));
            methods.push(Method::new(ordinal, function, cold));
        }
    }
    Some(Model { item, methods })
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
    fn new(ordinal: u32, function: &TraitItemFn, cold: Option<Ident>) -> Self {
        let signature = function.sig.clone();
        let predicates = signature.generics.where_clause.iter();
        let sized = predicates
            .flat_map(|clause| &clause.predicates)
            .find(|predicate| bounds_self(predicate, "Sized"))
            .cloned();
        Self {
            ordinal,
            cfgs: cfgs(&function.attrs).cloned().collect(),
            has_body: function.default.is_some(),
            cold,
            sized,
            track_caller: function
                .attrs
                .iter()
                .find(|attribute| attribute.path().is_ident("track_caller"))
                .cloned(),
            signature,
        }
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.signature.ident
    }

    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.signature.receiver()
    }

    /// Whether calls through the handle reach the current implementation: all methods but those that
    /// a trait object lacks and that have a body to fall back on. Of those without receiver only the
    /// ones are left out that could not be dispatched.
    pub(crate) fn is_dispatched(&self) -> bool {
        if self.sized.is_none() || !self.has_body {
            return true;
        }
        self.receiver().is_none() && valid::obstacles(self).is_empty()
    }

    /// The parameters, without the receiver.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = Parameter<'_>> {
        self.signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(typed) => Some(typed),
                FnArg::Receiver(_) => None,
            })
            .enumerate()
            .map(|(index, typed)| Parameter {
                cfgs: cfgs(&typed.attrs).collect(),
                name: Ident::new(&format!("__argument{index}"), Span::mixed_site()),
                value_type: &typed.ty,
            })
    }

    /// The name of the function in the hidden supertrait that returns the method of an
    /// implementation, for a method without receiver.
    pub(crate) fn bridge(&self) -> Ident {
        format_ident!("__static_call_{}", self.name().unraw())
    }
}

/// Whether the predicate bounds `Self` by the trait of this name.
pub(crate) fn bounds_self(predicate: &WherePredicate, name: &str) -> bool {
    let WherePredicate::Type(predicate) = predicate else {
        return false;
    };
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = &predicate.bounded_ty
    else {
        return false;
    };
    path.is_ident("Self") && predicate.bounds.iter().any(|bound| is_trait(bound, name))
}

/// Whether the bound is the trait of this name, by whatever path.
pub(crate) fn is_trait(bound: &syn::TypeParamBound, name: &str) -> bool {
    let syn::TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    let last = bound.path.segments.last();
    bound.maybe.is_none() && last.is_some_and(|segment| segment.ident == name)
}

fn cfgs(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
}
