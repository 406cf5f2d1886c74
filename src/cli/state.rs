//! Arguments of the commands that look after what is stored.

use std::path::PathBuf;

use clap::{Args, ValueHint};

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
