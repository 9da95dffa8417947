//! The attribute macro of the crate `static-call`, which re-exports and documents it.

use proc_macro::TokenStream;

mod args;
mod errors;
mod expand;
mod fallback;
mod model;
mod valid;

#[proc_macro_attribute]
#[allow(missing_docs, reason = "documented where it is re-exported")]
pub fn static_dispatch(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let mut errors = errors::Errors::new();
    let arguments = args::parse(arguments.into(), &mut errors);
    let model = model::read(item.clone(), &mut errors);
    if let Some(model) = &model {
        valid::check(model, &arguments, &mut errors);
    }
    match (model, errors.finish()) {
        (Some(model), None) => expand::expand(&model, &arguments),
        (model, error) => fallback::expand(model.as_ref(), item, error),
    }
    .into()
}
