//! The table of the traits: it tells what is tested here and in `ui/real_traits.rs`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::check::{Accepted, Row};
use crate::{
    allocation, cryptography, diagnostics, hardware, input_output, logging, services, storage,
};

const ACCEPTED: &[&[Row]] = &[
    allocation::ROWS,
    cryptography::ROWS,
    diagnostics::ROWS,
    hardware::ROWS,
    hardware::digital::ROWS,
    input_output::ROWS,
    input_output::text::ROWS,
    logging::ROWS,
    services::ROWS,
    storage::ROWS,
];

/// A trait that is refused.
struct Refused {
    release: String,
    path: String,
    /// Whether plain Rust has trait objects of it.
    has_objects: bool,
    instead: String,
    /// The tokens that the messages point at, and the messages.
    errors: Vec<(String, String)>,
}

impl Refused {
    /// Reads the comments above a trait, ``// name 1.0 `path`: what to write instead``, and below its lines.
    fn read_all(source: &str) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut lines = source.lines().map(str::trim).peekable();
        while let Some(line) = lines.next() {
            if let Some(error) = line.strip_prefix("//~ error") {
                let (token, message) = match error.strip_prefix(" at `") {
                    Some(error) => error.split_once("`: ").expect("a message follows"),
                    None => ("", error),
                };
                let refused = found.last_mut().expect("a row stands above the trait");
                refused.errors.push((token.into(), message.into()));
            } else if let Some(row) = line.strip_prefix("// ").and_then(Self::read) {
                found.push(row);
                while let Some(more) = lines.next_if(|line| line.starts_with("// ")) {
                    let refused = found.last_mut().expect("it was pushed");
                    refused.instead.push_str(&more[2..]);
                }
            }
        }
        found
    }

    fn read(row: &str) -> Option<Self> {
        let (release, rest) = row.split_once(" `")?;
        let (path, rest) = rest.split_once('`')?;
        let (note, instead) = rest.split_once(": ")?;
        Some(Self {
            release: release.into(),
            path: path.into(),
            has_objects: note.is_empty(),
            instead: instead.into(),
            errors: Vec::new(),
        })
    }

    /// What would have to be built, for each of the errors.
    fn needs(&self) -> Vec<&'static str> {
        let mut needs: Vec<_> = self.errors.iter().map(|error| need(error)).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// The tokens, each once.
    fn tokens(&self) -> String {
        let mut tokens: Vec<_> = self.errors.iter().map(|(token, _)| &**token).collect();
        tokens.dedup();
        match &tokens[..] {
            [""] => "the supertrait".into(),
            tokens => tokens
                .iter()
                .map(|token| format!("`{token}`"))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
}

/// What a trait needs, by the error that refuses it.
fn need((token, message): &(String, String)) -> &'static str {
    let says = |words: &str| message.contains(words);
    let takes = |receiver: &str| token.contains(receiver);
    match () {
        () if says("a generic trait") && token.starts_with('\'') => {
            "traits with lifetime parameters"
        }
        () if says("a generic trait") => "traits with type parameters",
        () if says("an associated type") => "associated types: `dyn Trait<Output = X>`",
        () if says("[E0277]") || says("[E0599]") => "supertraits of other crates",
        () if takes("Box<Self>") => "`self: Box<Self>`",
        () if takes("Arc<Self>") => "`self: Arc<Self>`",
        () if takes("Pin<&mut Self>") => "`self: Pin<&mut Self>` through a `Devirt`",
        () if takes("&mut self") => "`&mut self` in a trait that is shared, to set it up",
        () if token == "self" => "`self`, which only types with a size can be called with",
        () if says("keeps the method out of the trait object") => {
            "required methods with a receiver and `where Self: Sized`"
        }
        () if says("no object to ask") => {
            "required methods without receiver, such as constructors, for `Devirt`"
        }
        () if says("the methods that a macro makes") => {
            "methods that a macro within the trait makes"
        }
        () if says("a generic method") => "generic methods",
        () if says("an associated constant") => "associated constants",
        () if says("has no trait object") => "`Self: Sized`",
        () if says("needs `where Self: Sized`") => {
            "methods without receiver and without `where Self: Sized`"
        }
        () if says("`Self` is another type") => "`Self` in arguments and results",
        () => panic!("the table has no need for `{token}`: {message}"),
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A list of how many traits each word belongs to, the most frequent first.
fn counted(document: &mut String, counts: BTreeMap<&str, Vec<String>>) {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, traits)| usize::MAX - traits.len());
    for (what, traits) in counts {
        writeln!(
            document,
            "| {} | {what} | {} |",
            traits.len(),
            traits.join(", ")
        )
        .expect("strings grow");
    }
}

/// How many traits there are of each kind.
struct Counts {
    as_is: usize,
    changed: usize,
    devirt: usize,
    refused: usize,
    without_objects: usize,
}

impl Counts {
    fn of(accepted: &[&Row], refused: &[Refused]) -> Self {
        let count = |by, is_changed| {
            let rows = accepted.iter().filter(|row| row.accepted == by);
            rows.filter(|row| row.changes.is_empty() != is_changed)
                .count()
        };
        assert_eq!(count(Accepted::Devirt, true), 0, "the text tells of none");
        let with_objects = refused.iter().filter(|row| row.has_objects).count();
        Self {
            as_is: count(Accepted::Static, false),
            changed: count(Accepted::Static, true),
            devirt: count(Accepted::Devirt, false),
            refused: with_objects,
            without_objects: refused.len() - with_objects,
        }
    }

    /// What the README says.
    fn sentence(&self) -> String {
        let Self {
            as_is,
            changed,
            devirt,
            refused,
            ..
        } = self;
        let all = as_is + changed + devirt + refused;
        format!(
            "Of {all} traits of well-known crates {as_is} are accepted as they are, {changed} after a small change, \
             {devirt} for `Devirt`, and {refused} are refused"
        )
    }
}

fn document(accepted: &[&Row], refused: &[Refused]) -> String {
    let mut document = String::new();
    let Counts {
        as_is,
        changed,
        devirt,
        refused: refused_count,
        without_objects,
    } = Counts::of(accepted, refused);
    let all = accepted.len() + refused.len();
    let (with_objects, without): (Vec<_>, Vec<_>) = refused.iter().partition(|row| row.has_objects);
    write!(
        document,
        "\
# Traits of well-known crates

What `#[static_dispatch]` says to {all} traits of well-known crates. Their methods are as they are there; where many
are alike, some are left out. Each trait that is accepted is called through plain `dyn` and through `Static` and a
snapshot, or `Devirt`, with the same results (`tests/real_traits`); each that is refused is compiled
(`tests/ui/real_traits.rs`). This file is made by a test, of what is tested:
`BLESS=1 cargo test -p static-call-tests --test real_traits`.

| | traits |
|---|---|
| accepted for `Static` as they are | {as_is} |
| accepted for `Static` after a small change | {changed} |
| accepted for `Devirt` as they are, because they take `&mut self` | {devirt} |
| refused | {refused_count} |
| refused, and plain Rust has no trait objects of them either | {without_objects} |

## Accepted

| crate | trait | by | changes |
|---|---|---|---|
"
    )
    .expect("strings grow");
    for row in accepted {
        let by = format!("{:?}", row.accepted);
        let changes = row.changes.join("; ");
        let Row { release, path, .. } = row;
        writeln!(document, "| {release} | `{path}` | `{by}` | {changes} |").expect("strings grow");
    }

    document.push_str(
        "
What the changes are, counted:

| traits | change | |
|---|---|---|
",
    );
    let mut changes = BTreeMap::<&str, Vec<String>>::new();
    for row in accepted {
        for change in row.changes {
            changes
                .entry(*change)
                .or_default()
                .push(format!("`{}`", row.tested));
        }
    }
    counted(&mut document, changes);

    document.push_str(
        "
## Refused

| crate | trait | refused at | instead |
|---|---|---|---|
",
    );
    for row in with_objects.iter().chain(&without) {
        let Refused {
            release,
            path,
            instead,
            ..
        } = row;
        let tokens = row.tokens();
        writeln!(document, "| {release} | `{path}` | {tokens} | {instead} |")
            .expect("strings grow");
    }

    document.push_str(
        "
## What real traits need and is refused

Of the traits that plain Rust has trait objects of; a trait may need several things.

| traits | need | |
|---|---|---|
",
    );
    let mut needs = BTreeMap::<&str, Vec<String>>::new();
    for row in &with_objects {
        for need in row.needs() {
            let name = format!("`{}` of {}", row.path, row.release);
            needs.entry(need).or_default().push(name);
        }
    }
    counted(&mut document, needs);
    document
}

#[test]
fn the_table_tells_what_is_tested() {
    let source = fs::read_to_string(path("tests/ui/real_traits.rs")).expect("the file is there");
    let mut refused = Refused::read_all(&source);
    let count = |words| source.matches(words).count();
    let annotated = count("#[static_dispatch") - count("#[static_dispatch(cold)]");
    assert_eq!(refused.len(), annotated, "each trait has a row");
    for row in &refused {
        assert!(
            !row.errors.is_empty(),
            "{} {} is not refused",
            row.release,
            row.path
        );
        row.needs();
    }
    let mut accepted: Vec<_> = ACCEPTED.iter().copied().flatten().collect();
    for row in &accepted {
        let name = row.path.rsplit("::").next();
        assert_eq!(name, Some(row.tested), "of {}", row.release);
    }
    accepted.sort_by_key(|row| (row.release, row.path));
    refused.sort_by(|one, other| (&one.release, &one.path).cmp(&(&other.release, &other.path)));

    let readme = fs::read_to_string(path("../README.md")).expect("it is there");
    let sentence = Counts::of(&accepted, &refused).sentence();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        readme.contains(&sentence),
        "the README does not say: {sentence}"
    );

    let document = document(&accepted, &refused);
    let table = path("REAL_TRAITS.md");
    if env::var_os("BLESS").is_some() {
        fs::write(&table, &document).expect("the file can be written");
    }
    let written = fs::read_to_string(&table).unwrap_or_default();
    assert!(
        document == written,
        "REAL_TRAITS.md is not what is tested:\n{document}"
    );
}
