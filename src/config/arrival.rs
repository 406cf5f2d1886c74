//! What `[source]` says about how an export is handed over → a checked [`Arrival`], and how old it may be.

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::Deserialize;

use crate::failure::Failure;
use crate::input::{Arrival, Companion, ControlTotal, DatedBy, NamePattern, json_path};

/// What the time of an export is known by.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum NewestBy {
    Word(String),
    Table(NewestByTable),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewestByTable {
    name: Option<String>,
    column: Option<String>,
    format: Option<String>,
}

/// The keys as they were written.
#[derive(Debug, Default)]
pub(super) struct ArrivalWords {
    pub newest_by: Option<NewestBy>,
    pub ready_file: Option<String>,
    pub control_total: Option<String>,
    pub skip_footer: u32,
}

impl ArrivalWords {
    pub(super) fn checked(self) -> Result<Arrival, Failure> {
        let control_total = match self.control_total {
            None => None,
            Some(word) if word == "footer" => match self.skip_footer {
                0 => {
                    return Err(Failure::usage(
                        "[source] control_total = \"footer\" needs skip_footer",
                    )
                    .hint("say how many rows at the end are no rows: skip_footer = 1"));
                }
                _ => Some(ControlTotal::Footer),
            },
            Some(path) if path.starts_with('$') => Some(ControlTotal::Key(key_path(&path)?)),
            Some(path) => Some(ControlTotal::File(companion("control_total", path)?)),
        };
        Ok(Arrival {
            newest_by: self.newest_by.map(dated_by).transpose()?,
            ready_file: self
                .ready_file
                .map(|path| companion("ready_file", path))
                .transpose()?,
            control_total,
        })
    }
}

fn dated_by(said: NewestBy) -> Result<DatedBy, Failure> {
    const HINT: &str = "write \"mtime\", or { name = \"people-%Y%m%d.csv\" }, or { column = \"Exported\" } with format = \"%d.%m.%Y\" where dates are not ISO 8601";
    match said {
        NewestBy::Word(word) if word == "mtime" => Ok(DatedBy::Modified),
        NewestBy::Table(NewestByTable {
            name: Some(name),
            column: None,
            format: None,
        }) => NamePattern::new(&name).map(DatedBy::Name).ok_or_else(|| {
            Failure::usage(format!(
                "[source] newest_by: {name:?} is no pattern of names"
            ))
            .hint(
                "no directories, and all of a time between the same two *: \"people-%Y%m%d*.csv\"",
            )
        }),
        NewestBy::Table(NewestByTable {
            name: None,
            column: Some(name),
            format,
        }) => Ok(DatedBy::Column { name, format }),
        _ => Err(Failure::usage("[source] newest_by says nothing that is known").hint(HINT)),
    }
}

fn key_path(text: &str) -> Result<Arc<[String]>, Failure> {
    json_path(text).ok_or_else(|| {
        Failure::usage(format!(
            "[source] control_total: {text:?} is no path to a number"
        ))
        .hint("keys with dots between, such as \"$.meta.total\"")
    })
}

fn companion(key: &str, path: String) -> Result<Companion, Failure> {
    let companion = Companion { path };
    let [one, other] = ["a.csv", "b.csv"].map(|name| companion.of(Path::new(name)));
    match companion.path.trim().is_empty()
        || one == Path::new("a.csv") && other == Path::new("b.csv")
    {
        true => Err(
            Failure::usage(format!("[source] {key} names no other file")).hint(
                "a path from the directory of the export, such as \"{name}.done\" or \"ready\"",
            ),
        ),
        false => Ok(companion),
    }
}

/// A length of time such as `26h`, `90m` or `2d`.
pub(super) fn age(key: &str, text: &str) -> Result<SignedDuration, Failure> {
    let span = text.parse::<Span>().ok();
    span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .filter(|age| age.is_positive())
        .ok_or_else(|| {
            Failure::usage(format!("{key}: {text:?} is no length of time"))
                .hint("write hours or days, such as \"26h\" or \"2d\"")
        })
}
