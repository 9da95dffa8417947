//! Whole expansions, compared with files in `golden`. `BLESS=1 cargo test` writes the files anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, Meta};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name)
}

/// Compares the expansion of the trait in one file with the other file.
fn check(name: &str) {
    let source = fs::read_to_string(path(&format!("{name}.rs"))).expect("the trait is there");
    let Ok(Item::Trait(mut item)) = syn::parse_str(&source) else {
        panic!("one trait");
    };
    let ours = item
        .attrs
        .extract_if(.., |attribute| attribute.path().is_ident("static_dispatch"))
        .next()
        .expect("the trait is annotated");
    let arguments = match ours.meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    let expansion = crate::route(arguments, item.to_token_stream());
    let file = syn::parse2(expansion).expect("the expansion is Rust");
    let expansion = prettyplease::unparse(&file);

    let golden = path(&format!("{name}.expanded.rs"));
    if env::var_os("BLESS").is_some() {
        fs::write(&golden, &expansion).expect("the file can be written");
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        expansion == expected,
        "the expansion is not that of {}:\n{expansion}",
        golden.display()
    );
}

#[test]
fn a_plain_trait() {
    check("plain");
}

#[test]
fn every_feature() {
    check("full");
}

#[test]
fn noop() {
    check("noop");
}

#[test]
fn listed_implementations() {
    check("listed");
}

#[test]
fn trait_objects() {
    check("devirt");
    check("devirt_many");
}

#[test]
fn a_default_value() {
    check("value");
}

#[test]
fn a_refused_trait() {
    check("refused");
}
