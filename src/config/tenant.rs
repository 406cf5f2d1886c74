//! `[tenant]`: which one, and how to reach it.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::overrides::Overrides;
use crate::api::{BaseUrl, ClientOptions, Credentials};
use crate::failure::Failure;

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
    pub canary_user: Option<String>,
}

/// `[tenant.auth]`: where the credentials are, never the credentials.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AuthSection {
    pub token_file: Option<String>,
    pub token_command: Option<Vec<String>>,
    pub username: Option<String>,
    pub password_file: Option<String>,
    pub password_command: Option<Vec<String>>,
    pub customer_id: Option<String>,
    pub customer_code_file: Option<String>,
    pub customer_code_command: Option<Vec<String>>,
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
    /// A user who is there to try things on, and who never loses access.
    pub canary_user: Option<String>,
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

pub(super) fn tenant_settings(
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
        canary_user: section.canary_user,
    })
}
