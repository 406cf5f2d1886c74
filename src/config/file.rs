//! The shape of `crewsync.toml`, and a profile laid over the rest of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::create::CreateSection;
use super::delivery::DeliverySection;
use super::deprovision::DeprovisionSection;
use super::effective::EffectiveSection;
use super::fields::FieldsSection;
use super::guards::GuardsSection;
use super::matching::MatchSection;
use super::mistake;
use super::plan::PlanSection;
use super::protect::ProtectSection;
use super::report::ReportSection;
use super::scope::{DuplicatesSection, ScopeSection};
use super::source::SourceSection;
use super::tenant::TenantSection;
use crate::failure::Failure;
use crate::mapping::MappingSpec;

/// The sections of the file. All keys may be missing; a key that is not here is a mistake.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sections {
    pub tenant: TenantSection,
    pub source: SourceSection,
    pub map: Option<MappingSpec>,
    pub scope: ScopeSection,
    pub duplicates: DuplicatesSection,
    pub effective: EffectiveSection,
    #[serde(rename = "match")]
    pub matching: MatchSection,
    pub fields: FieldsSection,
    pub create: CreateSection,
    pub deprovision: DeprovisionSection,
    pub protect: ProtectSection,
    pub guards: GuardsSection,
    pub delivery: DeliverySection,
    pub plan: PlanSection,
    pub report: ReportSection,
    profile: BTreeMap<String, Sections>,
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
