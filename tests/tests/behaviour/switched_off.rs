//! The environment variable `STATIC_CALL_PATCHING`.

use static_call::{Change, MethodState, Mode, Reason, Static};
use static_call_tests::PATCHES;
use static_call_tests::child;
use static_call_tests::patched::{assert_patched, reported, states};

// Each test switches it in a process of its own.
dispatch! {
    [Celsius, Shifted] (default = Celsius)
    trait Unit: Sync {
        fn degrees(&self, kelvin: f64) -> f64;
        fn name(&self) -> String;
        fn letter() -> char
        where
            Self: Sized;
        #[static_dispatch(cold)]
        fn absolute_zero(&self) -> f64 {
            self.degrees(0.0)
        }
    }
}

struct Celsius;

impl Unit for Celsius {
    fn degrees(&self, kelvin: f64) -> f64 {
        kelvin - 273.15
    }

    fn name(&self) -> String {
        String::from("Celsius")
    }

    fn letter() -> char {
        'C'
    }
}

/// A unit with its zero elsewhere.
struct Shifted {
    name: &'static str,
    zero: f64,
}

impl Unit for Shifted {
    fn degrees(&self, kelvin: f64) -> f64 {
        kelvin - self.zero
    }

    fn name(&self) -> String {
        String::from(self.name)
    }

    fn letter() -> char {
        'S'
    }
}

const UNIT: Static<dyn Unit> = Static::new();

fn assert_celsius() {
    assert_eq!(through!(UNIT).degrees(300.15), 27.0);
    assert_eq!(through!(UNIT).name(), "Celsius");
    assert_eq!(<Static<dyn Unit>>::letter(), 'C');
    assert_eq!(through!(UNIT).absolute_zero(), -273.15);
}

/// Goes through two updates, and shows each to `check`.
fn switch(check: impl Fn(&Change<dyn Unit>)) {
    assert_celsius();
    let heated = Box::leak(Box::new(Shifted {
        name: "heated",
        zero: 400.0,
    }));
    check(&static_call::update::<dyn Unit>(heated).unwrap());
    assert_eq!(through!(UNIT).degrees(500.0), 100.0);
    assert_eq!(through!(UNIT).name(), "heated");
    assert_eq!(<Static<dyn Unit>>::letter(), 'S');
    assert_eq!(through!(UNIT).absolute_zero(), -400.0);
    check(&static_call::update::<dyn Unit>(&Celsius).unwrap());
    assert_celsius();
}

#[test]
fn off_means_that_nothing_is_patched_and_everything_works() {
    child::run(
        module_path!(),
        "off_means_that_nothing_is_patched_and_everything_works",
        &[("STATIC_CALL_PATCHING", "off")],
        || {
            switch(|change| {
                assert_eq!(change.patched(), 0);
                assert!(change.unpatched() >= 3);
                assert!(change.warning().is_none());
                let states = states(concat!(module_path!(), "::Unit"));
                let (cold, others) = states.split_last().unwrap();
                assert!(matches!(cold, MethodState::Cold));
                for state in others {
                    match state {
                        MethodState::Unpatched(Reason::SwitchedOff) if PATCHES => {}
                        MethodState::Unpatched(Reason::Portable) if !PATCHES => {}
                        state => panic!("{state:?}"),
                    }
                }
                let mode = reported(concat!(module_path!(), "::Unit"), |row| row.mode());
                assert_eq!(mode, Mode::Portable);
            });
            if PATCHES {
                let report = static_call::report().to_string();
                assert!(
                    report.contains("unpatched: STATIC_CALL_PATCHING is off"),
                    "{report}"
                );
            }
        },
    );
}

#[test]
fn any_other_value_leaves_patching_on() {
    child::run(
        module_path!(),
        "any_other_value_leaves_patching_on",
        &[("STATIC_CALL_PATCHING", "on")],
        || switch(assert_patched),
    );
}
