//! The parameters of random methods.

use fastrand::Rng;

/// One of these.
pub(crate) fn pick(rng: &mut Rng, from: &[&'static str]) -> &'static str {
    rng.choice(from).expect("there is something to choose from")
}

/// Types of values, all of which have a default.
pub(crate) const VALUES: &[&str] = &[
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
pub(crate) struct Kind {
    /// `'_` may be replaced by a lifetime that has a name.
    pub(crate) declared: &'static str,
    /// The type of the variable that the argument is made of.
    pub(crate) owned: &'static str,
    /// The argument, by that variable, `$`.
    pub(crate) argument: &'static str,
    /// A number that stands for the parameter, `$`.
    pub(crate) digest: &'static str,
    /// What a method does to it, with the number `by`.
    pub(crate) change: &'static str,
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

/// A text, which methods return too.
pub(crate) const TEXT: Kind = kind("&'_ str", "String", "&$", "digest(&$)", "");

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

/// How a parameter is passed.
pub(crate) enum Passed {
    Value(&'static str),
    Kind(&'static Kind, &'static str),
}

impl Passed {
    pub(crate) fn any(rng: &mut Rng, lifetimes: &[&'static str]) -> Self {
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

    /// The type.
    pub(crate) fn declared(&self) -> String {
        match self {
            Self::Value(declared) => (*declared).to_owned(),
            Self::Kind(kind, lifetime) => kind.declared.replace("'_", lifetime),
        }
    }
}
