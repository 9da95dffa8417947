//! What is emitted after an error: the trait all the same, so that one mistake gives one message.
//!
//! A program that uses the trait must give no further errors. So where that can be done, the trait
//! is first changed to one that is accepted, as little as possible.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{TraitItem, parse_quote};

use crate::args::{Arguments, Initial};
use crate::errors::Errors;
use crate::expand;
use crate::model::{Method, Model};
use crate::valid::{self, Obstacle, Receivers};

pub(crate) fn expand(
    mut model: Model,
    mut arguments: Arguments,
    errors: &TokenStream,
) -> TokenStream {
    let as_written = model.item.to_token_stream();
    let mut methods = model.methods.iter();
    let has_object = !methods.any(|method| {
        let obstacles = valid::obstacles(method, Receivers::Any);
        obstacles.iter().any(Obstacle::is_associated_type)
    });
    mend(&mut model, &arguments);
    if let Initial::Noop(_) = arguments.initial {
        arguments.initial = Initial::Unset;
    }
    arguments.listed.clear();
    let mut remaining = Errors::new();
    valid::check(&model, &arguments, &mut remaining);
    let item = match remaining.finish() {
        None if has_object => expand::expand(&model, &arguments),
        _ => as_written,
    };
    quote!(#item #errors)
}

/// Adds the bound that is missing, and keeps refused methods out of the dispatch:
///
/// ```text
/// fn set(&mut self, value: u32);
/// ```
///
/// becomes
///
/// ```text
/// fn set(&mut self, value: u32) where Self: Sized { loop {} }
/// ```
fn mend(model: &mut Model, arguments: &Arguments) {
    let is_static = valid::is_static(model, arguments);
    let is_devirt = arguments.devirt.is_some();
    let item = &mut model.item;
    item.modifiers.auto_token = None;
    if is_static && !valid::is_sync(item) {
        item.colon_token.get_or_insert_default();
        item.supertraits.push(parse_quote!(::core::marker::Sync));
    }
    let functions = item.items.iter_mut().filter_map(|member| match member {
        TraitItem::Fn(function) => Some(function),
        _ => None,
    });
    for (method, function) in model.methods.iter_mut().zip(functions) {
        // What is dispatched may need it, to be accepted.
        if !method.is_dispatched() {
            method.cold = None;
        }
        // No body can be made up that returns some `impl Trait`.
        let mut output = function.sig.output.to_token_stream().into_iter();
        let is_opaque = output.any(|token| token.to_string() == "impl");
        let receivers = if is_static {
            Receivers::Shared
        } else {
            Receivers::Any
        };
        let has_none = is_devirt && method.receiver().is_none();
        let is_refused = has_none || !valid::obstacles(method, receivers).is_empty();
        if is_opaque || !method.is_dispatched() || !is_refused {
            continue;
        }
        function.sig.constness = None;
        function.sig.variadic = None;
        let clause = function.sig.generics.make_where_clause();
        clause
            .predicates
            .push(parse_quote!(Self: ::core::marker::Sized));
        function
            .attrs
            .push(parse_quote!(#[allow(unused_variables)]));
        function.default.get_or_insert(parse_quote!({ loop {} }));
        function.semi_token = None;
        *method = Method::new(method.ordinal, function, None);
    }
}
