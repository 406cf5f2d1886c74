//! Arguments of the commands that look at an export alone.

use clap::{Args, ValueEnum};

use super::InputArgs;

/// Arguments of `preview`.
#[derive(Clone, Debug, Args)]
pub struct PreviewArgs {
    /// The export.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to print the rows
    #[arg(
        long = "as",
        value_name = "FORM",
        default_value = "csv",
        help_heading = "Output"
    )]
    pub form: PreviewForm,
    /// Say what was found about packing, encoding, format and dialect, and from what, instead of the rows
    #[arg(long, help_heading = "Output")]
    pub explain: bool,
}

/// How `preview` prints the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PreviewForm {
    /// Comma separated, with the header of the export
    Csv,
    /// One flat JSON object a row; CSV values stay text, JSON values stay as they are
    Ndjson,
}

/// Arguments of `validate`.
#[derive(Clone, Debug, Args)]
pub struct ValidateArgs {
    /// The export.
    #[command(flatten)]
    pub input: InputArgs,
}
