//! What a test may demand of patching, and where it reads whether that happened.

use static_call::{Change, Dispatch, Error, MethodState, Mode, Reason, TraitReport};

use crate::PATCHES;

/// Whether entries are patched where this build patches. They are not where the compiler instruments functions, and
/// puts other code before the jumps of most entries; call sites are patched all the same.
pub const PATCHES_ENTRIES: bool = PATCHES && !cfg!(instrumented);

/// Asserts that every entry of the trait jumps to the implementation where this build patches, and
/// none elsewhere, and that nothing was left untidy.
#[track_caller]
pub fn assert_patched<D: Dispatch + ?Sized>(change: &Change<D>) {
    assert!(change.warning().is_none(), "{change:?}");
    if PATCHES_ENTRIES {
        assert!(change.patched() > 0, "{change:?}");
        assert_eq!(change.unpatched(), 0, "{}", static_call::report());
    } else if !PATCHES {
        assert_eq!(change.patched(), 0, "{change:?}");
    }
}

/// Asserts that the update was made, and patched nothing.
#[track_caller]
pub fn assert_nothing_patched<D: Dispatch + ?Sized>(change: &Change<D>) {
    assert_eq!(change.patched(), 0, "{}", static_call::report());
    assert!(change.unpatched() > 0, "{}", static_call::report());
    assert!(change.warning().is_none(), "{change:?}");
}

/// Asserts that the report says that nothing of the trait is patched: where this build patches, because the system
/// refused, with an error that is as it should be.
#[track_caller]
pub fn assert_by_truth(trait_name: &str, is_expected: impl Fn(&Error) -> bool) {
    reported(trait_name, |row| assert_eq!(row.mode(), Mode::Portable));
    for state in states(trait_name) {
        match state {
            MethodState::Unpatched(Reason::Refused(error)) if PATCHES => {
                assert!(is_expected(&error), "{error:?}");
            }
            MethodState::Unpatched(Reason::Portable) if !PATCHES => {}
            state => panic!("{state:?}"),
        }
    }
}

/// Looks at the report's part about a trait, which is named by its path.
///
/// # Panics
///
/// There is no such trait.
#[track_caller]
pub fn reported<R>(trait_name: &str, look: impl FnOnce(&TraitReport) -> R) -> R {
    let report = static_call::report();
    let described = report.traits().iter().find(|row| row.name() == trait_name);
    look(described.unwrap_or_else(|| panic!("no trait {trait_name} in the report:\n{report}")))
}

/// The states of a trait's methods, in their order.
#[track_caller]
#[must_use]
pub fn states(trait_name: &str) -> Vec<MethodState> {
    reported(trait_name, |row| {
        let methods = row.methods().iter();
        methods.map(|method| method.state().clone()).collect()
    })
}

/// Asserts that the report says of every method of the trait that has an entry that it jumps to the
/// implementation where this build patches, and of none elsewhere.
#[track_caller]
pub fn assert_all_patched(trait_name: &str) {
    for state in states(trait_name) {
        let patched = match state {
            MethodState::Cold => continue,
            MethodState::Patched => true,
            _ => false,
        };
        if PATCHES_ENTRIES || !PATCHES {
            assert_eq!(patched, PATCHES, "{}", static_call::report());
        }
    }
}
