//! The options of the attribute: on a trait, and on a method.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, Expr, ExprPath, Ident, Meta, Path, Token, Type, parenthesized, parse_quote,
};

use crate::errors::Errors;

/// What `#[static_dispatch(…)]` says on a trait.
pub(crate) struct Arguments {
    pub(crate) initial: Initial,
    /// The implementations whose bodies shall stand in the calls.
    pub(crate) listed: Vec<Type>,
    /// The option `out_of_line`.
    pub(crate) out_of_line: Option<Ident>,
    /// The option `devirt`.
    pub(crate) devirt: Option<Ident>,
    /// How generated code names the crate `static_call`.
    pub(crate) krate: Path,
}

/// What the trait does before the first update.
pub(crate) enum Initial {
    /// Panic.
    Unset,
    /// Nothing; this is the option's name.
    Noop(Ident),
    /// Call this unit struct.
    Unit(ExprPath),
    /// Call this value.
    Value(Box<(Type, Expr)>),
}

/// An option on a trait.
enum Argument {
    Initial(Initial),
    Inline(Vec<Type>),
    OutOfLine,
    Devirt,
    Crate(Path),
}

pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut arguments = Arguments {
        initial: Initial::Unset,
        listed: Vec::new(),
        out_of_line: None,
        devirt: None,
        krate: parse_quote!(::static_call),
    };
    let mut seen: Vec<Ident> = Vec::new();
    options(tokens, ON_A_TRAIT, errors, |name, input| {
        let argument = argument(name, input)?;
        if seen.contains(name) {
            return Err(twice(name));
        }
        seen.push(name.clone());
        let excludes = |other| {
            let message = format!("`{other}` and `{name}` exclude each other; remove one");
            Err(Error::new_spanned(name, message))
        };
        match argument {
            Argument::Crate(path) => arguments.krate = path,
            Argument::Initial(initial) => match arguments.initial {
                Initial::Unset => arguments.initial = initial,
                Initial::Noop(_) => return excludes("noop"),
                Initial::Unit(_) | Initial::Value(_) => return excludes("default"),
            },
            Argument::Inline(_) if arguments.out_of_line.is_some() => {
                return excludes("out_of_line");
            }
            Argument::Inline(types) => arguments.listed = types,
            Argument::OutOfLine if !arguments.listed.is_empty() => return excludes("inline"),
            Argument::OutOfLine => arguments.out_of_line = Some(name.clone()),
            Argument::Devirt => arguments.devirt = Some(name.clone()),
        }
        Ok(())
    });
    if let Some(option) = &arguments.devirt
        && !seen.iter().any(|name| name == "inline")
    {
        errors.at(
            option,
            "`devirt` compiles the bodies of listed types into calls of trait objects; list them: \
             `devirt, inline(Type, …)`",
        );
    }
    arguments
}

/// Reads what follows the name of an option on a trait.
fn argument(name: &Ident, input: ParseStream) -> syn::Result<Argument> {
    match name.to_string().as_str() {
        "default" => default(name, input).map(Argument::Initial),
        "noop" => Ok(Argument::Initial(Initial::Noop(name.clone()))),
        "crate" => krate(name, input).map(Argument::Crate),
        "cold" => Err(Error::new_spanned(
            name,
            "`cold` belongs on a method: write `#[static_dispatch(cold)]` above the method that shall \
             stay an ordinary virtual call",
        )),
        "inline" => inline(name, input).map(Argument::Inline),
        "out_of_line" => Ok(Argument::OutOfLine),
        "devirt" => Ok(Argument::Devirt),
        _ => Err(unknown(name, ON_A_TRAIT)),
    }
}

const NAME: &str = "static_dispatch";
const ON_A_TRAIT: &str = "there are `default = Unit`, `default: Type = value`, `noop`, \
                          `inline(Type, …)`, `out_of_line`, `devirt` and `crate = path`";
const ON_A_METHOD: &str = "on a method there is `cold`";

/// Reads options separated by commas, each by its name; after an error it goes on with the next.
fn options(
    tokens: TokenStream,
    known: &str,
    errors: &mut Errors,
    mut option: impl FnMut(&Ident, ParseStream) -> syn::Result<()>,
) {
    let mut option = |input: ParseStream| {
        let name = input
            .call(Ident::parse_any)
            .map_err(|_| input.error(format!("expected the name of an option; {known}")))?;
        option(&name, input)?;
        if input.is_empty() || input.peek(Token![,]) {
            Ok(())
        } else {
            Err(input.error(format!("expected `,` after the option `{name}`")))
        }
    };
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            if let Err(error) = option(input) {
                errors.add(error);
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.add(error);
    }
}

/// Reads what follows the name of an option; where it breaks off, the answer is `message`.
fn value<T>(
    input: ParseStream,
    name: &Ident,
    message: &str,
    read: impl FnOnce(ParseStream) -> syn::Result<T>,
) -> syn::Result<T> {
    read(input).map_err(|error| {
        if input.is_empty() || input.peek(Token![,]) {
            Error::new_spanned(name, message)
        } else {
            error
        }
    })
}

/// What follows `default`: `= Unit` or `: Type = value`.
fn default(name: &Ident, input: ParseStream) -> syn::Result<Initial> {
    let message = "`default` needs a value: write `default = Unit` or `default: Type = value`";
    let (value_type, value) = value(input, name, message, |input| {
        let colon = input.parse::<Option<Token![:]>>()?;
        let value_type = colon.map(|_| Type::parse(input)).transpose()?;
        input.parse::<Token![=]>()?;
        Ok((value_type, ungrouped(input.parse()?)))
    })?;
    match (value_type, value) {
        (Some(value_type), value) => Ok(Initial::Value(Box::new((value_type, value)))),
        (None, Expr::Path(unit)) if unit.qself.is_none() => Ok(Initial::Unit(unit)),
        (None, other) => Err(Error::new_spanned(
            other,
            "`default = …` takes the name of a unit struct; for any other value write \
             `default: Type = value`",
        )),
    }
}

/// What follows `inline`: `(Type, …)`.
fn inline(name: &Ident, input: ParseStream) -> syn::Result<Vec<Type>> {
    let message = "`inline` needs implementations: write `inline(Type, …)`";
    let tokens = value(input, name, message, |input| {
        let content;
        parenthesized!(content in input);
        content.parse::<TokenStream>()
    })?;
    if tokens.is_empty() {
        return Err(Error::new_spanned(name, message));
    }
    let types = Punctuated::<Type, Token![,]>::parse_terminated;
    let types = types.parse2(tokens).map_err(|error| {
        Error::new(
            error.span(),
            "expected types, such as the names of structs, separated by commas",
        )
    })?;
    Ok(types.into_iter().map(ungrouped_type).collect())
}

/// What follows `crate`: `= path`.
fn krate(name: &Ident, input: ParseStream) -> syn::Result<Path> {
    value(
        input,
        name,
        "`crate` needs a path: write `crate = path`",
        |input| {
            input.parse::<Token![=]>()?;
            Path::parse_mod_style(input)
        },
    )
}

/// The expression that a macro's parameter stands for.
fn ungrouped(expression: Expr) -> Expr {
    match expression {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}

/// The type that a macro's parameter stands for.
fn ungrouped_type(listed: Type) -> Type {
    match listed {
        Type::Group(group) => ungrouped_type(*group.elem),
        Type::Paren(paren) => ungrouped_type(*paren.elem),
        other => other,
    }
}

fn unknown(name: &Ident, known: &str) -> Error {
    Error::new_spanned(name, format!("unknown option `{name}`; {known}"))
}

fn twice(name: &Ident) -> Error {
    Error::new_spanned(
        name,
        format!("the option `{name}` is given twice; remove one"),
    )
}

/// Whether the attribute is this macro's, written within a trait, be it under a `cfg_attr`.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == NAME) || cfg_attr_of(attribute, NAME)
}

/// Whether the attribute is a `cfg_attr` that gives the attribute of this name.
pub(crate) fn cfg_attr_of(attribute: &Attribute, name: &str) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let mut tokens = list.tokens.clone().into_iter();
    list.path.is_ident("cfg_attr")
        && tokens.any(|token| matches!(token, TokenTree::Ident(ident) if ident == name))
}

/// Reads `#[static_dispatch(cold)]` on a method; the answer is the option's name.
pub(crate) fn cold(attributes: &[Attribute], errors: &mut Errors) -> Option<Ident> {
    let mut cold = None;
    for attribute in attributes.iter().filter(|attribute| is_ours(attribute)) {
        if cfg_attr_of(attribute, NAME) {
            errors.at(
                &attribute.meta,
                "`static_dispatch` comes before `cfg_attr`; write the method twice, each under its \
                 `#[cfg]`, one with `#[static_dispatch(cold)]`",
            );
            continue;
        }
        match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                options(list.tokens.clone(), ON_A_METHOD, errors, |name, _| {
                    if name != "cold" {
                        return Err(unknown(name, ON_A_METHOD));
                    }
                    if cold.is_some() {
                        return Err(twice(name));
                    }
                    cold = Some(name.clone());
                    Ok(())
                });
            }
            meta => errors.at(
                meta,
                "on a method, `static_dispatch` needs an option: write `#[static_dispatch(cold)]`, \
                 or remove the attribute",
            ),
        }
    }
    cold
}
