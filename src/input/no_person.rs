//! Records among the rows of a CSV file that are no people: rows without anything in them, totals, remarks, and the
//! header again.

use crate::model::Problem;

use super::record::Record;

/// Whether nothing stands in the record: a line of spaces, or empty cells, as spreadsheets write rows that were
/// emptied. Under a single column a cell of spaces is a cell.
pub(super) fn is_empty(record: &Record, text: &str, width: usize) -> bool {
    if width == 1 || record.flaw().is_some() {
        return false;
    }
    let first = record.cells(text).next().unwrap_or_default();
    if first
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_graphic())
    {
        return false;
    }
    let is_line = record.len() == 1;
    record.cells(text).all(|cell| match is_line {
        true => !cell.is_empty() && cell.trim_matches(' ').is_empty(),
        false => cell.trim().is_empty(),
    })
}

/// Why a record under a header of those rows is no person, if it reads so.
pub(super) fn why(record: &Record, text: &str, header: &[Vec<Box<str>>]) -> Option<Problem> {
    const LEAVE_OUT: &str =
        "if it ends the file, leave it out: --skip-footer 1, or [source] skip_footer";
    // A letter in the second cell rules out the first two, and nearly every person has one there.
    let second = record.cells(text).nth(1).unwrap_or_default();
    let is_told = second
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    if is_told {
        return repeated_header(record, text, header);
    }
    if is_totals(record, text) {
        let message = "the row reads like a total of the rows above it, not like a person";
        return Some(Problem::error("totals_row", message).hint(LEAVE_OUT));
    }
    if is_remark(record, text) {
        let message = "the row holds nothing but a remark in its first cell, so it is no person";
        return Some(Problem::error("remark_row", message).hint(LEAVE_OUT));
    }
    repeated_header(record, text, header)
}

fn repeated_header(record: &Record, text: &str, header: &[Vec<Box<str>>]) -> Option<Problem> {
    let is_header = header.iter().any(|row| repeats(record, text, row));
    is_header.then(|| {
        Problem::error("repeated_header", "the row repeats the header")
            .hint("exports that were put together keep each header: let only the first one stand")
    })
}

fn repeats(record: &Record, text: &str, header: &[Box<str>]) -> bool {
    let mut cells = record.cells(text).zip(header);
    record.len() == header.len() && cells.all(|(cell, name)| is_same_name(cell, name))
}

/// Whether a record that is left out as a footer reads like a person after all: it fits, it counts nothing, and most of
/// its cells are filled.
pub(super) fn reads_like_one(
    record: &Record,
    text: &str,
    width: usize,
    header: &[Vec<Box<str>>],
) -> bool {
    let filled = record.cells(text).filter(|cell| !cell.trim().is_empty());
    let is_counted = |cell: &str| cell.trim().bytes().all(|byte| byte.is_ascii_digit());
    let is_count = record.cells(text).skip(1).all(is_counted);
    record.len() == width
        && record.flaw().is_none()
        && why(record, text, header).is_none()
        && filled.count() * 2 > width
        && (width == 1 || !is_count)
}

/// Case and outer white space aside, and with the byte order mark of a file that was put behind another.
pub(super) fn is_same_name(cell: &str, name: &str) -> bool {
    if let (Some(cell), Some(name)) = (cell.bytes().next(), name.bytes().next())
        && (cell.is_ascii_graphic() && name.is_ascii_graphic())
        && !cell.eq_ignore_ascii_case(&name)
    {
        return false;
    }
    let (cell, name) = (cell.trim_start_matches('\u{feff}').trim(), name.trim());
    let is_foreign = !name.is_ascii();
    cell.eq_ignore_ascii_case(name) || (is_foreign && cell.to_lowercase() == name.to_lowercase())
}

/// What the first cell of a totals row says.
const TOTALS: [&str; 22] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "anzahl",
    "count",
    "row count",
    "record count",
    "records",
    "total records",
    "total rows",
    "number of records",
    "total employees",
    "end of file",
    "end of report",
    "eof",
    "somme",
    "totaal",
    "totale",
];

/// Whether a row counts rows instead of being one: its first cell says so, and the others are empty or numbers.
fn is_totals(record: &Record, text: &str) -> bool {
    let mut cells = record.cells(text);
    let first = cells.next().unwrap_or_default();
    if first.len() > 40 {
        return false;
    }
    let is_number = |cell: &str| {
        cell.bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b' '))
    };
    // The cells first: those of people hold letters, and then nothing else has to be compared.
    record.len() > 1 && cells.all(is_number) && is_word_of_totals(first)
}

/// A number may stand beside the word.
fn is_word_of_totals(cell: &str) -> bool {
    let word = cell.trim_matches(|letter: char| !letter.is_alphabetic());
    TOTALS.iter().any(|total| total.eq_ignore_ascii_case(word))
}

/// Whether words stand in the first cell and nothing in at least two others, such as `as of 25 November`.
fn is_remark(record: &Record, text: &str) -> bool {
    let mut cells = record.cells(text);
    let first = cells.next().unwrap_or_default().trim();
    record.len() > 2
        && cells.all(|cell| cell.trim().is_empty())
        && first.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::super::record::Marks;
    use super::super::splitter::Splitter;
    use super::*;

    fn split(text: &str) -> Record {
        let mut record = Record::default();
        let split = Splitter::new(Marks::plain(b',')).split(text, 0, true, &mut record);
        split.expect("a record");
        record
    }

    #[test]
    fn what_is_no_person_is_told_from_people() {
        let header: Vec<Box<str>> = ["Key", "Name", "Mail"].map(Into::into).to_vec();
        let header = [header];
        for (text, want) in [
            ("Total,9,", "totals_row"),
            ("Total: 9,,", "totals_row"),
            ("SUMME,\"1,000\",2.5", "totals_row"),
            ("*** End of file ***,,", "totals_row"),
            ("9 records,,", "totals_row"),
            ("(9 rows affected),,", "remark_row"),
            ("as of 2026-11-25,, ", "remark_row"),
            ("Key,Name,Mail", "repeated_header"),
            ("KEY, name ,Mail", "repeated_header"),
            ("\u{feff}Key,Name,Mail", "repeated_header"),
            ("Total,Ann,", ""),
            ("Sum 1,x,", ""),
            ("T-1,,", ""),
            ("Ann Roe,Ann,", ""),
            ("Key,Name,a@b.example", ""),
            ("Key,Name", ""),
        ] {
            let problem = why(&split(text), text, &header);
            let code = problem.map(|problem| problem.code).unwrap_or_default();
            assert_eq!(code, want, "{text:?}");
        }
    }

    #[test]
    fn a_footer_that_reads_like_a_person_is_one_more_row_than_meant() {
        for (text, width, want) in [
            ("T-1,Roe,a@b.example", 3, true),
            ("T-1,Roe,", 3, true),
            ("Rows,3,", 3, false),
            ("Total,3,", 3, false),
            ("Created,,2026-11-25", 3, true),
            ("end,,", 3, false),
            ("end", 3, false),
            ("T-1", 1, true),
        ] {
            assert_eq!(
                reads_like_one(&split(text), text, width, &[]),
                want,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_row_is_empty_if_nothing_stands_in_it() {
        for (text, width, want) in [
            (",,", 3, true),
            ("\"\", ,\u{a0}", 3, true),
            (",", 3, true),
            ("  ", 3, true),
            ("\"\"", 3, false),
            ("  ", 1, false),
            (",x,", 3, false),
            (",\",", 3, false),
        ] {
            let mut record = Record::default();
            let split = Splitter::new(Marks {
                multiline: false,
                ..Marks::plain(b',')
            })
            .split(text, 0, true, &mut record);
            assert!(split.is_ok(), "{text:?}");
            assert_eq!(is_empty(&record, text, width), want, "{text:?} {width}");
        }
    }
}
