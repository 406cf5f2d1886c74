//! Rows as they were read, before any mapping → CSV or one JSON object a line: to see how a file is understood.
//!
//! Faithful, so that the output can be fed back: nothing is trimmed, rounded, escaped for a spreadsheet or left out.

use std::io::{self, Write};

use serde_json::Value as Json;

use super::page::{Page, View};
use crate::model::{Columns, RawRow, RawValue, RowBatch};

/// Why a preview ended early: the file that is read, or the place that is written to.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError<E> {
    /// The batches ended with an error.
    #[error("the export cannot be read to its end")]
    Input(#[source] E),
    /// The output takes no more.
    #[error("the preview cannot be written")]
    Output(#[source] io::Error),
}

impl<E> From<io::Error> for PreviewError<E> {
    fn from(error: io::Error) -> PreviewError<E> {
        PreviewError::Output(error)
    }
}

/// Writes a header of these columns, then the rows; gives their number.
///
/// A JSON string is written as its text, null and a missing key as an empty cell, every other value as compact
/// JSON. `columns` must be all columns of the file: JSON rows may bring new ones until its end.
///
/// # Errors
/// The first error of the batches, or of writing.
pub fn rows_as_csv<E>(
    columns: &Columns,
    batches: impl Iterator<Item = Result<RowBatch, E>>,
    out: &mut dyn Write,
) -> Result<u64, PreviewError<E>> {
    let mut writer = csv::Writer::from_writer(out);
    let mut rows = 0;
    if !columns.names.is_empty() {
        writer
            .write_record(columns.names.iter().map(|name| name.as_bytes()))
            .map_err(io::Error::from)?;
    }
    for batch in batches {
        let batch = batch.map_err(PreviewError::Input)?;
        for row in batch.rows() {
            for column in 0..columns.names.len() {
                write_cell(&mut writer, row.cell(column))?;
            }
            writer
                .write_record(None::<&[u8]>)
                .map_err(io::Error::from)?;
            rows += 1;
        }
    }
    writer.flush()?;
    Ok(rows)
}

/// Writes one flat JSON object a row; gives their number. Keys are those of the header, CSV values strings
/// exactly as read, JSON values unchanged with all their digits.
///
/// # Errors
/// The first error of the batches, or of writing.
pub fn rows_as_ndjson<E>(
    batches: impl Iterator<Item = Result<RowBatch, E>>,
    out: &mut dyn Write,
) -> Result<u64, PreviewError<E>> {
    let mut out = io::BufWriter::new(out);
    let mut rows = 0;
    for batch in batches {
        let batch = batch.map_err(PreviewError::Input)?;
        for row in batch.rows() {
            write_object(&mut out, row)?;
            rows += 1;
        }
    }
    out.flush()?;
    Ok(rows)
}

fn write_cell(writer: &mut csv::Writer<&mut dyn Write>, cell: RawValue<'_>) -> io::Result<()> {
    let written = match cell {
        RawValue::Missing | RawValue::Json(Json::Null) => writer.write_field(""),
        RawValue::Text(text) => writer.write_field(text),
        RawValue::Json(Json::String(text)) => writer.write_field(text),
        RawValue::Json(value) => writer.write_field(value.to_string()),
    };
    written.map_err(io::Error::from)
}

fn write_object(out: &mut impl Write, row: RawRow<'_>) -> io::Result<()> {
    let mut opening = "{";
    for (column, name) in row.columns().names.iter().enumerate() {
        let cell = row.cell(column);
        if cell == RawValue::Missing {
            continue;
        }
        out.write_all(opening.as_bytes())?;
        opening = ",";
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b":")?;
        match cell {
            RawValue::Missing => {}
            RawValue::Text(text) => serde_json::to_writer(&mut *out, text)?,
            RawValue::Json(value) => serde_json::to_writer(&mut *out, value)?,
        }
    }
    // An object without any key has not been opened yet.
    out.write_all(if opening == "{" { b"{}\n" } else { b"}\n" })
}

/// What was found about the file and from what, a paragraph for each.
pub fn evidence_text(evidence: &[String], view: &View) -> String {
    let mut page = Page::new(view);
    for line in evidence {
        page.paragraph(0, 4, line);
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;

    use super::*;
    use crate::model::Place;

    const PLACE: Place = Place { line: 2, record: 1 };

    fn columns(names: &[&str]) -> Arc<Columns> {
        let names = names.iter().map(|&name| name.into()).collect();
        Arc::new(Columns { names })
    }

    fn text_batch() -> RowBatch {
        let mut batch = RowBatch::of_text(columns(&["a", "b,\""]));
        batch.push_text(PLACE, [" 007 ", "=x\n\"y\""].into_iter());
        batch.push_text(PLACE, ["", ""].into_iter());
        batch
    }

    fn json_batch() -> RowBatch {
        let mut batch = RowBatch::of_json();
        let json = |text: &str| serde_json::from_str::<Json>(text).ok();
        batch.push_json(PLACE, vec![json("1.50"), None, json("[{\"k\":null}]")]);
        batch.push_json(PLACE, vec![]);
        batch.push_json(PLACE, vec![json("null"), json("\"x,y\"")]);
        batch.columns = columns(&["a", "b", "c"]);
        batch
    }

    fn as_csv(batch: RowBatch) -> String {
        let (columns, mut out) = (batch.columns.clone(), Vec::new());
        let rows = batch.len() as u64;
        let written = rows_as_csv(&columns, [Ok::<_, Infallible>(batch)].into_iter(), &mut out);
        assert_eq!(written.unwrap(), rows);
        String::from_utf8(out).unwrap()
    }

    fn as_ndjson(batch: RowBatch) -> String {
        let mut out = Vec::new();
        let rows = batch.len() as u64;
        let written = rows_as_ndjson([Ok::<_, Infallible>(batch)].into_iter(), &mut out);
        assert_eq!(written.unwrap(), rows);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(as_csv(RowBatch::of_json()), "");
        assert_eq!(as_ndjson(RowBatch::of_json()), "");
        assert_eq!(as_csv(RowBatch::of_text(columns(&["a"]))), "a\n");
    }

    #[test]
    fn csv_holds_the_cells_as_read() {
        assert_eq!(
            as_csv(text_batch()),
            "a,\"b,\"\"\"\n 007 ,\"=x\n\"\"y\"\"\"\n,\n"
        );
        let nested = "1.50,,\"[{\"\"k\"\":null}]\"\n";
        assert_eq!(
            as_csv(json_batch()),
            format!("a,b,c\n{nested},,\n,\"x,y\",\n")
        );
    }

    #[test]
    fn ndjson_keeps_keys_and_digits() {
        let want =
            "{\"a\":\" 007 \",\"b,\\\"\":\"=x\\n\\\"y\\\"\"}\n{\"a\":\"\",\"b,\\\"\":\"\"}\n";
        assert_eq!(as_ndjson(text_batch()), want);
        let want = "{\"a\":1.50,\"c\":[{\"k\":null}]}\n{}\n{\"a\":null,\"b\":\"x,y\"}\n";
        assert_eq!(as_ndjson(json_batch()), want);
    }

    #[test]
    fn an_error_of_the_input_ends_it() {
        let batches = [Ok(text_batch()), Err("torn")].into_iter();
        let ended = rows_as_ndjson(batches, &mut Vec::new());
        assert!(matches!(ended, Err(PreviewError::Input("torn"))));
    }
}
