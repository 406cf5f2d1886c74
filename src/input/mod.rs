//! A CSV, JSON or Excel export → batches of [`RawRow`](crate::model::RawRow)s that borrow from their buffer.
//!
//! The way of a byte: `source` (one descriptor) → `pass` (hashed) → `unpack` (gzip, zstd) → `transcode` (what
//! is not UTF-8) → `window` (blocks of valid text) → `splitter` or `elements` (borders) → `csv` or `json` (rows).
//! `charset` and `detect` look at the beginning first. A sheet of a `workbook` is written out as CSV in a file of
//! ours before. `arrival` chooses the file and says of when it is, `watch` counts what passes.
//!
//! Strict, because what is misread here takes access from people later: what cannot be read with certainty is
//! refused with its line, the row where that suffices, else the file. Never guesses, never decodes lossily,
//! never looks at a file's name, never knows what a column means, never holds more than a block and one record.

mod ahead;
mod arrival;
mod batches;
mod beside;
mod cell_text;
mod charset;
mod contained;
mod csv;
mod csv_layout;
mod detect;
mod dialect;
mod element;
mod elements;
mod encoding;
mod error;
mod flat_object;
mod footer;
mod header;
mod json;
mod json_path;
mod json_value;
mod limits;
mod name_pattern;
mod no_person;
mod number_format;
mod options;
mod pass;
mod record;
mod row_fault;
mod scan;
mod source;
mod splitter;
mod stream;
mod transcode;
mod unpack;
mod watch;
mod window;
mod workbook;
mod zstd;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Columns, Problem};

pub use arrival::{Arrival, Companion, ControlTotal, DatedBy};
pub use batches::Batches;
use batches::Rows;
use charset::Charset;
pub use charset::Encoding;
use csv::CsvReader;
use detect::{Layout, detect, is_envelope};
pub use error::InputError;
use json::JsonReader;
pub use json_path::json_path;
use limits::{BLOCK_BYTES, HEAD_BYTES, MAGIC_BYTES, RECORD_BYTES_MAX};
pub use name_pattern::NamePattern;
pub use options::{Dialect, Format, ReadOptions};
use source::Source;
use stream::{Stream, head, text_of_head};
use unpack::Packing;
use watch::Watch;
use window::Window;

/// An open export. It can be read more than once, and gives the same rows each time or an error.
#[derive(Debug)]
pub struct Export {
    source: Source,
    packing: Packing,
    charset: Charset,
    layout: Layout,
    dialect: Dialect,
    block_bytes: usize,
    arrival: Arrival,
    /// What was known of its arrival before it was read.
    dated: Option<Timestamp>,
    total: Option<Result<u64, String>>,
    /// What is to be told though the file is read.
    warnings: Vec<Problem>,
    watch: Watch,
}

impl Export {
    /// Opens the export that has arrived at that path: the newest file of a directory, once it is ready.
    ///
    /// # Errors
    /// As [`open`](Export::open); if a directory holds no export or two that are equally new, or the export is not
    /// ready.
    pub fn arrived(
        path: &Path,
        arrival: &Arrival,
        options: &ReadOptions,
    ) -> Result<Export, InputError> {
        let arrived = arrival.arrived(path)?;
        let mut export = Export::open(&arrived.path, options)?;
        export.dialect.evidence.splice(0..0, arrived.evidence);
        Ok(Export {
            arrival: arrival.clone(),
            dated: arrived.dated,
            total: arrived.total,
            ..export
        })
    }

    /// Opens a file, a pipe, or standard input (`-`), and finds out how it is written.
    ///
    /// # Errors
    /// If it cannot be opened, is empty, is not UTF-8 text, or its delimiter is ambiguous.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Export, InputError> {
        Export::of(Source::open(path)?, options)
    }

    fn of(source: Source, options: &ReadOptions) -> Result<Export, InputError> {
        let file = source.name();
        if let Some(delimiter) = options
            .delimiter
            .filter(|&delimiter| !is_delimiter(delimiter))
        {
            let message = format!("{} cannot be a delimiter", detect::name_of(delimiter));
            return Err(InputError::new(file, "bad_delimiter", message)
                .hint("one ASCII character, no quote and no line break"));
        }
        let (magic, _) = head(&source, Packing::None, MAGIC_BYTES)?;
        if workbook::is_workbook(&source, &magic)? {
            return Export::of_workbook(source, options);
        }
        if options.sheet.is_some() || options.format == Some(Format::Xlsx) {
            let message = "it is no Excel workbook (.xlsx)";
            return Err(InputError::new(file, "not_a_workbook", message)
                .hint("leave out --sheet, --format and what stands for them in [source]"));
        }
        let packing = Packing::of(&magic);
        let (mut bytes, mut whole) = head(&source, packing, HEAD_BYTES)?;
        let charset = Charset::of(file, &bytes, options.encoding)?;
        let mut text = text_of_head(&source, packing, charset, &bytes, whole)?;
        let undecided = !whole && options.path.is_none() && is_envelope(&text, false).is_none();
        if undecided && options.format != Some(Format::Csv) {
            (bytes, whole) = head(&source, packing, RECORD_BYTES_MAX)?;
            text = text_of_head(&source, packing, charset, &bytes, whole)?;
        }
        let (layout, mut dialect) = detect(file, &text, whole, options)?;
        dialect.byte_order_mark = charset.mark_bytes > 0;
        dialect.evidence.insert(0, charset.evidence());
        if packing != Packing::None {
            let packed = format!("packed: {packing}, by its first bytes");
            dialect.evidence.insert(0, packed);
        }
        Ok(Export {
            source,
            packing,
            charset,
            layout,
            dialect,
            block_bytes: BLOCK_BYTES,
            arrival: Arrival::default(),
            dated: None,
            total: None,
            warnings: Vec::new(),
            watch: Watch::default(),
        })
    }

    /// Reads a sheet as the CSV that is made of it; nothing about its dialect has to be found out.
    fn of_workbook(source: Source, options: &ReadOptions) -> Result<Export, InputError> {
        if options.format.is_some_and(|format| format != Format::Xlsx) {
            let message = "it is an Excel workbook (.xlsx), and said to be something else";
            return Err(InputError::new(source.name(), "not_an_export", message)
                .hint("leave out --format and [source] format"));
        }
        let skip_rows = options.skip_rows.unwrap_or(0);
        let sheet = options.sheet.as_deref();
        let header_rows = options.header_rows.unwrap_or(1);
        let sheet = workbook::sheet_as_text(source, sheet, skip_rows, header_rows)?;
        let as_written = ReadOptions {
            format: Some(Format::Csv),
            sheet: None,
            delimiter: Some(b','),
            encoding: None,
            quote: Some(Some(b'"')),
            escape: Some(None),
            path: None,
            skip_rows: options.skip_rows.map(|_| 0),
            single_line: false,
            ..options.clone()
        };
        let mut export = Export::of(sheet.source, &as_written)?;
        export.warnings = sheet.warnings;
        if let Layout::Csv(layout) = &mut export.layout {
            layout.lines_are_records = true;
        }
        let is_of_rows = |line: &String| line.starts_with("header rows");
        export.dialect.evidence.retain(is_of_rows);
        if skip_rows > 0 {
            let from = format!(", from row {} on", u64::from(skip_rows) + 1);
            let evidence = export.dialect.evidence.iter_mut();
            evidence.for_each(|line| line.push_str(&from));
        }
        let format = format!("format: {}, by its first bytes", Format::Xlsx);
        export
            .dialect
            .evidence
            .splice(0..0, [format, sheet.evidence]);
        export.dialect.format = Format::Xlsx;
        export.dialect.delimiter = None;
        Ok(export)
    }

    /// The file as the person named it; `-` is standard input.
    pub fn name(&self) -> &Arc<str> {
        self.source.name()
    }

    /// How the file was understood.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// blake3 of all bytes of the file, once one whole pass was made.
    pub fn digest(&self) -> Option<[u8; 32]> {
        self.source.digest()
    }

    /// Of when the export is, and what that is known by. A column tells it once one whole pass was made.
    pub fn dated(&self) -> (Option<Timestamp>, String) {
        let dated_by = self.arrival.newest_by.as_ref();
        let words = dated_by.unwrap_or(&DatedBy::Modified).words();
        (self.dated.or(self.watch.latest), words)
    }

    /// How many rows the export should have, if something says so or should have said so, and how many were read in
    /// the last whole pass.
    pub fn control_total(&self) -> Option<(Result<u64, String>, u64)> {
        let total = match self.arrival.control_total.as_ref()? {
            ControlTotal::File(_) => self.total.clone()?,
            ControlTotal::Footer => self
                .watch
                .total
                .ok_or_else(|| "the footer does not hold one whole number".to_owned()),
            ControlTotal::Key(path) => self
                .watch
                .total
                .ok_or_else(|| format!("no whole number stands at $.{}", path.join("."))),
        };
        Some((total, self.watch.rows))
    }

    /// The rows from the first one, each time it is called.
    ///
    /// # Errors
    /// If the file cannot be read, or its CSV header is missing, has a column without a name, one name twice,
    /// or too many columns.
    pub fn batches(&mut self) -> Result<Batches<'_>, InputError> {
        let file = self.source.name().clone();
        let stream = Stream::open(&mut self.source, self.packing, self.charset)?;
        let mark_bytes = match self.charset.foreign {
            None => self.charset.mark_bytes,
            Some(_) => 0,
        };
        let mut window = Window::open(stream, self.block_bytes, mark_bytes)?;
        let rows = match &self.layout {
            Layout::Csv(layout) => {
                let reader = CsvReader::open(&file, &mut window, layout)?;
                Rows::Csv(Box::new(reader))
            }
            Layout::Json(shape, path) => {
                let total = match &self.arrival.control_total {
                    Some(ControlTotal::Key(path)) => Some(path.clone()),
                    _ => None,
                };
                Rows::Json(Box::new(JsonReader::new(
                    &file,
                    *shape,
                    path.clone(),
                    total,
                )))
            }
        };
        self.watch = Watch::default();
        Ok(Batches {
            window,
            rows,
            ended: false,
            warnings: self.warnings.clone(),
            watch: &mut self.watch,
            dated_by: self.arrival.newest_by.as_ref(),
        })
    }

    /// Every column of the file: the CSV header, or all top-level JSON keys (which takes a whole pass).
    ///
    /// # Errors
    /// As [`batches`](Export::batches) and the reading of them.
    pub fn all_columns(&mut self) -> Result<Arc<Columns>, InputError> {
        let mut batches = self.batches()?;
        if let Rows::Json(_) = batches.rows {
            for batch in &mut batches {
                batch?;
            }
        }
        Ok(batches.columns().clone())
    }
}

/// What may stand between cells.
fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, 0 | b'"' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests;
