//! `[source]`: what the export is.

use jiff::SignedDuration;
use serde::Deserialize;

use super::arrival::{ArrivalWords, NewestBy, age};
use super::overrides::Overrides;
use super::reading::{Multiline, ReadingWords};
use crate::failure::Failure;
use crate::input::{Arrival, ReadOptions};

/// `[source]`: what the export is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SourceSection {
    pub id: Option<String>,
    pub kind: SourceKind,
    pub format: Option<String>,
    pub sheet: Option<String>,
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
    pub path: Option<String>,
    pub quote: Option<String>,
    pub escape: Option<String>,
    pub multiline: Option<Multiline>,
    pub skip_rows: Option<u32>,
    pub header_rows: Option<u32>,
    pub skip_footer: Option<u32>,
    pub columns: Option<Vec<String>>,
    pub max_age: Option<String>,
    pub newest_by: Option<NewestBy>,
    pub ready_file: Option<String>,
    pub control_total: Option<String>,
    pub precedence: Vec<String>,
}

/// Whether an export lists everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Everybody; who is missing is absent.
    #[default]
    Full,
    /// Only what changed; nobody is ever absent.
    Delta,
}

/// What the export is.
#[derive(Clone, Debug)]
pub struct SourceSettings {
    /// Names the source across runs; never the file's name.
    pub id: String,
    /// Whether it lists everybody.
    pub kind: SourceKind,
    /// Sources in the order in which they come first where two of them list the same user.
    pub precedence: Vec<String>,
    /// What is pinned about reading it.
    pub read: ReadOptions,
    /// How it is handed over.
    pub arrival: Arrival,
    /// An older export is refused.
    pub max_age: Option<SignedDuration>,
}

pub(super) fn source_settings(
    section: SourceSection,
    given: &Overrides,
) -> Result<SourceSettings, Failure> {
    let id = section.id.unwrap_or_else(|| "default".to_owned());
    if id.trim().is_empty() || id.chars().any(char::is_control) {
        return Err(Failure::usage("[source] id must be a name, such as \"hr\""));
    }
    let words = ReadingWords {
        format: section.format,
        sheet: section.sheet,
        encoding: section.encoding,
        delimiter: section.delimiter,
        path: section.path,
        quote: section.quote,
        escape: section.escape,
        multiline: section.multiline,
        skip_rows: section.skip_rows,
        header_rows: section.header_rows,
        skip_footer: section.skip_footer,
        columns: section.columns,
    };
    let read = given.reading.clone().or(words).checked()?;
    let arrival = ArrivalWords {
        newest_by: section.newest_by,
        ready_file: section.ready_file,
        control_total: section.control_total,
        skip_footer: read.skip_footer,
    };
    let max_age = section.max_age.as_deref();
    Ok(SourceSettings {
        id,
        kind: section.kind,
        precedence: section.precedence,
        read,
        arrival: arrival.checked()?,
        max_age: max_age
            .map(|text| age("[source] max_age", text))
            .transpose()?,
    })
}
