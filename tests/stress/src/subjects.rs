//! The traits that all scenarios but one stress, with calls in this crate and in the library's.

use std::sync::Once;

use fastrand::Rng;
use static_call::Mode;
use static_call_stress::{CALLS, Call, Subject, both, listed, open, out_of_line, subject};
use static_call_tests::PATCHES;
use static_call_tests::patched::{assert_all_patched, reported};

subject!(
    /// All that is put in force is listed.
    all_listed(default = Unit, inline(Keyed<1>, Keyed<2>, Keyed<3>))
);

subject!(
    /// Nothing is listed but what does nothing, and is never put in force again.
    noop(noop)
);

/// A trait and calls of it.
pub(crate) struct Stressed {
    pub(crate) subject: &'static Subject,
    /// Calls that are compiled in this crate.
    pub(crate) calls: fn(usize, usize) -> [Call; CALLS],
}

/// Names a trait by its module.
macro_rules! stressed {
    ($($module:ident)*) => {
        [$(Stressed { subject: &$module::SUBJECT, calls: $module::calls::<1> }),*]
    };
}

pub(crate) static SUBJECTS: [Stressed; 6] = stressed!(open listed out_of_line both all_listed noop);

/// Makes the first update of each trait, the first time.
pub(crate) fn begin(seed: u64) {
    static BEGUN: Once = Once::new();

    BEGUN.call_once(|| {
        let mut rng = Rng::with_seed(seed);
        for stressed in &SUBJECTS {
            stressed.subject.begin(rng.u64(..));
        }
    });
}

/// One of the traits.
pub(crate) fn some(rng: &mut Rng) -> &'static Subject {
    SUBJECTS[rng.usize(..SUBJECTS.len())].subject
}

/// Asserts that the traits are patched as they should be. The answer is how many call sites they have.
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
        assert_all_patched(name);
        reported(name, |row| {
            assert_eq!(row.mode(), expected, "{}", static_call::report());
            let call_sites = row.methods().iter().map(|method| method.call_sites());
            let call_sites = call_sites.inspect(|sites| assert_eq!(sites.at_the_entry(), 0));
            call_sites.map(|sites| sites.count()).sum::<usize>()
        })
    });
    call_sites.sum()
}
