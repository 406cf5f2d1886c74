//! A window of CSV text → the cells of one record, by RFC 4180 and strictly.
//!
//! Our own, because the csv crate reads past an unterminated quote to the end of the file without a word, and
//! then users vanish. Where a record ends is never guessed: a quote that makes it uncertain breaks the file.
//! Cells are ranges of the window; only a cell with doubled quotes is rewritten, into one buffer for the record.

use super::encoding::line_breaks;
use super::limits::FIELD_BYTES_MAX;

/// Why the rest of the file cannot be read with certainty; with the line where the field begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// A quoted field does not end.
    UnclosedQuote(u64),
    /// A quoted field is followed by something other than a delimiter or a line break.
    TextAfterQuote(u64),
    /// A field is longer than any field should be.
    FieldTooLong(u64),
}

/// What stands at a place of the window. The number is the index behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// A record; its cells are in the record given.
    Record(usize),
    /// An empty line.
    Blank(usize),
    /// A record that goes on behind the window.
    Incomplete,
}

/// The cells of one record. Kept and reused, so that no cell costs an allocation.
#[derive(Debug, Default)]
pub(super) struct Record {
    line: u64,
    cells: Vec<Cell>,
    unquoted: String,
    stray_quote: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    start: usize,
    end: usize,
    /// The range is one of `unquoted`, not of the window.
    rewritten: bool,
}

impl Record {
    /// The physical line on which it begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Index of the first unquoted cell that holds a quote.
    pub(super) fn stray_quote(&self) -> Option<usize> {
        self.stray_quote
    }

    /// The cells without their quotes; `text` is the window that was split.
    pub(super) fn cells<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t str> {
        self.cells.iter().map(move |cell| {
            let of = if cell.rewritten { &self.unquoted } else { text };
            &of[cell.start..cell.end]
        })
    }

    fn begin(&mut self, line: u64) {
        self.line = line;
        self.cells.clear();
        self.unquoted.clear();
        self.stray_quote = None;
    }

    fn push(&mut self, start: usize, end: usize) {
        self.cells.push(Cell {
            start,
            end,
            rewritten: false,
        });
    }

    /// Takes the inside of a quoted field in which quotes are doubled.
    fn push_doubled(&mut self, inside: &str) {
        let start = self.unquoted.len();
        for (index, part) in inside.split("\"\"").enumerate() {
            if index > 0 {
                self.unquoted.push('"');
            }
            self.unquoted.push_str(part);
        }
        self.cells.push(Cell {
            start,
            end: self.unquoted.len(),
            rewritten: true,
        });
    }
}

/// Splits records off the front of a text, one after the other, and counts physical lines.
#[derive(Clone, Debug)]
pub(super) struct Splitter {
    delimiter: u8,
    line: u64,
    /// Bytes at which an unquoted field stops or must be looked at.
    special: [bool; 256],
}

impl Splitter {
    /// A splitter at line 1. The delimiter is one ASCII character, no quote and no line break.
    pub(super) fn new(delimiter: u8) -> Splitter {
        let mut special = [false; 256];
        for byte in [delimiter, b'"', b'\n', b'\r'] {
            special[usize::from(byte)] = true;
        }
        Splitter {
            delimiter,
            line: 1,
            special,
        }
    }

    /// The physical line of what comes next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Splits off what stands at `at` (inside `text`); `last` says that the file ends with this text.
    pub(super) fn split(
        &mut self,
        text: &str,
        at: usize,
        last: bool,
        record: &mut Record,
    ) -> Result<Split, Broken> {
        let bytes = text.as_bytes();
        let (mut next, mut line) = (at, self.line);
        record.begin(line);
        loop {
            let end = if bytes.get(next) == Some(&b'"') {
                self.quoted(text, next, last, &mut line, record)?
            } else {
                Some(self.plain(bytes, next, line, record)?)
            };
            let Some(end) = end else {
                return Ok(Split::Incomplete);
            };
            if bytes.get(end) == Some(&self.delimiter) {
                next = end + 1;
                continue;
            }
            let Some(behind) = line_break(bytes, end, last) else {
                return Ok(Split::Incomplete);
            };
            self.line = line + u64::from(behind > end);
            let blank = end == at;
            return Ok(if blank {
                Split::Blank(behind)
            } else {
                Split::Record(behind)
            });
        }
    }

    /// Takes an unquoted field; gives where it stops (perhaps only because the window does).
    fn plain(
        &self,
        bytes: &[u8],
        start: usize,
        line: u64,
        record: &mut Record,
    ) -> Result<usize, Broken> {
        let mut end = start;
        loop {
            while end < bytes.len() && !self.special[usize::from(bytes[end])] {
                end += 1;
            }
            if bytes.get(end) != Some(&b'"') {
                break;
            }
            record.stray_quote.get_or_insert(record.cells.len());
            end += 1;
        }
        if end - start > FIELD_BYTES_MAX {
            return Err(Broken::FieldTooLong(line));
        }
        record.push(start, end);
        Ok(end)
    }

    /// Takes a quoted field; gives where it stops, `None` if that lies behind the window.
    fn quoted(
        &self,
        text: &str,
        open: usize,
        last: bool,
        line: &mut u64,
        record: &mut Record,
    ) -> Result<Option<usize>, Broken> {
        let bytes = text.as_bytes();
        let (mut at, mut doubled) = (open + 1, false);
        let close = loop {
            let close = bytes[at..].iter().position(|&byte| byte == b'"');
            let close = close.map_or(bytes.len(), |found| at + found);
            if close - open > FIELD_BYTES_MAX {
                return Err(Broken::FieldTooLong(*line));
            }
            match bytes.get(close + 1) {
                _ if close == bytes.len() && last => return Err(Broken::UnclosedQuote(*line)),
                None if !last => return Ok(None),
                Some(b'"') => doubled = true,
                Some(&byte) if !self.ends_field(byte) => return Err(Broken::TextAfterQuote(*line)),
                _ => break close,
            }
            at = close + 2;
        };
        if doubled {
            record.push_doubled(&text[open + 1..close]);
        } else {
            record.push(open + 1, close);
        }
        *line += line_breaks(&bytes[open + 1..close]);
        Ok(Some(close + 1))
    }

    fn ends_field(&self, byte: u8) -> bool {
        byte == self.delimiter || byte == b'\n' || byte == b'\r'
    }
}

/// The index behind the line break at `at`, or `at` itself where the file ends.
/// `None` if the window ends before that is certain.
fn line_break(bytes: &[u8], at: usize, last: bool) -> Option<usize> {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\r'), None) if !last => None,
        (Some(_), _) => Some(at + 1),
        (None, _) => last.then_some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rows = Vec<(u64, Vec<String>, Option<usize>)>;

    fn split_all(text: &str) -> Result<Rows, Broken> {
        let (mut splitter, mut record) = (Splitter::new(b','), Record::default());
        let (mut rows, mut at) = (Rows::new(), 0);
        while at < text.len() {
            match splitter.split(text, at, true, &mut record)? {
                Split::Record(end) => {
                    let cells = record.cells(text).map(str::to_owned).collect();
                    rows.push((record.line(), cells, record.stray_quote()));
                    at = end;
                }
                Split::Blank(end) => at = end,
                Split::Incomplete => panic!("the last text is complete"),
            }
        }
        Ok(rows)
    }

    #[test]
    fn records_lines_and_cells() {
        let row = |line, cells: &[&str]| {
            (
                line,
                cells
                    .iter()
                    .map(|&cell| cell.to_owned())
                    .collect::<Vec<_>>(),
                None,
            )
        };
        for (text, want) in [
            ("", vec![]),
            ("a,b", vec![row(1, &["a", "b"])]),
            ("a,b\n", vec![row(1, &["a", "b"])]),
            ("a,\n,b\n", vec![row(1, &["a", ""]), row(2, &["", "b"])]),
            ("a,", vec![row(1, &["a", ""])]),
            (
                "a\rb\r\nc\n\n\r\nd",
                vec![
                    row(1, &["a"]),
                    row(2, &["b"]),
                    row(3, &["c"]),
                    row(6, &["d"]),
                ],
            ),
            ("\"\"\n\"a\"", vec![row(1, &[""]), row(2, &["a"])]),
            (
                "\"a\n\nb\",c\r\nd",
                vec![row(1, &["a\n\nb", "c"]), row(4, &["d"])],
            ),
            ("\"a\r\nb\"\rd", vec![row(1, &["a\r\nb"]), row(3, &["d"])]),
            (
                "\"say \"\"hi\"\"\",\"\"\"\"",
                vec![row(1, &["say \"hi\"", "\""])],
            ),
            (" a ,é;ü", vec![row(1, &[" a ", "é;ü"])]),
        ] {
            assert_eq!(split_all(text), Ok(want), "{text:?}");
        }
    }

    #[test]
    fn a_quote_inside_an_unquoted_cell_is_noticed_and_the_record_still_ends() {
        let rows = split_all("a,b\"c,d\"\ne").unwrap();
        assert_eq!((rows[0].2, rows[0].1.len(), rows[1].0), (Some(1), 3, 2));
    }

    #[test]
    fn uncertain_quotes_break_the_file_and_name_the_line_where_they_opened() {
        for (text, want) in [
            ("a\n\"b", Broken::UnclosedQuote(2)),
            ("a\n\"b\nc\n", Broken::UnclosedQuote(2)),
            ("a\n\"\nb\"\"", Broken::UnclosedQuote(2)),
            ("\"", Broken::UnclosedQuote(1)),
            ("\"a\n\",\"b\"c", Broken::TextAfterQuote(2)),
            ("\"a\" ,b", Broken::TextAfterQuote(1)),
        ] {
            assert_eq!(split_all(text), Err(want), "{text:?}");
        }
        let long = "x".repeat(FIELD_BYTES_MAX);
        assert!(split_all(&format!("{long},\"{long}\"")).is_err());
        assert!(split_all(&format!("{long},a")).is_ok());
        assert_eq!(
            split_all(&format!("a\n{long}x")),
            Err(Broken::FieldTooLong(2))
        );
    }

    #[test]
    fn a_window_that_ends_too_early_is_never_taken_for_the_end() {
        let whole = "\"a\"\"\r\n\",b\r\n";
        for cut in 1..whole.len() {
            let (mut splitter, mut record) = (Splitter::new(b','), Record::default());
            let split = splitter.split(&whole[..cut], 0, false, &mut record);
            assert_eq!(split, Ok(Split::Incomplete), "{cut}");
        }
    }
}
