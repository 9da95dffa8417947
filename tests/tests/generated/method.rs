//! Random methods: as a trait declares them, as implementations write them, and calls of them.

use fastrand::Rng;

use crate::accepted::{Initial, Trait};
use crate::parameters::{Passed, TEXT, VALUES, pick};

/// What a method returns.
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

/// A method, as it will be written.
pub(crate) struct Method {
    number: usize,
    name: String,
    attributes: String,
    qualifiers: &'static str,
    generics: &'static str,
    pub(crate) receiver: Option<&'static str>,
    is_mutable: bool,
    parameters: Vec<Passed>,
    returned: Returned,
    clause: String,
    pub(crate) has_body: bool,
}

impl Method {
    pub(crate) fn any(number: usize, of: &Trait, rng: &mut Rng) -> Self {
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

    /// Whether it may panic.
    pub(crate) fn unwinds(&self) -> bool {
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

    /// The method as the trait writes it; of types that are replaced by parameters of a macro, the arguments.
    pub(crate) fn declaration(
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

    /// The method as an implementation writes it.
    pub(crate) fn implementation(&self) -> String {
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
    pub(crate) fn idle(&self) -> String {
        let signature = self.signature(|index, declared| format!("x{index}: {declared}"));
        format!("{signature} {{ Default::default() }}\n")
    }

    /// A call, whose value is an outcome.
    pub(crate) fn call(&self) -> String {
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
