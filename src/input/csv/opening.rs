//! The beginning of a CSV file: lines that are left out, and the rows of the header.

use super::super::csv_layout::CsvLayout;
use super::super::error::InputError;
use super::super::header;
use super::super::limits::COLUMNS_MAX;
use super::super::row_fault::problem_of;
use super::super::splitter::{Split, line_break};
use super::super::window::Window;
use super::CsvReader;

impl CsvReader {
    pub(super) fn read_header(
        &mut self,
        window: &mut Window<'_>,
        layout: &CsvLayout,
    ) -> Result<(), InputError> {
        let mut rows: Vec<Vec<Box<str>>> = Vec::new();
        let mut line = self.splitter.line();
        for index in 0..layout.header_rows {
            let row = self.first_record(window)?;
            if index > 0 {
                let found = header::person_in_header(&row, self.record.line(), &self.file);
                self.told.extend(found);
            }
            if index == 0 {
                line = self.record.line();
            } else if row.len() != rows[0].len() {
                let message = format!(
                    "this row of the header has {} cells, the first one {}",
                    row.len(),
                    rows[0].len()
                );
                let refusal = self.refuse(self.record.line(), "ragged_header", message);
                return Err(refusal.hint("is the number of header rows right (--header-rows)?"));
            }
            rows.push(row);
        }
        let found = (!rows.is_empty()).then(|| header::joined(&rows));
        self.header = rows;
        let told = layout.names.as_deref().map(|names| {
            let names = names.iter().map(|name| name.as_str().into());
            names.collect::<Vec<Box<str>>>()
        });
        if let (Some(found), Some(told)) = (&found, &told)
            && found.len() != told.len()
        {
            let message = format!(
                "the header has {} columns, [source] columns names {}",
                found.len(),
                told.len()
            );
            return Err(self.refuse(line, "columns_mismatch", message));
        }
        let is_told = told.is_some();
        let names = told.or(found).unwrap_or_default();
        self.width = names.len();
        let kept: Vec<bool> = names
            .iter()
            .map(|name| !is_told || !name.is_empty())
            .collect();
        let shown = names
            .into_iter()
            .zip(&kept)
            .filter(|(_, is_kept)| **is_kept);
        self.columns = header::checked(&self.file, line, shown.map(|(name, _)| name).collect())?;
        self.kept = kept.contains(&false).then_some(kept);
        Ok(())
    }

    /// Leaves out one physical line, whatever is on it.
    pub(super) fn skip_line(&mut self, window: &mut Window<'_>) -> Result<(), InputError> {
        loop {
            let (text, last) = window.text()?;
            let bytes = text.as_bytes();
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let behind = end.and_then(|end| line_break(bytes, end, last));
            if let Some(behind) = behind {
                window.consume(behind);
                self.splitter.set_line(self.splitter.line() + 1);
                return Ok(());
            }
            if last {
                return Err(self.no_header());
            }
            self.more(window)?;
        }
    }

    /// The cells of the first record that is not blank, consumed.
    fn first_record(&mut self, window: &mut Window<'_>) -> Result<Vec<Box<str>>, InputError> {
        loop {
            let (text, last) = window.text()?;
            if last && text.is_empty() {
                return Err(self.no_header());
            }
            let split = self.split(text, 0, last);
            match split.map_err(|broken| self.broken(broken))? {
                Split::Record(end) => {
                    self.check_width()?;
                    let cells: Vec<Box<str>> = self.record.cells(text).map(Into::into).collect();
                    if let Some((flaw, column)) = self.record.flaw() {
                        let problem = problem_of((flaw, column), &self.record, text, &self.columns);
                        return Err(self
                            .refuse(self.record.line(), &problem.code, problem.message)
                            .column(&*cells[column]));
                    }
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

    fn no_header(&self) -> InputError {
        let line = self.splitter.line();
        self.refuse(line, "no_header", "there is no header row")
    }
}
