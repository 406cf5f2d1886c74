//! What exports are really like: a sound file with one pollution, at its first, middle and last row, and what
//! must come of it. A pollution is read as it was meant, or it is refused or warned of by its name; rows that
//! are others than they were meant, without a word, are counted, and there must be none.

use super::*;

mod files;
mod json;

const PEOPLE: usize = 9;
const HEADER: &str = "UserID,LastName,Email";

fn person(number: usize) -> String {
    format!("T-{number},Name {number},p{number}@x.example")
}

/// What one pollution must lead to.
#[derive(Clone, Debug)]
enum Outcome {
    /// Every row as it was meant, the polluted one with these cells.
    Read([&'static str; 3]),
    /// Every row as in the sound file.
    ReadAlike,
    /// The polluted row alone is refused with this code; the others are read.
    Row(&'static str),
    /// The polluted row alone is left out, with a warning of this code.
    Left(&'static str),
    /// The file is refused with this code.
    File(&'static str),
}
use Outcome::{File, Left, Read, ReadAlike, Row};

/// A row put in place of the sound one.
const ROWS: &[(&str, &str, Outcome)] = &[
    (
        "a quoted cell",
        "\"X-1\",\"Roe, J\",a@b.example",
        Read(["X-1", "Roe, J", "a@b.example"]),
    ),
    (
        "doubled quotes",
        "X-1,\"J \"\"Jo\"\" Roe\",a@b.example",
        Read(["X-1", "J \"Jo\" Roe", "a@b.example"]),
    ),
    (
        "a quoted line break",
        "X-1,\"Roe\nJ\",a@b.example",
        Read(["X-1", "Roe\nJ", "a@b.example"]),
    ),
    (
        "a quoted CRLF",
        "X-1,\"Roe\r\nJ\",a@b.example",
        Read(["X-1", "Roe\r\nJ", "a@b.example"]),
    ),
    (
        "an escaped quote",
        "X-1,\"J \\\"Jo\\\" Roe\",a@b.example",
        Read(["X-1", "J \"Jo\" Roe", "a@b.example"]),
    ),
    (
        "an escaped delimiter",
        "X-1,Roe\\, J,a@b.example",
        Read(["X-1", "Roe, J", "a@b.example"]),
    ),
    (
        "a backslash",
        "X-1,CORP\\roe,a@b.example",
        Read(["X-1", "CORP\\roe", "a@b.example"]),
    ),
    (
        "an apostrophe",
        "X-1,'t Hart,a@b.example",
        Read(["X-1", "'t Hart", "a@b.example"]),
    ),
    ("empty cells", "X-1,,", Read(["X-1", "", ""])),
    (
        "outer spaces",
        " X-1 , Roe ,a@b.example",
        Read([" X-1 ", " Roe ", "a@b.example"]),
    ),
    (
        "another delimiter in a cell",
        "X-1,Roe;J,a@b.example",
        Read(["X-1", "Roe;J", "a@b.example"]),
    ),
    ("a cell too few", "X-1,Roe", Row("ragged_row")),
    (
        "a cell too many",
        "X-1,Roe,J,a@b.example",
        Row("ragged_row"),
    ),
    (
        "a delimiter at the end",
        "X-1,Roe,a@b.example,",
        Row("ragged_row"),
    ),
    (
        "another delimiter in one row",
        "X-1;Roe;a@b.example",
        Row("ragged_row"),
    ),
    (
        "an unquoted line break",
        "X-1,Ro\ne,a@b.example",
        Row("ragged_row"),
    ),
    (
        "a stray quote",
        "X-1,6\" pipe,a@b.example",
        Row("stray_quote"),
    ),
    (
        "a space before the quote",
        "X-1, \"Roe\",a@b.example",
        Row("stray_quote"),
    ),
    (
        "an escaped backslash",
        "X-1,\"Roe\\\\J\",a@b.example",
        File("ambiguous_escape"),
    ),
    ("an empty row", ",,", Left("empty_rows")),
    ("an empty quoted row", "\"\",\" \",", Left("empty_rows")),
    ("the header again", HEADER, Row("repeated_header")),
    (
        "the header in other letters",
        "\u{feff}USERID, lastname,Email",
        Row("repeated_header"),
    ),
    ("a totals row", "Total,9,", Row("totals_row")),
    ("a total with its number", "Total: 9,,", Row("totals_row")),
    ("a remark", "(9 rows affected),,", Row("remark_row")),
    ("a totals line", "Total: 9 rows", Row("ragged_row")),
    (
        "an unclosed quote",
        "X-1,\"Roe,a@b.example",
        File("unclosed_quote"),
    ),
    (
        "text behind a quote",
        "X-1,\"Roe\"x,a@b.example",
        File("text_after_quote"),
    ),
    (
        "an inner quote that is not doubled",
        "X-1,\"J \"Jo\" Roe\",a@b.example",
        File("text_after_quote"),
    ),
    ("a NUL", "X-1,R\0e,a@b.example", File("nul_byte")),
];

/// What else must come of rows whose dialect the beginning of the file does not show.
const BEHIND: &[(&str, Outcome)] = &[
    ("an escaped quote", File("text_after_quote")),
    ("an escaped delimiter", Row("ragged_row")),
    ("an escaped backslash", Row("ambiguous_escape")),
];

/// Whether the row at that place, among so many, is read as the outcome says.
fn is_as_meant(row: &str, people: usize, at: usize, outcome: &Outcome) -> bool {
    let mut lines: Vec<String> = (0..people).map(person).collect();
    let mut want: Vec<String> = lines.iter().map(|line| line.replace(',', "|")).collect();
    lines[at] = row.to_owned();
    match outcome {
        Read(cells) => want[at] = cells.join("|"),
        ReadAlike => {}
        _ => drop(want.remove(at)),
    }
    let text = format!("{HEADER}\n{}\n", lines.join("\n"));
    let found = tell(text.as_bytes(), &ReadOptions::default());
    let is_met = judge(&found, &want, outcome).is_ok();
    is_met && !found.is_silent_about(&want)
}

#[test]
fn one_polluted_row_anywhere_is_read_as_meant_or_refused_by_name() {
    let mut silent = Vec::new();
    for (name, row, outcome) in ROWS {
        for at in [0, PEOPLE / 2, PEOPLE - 1] {
            let is_meant = is_as_meant(row, PEOPLE, at, outcome);
            silent.extend((!is_meant).then_some((name, at)));
        }
    }
    assert_eq!(silent, [], "rows that were read otherwise, or not by name");
}

#[test]
fn a_row_behind_the_part_that_shows_the_dialect_is_read_as_meant_or_refused_by_name() {
    let many = limits::HEAD_RECORDS_MAX + 200;
    let mut silent = Vec::new();
    for (name, row, outcome) in ROWS {
        let behind = BEHIND.iter().find(|(other, _)| other == name);
        let outcome = behind.map_or(outcome, |(_, outcome)| outcome);
        for at in [many - 100, many - 1] {
            let is_meant = is_as_meant(row, many, at, outcome);
            silent.extend((!is_meant).then_some((name, at)));
        }
    }
    assert_eq!(silent, [], "rows that were read otherwise, or not by name");
}

/// What a file was read as: rows without their lines, codes of rows, of warnings, the code of the file.
#[derive(Debug)]
struct Told {
    rows: Vec<String>,
    codes: Vec<String>,
    warned: Vec<String>,
    file: Option<String>,
}

impl Told {
    fn is_silent_about(&self, want: &[String]) -> bool {
        let is_told = !self.codes.is_empty() || !self.warned.is_empty() || self.file.is_some();
        !is_told && self.rows != want
    }
}

fn tell(bytes: &[u8], options: &ReadOptions) -> Told {
    match read_with(bytes, options, BLOCK_BYTES) {
        Ok(reading) => Told {
            rows: reading
                .rows
                .iter()
                .filter_map(|row| row.split_once('|').map(|(_, cells)| cells.to_owned()))
                .collect(),
            codes: reading
                .refused
                .iter()
                .filter_map(|code| code.split_once(' ').map(|(_, code)| code.to_owned()))
                .collect(),
            warned: reading.warned,
            file: None,
        },
        Err(error) => Told {
            rows: Vec::new(),
            codes: Vec::new(),
            warned: Vec::new(),
            file: Some(error.problem.code),
        },
    }
}

fn judge(found: &Told, want: &[String], outcome: &Outcome) -> Result<(), ()> {
    let is_met = match outcome {
        Read(_) | ReadAlike => found.codes.is_empty() && found.file.is_none() && found.rows == want,
        // A row that falls into two by a line break is refused twice.
        Row(code) => {
            !found.codes.is_empty()
                && found.codes.iter().all(|found| found == code)
                && found.rows == want
        }
        Left(code) => found.codes.is_empty() && found.warned == [*code] && found.rows == want,
        File(code) => found.file.as_deref() == Some(code),
    };
    is_met.then_some(()).ok_or(())
}

#[test]
fn line_ends_of_several_kinds_are_read_and_a_lone_return_is_told() {
    for (text, warned) in [
        ("id,b\r\n1,x\n2,y\r\n", false),
        ("id,b\n1,x\r2,y\n", true),
        ("id,b\r1,x\r2,y\r", false),
    ] {
        let file = file_of(text.as_bytes());
        let mut export = Export::open(file.path(), &ReadOptions::default()).unwrap();
        let batches: Vec<_> = export.batches().unwrap().map(Result::unwrap).collect();
        let codes: Vec<_> = batches
            .iter()
            .flat_map(|batch| &batch.problems)
            .map(|problem| &*problem.code)
            .collect();
        assert_eq!(
            codes,
            ["mixed_line_ends"; 1][..usize::from(warned)],
            "{text:?}"
        );
        assert_eq!(
            batches
                .iter()
                .map(crate::model::RowBatch::len)
                .sum::<usize>(),
            2
        );
    }
}

#[test]
fn where_no_cell_holds_a_line_break_one_bad_quote_costs_one_row() {
    let options = ReadOptions {
        single_line: true,
        ..ReadOptions::default()
    };
    let text = "id,b\n1,\"x\n2,y\n3,\"z\"z\n4,\"ok\"\n";
    let reading = read_with(text.as_bytes(), &options, BLOCK_BYTES).unwrap();
    assert_eq!(reading.rows, ["3|2|y", "5|4|ok"]);
    assert_eq!(reading.refused, ["2 unclosed_quote", "4 text_after_quote"]);
}
