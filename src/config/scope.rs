//! `[scope]`: whom the tool speaks of.

use serde::Deserialize;

/// `[scope]`: whom the tool speaks of.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ScopeSection {
    pub console_users: bool,
}

/// Whom the tool speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeSettings {
    /// Whether absence may take access from users who are no mobile workers: planners and admins.
    pub console_users: bool,
}

pub(super) fn scope_settings(section: &ScopeSection) -> ScopeSettings {
    ScopeSettings {
        console_users: section.console_users,
    }
}
