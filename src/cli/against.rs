//! What an export is compared with.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// What the export is compared with.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Comparison")]
pub struct AgainstFlags {
    /// What to compare with: `live` asks the tenant, `store` takes the users as they were last known and asks only
    /// for those who differ, `empty` is a tenant without users, and a FILE of users (as the tenant returns
    /// them) needs neither tenant nor credentials
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
    /// The tenant, as it was last known.
    Store,
    /// A tenant without users.
    Empty,
    /// The users in this file, read by property names.
    File(PathBuf),
}

pub(super) fn against(text: &str) -> Result<Against, String> {
    match text {
        "" => Err("name a file, or say live, store or empty".to_owned()),
        "live" => Ok(Against::Live),
        "empty" => Ok(Against::Empty),
        "store" => Ok(Against::Store),
        file => Ok(Against::File(file.into())),
    }
}
