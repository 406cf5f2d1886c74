//! What the commands of single calls have in common: the tenant, asking first, passwords, reasons.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{Against, AgainstFlags, TenantFlags};
use crate::pacing::Limits;

/// Which tenant a single call is for.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Tenant")]
pub struct HandFlags {
    /// Talk to the sandbox whose users are in the state directory
    #[arg(long, global = true, conflicts_with = "base_url")]
    pub sandbox: bool,
    /// Address of the tenant; https, or http on this machine only [env: CREWSYNC_BASE_URL]
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub base_url: Option<String>,
    /// Rate limits to keep to: `vendor`, `off` (this machine only), or a list such as
    /// bulk=1/30s,user=1/30s,default=15/s [default: vendor] [env: CREWSYNC_LIMITS]
    #[arg(long, global = true, value_name = "LIMITS")]
    pub limits: Option<Limits>,
}

impl HandFlags {
    /// The same as the options of a run.
    pub fn tenant(&self) -> TenantFlags {
        TenantFlags {
            base_url: self.base_url.clone(),
            limits: self.limits,
            ..TenantFlags::default()
        }
    }

    /// The tenant itself, and nothing in its place.
    pub fn against(&self) -> AgainstFlags {
        AgainstFlags {
            against: Against::Live,
            sandbox: self.sandbox,
            sandbox_seed: None,
        }
    }
}

/// Whether to ask first.
#[derive(Clone, Copy, Debug, Args)]
pub struct WriteFlags {
    /// Do not ask before access is taken or somebody is mailed
    #[arg(long, short)]
    pub yes: bool,
}

/// Where a password comes from.
#[derive(Clone, Debug, Args)]
pub struct PasswordFlags {
    /// The password is the first line of this file (`-`: standard input) [default: typed, without echo]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub password_file: Option<PathBuf>,
}

/// A token that acts for somebody else: who asks, why, and where it goes.
#[derive(Clone, Debug, Args)]
#[command(group(clap::ArgGroup::new("goes").required(true).args(["token_file", "show_token"])))]
pub struct PowerArgs {
    /// Why; it stands in the journal
    #[arg(long, value_name = "TEXT", required = true)]
    pub reason: String,
    /// The user who asks [default: the one who logs on]
    #[arg(long = "as", value_name = "USER")]
    pub as_user: Option<String>,
    /// His password.
    #[command(flatten)]
    pub password: PasswordFlags,
    /// Write the token into this file, for its owner only
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,
    /// Print the token
    #[arg(long)]
    pub show_token: bool,
}
