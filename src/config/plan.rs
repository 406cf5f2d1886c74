//! `[plan]`: how long a saved plan is good for.

use std::num::NonZeroU32;

use jiff::SignedDuration;
use serde::Deserialize;

/// `[plan]`: how long a saved plan is good for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PlanSection {
    pub expires_after_h: Option<NonZeroU32>,
}

/// How plans are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanSettings {
    /// A saved plan is not applied when it is older.
    pub expires_after: SignedDuration,
}

/// Long enough for a weekend between the night and the person who looks at it.
const EXPIRES_AFTER_H: u32 = 72;

pub(super) fn plan_settings(section: &PlanSection) -> PlanSettings {
    let hours = section.expires_after_h.map_or(EXPIRES_AFTER_H, u32::from);
    PlanSettings {
        expires_after: SignedDuration::from_hours(hours.into()),
    }
}
