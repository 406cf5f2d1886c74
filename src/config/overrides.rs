//! What options and environment say about the settings.

use std::num::NonZeroU32;
use std::path::PathBuf;

use super::reading::ReadingWords;
use crate::failure::Failure;
use crate::pacing::Limits;

/// Settings given outside the file; `None` leaves the file's or the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The configuration file; it must exist if it is named.
    pub config: Option<PathBuf>,
    /// The profile whose settings win over those of the file.
    pub profile: Option<String>,
    /// Where runs are journalled and reports written.
    pub state: Option<PathBuf>,
    /// How the export is to be read.
    pub reading: ReadingWords,
    /// Address of the tenant.
    pub base_url: Option<String>,
    /// Rate limits to keep to.
    pub limits: Option<Limits>,
    /// Most users in one bulk call.
    pub chunk_users_max: Option<NonZeroU32>,
    /// Most bytes in the body of one bulk call.
    pub chunk_bytes_max: Option<NonZeroU32>,
    /// Most bulk calls under way at the same time.
    pub in_flight_max: Option<NonZeroU32>,
}

impl Overrides {
    /// Fills what no option says from the environment. An empty variable counts as not set.
    pub(super) fn or_env(self, env: &dyn Fn(&str) -> Option<String>) -> Result<Overrides, Failure> {
        let text = |name: &str| env(name).filter(|value| !value.trim().is_empty());
        let path = |name: &str| text(name).map(PathBuf::from);
        let number = |name: &str| text(name).map(|value| positive(name, &value)).transpose();
        let limits = |name: &str| {
            text(name)
                .map(|value| limits_named(name, &value))
                .transpose()
        };
        Ok(Overrides {
            config: self.config.or_else(|| path("CREWSYNC_CONFIG")),
            profile: self.profile.or_else(|| text("CREWSYNC_PROFILE")),
            state: self.state.or_else(|| path("CREWSYNC_STATE")),
            reading: self.reading,
            base_url: self.base_url.or_else(|| text("CREWSYNC_BASE_URL")),
            limits: self.limits.or(limits("CREWSYNC_LIMITS")?),
            chunk_users_max: self.chunk_users_max.or(number("CREWSYNC_CHUNK_USERS")?),
            chunk_bytes_max: self.chunk_bytes_max.or(number("CREWSYNC_CHUNK_BYTES")?),
            in_flight_max: self.in_flight_max.or(number("CREWSYNC_IN_FLIGHT")?),
        })
    }
}

fn positive(name: &str, value: &str) -> Result<NonZeroU32, Failure> {
    let failed = |_| Failure::usage(format!("{name} must be a whole number above 0"));
    value.trim().parse().map_err(failed)
}

/// The limits that a text stands for; `place` says where it was given.
pub(super) fn limits_named(place: &str, text: &str) -> Result<Limits, Failure> {
    text.parse()
        .map_err(|error| Failure::usage(format!("{place} holds no limits")).caused_by(error))
}
