//! The options of the attribute: on a trait, and on a method.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Meta, Path, Token, Type, parse_quote};

use crate::errors::Errors;

/// What `#[static_dispatch(…)]` says on a trait.
pub(crate) struct Arguments {
    pub(crate) initial: Initial,
    /// How generated code names the crate `static_call`.
    pub(crate) krate: Path,
}

/// What the trait does before the first update.
pub(crate) enum Initial {
    /// Panic.
    Unset,
    /// Nothing; the span is that of the option.
    Noop(Span),
    /// Call this value.
    Default(Box<(Type, Expr)>),
}

pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut arguments = Arguments {
        initial: Initial::Unset,
        krate: parse_quote!(::static_call),
    };
    let mut seen: Vec<Ident> = Vec::new();
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            if let Err(error) = option(input, &mut arguments, &mut seen) {
                errors.add(error);
                skip_option(input)?;
            }
            if !input.is_empty() {
                let comma = input.parse::<Token![,]>();
                if comma.is_err() {
                    errors.add(input.error("expected `,` between options"));
                    skip_option(input)?;
                    input.parse::<Option<Token![,]>>()?;
                }
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.add(error);
    }
    arguments
}

fn option(input: ParseStream, arguments: &mut Arguments, seen: &mut Vec<Ident>) -> syn::Result<()> {
    let name = input.call(Ident::parse_any)?;
    let repeated = seen.contains(&name);
    let exclusive = ["default", "noop"];
    let excluded = exclusive
        .iter()
        .any(|other| name != other && seen.iter().any(|ident| ident == other))
        && exclusive.iter().any(|option| name == option);
    seen.push(name.clone());
    if repeated {
        return Err(syn::Error::new(
            name.span(),
            format!("the option `{name}` is given twice; remove one"),
        ));
    }
    if excluded {
        return Err(syn::Error::new(
            name.span(),
            "`default` and `noop` exclude each other; remove one",
        ));
    }
    match name.to_string().as_str() {
        "noop" => arguments.initial = Initial::Noop(name.span()),
        "default" => arguments.initial = Initial::Default(Box::new(default(input)?)),
        "crate" => {
            input.parse::<Token![=]>()?;
            arguments.krate = Path::parse_mod_style(input)?;
        }
        "inline" | "out_of_line" => {
            return Err(syn::Error::new(
                name.span(),
                format!(
                    "the option `{name}` is not there yet: every call goes by an out-of-line entry; \
                     remove the option"
                ),
            ));
        }
        "cold" => {
            return Err(syn::Error::new(
                name.span(),
                "`cold` belongs on a method: write `#[static_dispatch(cold)]` above the method that \
                 shall stay an ordinary virtual call",
            ));
        }
        _ => {
            return Err(syn::Error::new(
                name.span(),
                format!(
                    "unknown option `{name}`; there are `default = Unit`, `default: Type = value`, \
                     `noop` and `crate = path`"
                ),
            ));
        }
    }
    Ok(())
}

/// What follows `default`: `= Unit` or `: Type = value`.
fn default(input: ParseStream) -> syn::Result<(Type, Expr)> {
    if input.parse::<Option<Token![:]>>()?.is_some() {
        let value_type = input.parse()?;
        input.parse::<Token![=]>()?;
        return Ok((value_type, input.parse()?));
    }
    if !input.peek(Token![=]) {
        return Err(input.error("expected `default = Unit` or `default: Type = value`"));
    }
    input.parse::<Token![=]>()?;
    match input.parse()? {
        Expr::Path(path) => {
            let value_type = Type::Verbatim(path.to_token_stream());
            Ok((value_type, Expr::Path(path)))
        }
        other => Err(syn::Error::new(
            other.span(),
            "`default = …` takes the name of a unit struct; for any other value write \
             `default: Type = value`",
        )),
    }
}

/// Skips to the next comma, to go on with the next option.
fn skip_option(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// Whether the attribute is this macro's, written on a method.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "static_dispatch")
}

/// Reads `#[static_dispatch(cold)]` on a method; the answer is the option's name.
pub(crate) fn cold(attributes: &[Attribute], errors: &mut Errors) -> Option<Ident> {
    let mut cold = None;
    for attribute in attributes.iter().filter(|attribute| is_ours(attribute)) {
        let Meta::List(list) = &attribute.meta else {
            errors.at(
                &attribute.meta,
                "on a method, `static_dispatch` needs an option: write `#[static_dispatch(cold)]`, or \
                 remove the attribute",
            );
            continue;
        };
        let options = list.parse_args_with(|input: ParseStream| {
            input.parse_terminated(Ident::parse_any, Token![,])
        });
        match options {
            Ok(options) if options.is_empty() => errors.at(
                list,
                "on a method, `static_dispatch` needs an option: write `#[static_dispatch(cold)]`, or \
                 remove the attribute",
            ),
            Ok(options) => {
                for option in options {
                    if option != "cold" {
                        errors.at(
                            &option,
                            format!("unknown option `{option}`; on a method there is `cold`"),
                        );
                    } else if cold.is_some() {
                        errors.at(&option, "the option `cold` is given twice; remove one");
                    } else {
                        cold = Some(option);
                    }
                }
            }
            Err(error) => errors.add(error),
        }
    }
    cold
}
