//! Arguments of the commands that look after what is stored.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use jiff::SignedDuration;

use super::past::age;
use super::{Against, AgainstFlags, TenantFlags};
use crate::report::UsersForm;

/// Arguments of `refresh`.
#[derive(Clone, Debug, Args)]
pub struct RefreshArgs {
    /// Write the users to this file as well, for its owner only: .csv, .json or .ndjson. It can be read again as
    /// an export, and by --against
    #[arg(long, value_name = "FILE", value_parser = users_file, value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub out: Option<UsersFile>,
    /// Read the sandbox whose users are in the state directory
    #[arg(long, conflicts_with = "base_url", help_heading = "Tenant")]
    pub sandbox: bool,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
}

impl RefreshArgs {
    /// The tenant that is read, and nothing in its place.
    pub fn against(&self) -> AgainstFlags {
        AgainstFlags {
            against: Against::Live,
            sandbox: self.sandbox,
            sandbox_seed: None,
        }
    }
}

/// Arguments of `state`.
#[derive(Clone, Debug, Args)]
pub struct StateArgs {
    /// What is done.
    #[command(subcommand)]
    pub command: StateCommand,
}

/// The subcommands of `state`.
#[derive(Clone, Debug, Subcommand)]
pub enum StateCommand {
    /// Copy the store into a new file, also while a run works on it
    Backup {
        /// The file; it must not exist
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Read the store, or a copy of it, to the last row and say what it holds
    Verify {
        /// A copy [default: the store of the state directory]
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
    /// Remove what is too old to be kept: runs, their reports and saved plans
    Purge(PurgeArgs),
    /// Take a person out of everything that is stored
    Forget(ForgetArgs),
}

/// Arguments of `state purge`.
#[derive(Clone, Debug, Args)]
pub struct PurgeArgs {
    /// Remove what is older than that, at least 30 days
    #[arg(long, value_name = "AGE", default_value = "400d", value_parser = retention)]
    pub older_than: SignedDuration,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// Arguments of `state forget`.
#[derive(Clone, Debug, Args)]
pub struct ForgetArgs {
    /// The UserID, case and Unicode form aside
    #[arg(value_name = "USER")]
    pub user: String,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// Guards look back over the runs of weeks; what they need is never removed.
fn retention(text: &str) -> Result<SignedDuration, String> {
    let least = SignedDuration::from_hours(30 * 24);
    age(text)
        .ok()
        .filter(|age| *age >= least)
        .ok_or_else(|| "write at least 30 days, such as 400d".to_owned())
}

/// A file that users are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsersFile {
    /// Where.
    pub path: PathBuf,
    /// How, as the name asks for.
    pub form: UsersForm,
}

fn users_file(text: &str) -> Result<UsersFile, String> {
    let path = PathBuf::from(text);
    match UsersForm::of(&path) {
        Some(form) => Ok(UsersFile { path, form }),
        None => Err("the name must end with .csv, .json or .ndjson".to_owned()),
    }
}
