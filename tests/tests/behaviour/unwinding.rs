//! Panics and backtraces pass through static calls as through any call.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use backtrace::Backtrace;
use static_call::Static;
use static_call_tests::patched::{PATCHES_ENTRIES, assert_patched};

/// Counts by its clones how many of them are still to be dropped.
type Guard = Arc<()>;

/// The names of the functions in each frame, the innermost first.
type Frames = Vec<Vec<String>>;

struct Unit;

struct Number(u64);

dispatch! {
    [Unit, Number] ()
    trait Exploding: Sync {
        fn explode(&self, guard: Guard, x: u64) -> u64;
        fn explode_with_text(&self, guard: Guard, x: u64) -> String;
        extern "C-unwind" fn explode_in_c(&self, guard: &Guard, x: u64);
    }
}

impl Exploding for Unit {
    fn explode(&self, guard: Guard, x: u64) -> u64 {
        let _second = Guard::clone(&guard);
        panic!("unit {x}");
    }

    fn explode_with_text(&self, guard: Guard, x: u64) -> String {
        self.explode(guard, x).to_string()
    }

    extern "C-unwind" fn explode_in_c(&self, guard: &Guard, x: u64) {
        self.explode(Guard::clone(guard), x);
    }
}

impl Exploding for Number {
    fn explode(&self, guard: Guard, x: u64) -> u64 {
        let _second = Guard::clone(&guard);
        panic!("number {} {x}", self.0);
    }

    fn explode_with_text(&self, guard: Guard, x: u64) -> String {
        self.explode(guard, x).to_string()
    }

    extern "C-unwind" fn explode_in_c(&self, guard: &Guard, x: u64) {
        self.explode(Guard::clone(guard), x);
    }
}

/// Asserts that the call panics with this message, and that everything it held was dropped.
#[track_caller]
fn assert_explodes(message: &str, call: impl FnOnce(Guard)) {
    let guard = Guard::new(());
    let result = catch_unwind(AssertUnwindSafe(|| {
        let _in_the_caller = Guard::clone(&guard);
        call(Guard::clone(&guard));
    }));
    let payload = result.expect_err("it returned");
    assert_eq!(payload.downcast_ref::<String>().unwrap(), message);
    assert_eq!(Arc::strong_count(&guard), 1);
}

#[test]
fn a_panic_unwinds_through_the_call() {
    const EXPLODING: Static<dyn Exploding> = Static::new();
    let implementations: [(&'static dyn Exploding, _); 3] = [
        (&Unit, "unit 5"),
        (&Number(1), "number 1 5"),
        (Box::leak(Box::new(Number(2))), "number 2 5"),
    ];
    for (implementation, message) in implementations {
        assert_patched(&static_call::update(implementation).unwrap());
        for _ in 0..2 {
            assert_explodes(message, |guard| {
                through!(EXPLODING).explode(guard, 5);
            });
            assert_explodes(message, |guard| {
                drop(through!(EXPLODING).explode_with_text(guard, 5))
            });
            assert_explodes(message, |guard| through!(EXPLODING).explode_in_c(&guard, 5));
            assert_explodes(message, |guard| {
                EXPLODING.current().explode(guard, 5);
            });
        }
    }
}

dispatch! {
    [Unit, Number] ()
    trait Traced: Sync {
        fn leave_a_trace(&self, x: u64) -> Frames;
        fn leave_a_trace_in_place(&self, x: &mut Frames);
    }
}

impl Traced for Unit {
    #[inline(never)]
    fn leave_a_trace(&self, x: u64) -> Frames {
        black_box(x);
        black_box(frames())
    }

    #[inline(never)]
    fn leave_a_trace_in_place(&self, x: &mut Frames) {
        *x = black_box(frames());
    }
}

impl Traced for Number {
    #[inline(never)]
    fn leave_a_trace(&self, x: u64) -> Frames {
        assert_eq!(self.0, x);
        black_box(frames())
    }

    #[inline(never)]
    fn leave_a_trace_in_place(&self, x: &mut Frames) {
        *x = black_box(frames());
    }
}

#[inline(never)]
fn frames() -> Frames {
    let backtrace = Backtrace::new();
    let names = |frame: &backtrace::BacktraceFrame| {
        let symbols = frame.symbols().iter();
        let names = symbols.map(|symbol| symbol.name().map(|name| format!("{name:#}")));
        names.collect::<Option<_>>().unwrap_or_default()
    };
    black_box(backtrace.frames().iter().map(names).collect())
}

const TRACED: Static<dyn Traced> = Static::new();

#[inline(never)]
fn the_caller(x: u64) -> Frames {
    let frames = through!(TRACED).leave_a_trace(x);
    black_box(frames)
}

#[inline(never)]
fn the_caller_in_place(_: u64) -> Frames {
    let mut frames = Frames::new();
    through!(TRACED).leave_a_trace_in_place(&mut frames);
    black_box(frames)
}

#[test]
fn a_backtrace_names_caller_and_implementation_with_nothing_unknown_between() {
    let callers: [fn(u64) -> Frames; 2] = [the_caller, the_caller_in_place];
    let implementations: [&'static dyn Traced; 2] = [&Unit, &Number(7)];
    for implementation in implementations {
        assert_patched(&static_call::update(implementation).unwrap());
        for caller in callers {
            let frames = caller(7);
            let position = |part| {
                let named = |names: &Vec<String>| names.iter().any(|name| name.contains(part));
                let position = frames.iter().position(named);
                position.unwrap_or_else(|| panic!("no {part} in the backtrace: {frames:#?}"))
            };
            let (implementation, caller) = (position("leave_a_trace"), position("the_caller"));
            assert!(implementation < caller, "{frames:#?}");
            let between = &frames[implementation + 1..caller];
            let known = between.iter().all(|names| !names.is_empty());
            assert!(known, "{frames:#?}");
            if PATCHES_ENTRIES {
                assert!(between.is_empty(), "{frames:#?}");
            }
        }
    }
}
