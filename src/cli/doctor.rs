//! Arguments of `doctor`.

use clap::Args;

use super::{HandFlags, WriteFlags};

/// Arguments of `doctor`.
#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Which tenant.
    #[command(flatten)]
    pub at: HandFlags,
    /// Find out how the tenant behaves where no page says it, by way of this user: he must not exist, is made
    /// without access and deleted again
    #[arg(long, value_name = "USERID")]
    pub probe: Option<String>,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}
