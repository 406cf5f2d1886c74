//! Arguments of `config`.

use clap::{Args, Subcommand};

use super::TenantFlags;

/// Arguments of `config`.
#[derive(Clone, Debug, Args)]
pub struct ConfigArgs {
    /// What of it.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What of the configuration.
#[derive(Clone, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show the value of every key that holds
    Show(ShowArgs),
    /// Print the JSON Schema of crewsync.toml, for editors
    Schema,
    /// Print the manual of every key, in Markdown
    Manual,
}

/// Arguments of `config show`.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// Say where each value comes from, and list also what is not set
    #[arg(long)]
    pub origin: bool,
    /// What the environment and options say about the tenant counts too.
    #[command(flatten)]
    pub tenant: TenantFlags,
}
