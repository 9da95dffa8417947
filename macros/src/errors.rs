//! Collects errors, so that all of one trait come at once.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors found so far.
pub(crate) struct Errors {
    first: Option<syn::Error>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { first: None }
    }

    /// Adds an error at `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.first {
            Some(first) => first.combine(error),
            None => self.first = Some(error),
        }
    }

    /// All errors as invocations of `compile_error!`, if there are any.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        self.first.map(|error| error.into_compile_error())
    }
}
