//! An Excel workbook (`.xlsx`) → one sheet of it as CSV text in a file of ours, that is read like any other export.
//!
//! A sheet's row is one record on the line of its number, padded to the sheet's width, every cell quoted. What it
//! unpacks to is counted before anything is kept. Cells are read one by one; only the texts that they share are held.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;

use calamine::{Reader, SheetType, SheetVisible, Xlsx};
use zip::ZipArchive;

use crate::model::Problem;

use super::cell_text::text_of;
use super::contained::contained;
use super::error::InputError;
use super::limits::{COLUMNS_MAX, EXPANSION_MAX, UNPACKED_BYTES_FREE};
use super::source::{Source, unnamed_file};

/// Rows of a sheet, by the format.
const SHEET_ROWS_MAX: u32 = 1_048_576;

/// Whether those first bytes are of a zip archive that holds a workbook.
pub(super) fn is_workbook(source: &Source, magic: &[u8]) -> Result<bool, InputError> {
    if !magic.starts_with(b"PK\x03\x04") {
        return Ok(false);
    }
    let Ok(archive) = ZipArchive::new(BufReader::new(source.look()?)) else {
        return Ok(false);
    };
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.bin") {
        let message = "an Excel workbook of the binary kind (.xlsb)";
        return Err(InputError::new(source.name(), "not_an_export", message)
            .hint("save it as .xlsx, or the sheet as CSV UTF-8"));
    }
    Ok(has("[Content_Types].xml") && has("xl/workbook.xml"))
}

/// A sheet that was written out as CSV.
pub(super) struct SheetText {
    /// The file of ours, under the workbook's name and digest.
    pub source: Source,
    /// Which sheet it is, in words.
    pub evidence: String,
    /// What is to be told though the sheet is read.
    pub warnings: Vec<Problem>,
}

/// The sheet with that name, or the first one that is shown, without that many rows at its beginning; behind them so
/// many are the header.
pub(super) fn sheet_as_text(
    source: Source,
    named: Option<&str>,
    skip_rows: u32,
    header_rows: u32,
) -> Result<SheetText, InputError> {
    let file = source.name().clone();
    contained(|| written_out(source, named, skip_rows, header_rows))
        .unwrap_or_else(|panic| Err(damaged_workbook(&file, &panic)))
}

fn damaged_workbook(file: &Arc<str>, cause: &dyn Display) -> InputError {
    InputError::new(file, "damaged_workbook", "the workbook cannot be read")
        .hint("open it in Excel and save it anew, or save the sheet as CSV UTF-8")
        .caused_by(io::Error::other(cause.to_string()))
}

fn written_out(
    mut source: Source,
    named: Option<&str>,
    skip_rows: u32,
    header_rows: u32,
) -> Result<SheetText, InputError> {
    source.prove()?;
    let file = source.name().clone();
    let damaged = |error: &dyn Display| damaged_workbook(&file, error);
    let bytes_max = UNPACKED_BYTES_FREE.max(source.bytes().saturating_mul(EXPANSION_MAX));
    refuse_bomb(&source, bytes_max, &damaged)?;
    let input = BufReader::new(source.look()?);
    let mut workbook = Xlsx::new(input).map_err(|error| damaged(&error))?;
    let (name, evidence) = choose_sheet(&file, &workbook, named)?;
    let width = width(&file, &mut workbook, &name, &damaged)?;
    let warnings = merged_rows(
        &file,
        &mut workbook,
        &name,
        skip_rows + header_rows,
        &damaged,
    )?;
    let spool = unnamed_file().map_err(|error| damaged(&error))?;
    let mut sheet = Sheet::new(&spool, width, bytes_max);
    let mut cells = workbook
        .worksheet_cells_reader(&name)
        .map_err(|error| damaged(&error))?;
    let formats: Vec<Option<String>> = cells
        .styles()
        .iter()
        .map(|style| {
            style
                .number_format
                .as_ref()
                .map(|format| format.format_code.clone())
        })
        .collect();
    while let Some((cell, style)) = cells
        .next_cell_with_style_id()
        .map_err(|error| damaged(&error))?
    {
        let (row, column) = cell.get_position();
        if row < skip_rows {
            continue;
        }
        let text = text_of(
            cell.get_value(),
            formats.get(style).and_then(Option::as_deref),
        );
        sheet
            .put(row, column, &text)
            .map_err(|error| damaged(&error))?;
    }
    drop(cells);
    drop(workbook);
    sheet.end().map_err(|error| damaged(&error))?;
    // It was read by parts: that all of them were of one file is proven by another look at the whole.
    source.prove()?;
    Ok(SheetText {
        source: source.replaced_by(spool)?,
        evidence,
        warnings: warnings.into_iter().collect(),
    })
}

/// Cells that were merged over several rows below the header: the upper row alone holds what all of them show.
fn merged_rows(
    file: &Arc<str>,
    workbook: &mut Xlsx<BufReader<&File>>,
    name: &str,
    first_row: u32,
    damaged: &dyn Fn(&dyn Display) -> InputError,
) -> Result<Option<Problem>, InputError> {
    let mut merged = workbook
        .merge_cells_by_sheet_name(name)
        .map_err(|error| damaged(&error))?;
    merged.retain(|cells| cells.end.0 > cells.start.0 && cells.end.0 >= first_row);
    merged.sort_by_key(|cells| cells.start);
    let Some(first) = merged.first() else {
        return Ok(None);
    };
    let place = |(row, column): (u32, u32)| format!("{}{}", letters(column), u64::from(row) + 1);
    let message = format!(
        "{} merged over several rows, and read as blank below their first row; the first: {}:{}",
        match merged.len() {
            1 => "cells are".to_owned(),
            count => format!("{count} times cells are"),
        },
        place(first.start),
        place(first.end),
    );
    Ok(Some(
        Problem::warning("merged_cells", message)
            .file(file)
            .line(u64::from(first.start.0) + 1)
            .hint("unmerge them and fill every cell"),
    ))
}

/// Unpacks every part once and keeps nothing: the checksums are right, and there is not too much of it.
fn refuse_bomb(
    source: &Source,
    bytes_max: u64,
    damaged: &dyn Fn(&dyn Display) -> InputError,
) -> Result<(), InputError> {
    let mut archive =
        ZipArchive::new(BufReader::new(source.look()?)).map_err(|error| damaged(&error))?;
    let mut left = bytes_max;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| damaged(&error))?;
        let unpacked = io::copy(&mut part.take(left + 1), &mut io::sink());
        let unpacked = unpacked.map_err(|error| damaged(&error))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            let message = format!("it unpacks to more than {bytes_max} bytes");
            InputError::new(source.name(), "expands_too_far", message)
                .hint("no workbook of people packs so well; was it made to do harm?")
        })?;
    }
    Ok(())
}

fn choose_sheet(
    file: &Arc<str>,
    workbook: &Xlsx<BufReader<&File>>,
    named: Option<&str>,
) -> Result<(String, String), InputError> {
    let sheets = workbook.sheets_metadata();
    let is_sheet = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let names: Vec<String> = sheets
        .iter()
        .filter(is_sheet)
        .map(|sheet| format!("\"{}\"", sheet.name))
        .collect();
    let mut those = sheets.iter().filter(is_sheet);
    let found = match named {
        Some(name) => those.find(|sheet| sheet.name == name),
        None => those.find(|sheet| sheet.visible == SheetVisible::Visible),
    };
    let Some(sheet) = found else {
        let message = match named {
            Some(name) => format!("it has no sheet \"{name}\""),
            None => "it has no sheet that is shown".to_owned(),
        };
        return Err(InputError::new(file, "no_sheet", message).hint(format!(
            "its sheets: {}; name one by --sheet, or [source] sheet",
            names.join(", ")
        )));
    };
    let why = match named {
        Some(_) => "as told",
        None => "the first that is shown",
    };
    let evidence = format!("sheet: \"{}\" of {}, {why}", sheet.name, names.join(", "));
    Ok((sheet.name.clone(), evidence))
}

/// How many columns the sheet has. A formula without a stored result is refused: nobody can tell what it shows.
fn width(
    file: &Arc<str>,
    workbook: &mut Xlsx<BufReader<&File>>,
    name: &str,
    damaged: &dyn Fn(&dyn Display) -> InputError,
) -> Result<u32, InputError> {
    let mut cells = workbook
        .worksheet_cells_reader(name)
        .map_err(|error| damaged(&error))?;
    let mut width = 0;
    while let Some(cell) = cells
        .next_cell_with_formula_metadata()
        .map_err(|error| damaged(&error))?
    {
        let (row, column) = cell.pos;
        let is_empty = cell.value == calamine::DataRef::Empty;
        if is_empty && cell.formula.is_some() {
            let message = format!(
                "column {} holds a formula without a result",
                letters(column)
            );
            return Err(InputError::new(file, "formula_without_result", message)
                .line(u64::from(row) + 1)
                .hint("open the workbook in Excel and save it, so that results are stored"));
        }
        if !is_empty {
            width = width.max(column.saturating_add(1));
        }
        if width as usize > COLUMNS_MAX {
            let message = format!("the sheet has more than {COLUMNS_MAX} columns");
            return Err(InputError::new(file, "too_many_columns", message).line(u64::from(row) + 1));
        }
    }
    Ok(width)
}

/// A column as spreadsheets call it, from 0: A, B, …, AA.
fn letters(column: u32) -> String {
    let mut rest = u64::from(column) + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

/// A sheet on its way into a file.
struct Sheet<'f> {
    out: BufWriter<&'f File>,
    width: u32,
    row: u32,
    /// The column behind the last cell of the row.
    column: u32,
    bytes_left: u64,
}

impl<'f> Sheet<'f> {
    fn new(file: &'f File, width: u32, bytes_max: u64) -> Sheet<'f> {
        Sheet {
            out: BufWriter::new(file),
            width,
            row: 0,
            column: 0,
            bytes_left: bytes_max,
        }
    }

    fn put(&mut self, row: u32, column: u32, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let is_behind = row > self.row || (row == self.row && column >= self.column);
        if !is_behind || row >= SHEET_ROWS_MAX || column >= self.width {
            let place = format!("{}{}", letters(column), u64::from(row) + 1);
            return Err(io::Error::other(format!(
                "cell {place} stands out of order"
            )));
        }
        while self.row < row {
            self.end_row()?;
        }
        let commas = match self.column {
            0 => column,
            behind => column - behind + 1,
        };
        self.write(&",".repeat(commas as usize))?;
        self.write("\"")?;
        self.write(&text.replace('"', "\"\""))?;
        self.write("\"")?;
        self.column = column + 1;
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        if self.column > 0 {
            self.write(&",".repeat((self.width - self.column) as usize))?;
        }
        self.write("\n")?;
        self.row += 1;
        self.column = 0;
        Ok(())
    }

    fn end(mut self) -> io::Result<()> {
        if self.column > 0 {
            self.end_row()?;
        }
        self.out.flush()
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.bytes_left = self
            .bytes_left
            .checked_sub(text.len() as u64)
            .ok_or_else(|| io::Error::other("its texts are too long together"))?;
        self.out.write_all(text.as_bytes())
    }
}
