//! What is emitted after an error: the trait all the same, so that one mistake gives one message.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;

pub(crate) fn expand(
    model: Option<&Model>,
    item: TokenStream,
    error: Option<TokenStream>,
) -> TokenStream {
    let item = match model {
        Some(model) => {
            let item = &model.item;
            quote!(#item)
        }
        None => item,
    };
    quote! {
        #item
        #error
    }
}
