//! Tables of plain columns that fit 80 characters.

use comfy_table::{ContentArrangement, Table, presets};
use trailkeeper_core::escape::escaped;

/// The widest line that every terminal shows whole.
pub(crate) const WIDTH: u16 = 80;

/// The rows under `header` as lines, each set off by `indent` blanks; no header where it is empty.
pub(crate) fn table<const N: usize>(
    indent: u16,
    header: [&str; N],
    rows: &[[String; N]],
) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH.saturating_sub(indent));
    if header.iter().any(|name| !name.is_empty()) {
        table.set_header(header);
    }
    for row in rows {
        table.add_row(row.iter().map(|cell| escaped(cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let margin = " ".repeat(usize::from(indent));
    let lines = table.lines();
    lines
        .map(|line| format!("{margin}{line}").trim_end().to_owned())
        .collect()
}
