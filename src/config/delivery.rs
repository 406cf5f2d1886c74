//! `[delivery]`: how changes are sent.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

use super::overrides::{Overrides, limits_named};
use crate::failure::Failure;
use crate::pacing::{Limits, RetryPolicy};

/// At 15 reads a second, the users of one chunk are read in 27 s: within the 30 s between two bulk calls.
const CHUNK_USERS_MAX: u32 = 400;
const CHUNK_BYTES_MAX: u32 = 1_000_000;
/// A call that takes longer than the time between two must not make the next one late.
const IN_FLIGHT_MAX: u32 = 2;
const RETRY_AFTER_MAX_S: u32 = 300;

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
    /// Which written users are read again afterwards.
    pub verify: Verify,
}

pub(super) fn delivery_settings(
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
        verify: section.verify,
    })
}
