//! The rows of one pass over a file, a block at a time.

use std::sync::Arc;

use super::arrival::DatedBy;
use super::csv::CsvReader;
use super::error::InputError;
use super::json::JsonReader;
use super::watch::Watch;
use super::window::Window;
use crate::model::{Columns, Problem, RowBatch};

/// The rows of one pass in file order, a block (about 1 MiB) at a time. Ends after the first error.
///
/// At the end of the file it is proven that the file did not change since it was opened or last read;
/// rows given before must not be acted on if that fails.
#[derive(Debug)]
pub struct Batches<'a> {
    pub(super) window: Window<'a>,
    pub(super) rows: Rows,
    pub(super) ended: bool,
    pub(super) warnings: Vec<Problem>,
    pub(super) watch: &'a mut Watch,
    pub(super) dated_by: Option<&'a DatedBy>,
}

#[derive(Debug)]
pub(super) enum Rows {
    Csv(Box<CsvReader>),
    Json(Box<JsonReader>),
}

impl Batches<'_> {
    /// The columns known so far: all of them for CSV, the keys met for JSON.
    pub fn columns(&self) -> &Arc<Columns> {
        match &self.rows {
            Rows::Csv(reader) => reader.columns(),
            Rows::Json(reader) => reader.columns(),
        }
    }

    /// Blank lines of a CSV file skipped so far.
    pub fn blank_lines(&self) -> u64 {
        match &self.rows {
            Rows::Csv(reader) => reader.blank_lines(),
            Rows::Json(_) => 0,
        }
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<RowBatch, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut batch = match &mut self.rows {
            Rows::Csv(reader) => reader.batch(&mut self.window),
            Rows::Json(reader) => reader.batch(&mut self.window),
        };
        match &mut batch {
            Ok(Some(batch)) => {
                batch.problems.append(&mut self.warnings);
                self.watch.take(batch, self.dated_by);
            }
            Ok(None) | Err(_) => self.ended = true,
        }
        if let Ok(None) = &batch {
            self.watch.total = match &mut self.rows {
                Rows::Csv(reader) => reader.footer_total(),
                Rows::Json(reader) => reader.total(),
            };
        }
        batch.transpose()
    }
}
