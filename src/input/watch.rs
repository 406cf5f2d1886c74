//! What is learned about the export as a whole while its rows pass: how many they are, and the latest date in a column.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::model::{RawValue, RowBatch};

use super::arrival::DatedBy;
use super::name_pattern::moment_of;

/// What one pass has shown.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Rows, refused ones included.
    pub rows: u64,
    /// The latest date in the column.
    pub latest: Option<Timestamp>,
    /// The number of rows that the file itself says, once it has ended.
    pub total: Option<u64>,
}

impl Watch {
    /// Takes the rows of a batch.
    pub(super) fn take(&mut self, batch: &RowBatch, dated_by: Option<&DatedBy>) {
        self.rows += batch.len() as u64 + batch.refused.len() as u64;
        let Some(DatedBy::Column { name, format }) = dated_by else {
            return;
        };
        let names = &batch.columns.names;
        let Some(column) = names.iter().position(|other| **other == **name) else {
            return;
        };
        for row in batch.rows() {
            let text = match row.cell(column) {
                RawValue::Text(text) => text,
                RawValue::Json(json) => json.as_str().unwrap_or_default(),
                RawValue::Missing => continue,
            };
            self.latest = self.latest.max(moment(text.trim(), format.as_deref()));
        }
    }
}

/// The moment that a cell says; a date is its midnight in this machine's time zone.
fn moment(text: &str, format: Option<&str>) -> Option<Timestamp> {
    if let Some(format) = format {
        return moment_of(text, format);
    }
    if text.is_empty() {
        return None;
    }
    let local = |time: DateTime| Some(time.to_zoned(TimeZone::system()).ok()?.timestamp());
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<DateTime>().ok().and_then(local))
}
