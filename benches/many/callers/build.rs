//! Writes the calls, in an order that no processor foresees.

use std::fmt::Write as _;

#[path = "../targets.rs"]
mod targets;

use targets::{METHODS, MOST_TARGETS, sizes, targets, traits, write};

/// How many calls stand in one function at most: a long one takes the compiler more time than several short ones.
const IN_A_FUNCTION: usize = 256;
/// How many targets are called with branches between them, each of which takes one bit of a word.
const BETWEEN_BRANCHES: usize = 64;

const WAYS: [&str; 4] = ["direct", "open", "once_plain", "once_held"];

fn call(way: &str, site: usize) -> String {
    let method = site % MOST_TARGETS;
    let name = method / METHODS;
    match way {
        "direct" => format!("x = t{name}::direct::m{method}(x);"),
        "open" => format!("x = t{name}::Open::m{method}(&t{name}::OPEN, x);"),
        "once_plain" => format!("x = t{name}::PLAIN.get().unwrap().m{method}(x);"),
        "once_held" => format!("x = t{name}::HELD.get().unwrap().m{method}(x);"),
        _ => unreachable!(),
    }
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../targets.rs");
    let mut code = targets();
    let mut rows = String::new();
    for &size in sizes() {
        for way in WAYS {
            write_in_turn(&mut code, way, &shuffled(size));
        }
        rows.push_str(&row(size, &size.to_string()));
        rows.push(',');
    }
    for way in WAYS {
        write_between_branches(&mut code, way, &shuffled(BETWEEN_BRANCHES));
    }
    let between_branches = row(BETWEEN_BRANCHES, "between_branches");
    writeln!(
        code,
        "/// Calls one after the other.\n\
         pub static IN_TURN: &[Targets<InTurn>] = &[{rows}];\n\
         /// Calls with branches between them.\n\
         pub static BETWEEN_BRANCHES: Targets<BetweenBranches> = {between_branches};"
    )
    .unwrap();
    let switches: Vec<_> = (0..traits())
        .map(|number| format!("t{number}::switch"))
        .collect();
    writeln!(
        code,
        "static SWITCHES: &[fn(bool) -> Switched] = &[{}];",
        switches.join(", ")
    )
    .unwrap();
    write(&code);
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

/// Writes a function that calls all targets in turn, many times.
fn write_in_turn(code: &mut String, way: &str, order: &[usize]) {
    let size = order.len();
    let parts = order.chunks(IN_A_FUNCTION).map(|targets| {
        let calls = targets.iter().map(|target| call(way, *target));
        calls.collect::<Vec<_>>().join("\n")
    });
    let body = if size <= IN_A_FUNCTION {
        parts.collect::<String>()
    } else {
        let functions = parts.enumerate().map(|(part, calls)| {
            let name = format!("{way}_{size}_{part}");
            writeln!(
                code,
                "#[inline(never)] fn {name}(mut x: u64) -> u64 {{\n{calls}\nx }}"
            )
            .unwrap();
            format!("x = {name}(x);\n")
        });
        functions.collect()
    };
    writeln!(
        code,
        "fn {way}_{size}(mut x: u64, times: usize) -> u64 {{\nfor _ in 0..times {{\n{body}}}\nx }}"
    )
    .unwrap();
}

/// Writes a function that calls all targets in turn, with a branch before each, for each word of an array.
fn write_between_branches(code: &mut String, way: &str, order: &[usize]) {
    let calls = order.iter().enumerate().map(|(bit, target)| {
        let call = call(way, *target);
        format!("branch(word, {bit}); {call}\n")
    });
    let body: String = calls.collect();
    writeln!(
        code,
        "fn {way}_between_branches(mut x: u64, words: &[u64]) -> u64 {{\n\
         for &word in words {{\n{body}}}\nx }}"
    )
    .unwrap();
}

/// The value that names the functions of all ways.
fn row(count: usize, suffix: &str) -> String {
    let fields = WAYS.map(|way| format!("{way}: {way}_{suffix}"));
    format!("Targets {{ count: {count}, {} }}", fields.join(", "))
}
