//! How the rows of a CSV file are found between what is no row.

use std::sync::Arc;

use super::record::Marks;

/// How a CSV file is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CsvLayout {
    /// How records are split.
    pub marks: Marks,
    /// Physical lines before the header.
    pub skip_rows: u32,
    /// Records that are the header.
    pub header_rows: u32,
    /// Records at the end that are no rows.
    pub skip_footer: u32,
    /// Whether a line is counted as a record, not as a line of text.
    pub lines_are_records: bool,
    /// Whether the beginning left open what backslashes are; they are read as text.
    pub escape_is_open: bool,
    /// The names of the columns in place of those of the header; an empty one leaves its column out.
    pub names: Option<Arc<[String]>>,
}
