//! Arguments of the commands that plan and run.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{Against, AgainstFlags, InputArgs, TenantFlags};

/// For how much of the export a command is.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Part of the export")]
pub struct PartFlags {
    /// Only these users: ids with commas between them, or a FILE with one a line. The rest of the export counts as
    /// out of scope, and nobody counts as absent
    #[arg(long, value_name = "IDS|FILE")]
    pub only: Option<String>,
    /// Only the first N changes of the export, for a pilot. The rest counts as out of scope, and nobody counts as
    /// absent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Send also what the tenant refused less than a day ago and what has not changed since
    #[arg(long)]
    pub retry_quarantined: bool,
}

/// Arguments of `plan`.
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// The export.
    #[command(flatten)]
    pub input: InputArgs,
    /// How much of it.
    #[command(flatten)]
    pub part: PartFlags,
    /// What it is compared with.
    #[command(flatten)]
    pub against: AgainstFlags,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
    /// Save the plan in this file, to be applied later
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub out: Option<PathBuf>,
    /// Write the plan as a page for a browser, for who has to approve it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub html: Option<PathBuf>,
    /// Exit with 10 if there are changes
    #[arg(long, help_heading = "Output")]
    pub exit_code: bool,
}

/// Arguments of `sync`.
#[derive(Clone, Debug, Args)]
pub struct SyncArgs {
    /// The export.
    #[command(flatten)]
    pub input: InputArgs,
    /// How much of it.
    #[command(flatten)]
    pub part: PartFlags,
    /// What it is compared with.
    #[command(flatten)]
    pub against: AgainstFlags,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
    /// Write to a production tenant without asking; where no terminal is, nothing is asked
    #[arg(long, help_heading = "Tenant")]
    pub yes: bool,
}

/// Arguments of `resume`.
#[derive(Clone, Debug, Args)]
pub struct ResumeArgs {
    /// The run to finish, by its id [default: the newest that was interrupted]
    #[arg(value_name = "RUN", help_heading = None)]
    pub run: Option<String>,
    /// Talk to the sandbox whose users are in the state directory
    #[arg(long, conflicts_with = "base_url", help_heading = "Tenant")]
    pub sandbox: bool,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
}

impl ResumeArgs {
    /// The tenant that the run was for, and nothing in its place.
    pub fn against(&self) -> AgainstFlags {
        AgainstFlags {
            against: Against::Live,
            sandbox: self.sandbox,
            sandbox_seed: None,
        }
    }
}

/// Arguments of `undo`.
#[derive(Clone, Debug, Args)]
pub struct UndoArgs {
    /// The run to take back, by its id or the beginning of it
    #[arg(value_name = "RUN", help_heading = None)]
    pub run: String,
    /// Send it; without this it is only shown
    #[arg(long, conflicts_with = "out")]
    pub apply: bool,
    /// Save the plan in this file, to be applied later
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Talk to the sandbox whose users are in the state directory
    #[arg(long, conflicts_with = "base_url", help_heading = "Tenant")]
    pub sandbox: bool,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
    /// Write to a production tenant without asking; where no terminal is, nothing is asked
    #[arg(long, help_heading = "Tenant")]
    pub yes: bool,
}

impl UndoArgs {
    /// The tenant that the run was for, and nothing in its place.
    pub fn against(&self) -> AgainstFlags {
        AgainstFlags {
            against: Against::Live,
            sandbox: self.sandbox,
            sandbox_seed: None,
        }
    }
}
