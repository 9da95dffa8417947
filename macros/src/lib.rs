//! The attribute macro of the crate `static-call`, which re-exports and documents it.

use proc_macro2::TokenStream;
use quote::quote;

mod args;
mod errors;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
mod model;
#[cfg(test)]
mod random;
mod valid;

#[proc_macro_attribute]
#[allow(missing_docs, reason = "documented where it is re-exported")]
pub fn static_dispatch(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    route(arguments.into(), item.into()).into()
}

fn route(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = errors::Errors::new();
    let Some(model) = model::read(item.clone(), &mut errors) else {
        let errors = errors.finish();
        return quote!(#item #errors);
    };
    let arguments = args::parse(arguments, &mut errors);
    valid::check(&model, &arguments, &mut errors);
    match errors.finish() {
        None => expand::expand(&model, &arguments),
        Some(errors) => fallback::expand(model, arguments, &errors),
    }
}
