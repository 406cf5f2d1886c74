//! The settings as the rest of the program sees them: complete, checked, with every default in one place.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::credentials::{self, CredentialSource};
use super::file::{
    ConfirmAbsent, CreateSection, DeliverySection, Sections, SourceKind, SourceSection,
    TenantSection,
};
use super::overrides::{Overrides, limits_named};
use crate::api::{BaseUrl, ClientOptions, Credentials};
use crate::failure::Failure;
use crate::input::{Format, ReadOptions};
use crate::mapping::MappingSpec;
use crate::pacing::{Limits, RetryPolicy};

/// At 15 reads a second, the users of one chunk are read in 27 s: within the 30 s between two bulk calls.
const CHUNK_USERS_MAX: u32 = 400;
const CHUNK_BYTES_MAX: u32 = 1_000_000;
/// A call that takes longer than the time between two must not make the next one late.
const IN_FLIGHT_MAX: u32 = 2;
const RETRY_AFTER_MAX_S: u32 = 300;

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
    /// How users come to be.
    pub create: CreateSettings,
    /// How changes are sent.
    pub delivery: DeliverySettings,
    /// Where reports go.
    pub report: ReportSettings,
}

/// Which tenant, and how to reach it.
#[derive(Clone, Debug)]
pub struct TenantSettings {
    /// What people call it; shown on every plan.
    pub name: Option<String>,
    /// Whether a mistake would hurt.
    pub production: bool,
    /// Its address, where one is known.
    pub base_url: Option<BaseUrl>,
    /// See [`ClientOptions::connect_timeout`]; `None`: its default.
    pub connect_timeout: Option<Duration>,
    /// See [`ClientOptions::read_timeout`]; `None`: its default.
    pub read_timeout: Option<Duration>,
    /// See [`ClientOptions::total_timeout`]; `None`: its default.
    pub total_timeout: Option<Duration>,
    /// A PEM file of the only certificates to trust.
    pub ca_file: Option<PathBuf>,
    /// The proxy; its address may hold a password.
    pub proxy: Option<SecretString>,
}

/// What the export is.
#[derive(Clone, Debug)]
pub struct SourceSettings {
    /// Names the source across runs; never the file's name.
    pub id: String,
    /// Whether it lists everybody.
    pub kind: SourceKind,
    /// What is pinned about reading it.
    pub read: ReadOptions,
}

/// How users come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateSettings {
    /// What shows that the tenant lacks a user.
    pub confirm_absent: ConfirmAbsent,
}

/// How changes are sent.
#[derive(Clone, Debug)]
pub struct DeliverySettings {
    /// Most users in one bulk call.
    pub chunk_users_max: usize,
    /// Most bytes in the body of one bulk call.
    pub chunk_bytes_max: usize,
    /// Most bulk calls under way at the same time.
    pub in_flight_max: usize,
    /// The rates that the client keeps to.
    pub limits: Limits,
    /// How a failed exchange is repeated.
    pub retry: RetryPolicy,
    /// A server that asks to wait longer ends the run, resumable.
    pub retry_after_max: Duration,
    /// Nothing new is sent after that long; `None`: no such end.
    pub deadline: Option<Duration>,
}

/// Where reports go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSettings {
    /// The folder of the reports.
    pub dir: PathBuf,
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

impl TenantSettings {
    /// The same for another address and other credentials, such as those of a sandbox.
    pub fn client_options(&self, base_url: BaseUrl, credentials: Credentials) -> ClientOptions {
        let defaults = ClientOptions::new(base_url, credentials);
        ClientOptions {
            connect_timeout: self.connect_timeout.unwrap_or(defaults.connect_timeout),
            read_timeout: self.read_timeout.unwrap_or(defaults.read_timeout),
            total_timeout: self.total_timeout.unwrap_or(defaults.total_timeout),
            ca_file: self.ca_file.clone(),
            proxy: self
                .proxy
                .as_ref()
                .map(|proxy| proxy.expose_secret().to_owned()),
            ..defaults
        }
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
    Ok(Settings {
        file: file.map(Path::to_owned),
        tenant: tenant_settings(tenant, folder, given)?,
        credentials,
        source: source_settings(sections.source, given)?,
        map: sections.map,
        create: create_settings(&sections.create),
        delivery: delivery_settings(sections.delivery, given)?,
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

fn tenant_settings(
    section: TenantSection,
    folder: &Path,
    given: &Overrides,
) -> Result<TenantSettings, Failure> {
    let seconds =
        |number: Option<NonZeroU32>| number.map(|number| Duration::from_secs(number.get().into()));
    let base_url = given.base_url.as_ref().or(section.base_url.as_ref());
    Ok(TenantSettings {
        name: section.name,
        production: section.production,
        base_url: base_url
            .map(|url| url.parse().map_err(Failure::from))
            .transpose()?,
        connect_timeout: seconds(section.connect_timeout_s),
        read_timeout: seconds(section.read_timeout_s),
        total_timeout: seconds(section.total_timeout_s),
        ca_file: section.ca_file.map(|path| folder.join(path)),
        proxy: section.proxy.map(SecretString::from),
    })
}

fn source_settings(section: SourceSection, given: &Overrides) -> Result<SourceSettings, Failure> {
    let id = section.id.unwrap_or_else(|| "default".to_owned());
    if id.trim().is_empty() || id.chars().any(char::is_control) {
        return Err(Failure::usage("[source] id must be a name, such as \"hr\""));
    }
    let format = given.format.as_ref().or(section.format.as_ref());
    let delimiter = given.delimiter.as_ref().or(section.delimiter.as_ref());
    Ok(SourceSettings {
        id,
        kind: section.kind,
        read: ReadOptions {
            format: format.map(|text| format_named(text)).transpose()?,
            delimiter: delimiter.map(|text| delimiter_named(text)).transpose()?,
        },
    })
}

fn format_named(text: &str) -> Result<Format, Failure> {
    match text.to_ascii_lowercase().as_str() {
        "csv" => Ok(Format::Csv),
        "json" => Ok(Format::Json),
        "ndjson" => Ok(Format::Ndjson),
        _ => Err(Failure::usage(format!(
            "the format {text:?} is none of csv, json, ndjson"
        ))),
    }
}

/// Any ASCII character but quote and line break, or the word `tab`.
fn delimiter_named(text: &str) -> Result<u8, Failure> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii() && !b"\"\r\n\0".contains(byte) => Ok(*byte),
        _ => Err(Failure::usage(format!("{text:?} cannot be a delimiter"))
            .hint("give , or ; or | or tab; quote it for the shell: --delimiter ';'")),
    }
}

fn create_settings(section: &CreateSection) -> CreateSettings {
    CreateSettings {
        confirm_absent: section.confirm_absent,
    }
}

fn delivery_settings(
    section: DeliverySection,
    given: &Overrides,
) -> Result<DeliverySettings, Failure> {
    let number = |given: Option<NonZeroU32>, set: Option<NonZeroU32>, default: u32| {
        given.or(set).map_or(default, NonZeroU32::get) as usize
    };
    let limits = match (given.limits, &section.limits) {
        (Some(limits), _) => limits,
        (None, Some(text)) => limits_named("[delivery] limits", text)?,
        (None, None) => Limits::VENDOR,
    };
    let retry = RetryPolicy::default();
    let retry = RetryPolicy {
        attempts_max: section
            .attempts_max
            .map_or(retry.attempts_max, NonZeroU32::get),
        backoff_ms_base: section.backoff_ms_base.unwrap_or(retry.backoff_ms_base),
        backoff_ms_max: section.backoff_ms_max.unwrap_or(retry.backoff_ms_max),
    };
    if retry.backoff_ms_base > retry.backoff_ms_max {
        return Err(Failure::usage(
            "[delivery] backoff_ms_base is above backoff_ms_max",
        ));
    }
    let retry_after_max_s = section.retry_after_max_s.unwrap_or(RETRY_AFTER_MAX_S);
    Ok(DeliverySettings {
        chunk_users_max: number(
            given.chunk_users_max,
            section.chunk_users_max,
            CHUNK_USERS_MAX,
        ),
        chunk_bytes_max: number(
            given.chunk_bytes_max,
            section.chunk_bytes_max,
            CHUNK_BYTES_MAX,
        ),
        in_flight_max: number(given.in_flight_max, section.in_flight_max, IN_FLIGHT_MAX),
        limits,
        retry,
        retry_after_max: Duration::from_secs(retry_after_max_s.into()),
        deadline: section
            .deadline_s
            .map(|seconds| Duration::from_secs(seconds.get().into())),
    })
}
