//! Arguments of the commands by which a person says who belongs to a source, and whether it may send.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{Against, AgainstFlags, TenantFlags};

/// Arguments of `adopt`.
#[derive(Clone, Debug, Args)]
pub struct AdoptArgs {
    /// A file with one UserID a line
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Ask the sandbox whose users are in the state directory
    #[arg(long, conflicts_with = "base_url", help_heading = "Tenant")]
    pub sandbox: bool,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
}

impl AdoptArgs {
    /// The tenant that is asked, and nothing in its place.
    pub fn against(&self) -> AgainstFlags {
        AgainstFlags {
            against: Against::Live,
            sandbox: self.sandbox,
            sandbox_seed: None,
        }
    }
}

/// Arguments of `disown`.
#[derive(Clone, Debug, Args)]
pub struct DisownArgs {
    /// A file with one UserID a line
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// Arguments of `pause`.
#[derive(Clone, Debug, Args)]
pub struct PauseArgs {
    /// Why, in a few words: whoever finds the source paused reads them
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    pub reason: String,
}

fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say why, in a few words".to_owned()),
        text => Ok(text.to_owned()),
    }
}
