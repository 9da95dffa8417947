//! Writes the code of the targets: too much of it to be written by hand.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[path = "sizes.rs"]
mod sizes;

use sizes::{METHODS, sizes};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=sizes.rs");
    let targets = sizes()[sizes().len() - 1];
    let mut code = String::new();
    let mut switches = String::new();
    for number in 0..targets / METHODS {
        let methods: Vec<_> = (number * METHODS..(number + 1) * METHODS)
            .map(|target| format!("m{target} {target}"))
            .collect();
        writeln!(
            code,
            "targets! {{ t{number} {number}: {} }}",
            methods.join(", ")
        )
        .unwrap();
        write!(switches, "t{number}::switch,").unwrap();
    }
    writeln!(
        code,
        "static SWITCHES: &[fn(bool) -> Switched] = &[{switches}];"
    )
    .unwrap();
    let out = env::var_os("OUT_DIR").expect("cargo tells where to");
    fs::write(Path::new(&out).join("targets.rs"), code).expect("the directory can be written");
}
