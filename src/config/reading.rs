//! What is said about reading an export, by options or `[source]` → checked [`ReadOptions`].

use crate::failure::Failure;
use crate::input::{Encoding, Format, ReadOptions};

/// How an export is to be read, in the words of options and `[source]`; `None` where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadingWords {
    /// The format: csv, json, ndjson.
    pub format: Option<String>,
    /// The encoding, by its label.
    pub encoding: Option<String>,
    /// The CSV delimiter: one character, or `tab`.
    pub delimiter: Option<String>,
}

impl ReadingWords {
    /// These words, and where they say nothing, the others.
    pub(super) fn or(self, other: ReadingWords) -> ReadingWords {
        ReadingWords {
            format: self.format.or(other.format),
            encoding: self.encoding.or(other.encoding),
            delimiter: self.delimiter.or(other.delimiter),
        }
    }

    /// What they mean.
    pub(super) fn checked(&self) -> Result<ReadOptions, Failure> {
        Ok(ReadOptions {
            format: self.format.as_deref().map(format_named).transpose()?,
            encoding: self.encoding.as_deref().map(encoding_named).transpose()?,
            delimiter: self.delimiter.as_deref().map(delimiter_named).transpose()?,
        })
    }
}

fn format_named(text: &str) -> Result<Format, Failure> {
    match text.to_ascii_lowercase().as_str() {
        "csv" => Ok(Format::Csv),
        "json" => Ok(Format::Json),
        "ndjson" => Ok(Format::Ndjson),
        _ => Err(Failure::usage(format!(
            "the format {text:?} is none of csv, json, ndjson"
        ))),
    }
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
