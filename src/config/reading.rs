//! What is said about reading an export, by options or `[source]` → checked [`ReadOptions`].

use std::sync::Arc;

use serde::Deserialize;

use crate::failure::Failure;
use crate::input::{Encoding, Format, ReadOptions, json_path};

/// How an export is to be read, in the words of options and `[source]`; `None` where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadingWords {
    /// The format: csv, json, ndjson, xlsx.
    pub format: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The encoding, by its label.
    pub encoding: Option<String>,
    /// The CSV delimiter: one character, or `tab`.
    pub delimiter: Option<String>,
    /// Where the rows stand in a JSON object.
    pub path: Option<String>,
    /// What encloses CSV cells: one character, or `none`.
    pub quote: Option<String>,
    /// What escapes in CSV: one character, or `none`.
    pub escape: Option<String>,
    /// Whether a CSV cell may hold line breaks.
    pub multiline: Option<Multiline>,
    /// Lines before the CSV header.
    pub skip_rows: Option<u32>,
    /// Rows of the CSV header.
    pub header_rows: Option<u32>,
    /// Rows at the end of the CSV file that are none.
    pub skip_footer: Option<u32>,
    /// Names of the CSV columns in place of the header's.
    pub columns: Option<Vec<String>>,
}

/// Whether a CSV cell may hold line breaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Multiline {
    /// If it is quoted.
    #[default]
    Quoted,
    /// Never: a bad quote costs its row only.
    Never,
}

impl ReadingWords {
    /// These words, and where they say nothing, the others.
    pub(super) fn or(self, other: ReadingWords) -> ReadingWords {
        ReadingWords {
            format: self.format.or(other.format),
            sheet: self.sheet.or(other.sheet),
            encoding: self.encoding.or(other.encoding),
            delimiter: self.delimiter.or(other.delimiter),
            path: self.path.or(other.path),
            quote: self.quote.or(other.quote),
            escape: self.escape.or(other.escape),
            multiline: self.multiline.or(other.multiline),
            skip_rows: self.skip_rows.or(other.skip_rows),
            header_rows: self.header_rows.or(other.header_rows),
            skip_footer: self.skip_footer.or(other.skip_footer),
            columns: self.columns.or(other.columns),
        }
    }

    /// What they mean.
    pub fn checked(&self) -> Result<ReadOptions, Failure> {
        let mark = |what, word: &Option<String>| {
            word.as_deref()
                .map(|word| mark_named(what, word))
                .transpose()
        };
        let options = ReadOptions {
            format: self.format.as_deref().map(format_named).transpose()?,
            sheet: self.sheet.clone(),
            encoding: self.encoding.as_deref().map(encoding_named).transpose()?,
            delimiter: self.delimiter.as_deref().map(delimiter_named).transpose()?,
            path: self.path.as_deref().map(path_named).transpose()?,
            quote: mark("quote", &self.quote)?,
            escape: mark("escape", &self.escape)?,
            single_line: self.multiline == Some(Multiline::Never),
            skip_rows: self.skip_rows,
            header_rows: self.header_rows,
            skip_footer: self.skip_footer.unwrap_or(0),
            columns: self.columns.clone().map(Into::into),
        };
        let marks = [
            options.delimiter,
            options.quote.flatten(),
            options.escape.flatten(),
        ];
        let told: Vec<u8> = marks.into_iter().flatten().collect();
        if (1..told.len()).any(|index| told[..index].contains(&told[index])) {
            return Err(
                Failure::usage("delimiter, quote and escape must differ").hint(
                    "quotes that are doubled inside a quoted cell need no escape: --escape none",
                ),
            );
        }
        if options.path.is_some() && options.format.is_some_and(|format| format != Format::Json) {
            return Err(Failure::usage("[source] path is for the format json only"));
        }
        if options.header_rows == Some(0) && options.columns.is_none() {
            return Err(Failure::usage(
                "an export without a header needs the names of its columns",
            )
            .hint("list them in the configuration: [source] columns = [\"UserID\", …]"));
        }
        Ok(options)
    }
}

fn format_named(text: &str) -> Result<Format, Failure> {
    match text.to_ascii_lowercase().as_str() {
        "csv" => Ok(Format::Csv),
        "json" => Ok(Format::Json),
        "ndjson" => Ok(Format::Ndjson),
        "xlsx" => Ok(Format::Xlsx),
        _ => Err(Failure::usage(format!(
            "the format {text:?} is none of csv, json, ndjson, xlsx"
        ))),
    }
}

fn path_named(text: &str) -> Result<Arc<[String]>, Failure> {
    json_path(text).ok_or_else(|| {
        Failure::usage(format!(
            "[source] path {text:?} names no place in a JSON object"
        ))
        .hint("write the keys that lead to the array of people: path = \"$.data.workers\"")
    })
}

fn encoding_named(text: &str) -> Result<Encoding, Failure> {
    Encoding::named(text).ok_or_else(|| {
        Failure::usage(format!("{text:?} is no encoding that can be read")).hint(
            "give its usual name, such as utf-8, windows-1252, iso-8859-2, utf-16le or shift_jis",
        )
    })
}

/// Any ASCII character but quote and line break, or the word `tab`.
fn delimiter_named(text: &str) -> Result<u8, Failure> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii() && !b"\"\r\n\0".contains(byte) => Ok(*byte),
        _ => Err(Failure::usage(format!("{text:?} cannot be a delimiter"))
            .hint("give , or ; or | or tab; quote it for the shell: --delimiter ';'")),
    }
}

/// One ASCII character that is no line break, or the word `none`.
fn mark_named(what: &str, text: &str) -> Result<Option<u8>, Failure> {
    match (text, text.as_bytes()) {
        ("none", _) => Ok(None),
        (_, [byte]) if byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric() => Ok(Some(*byte)),
        _ => Err(Failure::usage(format!("{text:?} cannot be a {what}"))
            .hint("give one character that is neither letter nor digit, or none")),
    }
}
