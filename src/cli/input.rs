//! The export, and how to read it.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use crate::config::ReadingWords;

/// The export, and how to read it where its content does not tell.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// The HR export, CSV or JSON; `-` reads standard input
    #[arg(value_name = "EXPORT", help_heading = None, value_hint = ValueHint::FilePath)]
    pub export: PathBuf,
    /// The format, instead of finding it by content
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<FormatName>,
    /// The encoding, where no byte order mark says it, such as windows-1252 [default: UTF-8]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// The CSV delimiter, instead of finding it by content: `,` `;` `|` or `tab`
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
}

impl InputArgs {
    /// What the options say about reading the export.
    pub fn words(&self) -> ReadingWords {
        ReadingWords {
            format: self.format.map(|format| format.name().to_owned()),
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
        }
    }
}

/// A format that an export can be pinned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// Text with a header row and delimiters.
    Csv,
    /// One JSON array of objects, or `{"Users":[…]}`.
    Json,
    /// One JSON object a line.
    Ndjson,
}

impl FormatName {
    /// The word, as in `[source] format`.
    pub fn name(self) -> &'static str {
        match self {
            FormatName::Csv => "csv",
            FormatName::Json => "json",
            FormatName::Ndjson => "ndjson",
        }
    }
}
