//! What the build scripts of targets and callers have in common.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// How many methods a trait has.
pub(crate) const METHODS: usize = 8;

/// How many targets there are at most, which take the compiler a minute.
pub(crate) const MOST_TARGETS: usize = 4096;

/// How many call sites there are in turn, each of its own target while there are as many; the most come last.
pub(crate) fn sizes() -> &'static [usize] {
    const SIZES: [usize; 4] = [1, 64, 1024, 16_384];
    let full = env::var_os("CARGO_FEATURE_FULL").is_some();
    &SIZES[..if full { 4 } else { 3 }]
}

/// How many traits there are.
pub(crate) fn traits() -> usize {
    sizes()[sizes().len() - 1].min(MOST_TARGETS) / METHODS
}

/// What names all targets: an invocation of the macro `targets` for each trait.
pub(crate) fn targets() -> String {
    let mut code = String::new();
    for number in 0..traits() {
        let methods: Vec<_> = (number * METHODS..(number + 1) * METHODS)
            .map(|target| format!("m{target} {target}"))
            .collect();
        writeln!(
            code,
            "targets! {{ t{number} {number}: {} }}",
            methods.join(", ")
        )
        .unwrap();
    }
    code
}

/// Writes the code that the crate includes.
pub(crate) fn write(code: &str) {
    let out = env::var_os("OUT_DIR").expect("cargo tells where to");
    fs::write(Path::new(&out).join("targets.rs"), code).expect("the directory can be written");
}
