//! Options that every subcommand takes, and what all options say about the settings.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::{InputArgs, TenantFlags};
use crate::config::Overrides;

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

impl CommonFlags {
    /// What the options say about the settings, together with those of the subcommand.
    pub fn overrides(&self, input: Option<&InputArgs>, tenant: Option<&TenantFlags>) -> Overrides {
        let tenant = tenant.cloned().unwrap_or_default();
        Overrides {
            config: self.config.clone(),
            profile: self.profile.clone(),
            state: self.state.clone(),
            reading: input.map(InputArgs::words).unwrap_or_default(),
            base_url: tenant.base_url,
            limits: tenant.limits,
            chunk_users_max: tenant.chunk_users,
            chunk_bytes_max: tenant.chunk_bytes,
            in_flight_max: tenant.in_flight,
        }
    }
}
