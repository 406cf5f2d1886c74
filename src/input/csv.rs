//! A window of CSV text → batches of rows under the header. Strict: what is uncertain is refused with its line.

mod opening;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::model::{Columns, Place, Problem, Refusal, RowBatch};

use super::arrival::one_number;
use super::csv_layout::CsvLayout;
use super::error::InputError;
use super::footer::{Footer, Waiting};
use super::limits::{LINES_MAX, RECORD_BYTES_MAX, ROWS_MAX};
use super::no_person;
use super::record::Record;
use super::row_fault::{
    double_backslash, empty_rows, mixed_ends, people_in_footer, problem_of, ragged, refusal_of,
};
use super::splitter::{Broken, Split, Splitter};
use super::window::Window;

/// Reads the records of one pass.
#[derive(Debug)]
pub(super) struct CsvReader {
    file: Arc<str>,
    splitter: Splitter,
    record: Record,
    columns: Arc<Columns>,
    /// Cells of a record.
    width: usize,
    /// Which cells are read, if not all.
    kept: Option<Vec<bool>>,
    /// What is to be told of the header.
    told: Vec<Problem>,
    /// The rows of the header as they stand in the file.
    header: Vec<Vec<Box<str>>>,
    footer: Footer,
    lines_are_records: bool,
    escape_is_open: bool,
    records: u64,
    /// The numbers of the records that are given, if not all; sorted.
    wanted: Option<VecDeque<u64>>,
    blank_lines: u64,
    /// Rows without anything in them, and the line of the first.
    empty_rows: (u64, u64),
    has_given: bool,
    has_ended: bool,
}

impl CsvReader {
    /// Reads the header.
    pub(super) fn open(
        file: &Arc<str>,
        window: &mut Window<'_>,
        layout: &CsvLayout,
    ) -> Result<CsvReader, InputError> {
        let mut reader = CsvReader {
            file: file.clone(),
            splitter: Splitter::new(layout.marks),
            record: Record::default(),
            columns: Arc::default(),
            width: 0,
            kept: None,
            told: Vec::new(),
            header: Vec::new(),
            footer: Footer::new(layout.skip_footer as usize),
            lines_are_records: layout.lines_are_records,
            escape_is_open: layout.escape_is_open,
            records: 0,
            wanted: None,
            blank_lines: 0,
            empty_rows: (0, 0),
            has_given: false,
            has_ended: false,
        };
        for _ in 0..layout.skip_rows {
            reader.skip_line(window)?;
        }
        reader.read_header(window, layout)?;
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
            let gives_all = self.wanted.is_none();
            if gives_all {
                batch.reserve(text.len());
            }
            let used = self.take(text, last, &mut batch)?;
            if gives_all {
                batch.hold(&text[..used]);
            }
            window.consume(used);
            if !batch.is_empty() || !batch.refused.is_empty() {
                self.has_given = true;
                return Ok(Some(batch));
            }
            if last {
                let first = !std::mem::replace(&mut self.has_given, true);
                let is_end = !std::mem::replace(&mut self.has_ended, true);
                if is_end {
                    batch.problems.append(&mut self.told);
                    batch.problems.extend(self.people_in_footer());
                    let ends = self.splitter.ends();
                    batch.problems.extend(mixed_ends(ends, &self.file));
                    let empty = empty_rows(self.empty_rows, &self.file);
                    batch.problems.extend(empty);
                }
                return Ok((first || !batch.problems.is_empty()).then_some(batch));
            }
            self.more(window)?;
        }
    }

    /// Takes every record that is complete in the text; gives the bytes used.
    fn take(&mut self, text: &str, last: bool, batch: &mut RowBatch) -> Result<usize, InputError> {
        let mut at = 0;
        while at < text.len() {
            if let Some(behind) = self.pass_over(text, at, last) {
                at = behind;
                continue;
            }
            match self.split(text, at, last) {
                Ok(Split::Record(end)) if no_person::is_empty(&self.record, text, self.width) => {
                    self.pass_empty();
                    at = end;
                }
                Ok(Split::Record(end)) if self.footer.is_none() => {
                    self.row(text, self.wanted.is_none(), batch)?;
                    at = end;
                }
                Ok(Split::Record(end)) => {
                    let line = self.record.line();
                    if let Some(row) = self.footer.pass(&text[at..end], line) {
                        self.late_row(&row, batch)?;
                    }
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

    /// Gives only the records of those numbers, sorted, from here on; the file must have been read before.
    pub(super) fn give_only(&mut self, records: &[u64]) {
        self.wanted = Some(records.iter().copied().collect());
    }

    /// Whether the next record is not wanted and was passed over: the index behind it.
    fn pass_over(&mut self, text: &str, at: usize, last: bool) -> Option<usize> {
        let wanted = self.wanted.as_mut()?;
        let next = self.records + 1;
        while wanted.front().is_some_and(|wanted| *wanted < next) {
            wanted.pop_front();
        }
        // What begins so is neither blank nor empty, so it counts as a record.
        let is_record = text.as_bytes()[at].is_ascii_alphanumeric();
        let may_pass = is_record && self.footer.is_none() && !self.lines_are_records;
        if !may_pass || wanted.front() == Some(&next) {
            return None;
        }
        let behind = self.splitter.pass_over(text, at, last)?;
        self.records = next;
        Some(behind)
    }

    fn split(&mut self, text: &str, at: usize, last: bool) -> Result<Split, Broken> {
        let split = self.splitter.split(text, at, last, &mut self.record)?;
        if self.lines_are_records && matches!(split, Split::Record(_)) {
            self.splitter.set_line(self.record.line() + 1);
        }
        Ok(split)
    }

    /// A row that had to wait.
    fn late_row(&mut self, row: &Waiting, batch: &mut RowBatch) -> Result<(), InputError> {
        match self.split_again(row) {
            Ok(()) => self.row(&row.text, false, batch),
            Err(broken) => Err(self.broken(broken)),
        }
    }

    fn split_again(&mut self, row: &Waiting) -> Result<(), Broken> {
        let mut splitter = self.splitter.clone();
        splitter.set_line(row.line);
        splitter.split(&row.text, 0, true, &mut self.record)?;
        Ok(())
    }

    fn people_in_footer(&self) -> Option<Problem> {
        let (mut splitter, mut record) = (self.splitter.clone(), Record::default());
        let is_person = |row: &&Waiting| {
            splitter.set_line(row.line);
            let split = splitter.split(&row.text, 0, true, &mut record);
            let (width, header) = (self.width, &self.header);
            split.is_ok() && no_person::reads_like_one(&record, &row.text, width, header)
        };
        let people: Vec<&Waiting> = self.footer.waiting().filter(is_person).collect();
        let line = people.first().map_or(0, |row| row.line);
        people_in_footer((people.len(), line), &self.file)
    }

    /// The one whole number in the records at the end that are no rows.
    pub(super) fn footer_total(&mut self) -> Option<u64> {
        let mut cells = Vec::new();
        for row in self.footer.take() {
            self.split_again(&row).ok()?;
            cells.extend(self.record.cells(&row.text).map(str::to_owned));
        }
        one_number(cells.iter().map(String::as_str))
    }

    /// A line of spaces is a blank line; a row of empty cells is told.
    fn pass_empty(&mut self) {
        if self.record.len() > 1 {
            let (count, line) = &mut self.empty_rows;
            *line = if *count == 0 {
                self.record.line()
            } else {
                *line
            };
            *count += 1;
        }
        self.blank_lines += 1;
    }

    /// Takes the record as a row; `is_held` says that the batch will hold the text in which it stands.
    fn row(&mut self, text: &str, is_held: bool, batch: &mut RowBatch) -> Result<(), InputError> {
        let fits = self.record.len() == self.width && self.record.flaw().is_none();
        let place = self.next_place()?;
        let no_person = no_person::why(&self.record, text, &self.header);
        let problem = match (self.record.flaw(), no_person) {
            (Some(flaw), _) => problem_of(flaw, &self.record, text, &self.columns),
            (None, _) if !fits => ragged(self.record.len(), self.width),
            (None, Some(problem)) => problem,
            (None, None) if self.escape_is_open && self.has_double_backslash(text) => {
                double_backslash()
            }
            (None, None) => {
                self.push(place, text, is_held, batch);
                return Ok(());
            }
        };
        batch.refused.push(Refusal {
            place,
            user_id: None,
            problems: vec![problem.file(&self.file).at(place)],
        });
        Ok(())
    }

    fn push(&self, place: Place, text: &str, is_held: bool, batch: &mut RowBatch) {
        match (&self.kept, self.record.ranges().filter(|_| is_held)) {
            (None, Some(ranges)) => batch.push_ranges(place, ranges),
            (None, None) => batch.push_text(place, self.record.cells(text)),
            (Some(kept), _) => {
                let cells = self.record.cells(text).zip(kept);
                let kept = cells.filter(|(_, is_kept)| **is_kept);
                batch.push_text(place, kept.map(|(cell, _)| cell));
            }
        }
    }

    fn has_double_backslash(&self, text: &str) -> bool {
        let mut cells = self.record.cells(text);
        cells.any(|cell| cell.contains("\\\\"))
    }

    fn next_place(&mut self) -> Result<Place, InputError> {
        self.records += 1;
        let line = self.record.line();
        if self.records > ROWS_MAX {
            let message = format!("there are more than {ROWS_MAX} rows");
            return Err(self.refuse(line, "too_many_rows", message));
        }
        if line > LINES_MAX {
            let message = format!("there are more than {LINES_MAX} lines");
            return Err(self.refuse(line, "too_many_lines", message));
        }
        Ok(Place {
            line,
            record: self.records,
        })
    }

    fn more(&self, window: &mut Window<'_>) -> Result<(), InputError> {
        if window.len() > RECORD_BYTES_MAX {
            let message = format!("a record is longer than {RECORD_BYTES_MAX} bytes");
            return Err(self.refuse(self.splitter.line(), "record_too_long", message));
        }
        window.more()
    }

    fn broken(&self, broken: Broken) -> InputError {
        refusal_of(broken, &self.file)
    }

    fn refuse(&self, line: u64, code: &str, message: impl Into<String>) -> InputError {
        InputError::new(&self.file, code, message).line(line)
    }
}
