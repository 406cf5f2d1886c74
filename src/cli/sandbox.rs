//! Arguments of `sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::pacing::Limits;

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
