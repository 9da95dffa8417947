//! The table: what it looks like, and how it is compared with what is counted now.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, anyhow};
use static_call_benches_costs::callgrind::{Counts, EVENTS};
use static_call_benches_costs::markdown;

/// A part of the table: the ways that are counted in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Patched,
    Portable,
    Others,
}

impl Section {
    pub(crate) const ALL: [Self; 3] = [Self::Patched, Self::Portable, Self::Others];

    fn title(self) -> &'static str {
        match self {
            Self::Patched => "Static calls",
            Self::Portable => "Static calls, feature `portable`",
            Self::Others => "Other calls",
        }
    }

    /// Whether it is the fault of `static-call` if they grow.
    pub(crate) fn is_ours(self) -> bool {
        self != Self::Others
    }

    /// What the program is told to call.
    pub(crate) fn ways(self) -> &'static str {
        if self.is_ours() { "ours" } else { "others" }
    }

    /// How the program is built.
    pub(crate) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Portable => &["--features", "portable"],
            Self::Patched | Self::Others => &[],
        }
    }
}

/// What a call takes in each of the ways of a section.
pub(crate) type Counted = (Section, Vec<(String, Counts)>);

/// The table, and what is to be said about it.
pub(crate) fn to_markdown(counted: &[Counted], compiler: &str) -> String {
    let mut text = format!(
        "# What a call takes\n\
        \n\
        Written by `ci/counts` from what callgrind counts. `ci/counts --check` fails if static calls take more.\n\
        Compiled for x86-64 by {compiler} as for a release.\n\
        \n\
        Each figure is for one call without the loop around it, but with its work: three instructions, and one\n\
        data read where the implementation is stateful. To return from a call is a data read too. Conditional\n\
        branches are jumps that depend on something; indirect ones are jumps and calls that take their target\n\
        from a register or from memory. The crate `devirt` finds its types only because these objects are made\n\
        in the codegen unit of the call.\n"
    );
    let [a, b, c, d] = EVENTS.map(|(_, event)| event);
    for (section, ways) in counted {
        let rows = ways.iter().map(|(call, counts)| {
            let [a, b, c, d] = counts.map(|count| count.to_string());
            [call.clone(), a, b, c, d]
        });
        let table = markdown::table(["call", a, b, c, d], rows);
        write!(text, "\n## {}\n\n{table}\n", section.title()).expect("a string takes all");
    }
    text
}

/// The figures of a table, by title and call.
fn parse(text: &str) -> anyhow::Result<BTreeMap<(&str, &str), Counts>> {
    let mut figures = BTreeMap::new();
    let mut title = "";
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("## ") {
            title = next;
        } else if let Some([call, counts @ ..]) = markdown::cells(line).as_deref()
            && *call != "call"
        {
            let counts: Vec<i64> = counts
                .iter()
                .map(|count| count.parse())
                .collect::<Result<_, _>>()
                .with_context(|| format!("not a row of counts: {line}"))?;
            let counts = counts
                .try_into()
                .map_err(|_| anyhow!("not a row of counts: {line}"))?;
            figures.insert((title, *call), counts);
        }
    }
    Ok(figures)
}

/// What is to be said if the table says something else.
pub(crate) fn compare(
    counted: &[Counted],
    text: &str,
    compiler: &str,
) -> anyhow::Result<Option<String>> {
    let mut before = parse(text)?;
    let mut more = String::new();
    let mut other = String::new();
    for (section, ways) in counted {
        let title = section.title();
        for (call, counts) in ways {
            let Some(old) = before.remove(&(title, &**call)) else {
                other += &format!("  {title}: {call}: not in the table\n");
                continue;
            };
            for ((_, event), (old, new)) in EVENTS.iter().zip(old.iter().zip(counts)) {
                let line = format!("  {title}: {call}: {new} {event}, {old} in the table\n");
                match new.cmp(old) {
                    Ordering::Greater => more += &line,
                    Ordering::Less => other += &line,
                    Ordering::Equal => {}
                }
            }
        }
        for (_, call) in before.keys().filter(|(of, _)| *of == title) {
            other += &format!("  {title}: {call}: only in the table\n");
        }
    }
    let mut complaint = String::new();
    if !more.is_empty() {
        complaint += &format!("static calls take more than COUNTS.md says:\n{more}");
    }
    if !other.is_empty() {
        complaint += &format!("COUNTS.md is out of date: run ci/counts\n{other}");
    }
    if complaint.is_empty() {
        return Ok(None);
    }
    if !text.contains(compiler) {
        complaint += &format!("It was made by another compiler than {compiler}.\n");
    }
    complaint.truncate(complaint.trim_end().len());
    Ok(Some(complaint))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPILER: &str = "rustc 1.95.0";

    fn counted(counts: Counts) -> Vec<Counted> {
        let ways = |counts| vec![(String::from("listed"), counts)];
        vec![
            (Section::Patched, ways(counts)),
            (Section::Others, ways([9, 9, 9, 9])),
        ]
    }

    #[test]
    fn a_table_agrees_with_what_it_was_made_from() {
        let counted = counted([6, 0, 1, 0]);
        let table = to_markdown(&counted, COMPILER);
        assert_eq!(compare(&counted, &table, COMPILER).unwrap(), None);
        // What is not counted is not looked at.
        assert_eq!(compare(&counted[..1], &table, COMPILER).unwrap(), None);
    }

    #[test]
    fn what_grows_is_told_apart_from_what_shrinks() {
        let table = to_markdown(&counted([6, 1, 1, 0]), COMPILER);
        let complaint = |counts| {
            let complaint = compare(&counted(counts), &table, COMPILER);
            complaint.unwrap().unwrap()
        };
        assert_eq!(
            complaint([7, 1, 1, 0]),
            "static calls take more than COUNTS.md says:\n\
            \x20 Static calls: listed: 7 instructions, 6 in the table"
        );
        assert_eq!(
            complaint([6, 0, 1, 0]),
            "COUNTS.md is out of date: run ci/counts\n\
            \x20 Static calls: listed: 0 data reads, 1 in the table"
        );
    }

    #[test]
    fn rows_on_one_side_only_and_another_compiler_are_told() {
        let table = to_markdown(&counted([6, 1, 1, 0]), "rustc 1.94.0");
        let renamed = [(Section::Patched, vec![(String::from("open"), [6, 1, 1, 0])])];
        let complaint = compare(&renamed, &table, COMPILER);
        assert_eq!(
            complaint.unwrap().unwrap(),
            "COUNTS.md is out of date: run ci/counts\n\
            \x20 Static calls: open: not in the table\n\
            \x20 Static calls: listed: only in the table\n\
            It was made by another compiler than rustc 1.95.0."
        );
    }
}
