//! `[deprovision]`: what becomes of those who have left.

use serde::Deserialize;

use crate::diff::{AbsenceRules, OnAbsent};

/// `[deprovision]`: what becomes of those who have left.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DeprovisionSection {
    on_absent: AbsentWord,
    after_runs: u32,
    after_days: u32,
    on_terminated: OnTerminated,
}

impl Default for DeprovisionSection {
    fn default() -> DeprovisionSection {
        DeprovisionSection {
            on_absent: AbsentWord::Report,
            after_runs: 2,
            after_days: 0,
            on_terminated: OnTerminated::Deactivate,
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AbsentWord {
    Report,
    Deactivate,
    Delete,
}

/// What becomes of a user whose row says that he is not active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnTerminated {
    /// `Activated` becomes false.
    #[default]
    Deactivate,
    /// `Deleted: true` is sent.
    Delete,
}

/// What becomes of those who have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeprovisionSettings {
    /// Whom the export no longer mentions.
    pub absence: AbsenceRules,
    /// Whose row says that he is not active.
    pub on_terminated: OnTerminated,
}

pub(super) fn deprovision_settings(section: &DeprovisionSection) -> DeprovisionSettings {
    let absence = AbsenceRules {
        on_absent: match section.on_absent {
            AbsentWord::Report => OnAbsent::Report,
            AbsentWord::Deactivate => OnAbsent::Deactivate,
            AbsentWord::Delete => OnAbsent::Delete,
        },
        after_runs: section.after_runs,
        after_days: section.after_days,
    };
    DeprovisionSettings {
        absence,
        on_terminated: section.on_terminated,
    }
}
