//! Random traits from a grammar, as programs: what the attribute accepts compiles, and its calls do through every
//! handle what they do on the object; what is just outside is refused, with messages of this library and no others.
//!
//! Each program comes from a seed, which is printed. `GENERATED_SEED=1 GENERATED_PROGRAMS=100 cargo test --test
//! generated` tries a hundred, from the first seed on; otherwise it is always the same one.

// The compiler cannot be run under emulation, and takes minutes to optimise more.
#![cfg(all(not(target_arch = "aarch64"), debug_assertions))]

mod accepted;
#[path = "../compiler/mod.rs"]
mod compiler;
mod method;
mod parameters;
mod refused;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;

use compiler::{compiler, json_lines, library};
use refused::Refused;
use serde_json::Value;
use static_call_tests::PATCHES;

/// How many traits a program has.
const TRAITS: usize = 50;

/// The seeds of the programs.
fn seeds() -> Vec<u64> {
    let number = |name| -> Option<u64> {
        let value = env::var(name).ok()?;
        Some(value.parse().expect("it is a number"))
    };
    let first = number("GENERATED_SEED").unwrap_or(0);
    (first..first + number("GENERATED_PROGRAMS").unwrap_or(1)).collect()
}

/// Writes and looks at a program for each seed; what `check` finds wrong is printed with the seed.
fn for_each_program(name: &str, check: impl Fn(u64, &Path) -> Result<(), String> + Sync) {
    let mut seeds = seeds();
    println!("seeds {seeds:?}");
    seeds.reverse();
    let (seeds, failures) = (Mutex::new(seeds), Mutex::new(Vec::new()));
    let work = || {
        while let Some(seed) = { seeds.lock().expect("nobody panicked").pop() } {
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}_{seed}.rs"));
            match check(seed, &file) {
                Ok(()) => fs::remove_file(&file).expect("the file is there"),
                Err(failure) => {
                    let failure = format!("GENERATED_SEED={seed}, {}:\n{failure}", file.display());
                    failures.lock().expect("nobody panicked").push(failure);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().expect("nobody panicked");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What the compiler or a program wrote, if it failed.
fn succeeded(output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    let rendered =
        json_lines(&output.stderr).filter_map(|line| Some(line["rendered"].as_str()?.to_owned()));
    let rendered: String = rendered.collect();
    let text = String::from_utf8_lossy(&output.stderr);
    let text = if rendered.is_empty() {
        &*text
    } else {
        &*rendered
    };
    Err(format!("{}\n{text}", output.status))
}

#[test]
fn accepted_traits_do_what_their_objects_do() {
    let library = library();
    for_each_program("accepted", |seed, file| {
        fs::write(file, accepted::program(seed, TRAITS)).expect("the file can be written");
        let program: PathBuf = file.with_extension("");
        let mut compiler = compiler(file, "2024", &library);
        compiler.args(["-Cdebug-assertions", "-Cdebuginfo=0"]);
        compiler.arg(if cfg!(debug_assertions) {
            "-Copt-level=1"
        } else {
            "-Copt-level=3"
        });
        if PATCHES {
            compiler.arg("--cfg=patches");
        }
        succeeded(&compiler.output().expect("the compiler runs"))?;
        succeeded(&Command::new(&program).output().expect("the program runs"))?;
        fs::remove_file(program).expect("the program is there");
        Ok(())
    });
}

#[test]
fn refused_traits_give_one_message_each_and_it_is_of_this_library() {
    let library = library();
    for_each_program("refused", |seed, file| {
        let (source, mut expected) = refused::program(seed, TRAITS);
        fs::write(file, source).expect("the file can be written");
        let output = compiler(file, "2024", &library)
            .arg("--emit=metadata")
            .output()
            .expect("the compiler runs");
        let mut unexpected = String::new();
        for diagnostic in json_lines(&output.stderr) {
            let Some(line) = line(&diagnostic) else {
                // How many errors there were.
                continue;
            };
            let message = diagnostic["message"].as_str().unwrap_or_default();
            let is_it = |refused: &Refused| {
                let is_ours = diagnostic["code"].is_null() && message.starts_with(refused.message);
                is_ours && refused.lines.contains(&line)
            };
            match expected.iter().position(is_it) {
                Some(index) => drop(expected.swap_remove(index)),
                None => unexpected += diagnostic["rendered"].as_str().unwrap_or_default(),
            }
        }
        for Refused { lines, message } in &expected {
            unexpected += &format!("missing in the lines {lines:?}: {message}\n");
        }
        if unexpected.is_empty() {
            Ok(())
        } else {
            Err(unexpected)
        }
    });
}

/// The line of the source that a message is about.
fn line(diagnostic: &Value) -> Option<usize> {
    let spans = diagnostic["spans"].as_array()?;
    let mut span = spans.iter().find(|span| span["is_primary"] == true)?;
    while let Some(outer) = span.pointer("/expansion/span") {
        span = outer;
    }
    usize::try_from(span["line_start"].as_u64()?).ok()
}
