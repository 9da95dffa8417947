//! The numbers of invariants in the sources are those of the document about soundness.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What ends the heading of an invariant that no comment in the library names.
const GENERATED: &str = "(generated code)";

/// The files below this folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The numbers at the end of a comment, as in `It is aligned. (S1, S12)`.
fn numbers(comment: &str) -> Vec<&str> {
    let end = comment
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("));
    let numbers = end.map_or(Vec::new(), |(_, numbers)| numbers.split(", ").collect());
    let is_number = |number: &&str| number.starts_with('S') && number[1..].parse::<u32>().is_ok();
    if numbers.iter().all(is_number) {
        numbers
    } else {
        Vec::new()
    }
}

#[test]
fn every_unsafe_block_names_invariants_and_every_invariant_is_named() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let document = sources.join("docs/soundness.md");
    let document = fs::read_to_string(document).expect("the document is there");
    let headings = document
        .lines()
        .filter_map(|line| line.strip_prefix("### "));
    let (mut defined, mut unnamed) = (BTreeSet::new(), BTreeSet::new());
    for heading in headings {
        let (number, _) = heading.split_once(':').expect("a heading has a number");
        assert!(defined.insert(number), "{number} is defined twice");
        if !heading.ends_with(GENERATED) {
            unnamed.insert(number);
        }
    }

    let is_source = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "rs");
    for file in files(&sources).into_iter().filter(is_source) {
        let text = fs::read_to_string(&file).expect("a source can be read");
        let text = text.split("\nmod tests {").next().unwrap_or_default();
        let mut comment = None;
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            let place = format!("{}:{number}", file.display());
            if line.starts_with("// SAFETY: ") {
                comment = Some(line);
            } else if line.starts_with("//") {
                // The last line of a comment has the numbers.
                comment = comment.map(|_| line);
            } else if line.contains("unsafe {") || line.starts_with("unsafe impl") {
                let named = comment.take().map_or(Vec::new(), numbers);
                assert!(!named.is_empty(), "{place} names no invariant");
                for number in named {
                    assert!(defined.contains(number), "{place}: {number} is not defined");
                    unnamed.remove(number);
                }
            }
        }
    }
    assert!(unnamed.is_empty(), "no comment names {unnamed:?}");
}
