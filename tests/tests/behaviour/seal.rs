//! A sealed trait keeps its implementation.

use static_call::{Error, Static};
use static_call_tests::patched::{assert_all_patched, assert_patched, reported};

#[derive(Debug)]
struct Number(u64);

#[track_caller]
fn assert_sealed<D: static_call::Dispatch + ?Sized>(implementation: &'static D, trait_name: &str) {
    let error = static_call::update(implementation).unwrap_err();
    assert!(
        matches!(&error, Error::Sealed { trait_name: named, .. } if *named == trait_name),
        "{error:?}"
    );
    assert!(error.to_string().contains(trait_name), "{error}");
}

#[test]
fn a_seal_makes_updates_errors_and_leaves_calls_as_they_are() {
    dispatch! {
        [Number] ()
        trait Sealed: Sync {
            fn number(&self, x: u64) -> u64;
            fn text(&self, x: u64) -> String;
        }
    }

    const SEALED: Static<dyn Sealed> = Static::new();

    impl Sealed for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }

        fn text(&self, x: u64) -> String {
            format!("{} {x}", self.0)
        }
    }

    static CHOSEN: Number = Number(10);
    assert_patched(&static_call::update::<dyn Sealed>(&CHOSEN).unwrap());
    assert!(!reported(concat!(module_path!(), "::Sealed"), |row| row.is_sealed()));

    for _ in 0..2 {
        static_call::seal::<dyn Sealed>();
        assert_sealed::<dyn Sealed>(&Number(20), concat!(module_path!(), "::Sealed"));
        assert_sealed::<dyn Sealed>(&CHOSEN, concat!(module_path!(), "::Sealed"));
        assert_eq!(through!(SEALED).number(1), 11);
        assert_eq!(through!(SEALED).text(1), "10 1");
        assert_eq!(SEALED.current().number(2), 12);
        assert!(reported(concat!(module_path!(), "::Sealed"), |row| row.is_sealed()));
        assert_all_patched(concat!(module_path!(), "::Sealed"));
    }
    let table = static_call::report().to_string();
    let row = table
        .lines()
        .find(|line| line.starts_with(concat!(module_path!(), "::Sealed ")));
    assert!(row.unwrap().contains(", sealed"), "{table}");
}

#[test]
fn a_seal_before_the_first_use_puts_the_default_in_force() {
    dispatch! {
        [Number] (default: Number = Number(30))
        trait SealedUnused: Sync {
            fn number(&self, x: u64) -> u64;
            fn text(&self, x: u64) -> String;
        }
    }

    const SEALED: Static<dyn SealedUnused> = Static::new();

    impl SealedUnused for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }

        fn text(&self, x: u64) -> String {
            format!("{} {x}", self.0)
        }
    }

    static_call::seal::<dyn SealedUnused>();
    assert_all_patched(concat!(module_path!(), "::SealedUnused"));
    assert_sealed::<dyn SealedUnused>(&Number(40), concat!(module_path!(), "::SealedUnused"));
    assert_eq!(through!(SEALED).number(1), 31);
    assert_eq!(through!(SEALED).text(1), "30 1");
}

#[test]
fn a_seal_holds_for_its_own_trait_only() {
    dispatch! {
        [Number] (noop)
        trait SealedAlone: Sync {
            fn number(&self, x: u64) -> u64;
        }
    }

    dispatch! {
        [Number] (noop)
        trait NotSealed: Sync {
            fn number(&self, x: u64) -> u64;
        }
    }

    impl SealedAlone for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }
    }

    impl NotSealed for Number {
        fn number(&self, x: u64) -> u64 {
            self.0 + x
        }
    }

    static_call::seal::<dyn SealedAlone>();
    assert_sealed::<dyn SealedAlone>(&Number(50), concat!(module_path!(), "::SealedAlone"));
    assert_patched(&static_call::update::<dyn NotSealed>(&Number(60)).unwrap());
    assert_eq!(Static::<dyn SealedAlone>::new().number(1), 0);
    assert_eq!(Static::<dyn NotSealed>::new().number(1), 61);
    assert!(!reported(concat!(module_path!(), "::NotSealed"), |row| row
        .is_sealed()));
}
