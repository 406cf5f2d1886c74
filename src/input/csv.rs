//! A window of CSV text → batches of rows under the header. Strict: what is uncertain is refused with its line.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Columns, Place, Problem, Refusal, RowBatch};

use super::error::InputError;
use super::limits::{COLUMNS_MAX, FIELD_BYTES_MAX, QUOTED_CHARS_MAX, RECORD_BYTES_MAX};
use super::record::{Broken, Record, Split, Splitter};
use super::window::Window;

/// Reads the records of one pass.
#[derive(Debug)]
pub(super) struct CsvReader {
    file: Arc<str>,
    splitter: Splitter,
    record: Record,
    columns: Arc<Columns>,
    records: u64,
    blank_lines: u64,
    has_given: bool,
}

impl CsvReader {
    /// Reads the header. `separator_line` says that a line such as `sep=;` stands before it.
    pub(super) fn open(
        file: &Arc<str>,
        window: &mut Window<'_>,
        delimiter: u8,
        separator_line: bool,
    ) -> Result<CsvReader, InputError> {
        let mut reader = CsvReader {
            file: file.clone(),
            splitter: Splitter::new(delimiter),
            record: Record::default(),
            columns: Arc::default(),
            records: 0,
            blank_lines: 0,
            has_given: false,
        };
        if separator_line {
            reader.first_record(window)?;
        }
        let names = reader.first_record(window)?;
        if let Some(column) = reader.record.stray_quote() {
            return Err(reader
                .refuse(
                    reader.record.line(),
                    "stray_quote",
                    "a column name holds a quote but is not quoted",
                )
                .column(&*names[column]));
        }
        reader.columns = reader.check_header(names)?;
        Ok(reader)
    }

    /// The header.
    pub(super) fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// Empty lines skipped so far.
    pub(super) fn blank_lines(&self) -> u64 {
        self.blank_lines
    }

    /// The next rows; `None` at the end. A file without rows gives one empty batch, so that its header is seen.
    pub(super) fn batch(
        &mut self,
        window: &mut Window<'_>,
    ) -> Result<Option<RowBatch>, InputError> {
        let mut batch = RowBatch::of_text(self.columns.clone());
        loop {
            let (text, last) = window.text()?;
            let used = self.take(text, last, &mut batch)?;
            window.consume(used);
            if !batch.is_empty() || !batch.refused.is_empty() {
                self.has_given = true;
                return Ok(Some(batch));
            }
            if last {
                let first = !std::mem::replace(&mut self.has_given, true);
                return Ok(first.then_some(batch));
            }
            self.more(window)?;
        }
    }

    /// Takes every record that is complete in the text; gives the bytes used.
    fn take(&mut self, text: &str, last: bool, batch: &mut RowBatch) -> Result<usize, InputError> {
        let mut at = 0;
        while at < text.len() {
            match self.splitter.split(text, at, last, &mut self.record) {
                Ok(Split::Record(end)) => {
                    self.row(text, batch);
                    at = end;
                }
                Ok(Split::Blank(end)) => {
                    self.blank_lines += 1;
                    at = end;
                }
                Ok(Split::Incomplete) => break,
                Err(broken) => return Err(self.broken(broken)),
            }
        }
        Ok(at)
    }

    fn row(&mut self, text: &str, batch: &mut RowBatch) {
        let width = self.columns.names.len();
        if self.record.len() == width && self.record.stray_quote().is_none() {
            let place = self.next_place();
            batch.push_text(place, self.record.cells(text));
        } else if self.is_white(text) {
            self.blank_lines += 1;
        } else {
            let place = self.next_place();
            let problem = match self.record.stray_quote() {
                Some(column) => self.stray_quote(text, column),
                None => self.ragged(),
            };
            batch.refused.push(Refusal {
                place,
                user_id: None,
                problems: vec![problem.file(&self.file).at(place)],
            });
        }
    }

    fn next_place(&mut self) -> Place {
        self.records += 1;
        Place {
            line: self.record.line(),
            record: self.records,
        }
    }

    /// A line of nothing but spaces, where a row would have several cells.
    fn is_white(&self, text: &str) -> bool {
        self.record.len() == 1
            && self
                .record
                .cells(text)
                .all(|cell| !cell.is_empty() && cell.trim_matches(' ').is_empty())
    }

    fn stray_quote(&self, text: &str, column: usize) -> Problem {
        let cell = self.record.cells(text).nth(column).unwrap_or_default();
        let mut problem = Problem::error("stray_quote", "a quote inside an unquoted cell")
            .value(cell.chars().take(QUOTED_CHARS_MAX).collect::<String>())
            .hint("quote the whole cell and double the quotes inside it");
        if let Some(name) = self.columns.names.get(column) {
            problem = problem.column(&**name);
        }
        problem
    }

    fn ragged(&self) -> Problem {
        let (cells, width) = (self.record.len(), self.columns.names.len());
        let message = format!(
            "the row has {} where the header has {width}",
            count(cells, "cell")
        );
        Problem::error("ragged_row", message)
            .hint("a cell that holds the delimiter or a line break must be quoted")
    }

    /// The cells of the first record that is not blank, consumed.
    fn first_record(&mut self, window: &mut Window<'_>) -> Result<Vec<Box<str>>, InputError> {
        loop {
            let (text, last) = window.text()?;
            if last && text.is_empty() {
                return Err(self.refuse(
                    self.splitter.line(),
                    "no_header",
                    "there is no header row",
                ));
            }
            let split = self.splitter.split(text, 0, last, &mut self.record);
            match split.map_err(|broken| self.broken(broken))? {
                Split::Record(end) => {
                    self.check_width()?;
                    let cells = self.record.cells(text).map(Into::into).collect();
                    window.consume(end);
                    return Ok(cells);
                }
                Split::Blank(end) => {
                    self.blank_lines += 1;
                    window.consume(end);
                }
                Split::Incomplete => {
                    self.check_width()?;
                    self.more(window)?;
                }
            }
        }
    }

    /// More columns than any export has; known even before the header ends.
    fn check_width(&self) -> Result<(), InputError> {
        if self.record.len() > COLUMNS_MAX {
            let message = format!("the header has more than {COLUMNS_MAX} columns");
            return Err(self.refuse(self.record.line(), "too_many_columns", message));
        }
        Ok(())
    }

    fn check_header(&self, names: Vec<Box<str>>) -> Result<Arc<Columns>, InputError> {
        let line = self.record.line();
        let mut seen = HashMap::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let column = index + 1;
            if name.trim().is_empty() {
                let message = format!("column {column} of {} has no name", names.len());
                return Err(self.refuse(line, "empty_column_name", message).hint(
                    "name every column; a delimiter at the end of the header makes one more",
                ));
            }
            if let Some(first) = seen.insert(&**name, column) {
                let message = format!("columns {first} and {column} are both named \"{name}\"");
                return Err(self
                    .refuse(line, "repeated_column_name", message)
                    .column(&**name)
                    .hint("give every column a name of its own"));
            }
        }
        Ok(Arc::new(Columns { names }))
    }

    fn more(&self, window: &mut Window<'_>) -> Result<(), InputError> {
        if window.len() > RECORD_BYTES_MAX {
            let message = format!("a record is longer than {RECORD_BYTES_MAX} bytes");
            return Err(self.refuse(self.splitter.line(), "record_too_long", message));
        }
        window.more()
    }

    fn broken(&self, broken: Broken) -> InputError {
        let quoting = "double the quotes inside a quoted cell; is the delimiter the right one (--delimiter, [source] delimiter)?";
        match broken {
            Broken::UnclosedQuote(line) => self
                .refuse(line, "unclosed_quote", "the quote that opens on this line is never closed")
                .hint("close it, or double it if it belongs to the text: everything behind it would be read as one cell"),
            Broken::TextAfterQuote(line) => self
                .refuse(line, "text_after_quote", "text follows the closing quote of the cell that begins on this line")
                .hint(quoting),
            Broken::FieldTooLong(line) => self
                .refuse(
                    line,
                    "field_too_long",
                    format!("the cell that begins on this line is longer than {FIELD_BYTES_MAX} bytes"),
                )
                .hint("most often a quote that is not closed"),
        }
    }

    fn refuse(&self, line: u64, code: &str, message: impl Into<String>) -> InputError {
        InputError::new(&self.file, code, message).line(line)
    }
}

fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
