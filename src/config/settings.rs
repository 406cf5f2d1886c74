//! The settings as the rest of the program sees them: complete, checked, with every default in one place.

use std::path::{Path, PathBuf};

use super::create::{CreateSettings, create_settings};
use super::credentials::{self, CredentialSource};
use super::delivery::{DeliverySettings, delivery_settings};
use super::deprovision::{DeprovisionSettings, deprovision_settings};
use super::effective::effective_dates;
use super::fields::field_policies;
use super::file::Sections;
use super::guards::guard_limits;
use super::matching::{MatchSettings, match_settings};
use super::overrides::Overrides;
use super::plan::{PlanSettings, plan_settings};
use super::protect::{ProtectSettings, protect_settings};
use super::report::ReportSettings;
use super::scope::{ScopeSettings, scope_settings};
use super::source::{SourceSettings, source_settings};
use super::tenant::{TenantSettings, tenant_settings};
use crate::api::ClientOptions;
use crate::failure::Failure;
use crate::guard::GuardLimits;
use crate::mapping::{EffectiveDates, MappingSpec};
use crate::model::FieldPolicies;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configuration file, if there is one.
    pub file: Option<PathBuf>,
    /// Where runs are journalled.
    pub state_dir: PathBuf,
    /// Which tenant.
    pub tenant: TenantSettings,
    /// Where its credentials are.
    pub credentials: CredentialSource,
    /// What the export is.
    pub source: SourceSettings,
    /// Which column becomes which field; `None`: by property names.
    pub map: Option<MappingSpec>,
    /// Whom the tool speaks of.
    pub scope: ScopeSettings,
    /// From when and until when rows hold.
    pub effective: Option<EffectiveDates>,
    /// By what people are known.
    pub matching: MatchSettings,
    /// When each field is written.
    pub fields: FieldPolicies,
    /// How users come to be.
    pub create: CreateSettings,
    /// What becomes of those who have left.
    pub deprovision: DeprovisionSettings,
    /// Who never loses access.
    pub protect: ProtectSettings,
    /// How much is too much.
    pub guards: GuardLimits,
    /// How changes are sent.
    pub delivery: DeliverySettings,
    /// How plans are saved.
    pub plan: PlanSettings,
    /// Where reports go.
    pub report: ReportSettings,
}

impl Settings {
    /// What a client of the configured tenant needs to know; reads the credentials.
    ///
    /// # Errors
    /// A usage failure: no address, no credentials, or limits that are off for a tenant that is not on this
    /// machine.
    pub fn client_options(&self) -> Result<ClientOptions, Failure> {
        let Some(base_url) = self.tenant.base_url.clone() else {
            return Err(Failure::usage("no tenant is named")
                .hint("give --base-url or CREWSYNC_BASE_URL, or base_url under [tenant]; to try things, use --sandbox"));
        };
        if self.delivery.limits.is_off() && !base_url.is_loopback() {
            return Err(Failure::usage(format!("limits = off is for this machine only, not for {}", base_url.origin()))
                .hint("leave it out to keep to the vendor's limits, or give rates such as bulk=1/30s,default=15/s"));
        }
        Ok(self
            .tenant
            .client_options(base_url, self.credentials.read()?))
    }
}

/// Settings from what the file at that path says and what is given outside of it.
pub(super) fn assemble(
    file: Option<&Path>,
    sections: Sections,
    given: &Overrides,
) -> Result<Settings, Failure> {
    let folder = file.and_then(Path::parent).unwrap_or(Path::new(""));
    let state_dir = given
        .state
        .clone()
        .unwrap_or_else(|| folder.join(".crewsync"));
    check_map(sections.map.as_ref())?;
    let report_dir = sections
        .report
        .dir
        .map_or_else(|| state_dir.join("reports"), |dir| folder.join(dir));
    let mut tenant = sections.tenant;
    let credentials = credentials::from_section(std::mem::take(&mut tenant.auth), folder)?;
    let create = create_settings(sections.create)?;
    let mut guards = guard_limits(&sections.guards)?;
    guards.max_mails = create.max_mails;
    Ok(Settings {
        file: file.map(Path::to_owned),
        tenant: tenant_settings(tenant, folder, given)?,
        credentials,
        source: source_settings(sections.source, given)?,
        map: sections.map,
        scope: scope_settings(sections.scope, sections.duplicates)?,
        effective: effective_dates(sections.effective)?,
        matching: match_settings(sections.matching)?,
        fields: field_policies(sections.fields)?,
        create,
        deprovision: deprovision_settings(&sections.deprovision),
        protect: protect_settings(sections.protect)?,
        guards,
        delivery: delivery_settings(sections.delivery, given)?,
        plan: plan_settings(&sections.plan),
        report: ReportSettings { dir: report_dir },
        state_dir,
    })
}

fn check_map(map: Option<&MappingSpec>) -> Result<(), Failure> {
    let problems = map.map(MappingSpec::problems).unwrap_or_default();
    let Some(hint) = problems.first().map(|problem| problem.hint.clone()) else {
        return Ok(());
    };
    let failure = Failure::usage("the mapping cannot be used");
    let failure = problems.iter().fold(failure, |failure, problem| {
        failure.caused_by(&problem.message)
    });
    Err(match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    })
}
