//! A CSV record that is no row → its problem; one whose end is not certain → the refusal of the file.

use std::sync::Arc;

use crate::model::{Columns, Problem};

use super::error::InputError;
use super::limits::{FIELD_BYTES_MAX, QUOTED_CHARS_MAX};
use super::record::{Flaw, Record};
use super::splitter::{Broken, LineEnds};

/// The problem of a record with that flaw in that cell.
pub(super) fn problem_of(
    (flaw, column): (Flaw, usize),
    record: &Record,
    text: &str,
    columns: &Columns,
) -> Problem {
    let (code, message, hint) = match flaw {
        Flaw::StrayQuote => (
            "stray_quote",
            "a quote inside an unquoted cell",
            "quote the whole cell and double the quotes inside it; where quotes are ordinary text: --quote none",
        ),
        Flaw::StrayEscape => (
            "stray_escape",
            "an escape stands before a character that needs none, so it may be text",
            "double it; where it is ordinary text everywhere: --escape none",
        ),
        Flaw::UnclosedQuote => (
            "unclosed_quote",
            "a quoted cell is not closed on its line",
            "close it, or double the quote if it belongs to the text",
        ),
        Flaw::TextAfterQuote => (
            "text_after_quote",
            "text follows the closing quote of a cell",
            "double the quotes inside a quoted cell",
        ),
    };
    let cell = record.cells(text).nth(column).unwrap_or_default();
    let mut problem = Problem::error(code, message)
        .value(cell.chars().take(QUOTED_CHARS_MAX).collect::<String>())
        .hint(hint);
    if let Some(name) = columns.names.get(column) {
        problem = problem.column(&**name);
    }
    problem
}

/// The problem of a record with so many cells where so many are due.
pub(super) fn ragged(cells: usize, width: usize) -> Problem {
    let plural = if cells == 1 { "" } else { "s" };
    let message = format!("the row has {cells} cell{plural} where the header has {width}");
    let hint = match cells {
        1 => "lines before and behind the table are left out by --skip-rows and --skip-footer",
        _ => "a cell that holds the delimiter or a line break must be quoted",
    };
    Problem::error("ragged_row", message).hint(hint)
}

/// Two backslashes in a row, where nothing before has shown whether one of them is an escape.
pub(super) fn double_backslash() -> Problem {
    let message = "two backslashes may be one that is escaped: nothing in the beginning of the file shows which";
    Problem::error("ambiguous_escape", message)
        .hint("say which: --escape none, or --escape '\\\\', or [source] escape")
}

/// Line ends that no single program writes: a lone CR may be a line break inside a cell.
pub(super) fn mixed_ends(ends: LineEnds, file: &Arc<str>) -> Option<Problem> {
    let LineEnds {
        feeds,
        pairs,
        returns,
    } = ends;
    (returns > 0 && feeds + pairs > 0).then(|| {
        let message = format!(
            "{returns} lines end by CR alone and {} by LF or CRLF; each of them ended a row",
            feeds + pairs
        );
        Problem::warning("mixed_line_ends", message)
            .file(file)
            .hint("a line break inside a cell must be quoted; let the export write one kind only")
    })
}

/// Rows without anything in them: how many, and the line of the first.
pub(super) fn empty_rows((count, line): (u64, u64), file: &Arc<str>) -> Option<Problem> {
    let (rows, are) = if count == 1 {
        ("row", "is")
    } else {
        ("rows", "are")
    };
    (count > 0).then(|| {
        let message = format!("{count} {rows} without anything in any cell {are} left out");
        Problem::warning("empty_rows", message)
            .file(file)
            .line(line)
            .hint("spreadsheets write such rows below a table; delete them there")
    })
}

/// Rows that are left out as a footer and read like people, and the line of the first.
pub(super) fn people_in_footer((count, line): (usize, u64), file: &Arc<str>) -> Option<Problem> {
    let (rows, read) = match count {
        1 => ("row", "reads"),
        _ => ("rows", "read"),
    };
    (count > 0).then(|| {
        let message =
            format!("{count} {rows} at the end, left out as a footer, {read} like people");
        Problem::warning("people_in_footer", message)
            .file(file)
            .line(line)
            .hint("is the number of rows right (--skip-footer, [source] skip_footer)?")
    })
}

/// The refusal of a file in which it is not certain where a record ends.
pub(super) fn refusal_of(broken: Broken, file: &Arc<str>) -> InputError {
    let refuse =
        |line: u64, code: &str, message: String| InputError::new(file, code, message).line(line);
    match broken {
        Broken::UnclosedQuote(line) => refuse(
            line,
            "unclosed_quote",
            "the quote that opens on this line is never closed".to_owned(),
        )
        .hint("close it, or double it if it belongs to the text: everything behind it would be read as one cell"),
        Broken::TextAfterQuote(line) => refuse(
            line,
            "text_after_quote",
            "text follows the closing quote of the cell that begins on this line".to_owned(),
        )
        .hint("double the quotes inside a quoted cell; is the delimiter the right one (--delimiter, [source] delimiter)?"),
        Broken::FieldTooLong(line) => refuse(
            line,
            "field_too_long",
            format!("the cell that begins on this line is longer than {FIELD_BYTES_MAX} bytes"),
        )
        .hint("most often a quote that is not closed"),
    }
}
