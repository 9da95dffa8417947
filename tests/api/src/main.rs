//! Prints the public API of `static-call`, an item a line, from the documentation that rustdoc wrote as JSON.
//!
//! What is hidden from the documentation is not part of it.

use std::env;

use anyhow::Context;
use public_api::Builder;

/// What only the documentation has.
const DOCUMENTS: &str = "pub mod static_call::docs";

fn main() -> anyhow::Result<()> {
    let path = env::args_os()
        .nth(1)
        .context("usage: api <static_call.json>")?;
    let api = Builder::from_rustdoc_json(path)
        .omit_blanket_impls(true)
        .build()
        .context("the documentation is not of the format that this version of public-api reads")?;
    let items = api.items().map(ToString::to_string);
    for item in items.filter(|item| !item.starts_with(DOCUMENTS)) {
        println!("{item}");
    }
    Ok(())
}
