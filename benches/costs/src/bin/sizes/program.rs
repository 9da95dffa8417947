//! The source of a program that holds so many traits, implementations and calls.

use std::fmt::Write as _;

/// What the program holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Program {
    pub(crate) traits: usize,
    /// What stands before each trait: the attribute with its options, or nothing.
    pub(crate) attribute: &'static str,
    pub(crate) supertrait: &'static str,
    /// How many methods each trait has: `m0` and so on.
    pub(crate) methods: usize,
    /// How many zero-sized types implement each trait: `U0` and so on.
    pub(crate) zero_sized: usize,
    /// How many stateful types implement each trait: `S0` and so on.
    pub(crate) stateful: usize,
    /// Whether `U0` is put in force.
    pub(crate) updates: bool,
    /// How many functions call each trait: so often as [`CALLS_OF_FUNCTION`] says, with another call in between.
    pub(crate) callers: usize,
    /// What a call is, as an expression.
    pub(crate) call: &'static str,
}

/// How many calls a function makes.
pub(crate) const CALLS_OF_FUNCTION: usize = 8;

/// What belongs to each trait that is called: what the expression of a call may name.
const CALLED: &str = "
    static ONCE: OnceLock<&'static (dyn T + Sync)> = OnceLock::new();

    fn once() -> &'static (dyn T + Sync) {
        *ONCE.get().expect(\"it is set\")
    }

    #[inline(never)]
    fn direct(known: &S0, x: u64) -> u64 {
        known.m0(x)
    }
";

impl Program {
    pub(crate) fn source(&self) -> String {
        let mut source = String::new();
        let mut kept = String::new();
        for number in 0..self.traits {
            let module = self.module(number);
            source += &format!("mod t{number} {{\n{module}}}\n");
            kept += &format!("t{number}::keep();\n");
        }
        source + &format!("pub(crate) fn keep() {{\n{kept}}}\n")
    }

    /// A trait, and what belongs to it.
    fn module(&self, number: usize) -> String {
        let Self {
            attribute,
            supertrait,
            methods,
            call,
            ..
        } = self;
        let mut source = String::from(
            "#![allow(unused)]\n\
            use std::hint::black_box;\n\
            use std::sync::OnceLock;\n\
            use static_call::{Devirt, Static, static_dispatch, update};\n",
        );
        let mut kept = String::new();
        let all: String = (0..*methods)
            .map(|method| format!("fn m{method}(&self, x: u64) -> u64;\n"))
            .collect();
        source += &format!("{attribute}\npub(crate) trait T: {supertrait} {{\n{all}}}\n");
        let kinds = [
            ("U", "", "", "7_u64", self.zero_sized),
            ("S", "(u64)", "(7)", "self.0", self.stateful),
        ];
        for (kind, fields, value, state, count) in kinds {
            for index in 0..count {
                // Functions that are alike would be made one.
                let operation = ["wrapping_mul", "wrapping_add", "wrapping_sub"][index % 3];
                let bodies: String = (0..*methods)
                    .map(|method| {
                        let unique = 1000 * (number + 1) + 2 * index + method;
                        format!(
                            "fn m{method}(&self, x: u64) -> u64 {{\n\
                            x.{operation}({state} ^ {unique}).rotate_left(29)\n\
                            }}\n"
                        )
                    })
                    .collect();
                writeln!(
                    source,
                    "pub(crate) struct {kind}{index}{fields};\n\
                    impl T for {kind}{index} {{\n{bodies}}}\n\
                    static OF_{kind}{index}: {kind}{index} = {kind}{index}{value};"
                )
                .expect("a string takes all");
                kept += &format!("black_box::<&dyn T>(&OF_{kind}{index});\n");
            }
        }
        if self.updates {
            kept += "let _ = update::<dyn T>(&OF_U0);\n";
        }
        if self.callers > 0 {
            source += CALLED;
            kept += "let _ = ONCE.set(black_box(&OF_S0));\n";
        }
        for caller in 0..self.callers {
            let calls = format!("x = direct(known, {call});\n").repeat(CALLS_OF_FUNCTION);
            source += &format!(
                "fn call{caller}(\n\
                mut x: u64, known: &S0, object: &Box<dyn T>, learning: &Devirt<Box<dyn T>>,\n\
                ) -> u64 {{\nx ^= {caller};\n{calls}x\n}}\n"
            );
            kept += &format!("black_box(call{caller} as fn(_, _, _, _) -> _);\n");
        }
        source + &format!("pub(crate) fn keep() {{\n{kept}}}\n")
    }
}
