//! Random traits that the attribute accepts, with implementations, and a check that compares their calls.

use std::fmt::Write;

use fastrand::Rng;

/// The program that checks as many traits.
pub(crate) fn program(seed: u64, traits: usize) -> String {
    let mut rng = Rng::with_seed(seed);
    let mut program = include_str!("support.rs").to_owned();
    let mut main = String::new();
    for number in 0..traits {
        program += &Trait::any(number, &mut rng).source(&mut rng);
        writeln!(main, "patched += trait_{number}::check();").expect("a string can be written to");
    }
    format!(
        "#![allow(warnings)]
        extern crate static_call as renamed;
        {program}
        fn main() {{
            prepare();
            let mut patched = 0;
            {main}
            assert_eq!(patched > 0, cfg!(patches), \"{{}}\", static_call::report());
        }}"
    )
}

/// Types of values, all of which have a default.
const VALUES: &[&str] = &[
    "()",
    "bool",
    "u8",
    "i16",
    "u32",
    "i64",
    "u64",
    "u128",
    "i128",
    "f32",
    "f64",
    "char",
    "String",
    "Vec<u16>",
    "Vec<String>",
    "Box<u32>",
    "Arc<str>",
    "[u8; 0]",
    "[u8; 3]",
    "[u64; 2]",
    "[u64; 5]",
    "[f32; 4]",
    "(u8, u64)",
    "(f64, u32)",
    "(u64, u64, u64)",
    "Option<u64>",
    "Option<NonZeroU32>",
    "Option<Box<u32>>",
    "Duration",
    "Mixed",
    "Large",
    "Wide",
    "Empty",
];

/// A kind of parameter that borrows, or is called.
struct Kind {
    /// `'_` may be replaced by a lifetime that has a name.
    declared: &'static str,
    /// The type of the variable that the argument is made of.
    owned: &'static str,
    /// The argument, by that variable, `$`.
    argument: &'static str,
    /// A number that stands for the parameter, `$`.
    digest: &'static str,
    /// What a method does to it, with the number `by`.
    change: &'static str,
}

const fn kind(
    declared: &'static str,
    owned: &'static str,
    argument: &'static str,
    digest: &'static str,
    change: &'static str,
) -> Kind {
    Kind {
        declared,
        owned,
        argument,
        digest,
        change,
    }
}

const TEXT: Kind = kind("&'_ str", "String", "&$", "digest(&$)", "");

const KINDS: &[Kind] = &[
    TEXT,
    kind("&'_ [u16]", "Vec<u16>", "&$", "digest(&$)", ""),
    kind("&'_ Large", "Large", "&$", "digest(&$)", ""),
    kind("&'_ Wide", "Wide", "&$", "digest(&$)", ""),
    kind("Option<&'_ str>", "String", "Some(&*$)", "digest(&$)", ""),
    kind(
        "Cow<'_, str>",
        "String",
        "Cow::Borrowed(&*$)",
        "digest(&$)",
        "",
    ),
    kind("&'_ dyn Debug", "Large", "&$", "digest(&$)", ""),
    kind("&'_ mut u64", "u64", "&mut $", "digest(&$)", "*$ = by;"),
    kind(
        "&'_ mut Vec<u16>",
        "Vec<u16>",
        "&mut $",
        "digest(&$)",
        "$.push(by as u16);",
    ),
    kind(
        "&'_ mut [String]",
        "Vec<String>",
        "&mut $",
        "digest(&$)",
        "for x in $ { *x = by.to_string(); }",
    ),
    kind(
        "&'_ mut dyn FnMut(u64)",
        "u64",
        "&mut |by| $ = mix($, by)",
        "0_u64",
        "$(by);",
    ),
    kind(
        "&'_ dyn Fn(u64) -> u64",
        "u64",
        "&|x| mix($, x)",
        "$(7)",
        "",
    ),
    kind(
        "Box<dyn Fn(u64) -> u64 + '_>",
        "u64",
        "Box::new(|x| mix($, x))",
        "$(9)",
        "",
    ),
    kind("fn(u64) -> u64", "u64", "|x| mix(x, 3_u64)", "$(5)", ""),
    kind(
        "for<'byte> fn(&'byte u8) -> &'byte u8",
        "u8",
        "|x| x",
        "digest($(&7))",
        "",
    ),
    kind(
        "*const u8",
        "u8",
        "&raw const $",
        "u64::from($.is_null())",
        "",
    ),
];

enum Passed {
    Value(&'static str),
    Kind(&'static Kind, &'static str),
}

impl Passed {
    fn any(rng: &mut Rng, lifetimes: &[&'static str]) -> Self {
        if rng.bool() {
            return Self::Value(pick(rng, VALUES));
        }
        let lifetime = *rng.choice(lifetimes).unwrap_or(&"'_");
        let kind = if rng.u8(..4) == 0 {
            &TEXT
        } else {
            rng.choice(KINDS).expect("there are kinds")
        };
        Self::Kind(kind, lifetime)
    }

    fn declared(&self) -> String {
        match self {
            Self::Value(declared) => (*declared).to_owned(),
            Self::Kind(kind, lifetime) => kind.declared.replace("'_", lifetime),
        }
    }
}

enum Returned {
    Nothing,
    Value(&'static str),
    /// The parameter of this number, which is a text of this lifetime.
    Parameter(usize, &'static str),
    /// A text that the receiver has, whose lifetime this is.
    OwnText(&'static str),
    StaticText,
    Closure,
    Never,
}

struct Method {
    number: usize,
    name: String,
    attributes: String,
    qualifiers: &'static str,
    generics: &'static str,
    receiver: Option<&'static str>,
    is_mutable: bool,
    parameters: Vec<Passed>,
    returned: Returned,
    clause: String,
    has_body: bool,
}

/// What is in force before the first update.
#[derive(Clone, Copy, PartialEq)]
enum Initial {
    Unset,
    Noop,
    Unit,
    Value,
}

/// A trait, as it will be written.
pub(crate) struct Trait {
    number: usize,
    pub(crate) name: &'static str,
    initial: Initial,
    pub(crate) arguments: Vec<String>,
    pub(crate) is_static: bool,
    pub(crate) is_devirt: bool,
    is_unsafe: bool,
    pub(crate) is_made_by_macro: bool,
    pub(crate) supertraits: &'static str,
    /// Whether it has a supertrait of the program's own.
    pub(crate) has_local: bool,
    /// Whether calls take `&mut self`.
    is_mutable: bool,
    methods: Vec<Method>,
    /// Members that are not called.
    pub(crate) others: String,
}

fn pick(rng: &mut Rng, from: &[&'static str]) -> &'static str {
    rng.choice(from).expect("there is something to choose from")
}

/// The implementations, and an object of each.
const IMPLEMENTATIONS: &[(&str, &str)] = &[
    ("Unit", "Unit"),
    ("Aligned", "Aligned"),
    ("Held", "Held(1)"),
    ("Held", "Held(2)"),
    ("Of<u8>", "Of(3, 4)"),
    ("Of<String>", "Of(\"text\".to_owned(), 5)"),
];

const TYPES: &[&str] = &["Unit", "Aligned", "Held", "Of<u8>", "Of<String>"];

/// Methods that are left alone.
const LEFT_ALONE: &[&str] = &[
    "fn alone(self) -> Self where Self: Sized { self }",
    "fn alone(mut self: Self, x: &mut Self) where Self: Sized {}",
    "fn alone<T: Debug>(&self, x: T) -> T where Self: Sized { x }",
    "fn alone(self: Box<Self>, x: impl Debug) where Self: Sized {}",
    "fn alone(&mut self, other: &Self) -> bool where Self: Sized { true }",
    "fn alone() -> Option<Self> where Self: Sized { None }",
    "async fn alone(&self, x: &Self) where Self: Sized {}",
    "fn alone(self: std::rc::Rc<Self>) -> Option<impl Debug> where Self: Sized { Some(1) }",
    "fn alone(self: std::pin::Pin<&mut Self>) where Self: Sized {}",
    "#[track_caller] fn alone(&self) where Self: Sized {}",
    "fn alone<const LENGTH: usize>() -> [u8; LENGTH] where Self: Sized { [0; LENGTH] }",
    "#[cfg(any())] fn absent(&self, x: Missing) -> Missing;",
];

impl Method {
    fn any(number: usize, of: &Trait, rng: &mut Rng) -> Self {
        let is_noop = of.initial == Initial::Noop;
        let is_free = of.is_static && rng.u8(..6) == 0;
        let generics = pick(rng, &["", "", "<'a>", "<'a, 'b: 'a>", "<'a, 'b>"]);
        let lifetimes: &[&str] = match generics {
            "" => &[],
            "<'a>" => &["'a", "'_"],
            _ => &["'a", "'b", "'_"],
        };
        let is_mutable = of.is_mutable && rng.bool();
        let receiver = match (is_free, is_mutable) {
            (true, _) => None,
            (false, true) => Some(pick(rng, &["&mut self", "self: &mut Self"])),
            (false, false) if generics.is_empty() => {
                Some(pick(rng, &["&self", "&self", "self: &Self", "&'_ self"]))
            }
            (false, false) => Some(pick(
                rng,
                &["&self", "&'a self", "self: &'a Self", "self: &Self"],
            )),
        };
        let count = if rng.u8(..8) == 0 {
            rng.usize(..14)
        } else {
            rng.usize(..5)
        };
        let parameters: Vec<_> = (0..count).map(|_| Passed::any(rng, lifetimes)).collect();
        let mut has_body = rng.u8(..4) == 0 || is_free && of.is_devirt;
        // Nobody who unwinds is in their way.
        let qualifiers = pick(
            rng,
            &[
                "",
                "",
                "",
                "unsafe",
                "extern \"C-unwind\"",
                "unsafe extern \"system-unwind\"",
                "extern \"C\"",
                "extern \"Rust\"",
                "unsafe extern \"system\"",
            ],
        );
        let texts = parameters
            .iter()
            .enumerate()
            .filter_map(|(index, passed)| match passed {
                Passed::Kind(kind, lifetime)
                    if kind.declared == TEXT.declared && *lifetime != "'_" =>
                {
                    Some((index, *lifetime))
                }
                _ => None,
            });
        let texts: Vec<_> = texts.collect();
        let returned = match rng.u8(..12) {
            0 => Returned::Nothing,
            1 | 2 if receiver.is_some() => Returned::OwnText(
                if receiver.is_some_and(|receiver| receiver.contains("'a")) {
                    "'a"
                } else {
                    ""
                },
            ),
            3 => Returned::StaticText,
            4 if !is_noop || has_body => Returned::Closure,
            5 if !is_noop && unwinds(qualifiers) => Returned::Never,
            6..=8 if !texts.is_empty() => {
                let (index, lifetime) = texts[rng.usize(..texts.len())];
                Returned::Parameter(index, lifetime)
            }
            _ => Returned::Value(pick(rng, VALUES)),
        };
        if matches!(returned, Returned::Never) {
            has_body = is_free && of.is_devirt || has_body && rng.bool();
        }
        let mut predicates = Vec::new();
        if is_free {
            predicates.push("Self: Sized");
        }
        if !generics.is_empty() && rng.u8(..4) == 0 {
            // A lifetime that is bounded is one of the function itself, not of its type.
            predicates.push("'a: 'a");
        }
        if rng.u8(..6) == 0 {
            predicates.push(pick(
                rng,
                &[
                    "u8: Copy",
                    "for<'c> &'c u8: Debug",
                    "String: From<&'static str>",
                    "Self: Sync",
                ],
            ));
        }
        if !of.is_static {
            predicates.retain(|predicate| *predicate != "Self: Sync");
        }
        let mut attributes = pick(
            rng,
            &[
                "",
                "",
                "#[inline]",
                "/// Text.\n",
                "#[cfg(all())]",
                "#[must_use]",
                "#[allow(non_snake_case)]",
                "#[doc(hidden)]",
                "#[cfg_attr(all(), inline(always))]",
                "#[cfg_attr(any(), absent)]",
                "#[deprecated]",
            ],
        )
        .to_owned();
        if rng.u8(..8) == 0 {
            attributes += "#[static_dispatch(cold)]";
            if !qualifiers.contains("extern") && rng.bool() {
                attributes += "#[track_caller]";
            }
        }
        let names = [
            "method",
            "get",
            "r#type",
            "current",
            "as_dyn",
            "choice",
            "object",
            "new",
            "key",
            "implementation",
            "r#match",
            "as_inner",
            "into_inner",
            "deref",
            "state",
            "text",
            "fmt",
            "clone",
            "eq",
            "to_string",
            "update",
            "drop",
        ];
        let name = match rng.choice(names).filter(|_| rng.u8(..3) == 0) {
            Some(name) if of.methods.iter().all(|other| other.name != name) => name.to_owned(),
            _ => format!("method_{number}"),
        };
        Self {
            number,
            name,
            attributes,
            qualifiers,
            generics,
            receiver,
            is_mutable,
            parameters,
            returned,
            clause: if predicates.is_empty() {
                String::new()
            } else {
                format!("where {}", predicates.join(", "))
            },
            has_body,
        }
    }

    fn unwinds(&self) -> bool {
        unwinds(self.qualifiers)
    }

    fn output(&self) -> String {
        match self.returned {
            Returned::Nothing => String::new(),
            Returned::Value(declared) => format!("-> {declared}"),
            Returned::Parameter(_, lifetime) | Returned::OwnText(lifetime) => {
                format!("-> &{lifetime} str")
            }
            Returned::StaticText => "-> &'static str".to_owned(),
            Returned::Closure => "-> Box<dyn Fn(u64) -> u64>".to_owned(),
            Returned::Never => "-> !".to_owned(),
        }
    }

    /// The signature, as the trait writes it or as an implementation does.
    fn signature(&self, parameter: impl Fn(usize, String) -> String) -> String {
        let parameters = self.parameters.iter().enumerate();
        let parameters = parameters.map(|(index, passed)| parameter(index, passed.declared()));
        let inputs: Vec<_> = self
            .receiver
            .iter()
            .map(|receiver| (*receiver).to_owned())
            .chain(parameters)
            .collect();
        let Self {
            qualifiers,
            name,
            generics,
            clause,
            ..
        } = self;
        format!(
            "{qualifiers} fn {name}{generics}({}) {} {clause}",
            inputs.join(", "),
            self.output()
        )
    }

    /// A body that depends on `state` and all arguments; `advance` changes the object.
    fn body(&self, state: &str, own_text: &str, advance: &str) -> String {
        let mut body = format!("let mut by = mix({state}, {}_u64);", self.number);
        let named = |index| format!("x{index}");
        for (index, passed) in self.parameters.iter().enumerate() {
            let digest = match passed {
                Passed::Value(_) => "digest(&$)",
                Passed::Kind(kind, _) => kind.digest,
            };
            body += &format!("by = mix(by, {});", digest.replace('$', &named(index)));
        }
        if self.unwinds() {
            body += "if by % 16 == 0 { panic_any(by | 1) }";
        }
        for (index, passed) in self.parameters.iter().enumerate() {
            if let Passed::Kind(kind, _) = passed {
                body += &kind.change.replace('$', &named(index));
            }
        }
        body += advance;
        body += &match self.returned {
            Returned::Nothing => String::new(),
            Returned::Value(_) => "Make::make(by)".to_owned(),
            Returned::Parameter(index, _) => named(index),
            Returned::OwnText(_) => own_text.to_owned(),
            Returned::StaticText => "if by % 2 == 0 { \"even\" } else { \"odd\" }".to_owned(),
            Returned::Closure => "Box::new(move |x| mix(by, x))".to_owned(),
            Returned::Never => "panic_any(by | 1)".to_owned(),
        };
        format!("{{ {body} }}")
    }

    fn declaration(
        &self,
        rng: &mut Rng,
        replaced: &mut Vec<String>,
        is_made_by_macro: bool,
    ) -> String {
        let absent = ["", "", "", "#[cfg(any())] "].map(str::to_owned);
        let mut types: Vec<_> = self.parameters.iter().map(Passed::declared).collect();
        if is_made_by_macro {
            for (declared, passed) in types.iter_mut().zip(&self.parameters) {
                if let Passed::Value(_) = passed {
                    let name = format!("$p{}", replaced.len());
                    replaced.push(std::mem::replace(declared, name));
                }
            }
        }
        let prefix = rng.choice(absent).filter(|text| !text.is_empty());
        let signature = self.signature(|index, _| {
            let declared = &types[index];
            let first = if index == 0 {
                prefix
                    .as_ref()
                    .map_or(String::new(), |cfg| format!("{cfg} absent: Missing, "))
            } else {
                String::new()
            };
            let cfg = if index % 3 == 2 { "#[cfg(all())] " } else { "" };
            let name = if self.has_body {
                ["x", "mut x"][index % 2]
            } else {
                "x"
            };
            match (self.has_body, index % 5) {
                (false, 4) => format!("{first}{cfg}_: {declared}"),
                _ => format!("{first}{cfg}{name}{index}: {declared}"),
            }
        });
        let body = if self.has_body {
            self.body("0_u64", "\"default\"", "")
        } else {
            ";".to_owned()
        };
        format!("{} {signature} {body}\n", self.attributes)
    }

    fn implementation(&self) -> String {
        let signature = self.signature(|index, declared| format!("x{index}: {declared}"));
        let state = if self.receiver.is_some() {
            "State::state(self)"
        } else {
            "<Self as State>::TYPE"
        };
        let advance = if self.is_mutable {
            "State::advance(self, by);"
        } else {
            ""
        };
        let body = match (self.receiver, self.is_mutable) {
            (Some(_), true) => self.body(state, "State::text(&*self)", advance),
            _ => self.body(state, "State::text(self)", advance),
        };
        format!("{signature} {body}\n")
    }

    /// What the method does in a trait that is annotated with `noop`.
    fn idle(&self) -> String {
        let signature = self.signature(|index, declared| format!("x{index}: {declared}"));
        format!("{signature} {{ Default::default() }}\n")
    }

    /// A call, whose value is an outcome.
    fn call(&self) -> String {
        let (mut variables, mut arguments, mut after) =
            (String::new(), Vec::new(), "number".to_owned());
        match (self.receiver, self.is_mutable) {
            (None, _) => {}
            (Some(_), true) => arguments.push("&mut *this".to_owned()),
            (Some(_), false) => arguments.push("&*this".to_owned()),
        }
        for (index, passed) in self.parameters.iter().enumerate() {
            let made = format!("Make::make(mix(seed, {index}_u64))");
            match passed {
                Passed::Value(_) => arguments.push(made),
                Passed::Kind(kind, _) => {
                    let name = format!("owned{index}");
                    variables += &format!("let mut {name}: {} = {made};", kind.owned);
                    arguments.push(kind.argument.replace('$', &name));
                    after = format!("mix({after}, digest(&{name}))");
                }
            }
        }
        let call = format!("<T as Trait>::{}({})", self.name, arguments.join(", "));
        let number = match self.returned {
            Returned::Closure => format!("{call}(3)"),
            Returned::Never => call,
            _ => format!("digest(&{call})"),
        };
        let safety = if self.qualifiers.starts_with("unsafe") {
            "unsafe"
        } else {
            ""
        };
        let number = format!("{safety} {{ {number} }}");
        format!("{{ {variables} let result = outcome(|| {number}); result.map(|number| {after}) }}")
    }
}

fn unwinds(qualifiers: &str) -> bool {
    !qualifiers.contains("extern") || qualifiers.contains("unwind") || qualifiers.contains("Rust")
}

impl Trait {
    pub(crate) fn any(number: usize, rng: &mut Rng) -> Self {
        let is_devirt = rng.u8(..3) == 0;
        let is_static = !is_devirt || rng.bool();
        let is_out_of_line = is_static && !is_devirt && rng.u8(..5) == 0;
        let initial = match rng.u8(..5) {
            _ if !is_static => Initial::Unset,
            0 => Initial::Noop,
            1 => Initial::Unit,
            2 => Initial::Value,
            _ => Initial::Unset,
        };
        let mut arguments = Vec::new();
        match initial {
            Initial::Unset => {}
            Initial::Noop => arguments.push("noop".to_owned()),
            Initial::Unit => {
                arguments.push(pick(rng, &["default = Unit", "default = super::Unit"]).to_owned())
            }
            Initial::Value => arguments.push(
                pick(
                    rng,
                    &["default: Held = Held(7)", "default: Of<u8> = Of(3, 4)"],
                )
                .to_owned(),
            ),
        }
        if is_out_of_line {
            arguments.push("out_of_line".to_owned());
        } else if is_devirt || rng.bool() {
            let mut listed = TYPES.to_vec();
            rng.shuffle(&mut listed);
            listed.truncate(rng.usize(1..=4));
            arguments.push(format!("inline({})", listed.join(", ")));
        }
        if is_devirt {
            arguments.push("devirt".to_owned());
        }
        if rng.u8(..5) == 0 {
            arguments.push("crate = crate::renamed".to_owned());
        }
        rng.shuffle(&mut arguments);
        let is_mutable = !is_static && rng.bool();
        // What a pointer to the trait object is not, a `Devirt` cannot be.
        let supertraits: &[_] = match (is_static, is_devirt, is_mutable) {
            (true, false, _) => &[
                "Sync",
                "Sync",
                "Send + Sync",
                "Sync + 'static",
                "Sync + Error",
                "Debug + Sync +",
            ],
            (true, true, _) => &[
                "Sync",
                "Send + Sync",
                "Sync + Debug",
                "Sync + Debug + Display",
                "std::marker::Sync +",
            ],
            (false, _, true) => &["", "Debug", "Send", "Debug + Send"],
            (false, _, false) => &["", "Debug", "Debug + Display +"],
        };
        let supertraits = pick(rng, supertraits);
        let mut created = Self {
            number,
            name: "Trait",
            initial,
            arguments,
            is_static,
            is_devirt,
            is_unsafe: initial != Initial::Noop && rng.u8(..6) == 0,
            is_made_by_macro: rng.u8(..5) == 0,
            supertraits,
            is_mutable,
            has_local: is_static && !is_devirt && rng.u8(..5) == 0 && !supertraits.ends_with('+'),
            methods: Vec::new(),
            others: String::new(),
        };
        for number in 0..rng.usize(1..6) {
            let method = Method::any(number, &created, rng);
            created.methods.push(method);
        }
        if rng.u8(..3) == 0 {
            created.others = pick(rng, LEFT_ALONE).to_owned();
        }
        created
    }

    /// The trait, its implementations, and the check.
    pub(crate) fn source(&self, rng: &mut Rng) -> String {
        let parts = [
            self.declared(rng),
            self.implementations(rng),
            self.check(rng),
        ];
        self.module(&parts.join("\n"))
    }

    /// The trait alone.
    pub(crate) fn declaration(&self, rng: &mut Rng) -> String {
        self.module(&self.declared(rng))
    }

    fn module(&self, content: &str) -> String {
        format!(
            "mod trait_{} {{ use super::*;\n{content}\n}}\n",
            self.number
        )
    }

    fn declared(&self, rng: &mut Rng) -> String {
        let mut replaced = Vec::new();
        let declarations: String = self
            .methods
            .iter()
            .map(|method| method.declaration(rng, &mut replaced, self.is_made_by_macro))
            .collect();
        let supertraits = match (self.supertraits, self.has_local) {
            ("", false) => String::new(),
            (supertraits, false) => format!(": {supertraits}"),
            (supertraits, true) => format!(": {supertraits} + Local"),
        };
        let visibility = pick(rng, &["", "pub", "pub(crate)", "pub(in super)"]);
        let attribute = match self.arguments.join(", ") {
            arguments if arguments.is_empty() => "#[static_dispatch]".to_owned(),
            arguments => format!("#[static_dispatch({arguments})]"),
        };
        let Self { name, others, .. } = self;
        let unsafety = self.unsafety();
        let declared = format!(
            "{attribute}\n{visibility} {unsafety} trait {name}{supertraits} {{\n{declarations}{others}\n}}",
        );
        let local = if self.has_local {
            "pub trait Local {}\n"
        } else {
            ""
        };
        if !self.is_made_by_macro {
            return local.to_owned() + &declared;
        }
        let matchers = (0..replaced.len()).map(|index| format!("$p{index}:ty"));
        let matchers = matchers.collect::<Vec<_>>().join(", ");
        let replaced = replaced.join(", ");
        format!(
            "{local}macro_rules! declare {{ ({matchers}) => {{ {declared} }} }}\ndeclare!({replaced});"
        )
    }

    fn unsafety(&self) -> &'static str {
        if self.is_unsafe { "unsafe" } else { "" }
    }

    fn implementations(&self, rng: &mut Rng) -> String {
        let Self { name, .. } = self;
        let unsafety = self.unsafety();
        let mut implementations = String::new();
        for implementor in TYPES.iter().chain(&["Idle"]) {
            let is_idle = *implementor == "Idle";
            let mut methods = String::new();
            for method in &self.methods {
                if method.has_body && (is_idle || rng.bool()) {
                    continue;
                }
                methods += &if is_idle && self.initial == Initial::Noop {
                    method.idle()
                } else {
                    method.implementation()
                };
            }
            implementations +=
                &format!("{unsafety} impl {name} for {implementor} {{ {methods} }}\n");
            if self.has_local {
                implementations += &format!("impl Local for {implementor} {{}}\n");
            }
        }
        if self.has_local {
            implementations +=
                "impl Local for Static<dyn Trait> {}\nimpl Local for Current<dyn Trait> {}\n";
            if let Initial::Unset | Initial::Noop = self.initial {
                implementations += "impl Local for Initial<dyn Trait> {}\n";
            }
        }
        implementations
    }

    fn check(&self, rng: &mut Rng) -> String {
        let calls = |is_free: bool| {
            let methods = self
                .methods
                .iter()
                .filter(|method| method.receiver.is_none() == is_free);
            let calls: Vec<_> = methods.map(Method::call).collect();
            calls.join(",\n")
        };
        let reference = if self.is_mutable { "&mut" } else { "&" };
        let mut check = format!(
            "fn calls<T: Trait + ?Sized>(this: {reference} T, seed: u64) -> Vec<Outcome> {{ vec![{}] }}\n\
             fn free_calls<T: Trait>(seed: u64) -> Vec<Outcome> {{ vec![{}] }}\n",
            calls(false),
            calls(true),
        );
        let mut steps = String::new();
        if self.is_static {
            check += include_str!("compare.rs");
            steps += &match self.initial {
                Initial::Unset if self.methods.iter().all(Method::unwinds) => "unset();".to_owned(),
                Initial::Unset => String::new(),
                Initial::Noop => "compare(&Idle);".to_owned(),
                Initial::Unit => "compare(&Unit);".to_owned(),
                Initial::Value
                    if self
                        .arguments
                        .iter()
                        .any(|argument| argument.contains("Held(7)")) =>
                {
                    "compare(leak(Held(7)));".to_owned()
                }
                Initial::Value => "compare(leak(Of(3_u8, 4)));".to_owned(),
            };
            for _ in 0..8 {
                let (implementor, object) = rng.choice(IMPLEMENTATIONS).expect("there are some");
                steps += &format!(
                    "let object: &'static {implementor} = leak({object}); \
                     patched += update::<dyn Trait>(object); compare(object);\n"
                );
            }
        }
        if self.is_devirt {
            let of_all = |prefix: &str| {
                let objects = IMPLEMENTATIONS.iter().map(|(implementor, object)| {
                    format!("Box::new({{ let object: {implementor} = {object}; object }}) as Box<{prefix}>")
                });
                objects.collect::<Vec<_>>().join(", ")
            };
            let object = pick(
                rng,
                &[
                    "dyn Trait",
                    "dyn Trait",
                    "dyn Trait + Send",
                    "dyn Trait + Send + Sync",
                ],
            );
            check += &format!(
                "fn objects() -> [Box<{object}>; {}] {{ [{}] }}\n",
                IMPLEMENTATIONS.len(),
                of_all(object),
            );
            let devirt = if reference == "&" {
                "Devirt::new(&**object)"
            } else {
                "Devirt::new(&mut **object)"
            };
            steps += &format!(
                "let (mut objects, mut twins) = (objects(), objects());
                for round in 0..300 {{
                    let index = mix(0, round) as usize % if round < 200 {{ 2 }} else {{ objects.len() }};
                    let (object, twin) = (&mut objects[index], &mut twins[index]);
                    let (mut devirt, seed) = ({devirt}, round % 5);
                    assert_eq!(calls({reference} devirt, seed), calls({reference} **twin, seed), \"{{round}}\");
                }}
                for (object, mut twin) in objects.into_iter().zip(twins) {{
                    let mut devirt = Devirt::from(object);
                    assert_eq!(calls({reference} devirt, 1), calls({reference} *twin, 1));
                }}",
            );
        }
        format!(
            "{check}\npub(super) fn check() -> usize {{ let mut patched = 0; {steps}\npatched }}"
        )
    }
}
