//! What the sizes are taken of.

use crate::program::{CALLS_OF_FUNCTION, Program};

/// A row of a table: what one more of something takes.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Programs that hold so many of it, whose growth is to be added or to be subtracted.
    pub(crate) terms: Vec<(i64, Of)>,
}

/// The program that holds so many of something.
pub(crate) type Of = Box<dyn Fn(usize) -> Program>;

/// What one more takes.
fn one(name: &'static str, of: impl Fn(usize) -> Program + 'static) -> Row {
    Row {
        name,
        terms: vec![(1, Box::new(of))],
    }
}

impl Row {
    fn plus(mut self, of: impl Fn(usize) -> Program + 'static) -> Self {
        self.terms.push((1, Box::new(of)));
        self
    }

    /// Less what one more of something else takes.
    fn less(mut self, of: impl Fn(usize) -> Program + 'static) -> Self {
        self.terms.push((-1, Box::new(of)));
        self
    }
}

const NOTHING: Program = Program {
    traits: 1,
    attribute: "",
    supertrait: "Sync",
    methods: 1,
    zero_sized: 0,
    stateful: 0,
    updates: false,
    callers: 0,
    call: "",
};

const STATIC: &str = "#[static_dispatch]";

/// Traits with static calls.
pub(crate) const KEYS: Program = Program {
    attribute: STATIC,
    ..NOTHING
};

pub(crate) fn traits() -> Vec<Row> {
    fn of(methods: usize) -> impl Fn(usize) -> Program {
        move |traits| Program {
            traits,
            methods,
            ..KEYS
        }
    }
    fn in_force(updates: bool) -> impl Fn(usize) -> Program {
        move |traits| Program {
            zero_sized: 1,
            updates,
            ..of(1)(traits)
        }
    }
    fn devirt(attribute: &'static str, methods: usize) -> impl Fn(usize) -> Program {
        move |traits| Program {
            traits,
            attribute,
            supertrait: "",
            methods,
            stateful: 1,
            ..NOTHING
        }
    }
    const DEVIRT: &str = "#[static_dispatch(devirt, inline(S0))]";
    vec![
        one("without methods", of(0)),
        one("its first method", of(1)).less(of(0)),
        one("a further method, which has an entry", of(2)).less(of(1)),
        one("an `update` of it", in_force(true)).less(in_force(false)),
        one(
            "with `devirt`, one method, one type listed",
            devirt(DEVIRT, 1),
        )
        .less(devirt("", 1)),
        one("a further method with `devirt`", devirt(DEVIRT, 2))
            .less(devirt(DEVIRT, 1))
            .less(devirt("", 2))
            .plus(devirt("", 1)),
    ]
}

pub(crate) fn implementations() -> Vec<Row> {
    fn zero_sized(attribute: &'static str, methods: usize) -> impl Fn(usize) -> Program {
        move |zero_sized| Program {
            attribute,
            methods,
            zero_sized,
            ..NOTHING
        }
    }
    fn stateful(attribute: &'static str, methods: usize) -> impl Fn(usize) -> Program {
        move |stateful| Program {
            attribute,
            methods,
            stateful,
            ..NOTHING
        }
    }
    fn devirt(attribute: &'static str) -> impl Fn(usize) -> Program {
        move |count| Program {
            supertrait: "",
            ..stateful(attribute, 1)(count)
        }
    }
    vec![
        one("zero-sized, without methods", zero_sized(STATIC, 0)).less(zero_sized("", 0)),
        one("a method of it", zero_sized(STATIC, 2))
            .less(zero_sized(STATIC, 1))
            .less(zero_sized("", 2))
            .plus(zero_sized("", 1)),
        one("stateful, without methods", stateful(STATIC, 0)).less(stateful("", 0)),
        one("a method of it, which has a thunk", stateful(STATIC, 2))
            .less(stateful(STATIC, 1))
            .less(stateful("", 2))
            .plus(stateful("", 1)),
        one(
            "of a trait with `devirt`",
            devirt("#[static_dispatch(devirt, inline(S0))]"),
        )
        .less(devirt("")),
    ]
}

pub(crate) fn calls() -> Vec<Row> {
    fn of(attribute: &'static str, call: &'static str) -> impl Fn(usize) -> Program {
        move |calls| Program {
            attribute,
            stateful: 4,
            callers: calls / CALLS_OF_FUNCTION,
            call,
            ..NOTHING
        }
    }
    const HANDLE: &str = "Static::<dyn T>::new().m0(x)";
    const LEARNING: &str = "learning.m0(x)";
    let ways = [
        ("inlined by hand", "", "known.m0(x)"),
        ("direct, not inlined", "", "direct(known, x)"),
        ("`OnceLock<&'static dyn T>`", "", "once().m0(x)"),
        ("`Box<dyn T>`", "", "object.m0(x)"),
        ("nothing listed", STATIC, HANDLE),
        ("one listed", "#[static_dispatch(inline(S0))]", HANDLE),
        ("two listed", "#[static_dispatch(inline(S0, S1))]", HANDLE),
        (
            "four listed",
            "#[static_dispatch(inline(S0, S1, S2, S3))]",
            HANDLE,
        ),
        ("`out_of_line`", "#[static_dispatch(out_of_line)]", HANDLE),
        (
            "`Devirt`, one listed",
            "#[static_dispatch(devirt, inline(S0))]",
            LEARNING,
        ),
        (
            "`Devirt`, two listed",
            "#[static_dispatch(devirt, inline(S0, S1))]",
            LEARNING,
        ),
        (
            "`Devirt`, four listed",
            "#[static_dispatch(devirt, inline(S0, S1, S2, S3))]",
            LEARNING,
        ),
    ];
    ways.map(|(name, attribute, call)| one(name, of(attribute, call)).less(of("", "x")))
        .into()
}
