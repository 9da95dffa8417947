//! Writes the code of the targets: too much of it to be written by hand, and in an order that no processor
//! foresees.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// How many methods a trait has.
const METHODS: usize = 8;
/// How many targets are called in turn, each once.
const SIZES: [usize; 3] = [64, 1024, 4096];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let full = env::var_os("CARGO_FEATURE_FULL").is_some();
    let sizes = &SIZES[..if full { 3 } else { 2 }];
    let targets = sizes[sizes.len() - 1];
    let mut code = String::new();
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
    }
    for &size in sizes {
        let order = shuffled(size);
        let calls = |call: &dyn Fn(usize, usize) -> String| -> String {
            let calls = order.iter().map(|target| call(*target, target / METHODS));
            calls.collect::<Vec<_>>().join("\n")
        };
        let mut way = |name: &str, call: &dyn Fn(usize, usize) -> String| {
            let body = calls(call);
            writeln!(
                code,
                "#[inline(never)] fn {name}_{size}(mut x: u64) -> u64 {{\n{body}\nx }}"
            )
            .unwrap();
        };
        way("direct", &|m, t| format!("x = t{t}::direct::m{m}(x);"));
        way("open", &|m, t| {
            format!("x = t{t}::Open::m{m}(&t{t}::OPEN, x);")
        });
        way("once_plain", &|m, t| {
            format!("x = t{t}::PLAIN.get().unwrap().m{m}(x);")
        });
        way("once_held", &|m, t| {
            format!("x = t{t}::HELD.get().unwrap().m{m}(x);")
        });
    }
    let names = |path: &str| -> String {
        let names = (0..targets / METHODS).map(|number| format!("t{number}::{path},"));
        names.collect()
    };
    let ways = ["direct", "open", "once_plain", "once_held"];
    let rows: Vec<_> = sizes
        .iter()
        .map(|size| {
            let fields = ways.map(|way| format!("{way}: {way}_{size}"));
            format!("Targets {{ count: {size}, {} }}", fields.join(", "))
        })
        .collect();
    writeln!(
        code,
        "/// All of them.\npub static TARGETS: &[Targets] = &[{}];",
        rows.join(", ")
    )
    .unwrap();
    writeln!(
        code,
        "static SWITCHES: &[fn(bool)] = &[{}];",
        names("switch")
    )
    .unwrap();
    let out = env::var_os("OUT_DIR").expect("cargo tells where to");
    fs::write(Path::new(&out).join("targets.rs"), code).expect("the directory can be written");
}

/// The numbers below `size` in an order that looks random and is the same each time.
fn shuffled(size: usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..size).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for index in (1..size).rev() {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        order.swap(index, (state >> 33) as usize % (index + 1));
    }
    order
}
