//! The document, and what it asks for.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use static_call_paired::Comparison;

use crate::{Builds, plot, table};

const END: &str = "<!-- end -->";

/// The document with all results put in. Plots are written to `directory`.
pub(crate) fn rewritten(text: &str, builds: &Builds, directory: &Path) -> anyhow::Result<String> {
    let mut written = String::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        written.push_str(line);
        written.push('\n');
        let Some(request) = request(line) else {
            continue;
        };
        let result =
            result(request, builds, directory).with_context(|| format!("line {number}: {line}"))?;
        written.push_str(&result);
        let end = lines.find(|(line, _)| *line == END);
        ensure!(end.is_some(), "line {number}: no {END} follows");
        written.push_str(END);
        written.push('\n');
    }
    Ok(written)
}

/// The words of a comment that asks for results: what, build, program, title.
fn request(line: &str) -> Option<[&str; 4]> {
    let request = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    let mut words = request.splitn(4, ' ');
    let request = [
        words.next()?,
        words.next()?,
        words.next()?,
        words.next().unwrap_or(""),
    ];
    matches!(request[0], "rows" | "matrix" | "plot").then_some(request)
}

fn result(
    [what, build, program, title]: [&str; 4],
    builds: &Builds,
    directory: &Path,
) -> anyhow::Result<String> {
    let comparisons = builds
        .get(build)
        .with_context(|| format!("there are no results called {build}"))?;
    let wanted: Vec<&Comparison> = comparisons
        .iter()
        .filter(|comparison| comparison.program == program && comparison.title.starts_with(title))
        .collect();
    match (what, &wanted[..]) {
        (_, []) => bail!("nothing of that name was measured"),
        ("matrix", wanted) => Ok(table::matrix(wanted)),
        ("rows", [one]) => Ok(table::rows(one)),
        ("plot", [one]) => plot::write(one, build, directory),
        (_, several) => bail!("{} comparisons have a title that begins so", several.len()),
    }
}

#[cfg(test)]
mod tests {
    use static_call_paired::Row;

    use super::*;

    fn builds() -> Builds {
        let row = |name: &str, ratio| Row {
            name: String::from(name),
            nanoseconds: ratio * 2.0,
            ratio,
            quartiles: [ratio - 0.01, ratio + 0.01],
        };
        let comparison = |title: &str| Comparison {
            program: String::from("call"),
            title: String::from(title),
            rounds: 3,
            rows: vec![row("dyn", 1.0), row("ours", 0.25)],
        };
        let comparisons = vec![comparison("one"), comparison("other")];
        Builds::from([(String::from("plain"), comparisons)])
    }

    fn text(document: &str) -> anyhow::Result<String> {
        rewritten(document, &builds(), Path::new("/nonexistent"))
    }

    #[test]
    fn what_is_asked_for_replaces_what_was_there_and_nothing_else_changes() {
        let document = "before\n<!-- rows plain call one -->\nold\n<!-- end -->\nafter\n";
        let new = text(document).unwrap();
        assert!(new.starts_with("before\n<!-- rows plain call one -->\n"));
        assert!(new.ends_with("<!-- end -->\nafter\n"));
        assert!(new.contains("0.25 (0.24 to 0.26)"), "{new}");
        assert!(!new.contains("old"));
        assert_eq!(text(&new).unwrap(), new);
    }

    #[test]
    fn a_matrix_has_a_line_for_each_comparison() {
        let new = text("<!-- matrix plain call -->\n<!-- end -->\n").unwrap();
        let lines: Vec<_> = new.lines().filter(|line| line.starts_with("| o")).collect();
        assert_eq!(lines.len(), 2, "{new}");
    }

    #[test]
    fn what_was_not_measured_is_an_error_that_says_where() {
        for (document, message) in [
            (
                "<!-- rows plain call two -->\n<!-- end -->\n",
                "nothing of that name",
            ),
            (
                "<!-- rows odd call one -->\n<!-- end -->\n",
                "no results called odd",
            ),
            (
                "<!-- rows plain call o -->\n<!-- end -->\n",
                "2 comparisons",
            ),
            ("<!-- rows plain call one -->\n", "no <!-- end -->"),
        ] {
            let error = format!("{:#}", text(document).unwrap_err());
            assert!(
                error.starts_with("line 1: ") && error.contains(message),
                "{error}"
            );
        }
    }
}
