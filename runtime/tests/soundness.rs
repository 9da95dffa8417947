//! The numbers of invariants in the sources are those of the document about soundness, and so are the options of
//! assembly.

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

/// Where the sources of the library are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The sources, without tests at their ends.
fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let is_source = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "rs");
    files(&folder()).into_iter().filter(is_source).map(|file| {
        let text = fs::read_to_string(&file).expect("a source can be read");
        let code = text.split("\nmod tests {").next().unwrap_or_default();
        (file, code.to_owned())
    })
}

fn document() -> String {
    fs::read_to_string(folder().join("docs/soundness.md")).expect("the document is there")
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
    let document = document();
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

    for (file, text) in sources() {
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

/// The words between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The name of the macro or function that begins with this line.
fn begun(line: &str) -> Option<&str> {
    let line = Some(line.trim()).filter(|line| !line.starts_with("//"))?;
    let head = line.split_once("macro_rules! ");
    let (_, rest) = head.or_else(|| line.split_once("fn "))?;
    rest.split([' ', '(', '<']).next()
}

/// Some assembly: what it is in, and its options.
type Assembly<'text> = (&'text str, BTreeSet<&'text str>);

/// All assembly in this source.
fn assembly(text: &str) -> Vec<Assembly<'_>> {
    let mut blocks: Vec<Assembly<'_>> = Vec::new();
    let mut item = "";
    for line in text.lines() {
        item = begun(line).unwrap_or(item);
        if line.contains("asm!(") {
            blocks.push((item, BTreeSet::new()));
        } else if let Some(options) = line.trim().strip_prefix("options(") {
            let (_, known) = blocks.last_mut().expect("options are in assembly");
            known.extend(options.trim_end_matches(')').split(", "));
        }
    }
    blocks
}

#[test]
fn assembly_has_the_options_that_the_document_says() {
    let document = document();
    let (_, section) = document
        .split_once("### S9:")
        .expect("there is the invariant");
    let section = section.split("###").next().unwrap_or_default();
    let mut said = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').collect();
        let [_, items, _, options, ..] = cells[..] else {
            panic!("{row}");
        };
        let options: BTreeSet<_> = quoted(options).collect();
        said.extend(quoted(items).map(|item| (item, options.clone())));
    }
    let sources: Vec<_> = sources().collect();
    let used: BTreeSet<_> = sources
        .iter()
        .flat_map(|(_, text)| assembly(text))
        .collect();
    assert_eq!(used, said);
}
