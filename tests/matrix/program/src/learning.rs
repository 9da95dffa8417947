//! What calls through `Devirt` have learned, as the report tells it.

use static_call::{DevirtSite, DevirtState, Learning};

/// How often objects are called. It is enough for each copy of a call to be bypassed.
const ROUNDS: usize = 1000;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Call {
    method: &'static str,
    address: usize,
    state: DevirtState,
    hit_share: Option<f32>,
    patches: u32,
}

impl Call {
    fn new(site: &DevirtSite) -> Self {
        Self {
            method: site.method(),
            address: site.address().expect("each copy learns for itself"),
            state: site.state(),
            hit_share: site.hit_share(),
            patches: site.patches(),
        }
    }
}

/// Has little be enough to learn from, and patches not wait.
pub(crate) fn learn_fast() {
    let learning = Learning {
        misses: 64,
        sample: 32,
        patches_per_second: u32::MAX,
        ..Learning::default()
    };
    learning.set();
}

/// Whether calls are in the file that holds the table of their trait, if they are in the crate `traits`.
pub(crate) const IN_TRAITS: bool = true;
/// Likewise, if they are in another crate.
pub(crate) const ELSEWHERE: bool = cfg!(not(feature = "shared"));

/// Checks that calls of these methods, which `call` makes of objects that are listed or are not, are guarded while they
/// meet listed types, and are bypassed when they meet others.
///
/// Calls that are not in the table of their trait are always guarded.
pub(crate) fn check(name: &str, are_in_table: bool, methods: &[&str], call: &mut dyn FnMut(bool)) {
    if !are_in_table {
        call(true);
        call(false);
        return;
    }
    let mut call_often = |are_listed| (0..ROUNDS).for_each(|_| call(are_listed));
    call_often(true);
    static_call::relearn();
    let fresh = calls(name);
    let mut states = fresh.iter().map(|call| call.state);
    assert!(
        states.all(|state| state == DevirtState::Guarded),
        "{fresh:?}"
    );
    call_often(true);
    assert_eq!(calls(name), fresh, "listed types hit");

    call_often(false);
    let learned = calls(name);
    assert_eq!(learned.len(), fresh.len());
    for (now, before) in learned.iter().zip(&fresh) {
        if now.state == DevirtState::Bypassed {
            assert_eq!(now.hit_share, Some(0.0));
            assert!(now.patches > before.patches, "{now:?}");
        } else {
            // A copy that met none of them, or none any more: the compiler makes copies of a call for what was done
            // before it, and that is another copy's to do, which is bypassed now.
            assert!(now.hit_share.is_none_or(|share| share == 0.0), "{now:?}");
            let hit_share = before.hit_share;
            assert_eq!(&Call { hit_share, ..*now }, before);
        }
    }
    for method in methods {
        let mut calls = learned.iter().filter(|call| call.method == *method);
        assert!(
            calls.any(|call| call.state == DevirtState::Bypassed),
            "{method}: {learned:?}"
        );
    }

    call_often(true);
    assert_eq!(calls(name), learned, "what is bypassed stays so");
}

/// The calls of this trait's objects, in the order of their addresses.
fn calls(name: &str) -> Vec<Call> {
    let report = static_call::report();
    let mut traits = report.devirt().iter();
    let described = traits
        .find(|described| described.name() == name)
        .expect("the trait is registered");
    described.sites().iter().map(Call::new).collect()
}
