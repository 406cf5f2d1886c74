//! Turns `crewsync.toml`, the environment and the options into checked [`Settings`].
//!
//! An option wins over the environment (`CREWSYNC_…`), that over the chosen profile, that over the rest of
//! the file, and that over the defaults. A key that this version does not know is an error, never passed
//! over: a guard that is spelled wrongly would protect nobody. Secrets stand in the environment or in files
//! that the configuration names, never in the configuration itself. It never asks the tenant anything.

mod arrival;
mod create;
mod credentials;
mod delivery;
mod deprovision;
mod digest;
mod effective;
mod fields;
mod file;
mod guards;
mod keys;
mod lookups;
mod matching;
mod mistake;
mod origin;
mod overrides;
mod plan;
mod protect;
mod reading;
mod report;
mod scope;
mod settings;
mod source;
mod tenant;

pub use create::{ConfirmAbsent, CreateSettings};
pub use credentials::{CredentialSource, SecretPlace};
pub use delivery::{DeliverySettings, Verify};
pub use deprovision::{DeprovisionSettings, OnTerminated};
pub use keys::{Key, keys, manual, schema};
pub use matching::MatchSettings;
pub use origin::{Held, held};
pub use overrides::Overrides;
pub use plan::PlanSettings;
pub use protect::ProtectSettings;
pub use reading::{Multiline, ReadingWords};
pub use report::ReportSettings;
pub use scope::ScopeSettings;
pub use settings::Settings;
pub use source::{SourceKind, SourceSettings};
pub use tenant::TenantSettings;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The name of the configuration file where none is given. It may be missing.
pub const FILE_NAME: &str = "crewsync.toml";

/// Reads and checks all settings. `env` gives the value of an environment variable.
///
/// # Errors
/// A usage failure that names the place and what to write instead: a named file that is missing, a mistake
/// in the file (with a caret under it), an unknown profile, a value that cannot be used.
pub fn load(
    options: &Overrides,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Settings, Failure> {
    let given = options.clone().or_env(env)?;
    let path = given
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(FILE_NAME));
    let text = read(&path, given.config.is_some())?;
    let written = text.as_deref().unwrap_or_default();
    let mut sections = file::sections(written, &path, given.profile.as_deref())?;
    if let Some(map) = &mut sections.map {
        lookups::read(map, &path, written)?;
    }
    let settings = settings::assemble(text.is_some().then_some(path.as_path()), sections, &given)?;
    Ok(Settings {
        credentials: credentials::from_env(env)?.unwrap_or(settings.credentials),
        ..settings
    })
}

/// The text of the file; `None` if it is missing and nobody asked for it.
fn read(path: &Path, is_named: bool) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound && !is_named => Ok(None),
        Err(error) => Err(Failure::usage(format!(
            "cannot read the configuration {}",
            path.display()
        ))
        .caused_by(error)
        .hint("check --config or CREWSYNC_CONFIG; without them crewsync.toml is used, if there is one")),
    }
}

#[cfg(test)]
mod tests;
