//! Random traits and random tokens. A trait from a grammar is accepted, or refused with exactly the messages that
//! what is wrong with it calls for; whatever else is annotated, the macro answers with Rust or with an error, and
//! never panics. `PROPTEST_CASES=10000 cargo test` tries more.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use syn::{File, LitStr};

/// Splits an expansion into what it is and the messages of the errors at its end.
fn split(expansion: TokenStream) -> (TokenStream, Vec<String>) {
    // ::core::compile_error! { "…" }
    const LENGTH: usize = 8;
    let mut tokens: Vec<_> = expansion.into_iter().collect();
    let mut messages = Vec::new();
    while let [.., TokenTree::Ident(name), _, TokenTree::Group(group)] = &tokens[..]
        && name == "compile_error"
    {
        let message: LitStr = syn::parse2(group.stream()).expect("a message is a string");
        assert_ne!(message.value(), "");
        messages.push(message.value());
        tokens.truncate(tokens.len() - LENGTH);
    }
    (tokens.into_iter().collect(), messages)
}

/// A piece of source, and how the messages begin with which it is refused.
#[derive(Debug, Clone)]
struct Piece {
    source: String,
    refusals: Vec<&'static str>,
}

impl Piece {
    fn join(pieces: &[Self], separator: &str) -> Self {
        let sources: Vec<_> = pieces.iter().map(|piece| piece.source.as_str()).collect();
        Self {
            source: sources.join(separator),
            refusals: pieces
                .iter()
                .flat_map(|piece| piece.refusals.clone())
                .collect(),
        }
    }
}

/// One of these sources, none of which is refused, or more rarely one of those that are.
fn piece(
    accepted: &'static [&str],
    refused: &'static [(&str, &[&str])],
) -> impl Strategy<Value = Piece> {
    let accepted = accepted.iter().map(|source| (*source, &[][..]));
    let all = |pieces: Vec<(&'static str, &'static [&'static str])>| {
        select(pieces).prop_map(|(source, refusals)| Piece {
            source: source.to_owned(),
            refusals: refusals.to_vec(),
        })
    };
    prop_oneof![
        12 => all(accepted.collect()),
        1 => all(refused.to_vec()),
    ]
}

const SELF: &str = "`Self` is another type in each implementation";
const ASSOCIATED: &str = "an associated type differs between implementations";
const IMPL: &str = "`impl Trait` cannot be passed";
const GENERIC: &str = "a generic method cannot be called";
const RECEIVER: &str = "all threads share the current implementation, so a method takes `&self`";
const NO_RECEIVER: &str = "a method without receiver needs `where Self: Sized`";
const NO_BODY: &str = "`where Self: Sized` keeps the method out of the trait object";
const CALLER: &str = "a static call passes no caller location on";
const MEANINGLESS: &str = "`cold` has no meaning here";
const NEVER: &str = "`noop` needs a value to return, and `!` has none";
const UNSAFE_NOOP: &str = "`noop` would implement an unsafe trait";
const NOT_SYNC: &str =
    "all threads share the current implementation, so the trait must require `Sync`";
const SIZED: &str = "a trait that requires `Sized` has no trait object";
const GENERIC_TRAIT: &str = "a generic trait has no single static call key";

/// A type, as it may stand in a parameter or be returned.
fn any_type() -> impl Strategy<Value = Piece> {
    let leaf = piece(
        &[
            "u8",
            "i128",
            "f64",
            "bool",
            "()",
            "&str",
            "&'a [u8]",
            "&'static str",
            "&mut u64",
            "[u64; 3]",
            "[u8; { 1 + 2 }]",
            "String",
            "*const u8",
            "fn(u8) -> u8",
            "dyn_::Name",
            "r#type::r#Self_",
            "(u8,)",
            "Box<dyn Fn(u8) -> u8 + '_>",
            "&(dyn Send + Sync)",
            "Option<core::num::NonZeroU8>",
            "impls",
            "SelfLike",
            "[(); LENGTH]",
            "for<'b> fn(&'b u8) -> &'b u8",
            "<u8 as Into<u16>>::Error",
        ],
        &[
            ("Self", &[SELF]),
            ("&Self", &[SELF]),
            ("Box<Self>", &[SELF]),
            ("Self::Name", &[ASSOCIATED]),
            ("impl Send", &[IMPL]),
            ("&impl Fn(u8) -> u8", &[IMPL]),
            ("impl Into<Self>", &[IMPL]),
            ("fn(Self) -> Self", &[SELF, SELF]),
            ("&dyn Fn(&Self)", &[SELF]),
        ],
    );
    leaf.prop_recursive(3, 8, 2, |inner| {
        let wrapped = select(vec![
            ("Option<", ">"),
            ("Vec<", ">"),
            ("&", ""),
            ("[", "; 2]"),
            ("(", ")"),
            ("(u8, ", ")"),
            ("a::B<'a, ", ", 3>"),
        ]);
        (wrapped, inner).prop_map(|((open, close), inner)| Piece {
            source: format!("{open}{}{close}", inner.source),
            refusals: inner.refusals,
        })
    })
}

/// A method: what it is, and what is wrong with it.
#[derive(Debug, Clone)]
struct Method {
    attributes: Piece,
    modifiers: Piece,
    generics: Piece,
    receiver: Option<Piece>,
    parameters: Vec<Piece>,
    output: Option<Piece>,
    clause: &'static str,
    is_cold: bool,
    is_sized: bool,
    has_body: bool,
}

fn method() -> impl Strategy<Value = Method> {
    let attributes = piece(
        &[
            "",
            "",
            "/** Text. */",
            "#[inline]",
            "#[must_use]",
            "#[cfg(all())]",
            "#[allow(unused, clippy::all)]",
            "#[deprecated(note = \"x\")]",
            "#[cfg_attr(all(), inline)]",
            "#[expect(non_snake_case)]",
            "#[other::tool(1 + )]",
        ],
        &[("#[track_caller]", &[CALLER])],
    );
    let modifiers = piece(
        &[
            "",
            "",
            "",
            "unsafe",
            "extern \"C\"",
            "extern",
            "unsafe extern \"system-unwind\"",
            "extern \"Rust\"",
        ],
        &[
            ("async", &["an `async fn` cannot be called"]),
            ("const", &["a `const fn` cannot be dispatched"]),
            (
                "extern \"fastcall\"",
                &["this calling convention is not supported"],
            ),
            ("async unsafe", &["an `async fn` cannot be called"]),
        ],
    );
    let generics = piece(
        &["", "", "<'a>", "<'a, 'b: 'a>", "<>"],
        &[
            ("<T>", &[GENERIC]),
            ("<const LENGTH: usize>", &[GENERIC]),
            ("<'a, T: 'a, U: ?Sized>", &[GENERIC, GENERIC]),
        ],
    );
    let receiver = piece(
        &[
            "&self",
            "&self",
            "&'a self",
            "self: &Self",
            "self: &'a Self",
            "&'_ self",
        ],
        &[
            ("&mut self", &[RECEIVER]),
            ("self", &[RECEIVER]),
            ("mut self", &[RECEIVER]),
            ("self: Self", &[RECEIVER]),
            ("self: &mut Self", &[RECEIVER]),
            ("self: Box<Self>", &[RECEIVER]),
            ("self: Pin<&mut Self>", &[RECEIVER]),
            ("self: std::sync::Arc<Self>", &[RECEIVER]),
            ("self: &&Self", &[RECEIVER]),
        ],
    );
    let pattern = select(vec![
        "x",
        "_",
        "mut y",
        "(a, b)",
        "&z",
        "r#type",
        "Point { x, .. }",
        "#[cfg(all())] q",
        "w @ 1..=2",
    ]);
    let parameter = (pattern, any_type()).prop_map(|(pattern, kind)| Piece {
        source: format!("{pattern}: {}", kind.source),
        refusals: kind.refusals,
    });
    let output = prop_oneof![
        9 => any_type(),
        1 => Just(Piece { source: "!".to_owned(), refusals: Vec::new() }),
    ];
    let clause = select(vec![
        "",
        "",
        "'a: 'a",
        "Self: Send",
        "Self: 'a, u8: Copy",
        "for<'c> &'c u8: Sized",
    ]);
    (
        (attributes, modifiers, generics),
        proptest::option::weighted(0.8, receiver),
        vec(parameter, 0..4),
        proptest::option::of(output),
        clause,
        (
            prop::bool::weighted(0.2),
            prop::bool::weighted(0.3),
            any::<bool>(),
        ),
    )
        .prop_map(
            |((attributes, modifiers, generics), receiver, parameters, output, clause, flags)| {
                let (is_cold, is_sized, has_body) = flags;
                Method {
                    attributes,
                    modifiers,
                    generics,
                    receiver,
                    parameters,
                    output,
                    clause,
                    is_cold,
                    is_sized,
                    has_body,
                }
            },
        )
}

impl Method {
    fn source(&self, name: &str) -> String {
        let cold = if self.is_cold {
            "#[static_dispatch(cold)]"
        } else {
            ""
        };
        let inputs: Vec<_> = self
            .receiver
            .iter()
            .chain(&self.parameters)
            .cloned()
            .collect();
        let output = self
            .output
            .as_ref()
            .map_or(String::new(), |output| format!("-> {}", output.source));
        let sized = if self.is_sized {
            "Self: core::marker::Sized"
        } else {
            ""
        };
        let separator = if self.is_sized && !self.clause.is_empty() {
            ", "
        } else {
            ""
        };
        let clause = format!("{}{separator}{sized}", self.clause);
        let clause = if clause.is_empty() {
            clause
        } else {
            format!("where {clause}")
        };
        let body = if self.has_body { "{ loop {} }" } else { ";" };
        format!(
            "{cold} {} {} fn {name}{}({}) {output} {clause} {body}",
            self.attributes.source,
            self.modifiers.source,
            self.generics.source,
            Piece::join(&inputs, ", ").source,
        )
    }

    /// How the messages begin that are expected.
    fn refusals(&self, is_noop: bool) -> Vec<&'static str> {
        let mut refusals = Piece::join(&self.parameters, "").refusals;
        for piece in [&self.modifiers, &self.generics]
            .into_iter()
            .chain(&self.output)
        {
            refusals.extend(&piece.refusals);
        }
        if !self.is_cold {
            refusals.extend(&self.attributes.refusals);
        }
        // What has a body to fall back on is left alone, unless it can be dispatched all the same.
        if self.is_sized && self.has_body && (self.receiver.is_some() || !refusals.is_empty()) {
            return if self.is_cold {
                vec![MEANINGLESS]
            } else {
                Vec::new()
            };
        }
        match &self.receiver {
            None if !self.is_sized => refusals.push(NO_RECEIVER),
            None => {}
            Some(_) if self.is_sized => refusals.push(NO_BODY),
            Some(receiver) => refusals.extend(&receiver.refusals),
        }
        let is_never = self
            .output
            .as_ref()
            .is_some_and(|output| output.source == "!");
        if is_noop && is_never && !self.has_body {
            refusals.push(NEVER);
        }
        refusals
    }
}

/// What is not a method of a trait.
fn other_member() -> impl Strategy<Value = Piece> {
    piece(
        &[""],
        &[
            ("const NAME: u8;", &["an associated constant differs"]),
            ("type Item: Copy;", &["an associated type differs"]),
            ("members!();", &["the methods that a macro makes"]),
        ],
    )
}

/// The options of the attribute.
fn arguments() -> impl Strategy<Value = Piece> {
    piece(
        &[
            "",
            "",
            "noop",
            "noop,",
            "default = Unit",
            "default = a::Unit, inline(B)",
            "out_of_line",
            "default: (u8, Vec<u8>) = (1, Vec::new())",
            "inline(A)",
            "inline(A, B<u8>, [u8; 3],), noop",
            "crate = some::path, noop",
            "crate = ::a",
            "crate = crate::b",
            "inline(&'static A)",
            "inline((A))",
            "out_of_line, default: A = A { b: 1 }",
            "default: u8 = { 1 + 1 }, inline(u8)",
        ],
        &[
            ("noop, noop", &["the option `noop` is given twice"]),
            (
                "noop, default = Unit",
                &["`noop` and `default` exclude each other"],
            ),
            (
                "default = Unit, noop",
                &["`default` and `noop` exclude each other"],
            ),
            (
                "inline(A), out_of_line",
                &["`inline` and `out_of_line` exclude each other"],
            ),
            (
                "out_of_line, inline(A)",
                &["`out_of_line` and `inline` exclude each other"],
            ),
            ("nope", &["unknown option `nope`"]),
            (
                "nope, nopes = 3, noop",
                &["unknown option `nope`", "unknown option `nopes`"],
            ),
            ("cold", &["`cold` belongs on a method"]),
            ("default", &["`default` needs a value"]),
            (
                "default = 1",
                &["`default = …` takes the name of a unit struct"],
            ),
            ("default: u8", &["`default` needs a value"]),
            ("crate", &["`crate` needs a path"]),
            ("inline", &["`inline` needs implementations"]),
            ("inline()", &["`inline` needs implementations"]),
            ("inline(A, A)", &["`A` is listed twice"]),
            (
                "inline(_, dyn A)",
                &[
                    "the bodies of a listed implementation",
                    "the bodies of a listed implementation",
                ],
            ),
            (
                "inline([u8], str)",
                &[
                    "a listed implementation must have a size",
                    "a listed implementation must have a size",
                ],
            ),
            ("inline(1)", &["expected types"]),
            ("noop noop", &["expected `,` after the option `noop`"]),
            ("1, noop", &["expected the name of an option"]),
            (",", &["expected the name of an option"]),
        ],
    )
}

/// A trait, the options of its attribute, and how the messages begin that are expected.
#[derive(Debug)]
struct Annotated {
    arguments: String,
    item: String,
    refusals: Vec<&'static str>,
}

fn annotated() -> impl Strategy<Value = Annotated> {
    let generics = piece(
        &["", "", ""],
        &[
            ("<T>", &[GENERIC_TRAIT]),
            ("<'a, const N: usize>", &[GENERIC_TRAIT, GENERIC_TRAIT]),
        ],
    );
    let supertraits = piece(
        &[
            "Sync",
            "Sync +",
            "Send + Sync",
            "::core::marker::Sync + 'static",
            "Debug + Sync + Into<u8>",
        ],
        &[
            ("", &[NOT_SYNC]),
            ("Send", &[NOT_SYNC]),
            ("?Sync", &[NOT_SYNC]),
            ("Sync + Sized", &[SIZED]),
            ("std::marker::Sized", &[SIZED, NOT_SYNC]),
        ],
    );
    let head = select(vec![
        "",
        "pub",
        "pub(crate)",
        "/** Text. */",
        "#[allow(unused)]",
        "unsafe",
        "pub unsafe",
    ]);
    let name = select(vec![
        "Name",
        "r#type",
        "r#Name",
        "__StaticCallName",
        "Ünïcode",
    ]);
    (
        arguments(),
        head,
        name,
        generics,
        supertraits,
        vec(method(), 0..6),
        other_member(),
    )
        .prop_map(
            |(arguments, head, name, generics, supertraits, methods, other)| {
                // An option whose reading fails later is in force all the same.
                let is_noop =
                    arguments.source.contains("noop") && !arguments.source.starts_with("default");
                let mut members = vec![other.source.clone()];
                let mut refusals = Piece::join(
                    &[
                        arguments.clone(),
                        generics.clone(),
                        supertraits.clone(),
                        other,
                    ],
                    "",
                )
                .refusals;
                for (number, method) in methods.iter().enumerate() {
                    members.push(method.source(&format!("method{number}")));
                    refusals.extend(method.refusals(is_noop));
                }
                if is_noop && head.ends_with("unsafe") {
                    refusals.push(UNSAFE_NOOP);
                }
                Annotated {
                    arguments: arguments.source,
                    item: format!(
                        "{head} trait {name}{}: {} {{ {} }}",
                        generics.source,
                        supertraits.source,
                        members.join("\n"),
                    ),
                    refusals,
                }
            },
        )
}

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("the source consists of tokens")
}

/// Any token, or a group of them.
fn any_token() -> impl Strategy<Value = TokenTree> {
    let word = select(vec![
        "trait",
        "fn",
        "self",
        "Self",
        "mut",
        "where",
        "for",
        "impl",
        "dyn",
        "unsafe",
        "extern",
        "async",
        "const",
        "type",
        "pub",
        "in",
        "static_dispatch",
        "noop",
        "default",
        "inline",
        "devirt",
        "out_of_line",
        "cold",
        "crate",
        "auto",
        "Sync",
        "Sized",
        "x",
        "T",
        "_",
        "super",
        "cfg_attr",
        "cfg",
        "track_caller",
        "union",
        "gen",
        "safe",
    ]);
    let word = word.prop_map(|word| Ident::new(word, Span::call_site()).into());
    let punctuation = (
        select("#!$%&*+,-./:;<=>?@^|~'".chars().collect::<Vec<_>>()),
        any::<bool>(),
    )
        .prop_map(|(character, is_joint)| {
            let spacing = if is_joint {
                Spacing::Joint
            } else {
                Spacing::Alone
            };
            Punct::new(character, spacing).into()
        });
    let literal = select(vec![
        "0", "1u8", "1.5", "\"cold\"", "b\"C\"", "'a'", "c\"\"", "r#\"\"#",
    ]);
    let literal = literal.prop_map(|literal| {
        let literal: Literal = literal.parse().expect("it is a literal");
        literal.into()
    });
    let leaf = prop_oneof![5 => word, 4 => punctuation, 1 => literal];
    leaf.prop_recursive(4, 32, 6, |inner: BoxedStrategy<TokenTree>| {
        let delimiter = select(vec![
            Delimiter::Parenthesis,
            Delimiter::Brace,
            Delimiter::Bracket,
            Delimiter::None,
        ]);
        (delimiter, vec(inner, 0..6)).prop_map(|(delimiter, tokens)| {
            Group::new(delimiter, tokens.into_iter().collect()).into()
        })
    })
}

fn any_tokens() -> impl Strategy<Value = TokenStream> {
    vec(any_token(), 0..12).prop_map(|tokens| tokens.into_iter().collect())
}

/// A change of one token.
#[derive(Debug, Clone)]
enum Edit {
    Remove,
    Repeat,
    Insert(TokenTree),
    Replace(TokenTree),
    /// Puts it into a group without delimiters, as parameters of `macro_rules!` are.
    Enclose,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        Just(Edit::Remove),
        Just(Edit::Repeat),
        any_token().prop_map(Edit::Insert),
        any_token().prop_map(Edit::Replace),
        Just(Edit::Enclose),
    ]
}

/// Changes the token of this number, of all that there are in groups and outside; the number of those left out
/// comes back.
fn change(tokens: TokenStream, mut number: usize, edit: &Edit) -> (TokenStream, Option<usize>) {
    let mut changed = Vec::new();
    let mut tokens = tokens.into_iter();
    for token in tokens.by_ref() {
        if number == 0 {
            match edit {
                Edit::Remove => {}
                Edit::Repeat => changed.extend([token.clone(), token]),
                Edit::Insert(other) => changed.extend([token, other.clone()]),
                Edit::Replace(other) => changed.push(other.clone()),
                Edit::Enclose => changed.push(Group::new(Delimiter::None, token.into()).into()),
            }
            changed.extend(tokens);
            return (changed.into_iter().collect(), None);
        }
        number -= 1;
        match token {
            TokenTree::Group(group) => {
                let (stream, left) = change(group.stream(), number, edit);
                changed.push(Group::new(group.delimiter(), stream).into());
                match left {
                    Some(left) => number = left,
                    None => {
                        changed.extend(tokens);
                        return (changed.into_iter().collect(), None);
                    }
                }
            }
            token => changed.push(token),
        }
    }
    (changed.into_iter().collect(), Some(number))
}

/// Expands what may be no trait at all.
fn assert_answered(arguments: TokenStream, item: TokenStream) {
    let text = format!("#[static_dispatch({arguments})] {item}");
    let is_rust = syn::parse2::<File>(item.clone()).is_ok();
    let (rest, messages) = split(crate::route(arguments, item));
    if messages.is_empty() || is_rust {
        assert!(syn::parse2::<File>(rest).is_ok(), "{text}");
    }
}

/// Four times as many as proptest would try.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: 4 * default.cases,
        ..default
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_trait_is_accepted_or_refused_for_what_is_wrong_with_it(annotated in annotated()) {
        let Annotated { arguments, item, mut refusals } = annotated;
        let (rest, mut messages) = split(crate::route(tokens(&arguments), tokens(&item)));
        refusals.sort_unstable();
        messages.sort_unstable();
        let is_same = messages.len() == refusals.len()
            && messages.iter().zip(&refusals).all(|(message, refusal)| message.starts_with(refusal));
        prop_assert!(is_same, "{messages:#?} instead of {refusals:#?}");
        prop_assert!(syn::parse2::<File>(rest).is_ok());
    }

    #[test]
    fn a_trait_of_which_some_tokens_were_changed_is_answered(
        annotated in annotated(),
        is_for_devirt in any::<bool>(),
        edits in vec((any::<prop::sample::Index>(), edit(), prop::bool::weighted(0.3)), 1..4),
    ) {
        let mut arguments = tokens(&annotated.arguments);
        if is_for_devirt {
            arguments = tokens(&format!("devirt, {}", annotated.arguments));
        }
        let mut item = tokens(&annotated.item);
        for (index, edit, is_of_arguments) in edits {
            let stream = if is_of_arguments { &mut arguments } else { &mut item };
            let (_, all) = change(stream.clone(), usize::MAX, &edit);
            let count = usize::MAX - all.expect("there are fewer tokens");
            if count > 0 {
                (*stream, _) = change(stream.clone(), index.index(count), &edit);
            }
        }
        assert_answered(arguments, item);
    }

    #[test]
    fn any_tokens_are_answered(arguments in any_tokens(), item in any_tokens()) {
        assert_answered(arguments, item);
    }
}
