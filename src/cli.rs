//! The command line as clap structs, and nothing else: what may be said, never what it does.
//!
//! Options stand anywhere after the subcommand. Secrets are no options: what is in argv, every process
//! of the machine can read.

mod against;
mod apply;
mod by_hand;
mod config;
mod doctor;
mod documents;
mod exports;
mod global;
mod input;
mod managed;
mod members;
mod past;
mod runs;
mod sandbox;
mod state;
mod tenant;
mod texts;
mod user;

pub use against::{Against, AgainstFlags};
pub use apply::ApplyArgs;
pub use by_hand::{HandFlags, PasswordFlags, PowerArgs, WriteFlags};
pub use config::{ConfigArgs, ConfigCommand, ShowArgs};
pub use doctor::DoctorArgs;
pub use documents::{CompletionsArgs, ManArgs};
pub use exports::{InitArgs, PreviewArgs, PreviewForm, ValidateArgs};
pub use global::{CommonFlags, When};
pub use input::{FormatName, InputArgs};
pub use managed::{AdoptArgs, DisownArgs, PauseArgs};
pub use members::*;
pub use past::{ExplainArgs, HistoryArgs, ReportArgs, StatusArgs};
pub use runs::{PartFlags, PlanArgs, ResumeArgs, SyncArgs, UndoArgs};
pub use sandbox::SandboxArgs;
pub use state::{ForgetArgs, PurgeArgs, RefreshArgs, StateArgs, StateCommand, UsersFile};
pub use tenant::TenantFlags;
pub use user::*;

use clap::{Parser, Subcommand};

use texts::{
    ABOUT, ADOPT, AFTER, APPLY, COMPLETIONS, CONFIG, DISOWN, DOCTOR, EXPLAIN, HISTORY, INIT, MAN,
    PAUSE, PLAN, PREVIEW, REFRESH, REPORT, RESUME, ROLE, SANDBOX, STATE, STATUS, SYNC, TEAM, UNDO,
    UNPAUSE, USER, VALIDATE,
};

/// The whole command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "crewsync",
    version,
    about = "Keeps the users of a ServiceMobility tenant in step with what an HR system exports",
    long_about = ABOUT,
    after_long_help = AFTER,
    subcommand_required = true,
    disable_help_subcommand = true,
    infer_long_args = false,
    max_term_width = 100
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options that every subcommand takes.
    #[command(flatten)]
    pub common: CommonFlags,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Write a first configuration for an export
    #[command(long_about = INIT)]
    Init(InitArgs),
    /// Print the rows of an export as they were understood
    #[command(long_about = PREVIEW)]
    Preview(PreviewArgs),
    /// Check an export and list every problem with its line
    #[command(long_about = VALIDATE)]
    Validate(ValidateArgs),
    /// Show what would change and why, and send nothing
    #[command(long_about = PLAN)]
    Plan(PlanArgs),
    /// Send a saved plan
    #[command(long_about = APPLY)]
    Apply(ApplyArgs),
    /// Bring the tenant in step with the export and report what became of each row
    #[command(long_about = SYNC)]
    Sync(SyncArgs),
    /// Finish a run that was interrupted
    #[command(long_about = RESUME)]
    Resume(ResumeArgs),
    /// Take back what a run has done
    #[command(long_about = UNDO)]
    Undo(UndoArgs),
    /// List past runs and calls by hand, newest first
    #[command(long_about = HISTORY)]
    History(HistoryArgs),
    /// Show the report of any run again
    #[command(long_about = REPORT)]
    Report(ReportArgs),
    /// Tell one user's way from the line of the export to the tenant's answer
    #[command(long_about = EXPLAIN)]
    Explain(ExplainArgs),
    /// Say how a source stands, for a monitor
    #[command(long_about = STATUS)]
    Status(StatusArgs),
    /// Bring the stored state of the tenant's users up to date and show what changed
    #[command(long_about = REFRESH)]
    Refresh(RefreshArgs),
    /// Make users managed by the source
    #[command(long_about = ADOPT)]
    Adopt(AdoptArgs),
    /// Take users from the source: it no longer answers for them
    #[command(long_about = DISOWN)]
    Disown(DisownArgs),
    /// Send nothing for the source until it is unpaused
    #[command(long_about = PAUSE)]
    Pause(PauseArgs),
    /// Let a paused source send again
    #[command(long_about = UNPAUSE)]
    Unpause,
    /// Look after what is stored: copy, check, purge, forget a person
    #[command(long_about = STATE)]
    State(StateArgs),
    /// Look at or change one user by hand
    #[command(long_about = USER)]
    User(UserArgs),
    /// Look at or change who has a role
    #[command(long_about = ROLE)]
    Role(RoleArgs),
    /// Look at or change who is in a service team
    #[command(long_about = TEAM)]
    Team(TeamArgs),
    /// Check configuration, credentials, tenant, clock and disk
    #[command(long_about = DOCTOR)]
    Doctor(DoctorArgs),
    /// Run a local ServiceMobility to try things on
    #[command(long_about = SANDBOX)]
    Sandbox(SandboxArgs),
    /// Show the settings that hold and where they come from
    #[command(long_about = CONFIG)]
    Config(ConfigArgs),
    /// Print a script that completes commands and options in a shell
    #[command(long_about = COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command
    #[command(long_about = MAN)]
    Man(ManArgs),
}

#[cfg(test)]
mod tests;
