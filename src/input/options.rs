//! What a person says about how a file is written, and what was found out about it.

use std::fmt;
use std::sync::Arc;

use super::charset::Encoding;

/// What the person says about the file; what is `None` is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// How it is written.
    pub format: Option<Format>,
    /// What stands between CSV cells: one ASCII character, no quote and no line break.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook; `None`: the first one that is shown.
    pub sheet: Option<String>,
    /// The encoding, where no byte order mark says it.
    pub encoding: Option<Encoding>,
    /// What encloses CSV cells; `Some(None)`: nothing does, quotes are text.
    pub quote: Option<Option<u8>>,
    /// What takes the meaning from the character behind it; `Some(None)`: nothing does, quotes are doubled.
    pub escape: Option<Option<u8>>,
    /// The keys that lead to the array of rows in a JSON object; see [`json_path`](super::json_path).
    pub path: Option<Arc<[String]>>,
    /// Physical lines before the header of a CSV file, or rows of a sheet, that are left out.
    pub skip_rows: Option<u32>,
    /// Records that are the header of a CSV file or sheet; without any, `columns` gives the names.
    pub header_rows: Option<u32>,
    /// Records at the end of a CSV file or sheet that are no rows.
    pub skip_footer: u32,
    /// Whether no CSV cell holds a line break, so that a bad quote costs its row only.
    pub single_line: bool,
    /// The names of the CSV columns in place of those of the header; an empty one leaves its column out.
    pub columns: Option<Arc<[String]>>,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A header row, then one record a row (RFC 4180, with any of four delimiters and three line endings).
    Csv,
    /// An array of objects, or an object with such an array under `Users`.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A sheet of an Excel workbook.
    Xlsx,
}

/// How the file was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// How it is written.
    pub format: Format,
    /// What stands between cells, for CSV.
    pub delimiter: Option<u8>,
    /// Whether it begins with a byte order mark.
    pub byte_order_mark: bool,
    /// Why we think so, one sentence for each finding, for people.
    pub evidence: Vec<String>,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Csv => "CSV",
            Format::Json => "JSON",
            Format::Ndjson => "JSON, one object a line",
            Format::Xlsx => "Excel workbook (.xlsx)",
        })
    }
}
