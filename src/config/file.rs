//! The shape of `crewsync.toml`, and a profile laid over the rest of it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::mistake;
use crate::failure::Failure;
use crate::mapping::MappingSpec;

/// The sections of the file. All keys may be missing; a key that is not here is a mistake.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sections {
    pub tenant: TenantSection,
    pub source: SourceSection,
    pub map: Option<MappingSpec>,
    pub create: CreateSection,
    pub delivery: DeliverySection,
    pub report: ReportSection,
    profile: BTreeMap<String, Sections>,
}

/// `[tenant]`: which one, and how to reach it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TenantSection {
    pub name: Option<String>,
    pub production: bool,
    pub base_url: Option<String>,
    pub auth: AuthSection,
    pub connect_timeout_s: Option<NonZeroU32>,
    pub read_timeout_s: Option<NonZeroU32>,
    pub total_timeout_s: Option<NonZeroU32>,
    pub ca_file: Option<String>,
    pub proxy: Option<String>,
}

/// `[tenant.auth]`: where the credentials are, never the credentials.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AuthSection {
    pub token_file: Option<String>,
    pub username: Option<String>,
    pub password_file: Option<String>,
    pub customer_id: Option<String>,
    pub customer_code_file: Option<String>,
}

/// `[source]`: what the export is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SourceSection {
    pub id: Option<String>,
    pub kind: SourceKind,
    pub format: Option<String>,
    pub delimiter: Option<String>,
}

/// Whether an export lists everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Everybody; who is missing is absent.
    #[default]
    Full,
    /// Only what changed; nobody is ever absent.
    Delta,
}

/// `[create]`: how a user comes to be.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CreateSection {
    pub confirm_absent: ConfirmAbsent,
}

/// What shows that the tenant lacks a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConfirmAbsent {
    /// A GET of that user; the list may be narrowed by what our account may see.
    #[default]
    Get,
    /// The list of users alone.
    Trust,
}

/// `[delivery]`: how changes are sent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DeliverySection {
    pub chunk_users_max: Option<NonZeroU32>,
    pub chunk_bytes_max: Option<NonZeroU32>,
    pub in_flight_max: Option<NonZeroU32>,
    pub limits: Option<String>,
    pub attempts_max: Option<NonZeroU32>,
    pub backoff_ms_base: Option<u64>,
    pub backoff_ms_max: Option<u64>,
    pub retry_after_max_s: Option<u32>,
    pub deadline_s: Option<NonZeroU32>,
    pub verify: Verify,
}

/// Which of the written users are read again after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verify {
    /// Everyone.
    All,
    /// As many as can be read in half a minute; everyone where there are no limits.
    #[default]
    Sample,
    /// Nobody.
    None,
}

/// `[report]`: where reports go.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReportSection {
    pub dir: Option<String>,
}

/// The sections of that text, with those of the profile laid over them key by key.
///
/// The whole text is checked first, every profile included, so that a mistake is shown where it stands.
pub(super) fn sections(
    text: &str,
    path: &Path,
    profile: Option<&str>,
) -> Result<Sections, Failure> {
    let mistake = |error: toml::de::Error| mistake::failure(&error, text, path);
    let sections: Sections = toml::from_str(text).map_err(mistake)?;
    if let Some((outer, _)) = sections
        .profile
        .iter()
        .find(|(_, inner)| !inner.profile.is_empty())
    {
        return Err(Failure::usage(format!(
            "{}: [profile.{outer}] holds a profile of its own",
            path.display()
        )));
    }
    let Some(name) = profile else {
        return Ok(sections);
    };
    if !sections.profile.contains_key(name) {
        let known: Vec<&str> = sections.profile.keys().map(String::as_str).collect();
        return Err(unknown_profile(name, &known, path));
    }
    let mut table: Table = toml::from_str(text).map_err(mistake)?;
    let mut profiles = table.remove("profile");
    let over = profiles
        .as_mut()
        .and_then(|profiles| profiles.get_mut(name))
        .and_then(Value::as_table_mut);
    lay_over(&mut table, over.map(std::mem::take).unwrap_or_default());
    Table::try_into(table).map_err(|error: toml::de::Error| {
        Failure::usage(format!(
            "{}: [profile.{name}] does not fit the rest",
            path.display()
        ))
        .caused_by(error.message())
    })
}

fn unknown_profile(name: &str, known: &[&str], path: &Path) -> Failure {
    let failure = Failure::usage(format!("{} has no [profile.{name}]", path.display()));
    match known {
        [] => failure.hint("it has no profiles at all; leave --profile out"),
        known => failure.hint(format!("it has: {}", known.join(", "))),
    }
}

/// Key by key within a section; a key's value is taken whole, so that two ways to log on never mix.
fn lay_over(base: &mut Table, over: Table) {
    for (section, value) in over {
        match (base.get_mut(&section), value) {
            (Some(Value::Table(keys)), Value::Table(over)) => keys.extend(over),
            (_, value) => {
                base.insert(section, value);
            }
        }
    }
}
