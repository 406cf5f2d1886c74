//! The first records of a CSV file → the names of its columns, or why they cannot be the names.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Columns, Problem};

use super::dialect::Tally;
use super::error::InputError;
use super::no_person::is_same_name;
use super::record::Record;
use super::splitter::{Split, Splitter};

/// Joins the rows of a header: the names of one column with a space between, each word once. In a row above
/// another an empty cell belongs to the group on its left, as merged cells are written.
pub(super) fn joined(rows: &[Vec<Box<str>>]) -> Vec<Box<str>> {
    let last = rows.len() - 1;
    let mut names: Vec<String> = vec![String::new(); rows[0].len()];
    for (index, row) in rows.iter().enumerate() {
        let mut group = String::new();
        for (name, cell) in names.iter_mut().zip(row) {
            let mut part = cell.trim();
            if index < last {
                if !part.is_empty() {
                    part.clone_into(&mut group);
                }
                part = &group;
            }
            if part.is_empty() || name == part {
                continue;
            }
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(part);
        }
    }
    names.into_iter().map(String::into_boxed_str).collect()
}

/// The names, if each column has one of its own.
pub(super) fn checked(
    file: &Arc<str>,
    line: u64,
    names: Vec<Box<str>>,
) -> Result<Arc<Columns>, InputError> {
    let refuse = |code: &str, message: String| InputError::new(file, code, message).line(line);
    let unnamed = names.iter().filter(|name| name.trim().is_empty()).count();
    let mut seen = HashMap::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let column = index + 1;
        if name.trim().is_empty() {
            let message = format!("column {column} of {} has no name", names.len());
            let hint = match unnamed {
                1 if column == names.len() => {
                    "a delimiter at the end of the header makes one more column; list the names in [source] columns, \"\" for one to leave out"
                }
                _ if unnamed * 2 >= names.len() => {
                    "is this a title above the header (--skip-rows), or a header of several rows (--header-rows)?"
                }
                _ => {
                    "name every column, or list the names in [source] columns, \"\" for one to leave out"
                }
            };
            return Err(refuse("empty_column_name", message).hint(hint));
        }
        if let Some(first) = seen.insert(&**name, column) {
            let message = format!("columns {first} and {column} are both named \"{name}\"");
            return Err(refuse("repeated_column_name", message).column(&**name).hint(
                "give every column a name of its own, or list the names in [source] columns, \"\" for one to leave out",
            ));
        }
    }
    Ok(Arc::new(Columns { names }))
}

/// A file whose several header rows or whose missing header show in its beginning is refused.
pub(super) fn refuse_doubtful(
    file: &Arc<str>,
    tally: &Tally,
    head: &str,
    line: u64,
    whole: bool,
) -> Result<(), InputError> {
    let rows = first_rows(tally, head, line, whole);
    let Some((names, behind)) = rows.split_first() else {
        return Ok(());
    };
    if let Some(name) = names.iter().find(|name| looks_like_data(name)) {
        let message = format!("the first row does not look like names of columns: \"{name}\"");
        return Err(InputError::new(file, "no_header", message)
            .line(tally.records[0].1)
            .hint("a file without a header: --header-rows 0, and the names in [source] columns; if these are names: --header-rows 1"));
    }
    let is_named = names.iter().all(|name| !name.trim().is_empty());
    let is_repeated = behind.first().is_some_and(|row| {
        row.len() == names.len()
            && row
                .iter()
                .zip(names)
                .all(|(cell, name)| is_same_name(cell, name))
    });
    if is_named && !is_repeated && is_second_header(behind) {
        let message = "the second row looks like a header as well: where the rows below hold numbers or addresses it holds words";
        return Err(InputError::new(file, "second_header", message)
            .line(tally.records[1].1)
            .hint("say how many rows the header has: --header-rows 2, or --header-rows 1 if the second is a person"));
    }
    Ok(())
}

/// A file whose beginning shows lines before the table, or a header that is shorter than the rows, is refused.
pub(super) fn refuse_preamble(file: &Arc<str>, tally: &Tally) -> Result<(), InputError> {
    let (width, count) = tally.mode();
    let first = tally.records.first().map_or(0, |(width, _)| *width);
    if first >= width || count < 2 || count * 2 < tally.records.len() {
        return Ok(());
    }
    let before = tally
        .records
        .iter()
        .take_while(|record| record.0 != width)
        .count();
    let line = tally.records[before].1;
    if before == 1 && first > 1 {
        let message =
            format!("the header has {first} cells, but {count} of the first rows have {width}");
        return Err(InputError::new(file, "short_header", message)
            .line(tally.records[0].1)
            .hint("name every column, or list the names in [source] columns; if the line is no header, leave it out: --skip-rows"));
    }
    let message =
        format!("the lines before line {line} are unlike the others, which have {width} cells");
    Err(InputError::new(file, "preamble", message)
        .line(tally.records[0].1)
        .hint(format!(
            "if the header is on line {line}: --skip-rows {0}, or [source] skip_rows = {0}",
            line - 1
        )))
}

/// Records that are looked at for their content.
const ROWS_MAX: usize = 200;

fn first_rows(tally: &Tally, head: &str, line: u64, whole: bool) -> Vec<Vec<String>> {
    let (mut splitter, mut record) = (Splitter::new(tally.marks), Record::default());
    splitter.set_line(line);
    let (mut rows, mut at) = (Vec::new(), 0);
    while at < head.len() && rows.len() < ROWS_MAX {
        match splitter.split(head, at, whole, &mut record) {
            Ok(Split::Record(end)) => {
                rows.push(record.cells(head).map(str::to_owned).collect());
                at = end;
            }
            Ok(Split::Blank(end)) => at = end,
            Ok(Split::Incomplete) | Err(_) => break,
        }
    }
    rows
}

/// A row that is told to belong to the header, behind its first, and holds what no column is called.
pub(super) fn person_in_header(row: &[Box<str>], line: u64, file: &Arc<str>) -> Option<Problem> {
    let cell = row.iter().find(|cell| looks_like_data(cell))?;
    Some(
        Problem::warning(
            "person_in_header",
            "this row of the header reads like a person",
        )
        .file(file)
        .line(line)
        .value(&**cell)
        .hint("is the number of header rows right (--header-rows, [source] header_rows)?"),
    )
}

/// No column is called by a mail address or by a long number.
fn looks_like_data(name: &str) -> bool {
    let name = name.trim();
    let is_mail = name.split_once('@').is_some_and(|(box_name, domain)| {
        !box_name.is_empty() && domain.contains('.') && !name.contains(' ')
    });
    is_mail || (name.len() > 4 && name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the first of these rows holds words in every column where all others hold numbers or addresses, and
/// there are at least two such columns and five such rows.
fn is_second_header(rows: &[Vec<String>]) -> bool {
    let Some((second, others)) = rows.split_first() else {
        return false;
    };
    if others.len() < 5 || others.iter().any(|row| row.len() != second.len()) {
        return false;
    }
    let kinds: [fn(&str) -> bool; 2] = [
        |cell| cell.bytes().any(|byte| byte.is_ascii_digit()),
        |cell| cell.contains('@'),
    ];
    let telling = (0..second.len()).filter_map(|column| {
        let is_shared = |is: &&fn(&str) -> bool| others.iter().all(|row| is(&row[column]));
        let shared: Vec<_> = kinds.iter().filter(is_shared).collect();
        let cell = &second[column];
        let is_word = !cell.trim().is_empty() && shared.iter().all(|is| !is(cell));
        (!shared.is_empty()).then_some(is_word)
    });
    let telling: Vec<bool> = telling.collect();
    telling.len() >= 2 && telling.iter().all(|is_word| *is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(rows: &[&[&str]]) -> String {
        let rows = rows
            .iter()
            .map(|row| row.iter().map(|&cell| cell.into()).collect());
        joined(&rows.collect::<Vec<_>>()).join("|")
    }

    #[test]
    fn header_rows_are_joined_by_group() {
        assert_eq!(names(&[&["id", "b c"]]), "id|b c");
        assert_eq!(
            names(&[
                &["Person", "", "Phone", ""],
                &["ID", "Name", "Mobile", "Office"]
            ]),
            "Person ID|Person Name|Phone Mobile|Phone Office"
        );
        assert_eq!(names(&[&["", "Mail"], &["ID", "Mail"]]), "ID|Mail");
    }

    #[test]
    fn names_that_are_data_are_told_from_names() {
        for name in ["ann@x.example", "100234"] {
            assert!(looks_like_data(name), "{name}");
        }
        for name in [
            "id",
            "2024",
            "mail@work",
            "@handle",
            "E-Mail (name@domain.example)",
            "",
        ] {
            assert!(!looks_like_data(name), "{name}");
        }
    }

    #[test]
    fn a_second_header_needs_two_columns_and_five_rows() {
        let row = |cells: &[&str]| {
            cells
                .iter()
                .map(|&cell| cell.to_owned())
                .collect::<Vec<_>>()
        };
        let people =
            |count: usize| (0..count).map(|n| row(&[&format!("T-{n}"), "x", &format!("a{n}@b")]));
        let with = |first: &[&str], count| {
            let rows: Vec<_> = std::iter::once(row(first)).chain(people(count)).collect();
            is_second_header(&rows)
        };
        assert!(with(&["Number", "Name", "Mail"], 5));
        assert!(!with(&["Number", "Name", "Mail"], 4));
        assert!(!with(&["admin", "Name", "a@b"], 9));
        assert!(!with(&["admin", "Name", ""], 9));
    }
}
