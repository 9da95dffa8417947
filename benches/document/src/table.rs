//! Comparisons as tables in Markdown.

use comfy_table::{CellAlignment, Table, presets};
use static_call_paired::{Comparison, Row};

/// A line for each subject.
pub(crate) fn rows(comparison: &Comparison) -> String {
    let header = [comparison.title.as_str(), "ns", "ratio (quartiles)"].map(String::from);
    let rows = comparison.rows.iter().map(|row| {
        vec![
            escaped(&row.name),
            format!("{:.2}", row.nanoseconds),
            ratio(row),
        ]
    });
    laid_out(header.into(), rows)
}

/// A line for each comparison that has the same subjects as the first.
pub(crate) fn matrix(comparisons: &[&Comparison]) -> String {
    let names = |comparison: &Comparison| {
        let rows = comparison.rows.iter();
        rows.map(|row| escaped(&row.name)).collect::<Vec<_>>()
    };
    let first = names(comparisons[0]);
    let alike = comparisons.iter().filter(|other| names(other) == first);
    let rows = alike.map(|comparison| {
        let mut cells = vec![escaped(&comparison.title)];
        cells.extend(comparison.rows.iter().zip(0..).map(|(row, index)| {
            if index == 0 {
                format!("{:.2} ns", row.nanoseconds)
            } else {
                ratio(row)
            }
        }));
        cells
    });
    let header = [vec![String::from("ratio (quartiles)")], first.clone()].concat();
    laid_out(header, rows)
}

/// A name outside of code, in which `<` would begin a tag.
fn escaped(name: &str) -> String {
    if name.contains('`') {
        String::from(name)
    } else {
        name.replace('<', "\\<")
    }
}

fn ratio(row: &Row) -> String {
    let [low, high] = row.quartiles;
    format!("{:.2} ({low:.2} to {high:.2})", row.ratio)
}

fn laid_out(header: Vec<String>, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(header)
        .add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("\n{}\n\n", table.trim_fmt())
}
