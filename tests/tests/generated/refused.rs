//! Random traits each of which is just outside of what the attribute accepts.

use std::ops::Range;

use fastrand::Rng;

use crate::accepted::Trait;

/// A trait that is refused.
pub(crate) struct Refused {
    /// The lines of the program that are about it.
    pub(crate) lines: Range<usize>,
    /// How the message begins that is expected.
    pub(crate) message: &'static str,
}

const RECEIVER: &str = "all threads share the current implementation, so a method takes `&self`";
const GENERIC: &str = "a generic method cannot be called through a trait object";
const IMPL: &str = "`impl Trait` cannot be passed through a trait object";
const SELF: &str = "`Self` is another type in each implementation";
const OPTION: &str = "on a method, `static_dispatch` needs an option";
const GENERIC_TRAIT: &str = "a generic trait has no single static call key";

/// Methods that are refused, while the rest of the trait can be used.
const METHODS: &[(&str, &str)] = &[
    ("fn refused(&mut self);", RECEIVER),
    ("fn refused(self);", RECEIVER),
    ("fn refused(mut self: Self) {}", RECEIVER),
    ("fn refused(self: Box<Self>) -> u8;", RECEIVER),
    ("fn refused(self: std::rc::Rc<Self>, x: &str);", RECEIVER),
    ("fn refused(self: std::pin::Pin<&Self>);", RECEIVER),
    ("fn refused(self: std::pin::Pin<&mut Self>);", RECEIVER),
    ("unsafe fn refused(self: &mut Self, x: u8) {}", RECEIVER),
    ("fn refused(self: &&Self) -> u8;", RECEIVER),
    (
        "async fn refused(&self) -> u8;",
        "an `async fn` cannot be called through a trait object",
    ),
    (
        "async fn refused(&self, x: &str) -> usize { x.len() }",
        "an `async fn` cannot be called through a trait object",
    ),
    (
        "const fn refused(&self);",
        "a `const fn` cannot be dispatched",
    ),
    ("fn refused<T>(&self, x: T);", GENERIC),
    (
        "fn refused<'a, T: Debug>(&'a self, x: &'a T) -> &'a dyn Debug { x }",
        GENERIC,
    ),
    (
        "fn refused<const LENGTH: usize>(&self) -> [u8; LENGTH];",
        GENERIC,
    ),
    ("fn refused(&self, x: impl Debug);", IMPL),
    (
        "fn refused(&self, x: Option<impl FnOnce(u8) -> u8>) {}",
        IMPL,
    ),
    ("fn refused(&self, x: &Self);", SELF),
    ("fn refused(&self) -> Self;", SELF),
    ("fn refused(&self) -> Option<Self>;", SELF),
    ("fn refused(&self, x: &dyn Fn(&Self) -> u8) {}", SELF),
    (
        "fn refused();",
        "a method without receiver needs `where Self: Sized`",
    ),
    (
        "fn refused(x: &str) -> &str { x }",
        "a method without receiver needs `where Self: Sized`",
    ),
    (
        "fn refused(&self) where Self: Sized;",
        "`where Self: Sized` keeps the method out of the trait object",
    ),
    (
        "#[track_caller] fn refused(&self);",
        "a static call passes no caller location on",
    ),
    (
        "extern \"efiapi\" fn refused(&self);",
        "this calling convention is not supported",
    ),
    (
        "#[static_dispatch(hot)] fn refused(&self) {}",
        "unknown option `hot`",
    ),
    (
        "#[static_dispatch(cold, cold)] fn refused(&self) {}",
        "the option `cold` is given twice",
    ),
    ("#[static_dispatch] fn refused(&self) {}", OPTION),
    ("#[static_dispatch()] fn refused(&self) {}", OPTION),
    (
        "#[static_dispatch(cold)] fn refused(self) where Self: Sized {}",
        "`cold` has no meaning here",
    ),
];

/// Members without which nothing is left that could be used.
const MEMBERS: &[(&str, &str)] = &[
    ("fn refused(&self) -> impl Debug;", IMPL),
    (
        "const REFUSED: u8;",
        "an associated constant differs between implementations",
    ),
    (
        "const REFUSED: u8 = 1;",
        "an associated constant differs between implementations",
    ),
    (
        "type Refused;",
        "an associated type differs between implementations",
    ),
    (
        "members!();",
        "the methods that a macro makes cannot be seen from here",
    ),
];

/// Options that are refused.
const OPTIONS: &[(&str, &str)] = &[
    ("nope", "unknown option `nope`"),
    ("defualt = Unit", "unknown option `defualt`"),
    ("cold", "`cold` belongs on a method"),
    ("crate", "`crate` needs a path"),
    ("1", "expected the name of an option"),
];

/// The program of as many traits.
pub(crate) fn program(seed: u64, traits: usize) -> (String, Vec<Refused>) {
    let mut rng = Rng::with_seed(seed);
    let mut program = format!(
        "#![allow(warnings)]\nextern crate static_call as renamed;\nmacro_rules! members {{ () => {{}} }}\n{}",
        include_str!("support.rs"),
    );
    let mut all = Vec::new();
    for number in 0..traits {
        let (source, message) = refused(number, &mut rng);
        let first = program.lines().count() + 1;
        program += &source;
        all.push(Refused {
            lines: first..program.lines().count() + 1,
            message,
        });
    }
    (program + "fn main() {}\n", all)
}

/// A trait that is refused, and how the message begins.
fn refused(number: usize, rng: &mut Rng) -> (String, &'static str) {
    let mut created = Trait::any(number, rng);
    while !created.is_static || created.is_devirt {
        created = Trait::any(number, rng);
    }
    created.is_made_by_macro = false;
    let choose = |from: &[(&'static str, &'static str)], rng: &mut Rng| {
        *rng.choice(from).expect("there is something to choose from")
    };
    match rng.u8(..10) {
        0 => {
            created.supertraits = if created.has_local { "Send" } else { "" };
            let message =
                "all threads share the current implementation, so the trait must require `Sync`";
            (created.source(rng), message)
        }
        1 => {
            let (option, message) = choose(OPTIONS, rng);
            let place = rng.usize(..=created.arguments.len());
            created.arguments.insert(place, option.to_owned());
            (created.source(rng), message)
        }
        2 => {
            created.name = "Trait<T>";
            (created.declaration(rng), GENERIC_TRAIT)
        }
        3 => {
            created.supertraits = "Sync + Sized";
            (
                created.declaration(rng),
                "a trait that requires `Sized` has no trait object",
            )
        }
        4 | 5 => {
            let (member, message) = choose(MEMBERS, rng);
            created.others = member.to_owned();
            (created.declaration(rng), message)
        }
        _ => {
            let (method, message) = choose(METHODS, rng);
            created.others = method.to_owned();
            (created.source(rng), message)
        }
    }
}
