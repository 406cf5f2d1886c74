//! The command line as clap structs, and nothing else: what may be said, never what it does.
//!
//! Options stand anywhere after the subcommand. Secrets are no options: what is in argv, every process
//! of the machine can read.

mod texts;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config::Overrides;
use crate::pacing::Limits;
use texts::{ABOUT, AFTER, PLAN, PREVIEW, SANDBOX, SYNC, VALIDATE};

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
    /// Print the rows of an export as they were understood
    #[command(long_about = PREVIEW)]
    Preview(PreviewArgs),
    /// Check an export and list every problem with its line
    #[command(long_about = VALIDATE)]
    Validate(ValidateArgs),
    /// Show what would change and why, and send nothing
    #[command(long_about = PLAN)]
    Plan(PlanArgs),
    /// Bring the tenant in step with the export and report what became of each row
    #[command(long_about = SYNC)]
    Sync(SyncArgs),
    /// Run a local ServiceMobility to try things on
    #[command(long_about = SANDBOX)]
    Sandbox(SandboxArgs),
}

/// Options that every subcommand takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct CommonFlags {
    /// Configuration file [default: crewsync.toml, if there is one] [env: CREWSYNC_CONFIG]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Take the settings of [profile.NAME] over those of the file [env: CREWSYNC_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Where runs are journalled and reports written [default: .crewsync beside the configuration,
    /// else in the working directory] [env: CREWSYNC_STATE]
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub state: Option<PathBuf>,
    /// Print exactly one JSON document on standard output, also on failure
    #[arg(long, global = true)]
    pub json: bool,
    /// Print only results, warnings and errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every change and every problem, however many
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// Colours [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "auto|always|never",
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub color: When,
    /// Progress bars; `auto` is on a terminal only, plain lines otherwise [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "auto|always|never",
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub progress: When,
}

/// When to do something that depends on who watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// Under no circumstances.
    Never,
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

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
    /// The CSV delimiter, instead of finding it by content: `,` `;` `|` or `tab`
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
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

/// Which tenant is talked to, and how hard.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Tenant")]
pub struct TenantFlags {
    /// Address of the tenant; https, or http on this machine only [env: CREWSYNC_BASE_URL]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    /// Rate limits to keep to: `vendor`, `off` (this machine only), or a list such as
    /// bulk=1/30s,user=1/30s,default=15/s [default: vendor] [env: CREWSYNC_LIMITS]
    #[arg(long, value_name = "LIMITS")]
    pub limits: Option<Limits>,
    /// Most users in one bulk call [default: 400] [env: CREWSYNC_CHUNK_USERS]
    #[arg(long, value_name = "N")]
    pub chunk_users: Option<NonZeroU32>,
    /// Most bytes in the body of one bulk call [default: 1000000] [env: CREWSYNC_CHUNK_BYTES]
    #[arg(long, value_name = "N")]
    pub chunk_bytes: Option<NonZeroU32>,
    /// Most bulk calls under way at the same time [default: 2] [env: CREWSYNC_IN_FLIGHT]
    #[arg(long, value_name = "N")]
    pub in_flight: Option<NonZeroU32>,
}

/// What the export is compared with.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Comparison")]
pub struct AgainstFlags {
    /// What to compare with: `live` asks the tenant, `empty` is a tenant without users, and a FILE of
    /// users (as the tenant returns them) needs neither tenant nor credentials
    #[arg(long, value_name = "live|store|empty|FILE", default_value = "live", value_parser = against)]
    pub against: Against,
    /// Start a sandbox for this command and talk to that; its users stay in the state directory
    #[arg(long, conflicts_with = "base_url")]
    pub sandbox: bool,
    /// Users that the sandbox begins with, if it has none yet
    #[arg(long, value_name = "FILE", requires = "sandbox", value_hint = ValueHint::FilePath)]
    pub sandbox_seed: Option<PathBuf>,
}

/// The current state that an export is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// The tenant, as it is now.
    Live,
    /// A tenant without users.
    Empty,
    /// The users in this file, read by property names.
    File(PathBuf),
}

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
    /// Say what was found about format, encoding and delimiter, and from what, instead of the rows
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

/// Arguments of `plan`.
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// The export.
    #[command(flatten)]
    pub input: InputArgs,
    /// What it is compared with.
    #[command(flatten)]
    pub against: AgainstFlags,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
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
    /// What it is compared with.
    #[command(flatten)]
    pub against: AgainstFlags,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
}

/// Arguments of `sandbox`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Sandbox")]
pub struct SandboxArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Users to begin with, if it has none yet: CSV or JSON, by property names
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub seed: Option<PathBuf>,
    /// Keep its users in this file; without it they are gone when it ends
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub db: Option<PathBuf>,
    /// The only token it accepts; without it any non-empty token passes. No secret: it opens nothing else
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Rate limits it enforces: `vendor`, `off`, or a list such as bulk=1/30s,user=1/30s,default=15/s
    #[arg(long, value_name = "LIMITS", default_value = "vendor")]
    pub limits: Limits,
    /// Faults to play, as JSON (see samples/faults.json)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub faults: Option<PathBuf>,
}

impl CommonFlags {
    /// What the options say about the settings, together with those of the subcommand.
    pub fn overrides(&self, input: Option<&InputArgs>, tenant: Option<&TenantFlags>) -> Overrides {
        let tenant = tenant.cloned().unwrap_or_default();
        Overrides {
            config: self.config.clone(),
            profile: self.profile.clone(),
            state: self.state.clone(),
            format: input
                .and_then(|input| input.format)
                .map(|format| format.name().to_owned()),
            delimiter: input.and_then(|input| input.delimiter.clone()),
            base_url: tenant.base_url,
            limits: tenant.limits,
            chunk_users_max: tenant.chunk_users,
            chunk_bytes_max: tenant.chunk_bytes,
            in_flight_max: tenant.in_flight,
        }
    }
}

fn against(text: &str) -> Result<Against, String> {
    match text {
        "" => Err("name a file, or say live or empty".to_owned()),
        "live" => Ok(Against::Live),
        "empty" => Ok(Against::Empty),
        "store" => Err(
            "this version keeps no copy of the tenant's users to compare with; \
                        use live, empty or a FILE (a file of that name is ./store)"
                .to_owned(),
        ),
        file => Ok(Against::File(file.into())),
    }
}

#[cfg(test)]
mod tests;
