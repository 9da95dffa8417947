//! The protection of code after updates. Each test looks at all pages of its process, so each has a
//! process of its own.

use std::collections::BTreeMap;
use std::ptr;
use std::thread;

use region::Protection;
use static_call::Static;
use static_call_tests::child;
use static_call_tests::patched::assert_patched;

dispatch! {
    [Zero, From] (default = Zero)
    trait Counter: Sync {
        fn count(&self, x: u64) -> u64;
        fn text(&self, x: u64) -> String;
    }
}

struct Zero;

impl Counter for Zero {
    fn count(&self, x: u64) -> u64 {
        x
    }

    fn text(&self, x: u64) -> String {
        x.to_string()
    }
}

struct From(u64);

impl Counter for From {
    fn count(&self, x: u64) -> u64 {
        self.0 + x
    }

    fn text(&self, x: u64) -> String {
        format!("{} + {x}", self.0)
    }
}

const COUNTER: Static<dyn Counter> = Static::new();

/// Every page of the process that can be executed, and its protection.
fn executable_pages() -> BTreeMap<usize, Protection> {
    let regions = region::query_range(ptr::null::<()>(), usize::MAX).unwrap();
    regions
        .map(Result::unwrap)
        .filter(|region| region.is_executable())
        .flat_map(|region| {
            let pages = region.as_range().step_by(region::page::size());
            pages.map(move |page| (page, region.protection()))
        })
        .collect()
}

/// Asserts that no page can be both written and executed, and that all pages of `before` have the
/// protection that they had; returns the further ones.
#[track_caller]
fn assert_protected(before: &BTreeMap<usize, Protection>) -> usize {
    let mut now = executable_pages();
    for (page, protection) in &now {
        assert!(
            !protection.contains(Protection::WRITE),
            "{page:#x}: {protection}"
        );
    }
    for (page, protection) in before {
        assert_eq!(now.remove(page), Some(*protection), "{page:#x}");
    }
    now.len()
}

fn update(start: u64) {
    let change = static_call::update::<dyn Counter>(Box::leak(Box::new(From(start)))).unwrap();
    assert_patched(&change);
    assert_eq!(through!(COUNTER).count(1), start + 1);
    assert_eq!(through!(COUNTER).text(1), format!("{start} + 1"));
}

#[test]
fn code_has_its_protection_back_after_the_first_use_and_after_each_update() {
    child::run(
        module_path!(),
        "code_has_its_protection_back_after_the_first_use_and_after_each_update",
        &[],
        || {
            let before = executable_pages();
            assert_eq!(through!(COUNTER).count(1), 1);
            assert_eq!(assert_protected(&before), 0);
            // By thunks, which hold the receiver.
            update(10);
            assert_eq!(assert_protected(&before), 0);
            assert_patched(&static_call::update::<dyn Counter>(&Zero).unwrap());
            assert_eq!(assert_protected(&before), 0);
        },
    );
}

#[test]
fn any_number_of_implementations_needs_no_further_memory_for_code() {
    child::run(
        module_path!(),
        "any_number_of_implementations_needs_no_further_memory_for_code",
        &[],
        || {
            let before = executable_pages();
            for start in 0..500 {
                update(start);
            }
            assert_eq!(assert_protected(&before), 0);
        },
    );
}

#[test]
fn threads_that_update_together_leave_no_page_writable() {
    const UPDATES: u64 = if cfg!(target_arch = "aarch64") {
        10
    } else {
        100
    };
    child::run(
        module_path!(),
        "threads_that_update_together_leave_no_page_writable",
        &[],
        || {
            let before = executable_pages();
            thread::scope(|scope| {
                for thread in 0..4 {
                    scope.spawn(move || {
                        for step in 0..UPDATES {
                            let start = 1000 * thread + step;
                            let object = Box::leak(Box::new(From(start)));
                            assert_patched(&static_call::update::<dyn Counter>(object).unwrap());
                            assert!(through!(COUNTER).count(0) <= 3000 + UPDATES);
                        }
                    });
                }
            });
            assert_protected(&before);
        },
    );
}
