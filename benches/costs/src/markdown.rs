//! Tables in Markdown.

use comfy_table::{CellAlignment, Table, presets};

/// Lays out a table whose first column is to the left and whose others, of numbers, to the right.
#[must_use]
pub fn table<const COLUMNS: usize>(
    header: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(header)
        .add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

/// The cells of a line of such a table; `None` if it is not one of its rows.
#[must_use]
pub fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    let is_rule = cells[0].starts_with("---");
    (!is_rule).then_some(cells)
}
