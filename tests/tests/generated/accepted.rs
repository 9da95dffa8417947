//! Random traits that the attribute accepts, with implementations, and a check that compares their calls.

use std::fmt::Write;

use fastrand::Rng;

use crate::method::Method;
use crate::parameters::pick;

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

/// What is in force before the first update.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Initial {
    Unset,
    Noop,
    Unit,
    Value,
}

/// A trait, as it will be written.
pub(crate) struct Trait {
    number: usize,
    pub(crate) name: &'static str,
    pub(crate) initial: Initial,
    pub(crate) arguments: Vec<String>,
    pub(crate) is_static: bool,
    pub(crate) is_devirt: bool,
    is_unsafe: bool,
    pub(crate) is_made_by_macro: bool,
    pub(crate) supertraits: &'static str,
    /// Whether it has a supertrait of the program's own.
    pub(crate) has_local: bool,
    /// Whether calls take `&mut self`.
    pub(crate) is_mutable: bool,
    pub(crate) methods: Vec<Method>,
    /// Members that are not called.
    pub(crate) others: String,
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
