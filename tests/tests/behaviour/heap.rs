//! Updates keep nothing: neither heap nor memory for code grows with their number. The memory for code is
//! that of the whole process, so the test has one of its own.

use std::ptr;

use allocation_counter::measure;
use region::Protection;
use static_call::Static;
use static_call_tests::child;
use static_call_tests::patched::assert_patched;

struct Number(u64);

struct Unit;

dispatch! {
    [Unit, Number] ()
    trait Toggled: Sync {
        fn number(&self, x: u64) -> u64;
        fn text(&self, x: u64) -> String;
    }
}

impl Toggled for Number {
    fn number(&self, x: u64) -> u64 {
        self.0 + x
    }

    fn text(&self, x: u64) -> String {
        format!("{} {x}", self.0)
    }
}

impl Toggled for Unit {
    fn number(&self, x: u64) -> u64 {
        x
    }

    fn text(&self, x: u64) -> String {
        format!("{x}")
    }
}

const TOGGLED: Static<dyn Toggled> = Static::new();

/// Fewer under emulation, which takes a thousand times longer to change code.
const ROUNDS: usize = if cfg!(target_arch = "aarch64") {
    300
} else {
    5000
};

fn toggle(implementations: [(&'static dyn Toggled, u64, &str); 2], rounds: usize) {
    for (implementation, number, text) in implementations.into_iter().cycle().take(2 * rounds) {
        let change = static_call::update(implementation).unwrap();
        assert_patched(&change);
        assert_eq!(through!(TOGGLED).number(1), number);
        assert_eq!(through!(TOGGLED).text(1), text);
    }
}

fn bytes_of_code() -> usize {
    region::query_range(ptr::without_provenance::<()>(4096), usize::MAX >> 17)
        .unwrap()
        .map(|region| region.unwrap())
        .filter(|region| region.protection().contains(Protection::EXECUTE))
        .map(|region| region.len())
        .sum()
}

#[test]
fn switching_to_and_fro_thousands_of_times_keeps_no_memory() {
    child::run(
        module_path!(),
        "switching_to_and_fro_thousands_of_times_keeps_no_memory",
        &[],
        || {
            let first = (
                &*Box::leak(Box::new(Number(10))) as &dyn Toggled,
                11,
                "10 1",
            );
            let second = (
                &*Box::leak(Box::new(Number(20))) as &dyn Toggled,
                21,
                "20 1",
            );
            let unit = (&Unit as &dyn Toggled, 1, "1");
            for pair in [[first, second], [first, unit]] {
                toggle(pair, 1);
                let code = bytes_of_code();
                let heap = measure(|| toggle(pair, ROUNDS));
                assert_eq!((heap.count_current, heap.bytes_current), (0, 0), "{heap:?}");
                assert_eq!(bytes_of_code(), code);
            }
        },
    );
}
