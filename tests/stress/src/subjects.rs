//! The traits that all scenarios but one stress, with their objects, and what each crate does to them.

use std::sync::Once;

use fastrand::Rng;
use static_call::{MethodState, Mode};
use static_call_stress_both::both;
use static_call_stress_listed::{LISTED, listed, listed_objects};
use static_call_stress_objects::{both_objects, open_objects, out_of_line_objects};
use static_call_stress_open::open;
use static_call_stress_out_of_line::out_of_line;
use static_call_stress_shared::{Functions, OBJECTS, Subject, objects, subject};
use static_call_tests::PATCHES;
use static_call_tests::patched::{assert_all_patched, reported};
use {
    static_call_stress_left as left, static_call_stress_objects as objects,
    static_call_stress_right as right,
};

subject!(
    /// All that is put in force is listed.
    all_listed(default = Unit, inline(Keyed<1>, Keyed<2>, Keyed<3>))
);
objects!(all_listed_objects, all_listed, Keyed<3>);

subject!(
    /// Nothing is listed but what does nothing, and is never put in force again.
    noop(noop)
);
objects!(noop_objects, noop, Keyed<3>);

/// A trait, its objects, and what crates do to it.
pub(crate) struct Stressed {
    pub(crate) subject: &'static Subject,
    /// How many calls reached each object.
    pub(crate) counts: fn() -> [u64; OBJECTS],
    crates: &'static [&'static Functions],
}

/// Names a trait and its objects by their modules, and what other crates than this one do to it.
macro_rules! stressed {
    ($subject:ident, $objects:ident $(, $functions:path)*) => {
        Stressed {
            subject: &$subject::SUBJECT,
            counts: $objects::counts,
            crates: &[&$objects::functions::<4>() $(, &$functions)*],
        }
    };
}

pub(crate) static SUBJECTS: [Stressed; 6] = [
    stressed!(open, open_objects, left::OPEN, right::OPEN),
    stressed!(listed, listed_objects, LISTED, left::LISTED, right::LISTED),
    stressed!(
        out_of_line,
        out_of_line_objects,
        left::OUT_OF_LINE,
        right::OUT_OF_LINE
    ),
    stressed!(both, both_objects, objects::BOTH, left::BOTH, right::BOTH),
    stressed!(all_listed, all_listed_objects),
    stressed!(noop, noop_objects),
];

impl Stressed {
    /// What one of the crates does; another one for another number.
    pub(crate) fn functions(&self, number: usize) -> &'static Functions {
        self.crates[number % self.crates.len()]
    }

    /// Makes the next update.
    pub(crate) fn advance(&self) {
        self.subject.advance(self.crates);
    }
}

/// Makes the first update of each trait, the first time.
pub(crate) fn begin(seed: u64) {
    static BEGUN: Once = Once::new();

    BEGUN.call_once(|| {
        let mut rng = Rng::with_seed(seed);
        for stressed in &SUBJECTS {
            stressed.subject.begin(rng.u64(..), stressed.functions(0));
        }
    });
}

/// One of the traits.
pub(crate) fn some(rng: &mut Rng) -> &'static Stressed {
    &SUBJECTS[rng.usize(..SUBJECTS.len())]
}

/// Asserts that the traits are patched as they should be, with the calls of all crates. The answer is how many call
/// sites they have.
pub(crate) fn assert_patched() -> usize {
    let call_sites = SUBJECTS.iter().map(|stressed| {
        let name = stressed.subject.name();
        let expected = if !PATCHES {
            Mode::Portable
        } else if cfg!(target_arch = "x86_64") && name != out_of_line::SUBJECT.name() {
            Mode::Inline
        } else {
            Mode::OutOfLine
        };
        // An address for each call, and a choice if anything is listed.
        let least = match expected {
            Mode::Inline if name == open::SUBJECT.name() => stressed.crates.len(),
            Mode::Inline => 2 * stressed.crates.len(),
            _ => 0,
        };
        assert_all_patched(name);
        reported(name, |row| {
            assert_eq!(row.mode(), expected, "{}", static_call::report());
            let methods = row.methods().iter();
            let methods = methods.filter(|method| !matches!(method.state(), MethodState::Cold));
            let call_sites = methods.map(|method| method.call_sites()).inspect(|sites| {
                assert_eq!(sites.at_the_entry(), 0);
                assert!(sites.count() >= least, "{}", static_call::report());
            });
            call_sites.map(|sites| sites.count()).sum::<usize>()
        })
    });
    call_sites.sum()
}
