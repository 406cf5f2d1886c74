//! Small tables on comfy-table, in the plain style of the rest of the text.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

use super::page::Page;

const INDENT: usize = 2;

/// Puts a table on the page: a header, a line, rows whose cells are broken to fit the width.
/// The cells must be escaped already.
pub(super) fn put_table(page: &mut Page, header: &[&str], rows: &[Vec<String>]) {
    let mut table = plain_table(page);
    table.set_header(header.to_vec());
    for row in rows {
        table.add_row(row.clone());
    }
    put(page, table);
}

/// Puts a column of figures with what they count on the page, and below a line their sum.
pub(super) fn put_sum(page: &mut Page, parts: &[(u64, String)], sum: (u64, String)) {
    let mut table = plain_table(page);
    for (number, words) in parts {
        table.add_row([super::words::count(*number), words.clone()]);
    }
    let total = super::words::count(sum.0);
    let widest = parts
        .iter()
        .map(|(number, _)| super::words::count(*number).len())
        .max();
    table.add_row([
        "-".repeat(total.len().max(widest.unwrap_or(0))),
        String::new(),
    ]);
    table.add_row([total, sum.1]);
    if let Some(column) = table.column_mut(0) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    put(page, table);
}

fn plain_table(page: &Page) -> Table {
    let mut table = Table::new();
    let style = TableStyle::new().header_separator(LineStyle::none().fill('-').junction('-'));
    table
        .load_style(style)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(page.view.width - INDENT).unwrap_or(u16::MAX));
    table
}

fn put(page: &mut Page, mut table: Table) {
    let last = table.column_count().saturating_sub(1);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index < last { 2 } else { 0 }));
    }
    page.lines(INDENT, &table.trim_fmt());
}
