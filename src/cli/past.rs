//! Arguments of the commands that look back.

use std::path::PathBuf;

use super::{AgainstFlags, TenantFlags};
use clap::{Args, ValueHint};

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// Arguments of `history`.
#[derive(Clone, Debug, Args)]
pub struct HistoryArgs {
    /// So many runs, and so many calls by hand, at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub last: usize,
}

/// Arguments of `report`.
#[derive(Clone, Debug, Args)]
pub struct ReportArgs {
    /// The run, by its id or the beginning of it [default: the newest]
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// Write the report files into this directory as well
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

/// Arguments of `explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// The UserID, case and Unicode form aside
    #[arg(value_name = "USER")]
    pub user: String,
    /// Follow the user through this export instead, which has not been sent: cells, mapped values, problems, what
    /// would be sent
    #[arg(long, value_name = "EXPORT", value_hint = ValueHint::FilePath)]
    pub from: Option<PathBuf>,
    /// What the export is compared with.
    #[command(flatten)]
    pub against: AgainstFlags,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
    /// So many runs, and so many calls by hand, at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub last: usize,
}

/// Arguments of `status`.
#[derive(Clone, Debug, Args)]
pub struct StatusArgs {
    /// How long ago the last success may be
    #[arg(long, value_name = "AGE", default_value = "26h", value_parser = age)]
    pub max_age: SignedDuration,
}

/// Hours or days, or any span that means a time that passes.
pub(super) fn age(text: &str) -> Result<SignedDuration, String> {
    let span = text.parse::<Span>().ok();
    span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .filter(|age| age.is_positive())
        .ok_or_else(|| "write hours or days, such as 26h or 2d".to_owned())
}
