//! The export, and how to read it.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

use crate::config::{Multiline, ReadingWords};

/// The export, and how to read it where its content does not tell.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// The HR export, CSV, JSON or .xlsx, or a directory of them; `-` reads standard input
    #[arg(value_name = "EXPORT", help_heading = None, value_hint = ValueHint::FilePath)]
    pub export: PathBuf,
    /// The format, instead of finding it by content
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<FormatName>,
    /// The sheet of an Excel workbook [default: the first one that is shown]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The encoding, where no byte order mark says it, such as windows-1252 [default: UTF-8]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// The CSV delimiter, instead of finding it by content: `,` `;` `|` or `tab`
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// What encloses CSV cells, instead of finding it by content: one character, or `none`
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<String>,
    /// What escapes a quote or delimiter in CSV, instead of finding it by content: one character, or
    /// `none` where quotes are doubled
    #[arg(long, value_name = "CHAR")]
    pub escape: Option<String>,
    /// Whether a CSV cell may hold line breaks: `quoted`, or `never`, so that a bad quote costs its row
    /// only [default: quoted]
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub multiline: Option<MultilineName>,
    /// Lines before the header of a CSV file or sheet to leave out [default: 0]
    #[arg(long, value_name = "N")]
    pub skip_rows: Option<u32>,
    /// Rows of that header, whose names are joined; 0 if there is none and `[source] columns`
    /// names them [default: 1]
    #[arg(long, value_name = "N")]
    pub header_rows: Option<u32>,
    /// Rows at the end of a CSV file or sheet, such as a total, to leave out [default: 0]
    #[arg(long, value_name = "N")]
    pub skip_footer: Option<u32>,
}

/// Whether a CSV cell may hold line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MultilineName {
    /// If it is quoted.
    Quoted,
    /// Never.
    Never,
}

impl InputArgs {
    /// That export, read as its content and the configuration say.
    pub fn of(export: &Path) -> InputArgs {
        InputArgs {
            export: export.to_owned(),
            ..InputArgs::default()
        }
    }

    /// What the options say about reading the export.
    pub fn words(&self) -> ReadingWords {
        ReadingWords {
            format: self.format.map(|format| format.name().to_owned()),
            sheet: self.sheet.clone(),
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
            quote: self.quote.clone(),
            escape: self.escape.clone(),
            multiline: self.multiline.map(|when| match when {
                MultilineName::Quoted => Multiline::Quoted,
                MultilineName::Never => Multiline::Never,
            }),
            skip_rows: self.skip_rows,
            header_rows: self.header_rows,
            skip_footer: self.skip_footer,
            path: None,
            columns: None,
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
    /// A sheet of an Excel workbook.
    Xlsx,
}

impl FormatName {
    /// The word, as in `[source] format`.
    pub fn name(self) -> &'static str {
        match self {
            FormatName::Csv => "csv",
            FormatName::Json => "json",
            FormatName::Ndjson => "ndjson",
            FormatName::Xlsx => "xlsx",
        }
    }
}
