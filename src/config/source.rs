//! `[source]`: what the export is.

use serde::Deserialize;

use super::overrides::Overrides;
use crate::failure::Failure;
use crate::input::{Format, ReadOptions};

/// `[source]`: what the export is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SourceSection {
    pub id: Option<String>,
    pub kind: SourceKind,
    pub format: Option<String>,
    pub delimiter: Option<String>,
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
    /// What is pinned about reading it.
    pub read: ReadOptions,
}

pub(super) fn source_settings(
    section: SourceSection,
    given: &Overrides,
) -> Result<SourceSettings, Failure> {
    let id = section.id.unwrap_or_else(|| "default".to_owned());
    if id.trim().is_empty() || id.chars().any(char::is_control) {
        return Err(Failure::usage("[source] id must be a name, such as \"hr\""));
    }
    let format = given.format.as_ref().or(section.format.as_ref());
    let delimiter = given.delimiter.as_ref().or(section.delimiter.as_ref());
    Ok(SourceSettings {
        id,
        kind: section.kind,
        read: ReadOptions {
            format: format.map(|text| format_named(text)).transpose()?,
            delimiter: delimiter.map(|text| delimiter_named(text)).transpose()?,
        },
    })
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

/// Any ASCII character but quote and line break, or the word `tab`.
fn delimiter_named(text: &str) -> Result<u8, Failure> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii() && !b"\"\r\n\0".contains(byte) => Ok(*byte),
        _ => Err(Failure::usage(format!("{text:?} cannot be a delimiter"))
            .hint("give , or ; or | or tab; quote it for the shell: --delimiter ';'")),
    }
}
