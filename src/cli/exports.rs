//! Arguments of the commands that look at an export alone.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::{Against, AgainstFlags, InputArgs, TenantFlags};

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
    /// List at most so many problems of one cause; the others are counted
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10_000,
        help_heading = "Output"
    )]
    pub max_problems: usize,
}

/// Arguments of `init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// The export.
    #[command(flatten)]
    pub input: InputArgs,
    /// Learn the ids of users from the tenant (`live`) or from a file of users
    #[arg(long, value_name = "live|FILE", value_parser = super::against::against)]
    pub against: Option<Against>,
    /// Write the configuration into this file [default: crewsync.toml]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
}

impl InitArgs {
    /// The tenant itself.
    pub fn flags(&self) -> AgainstFlags {
        AgainstFlags {
            against: Against::Live,
            sandbox: false,
            sandbox_seed: None,
        }
    }
}
