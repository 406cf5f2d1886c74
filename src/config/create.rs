//! `[create]`: how a user comes to be.

use serde::Deserialize;

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

/// How users come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateSettings {
    /// What shows that the tenant lacks a user.
    pub confirm_absent: ConfirmAbsent,
}

pub(super) fn create_settings(section: &CreateSection) -> CreateSettings {
    CreateSettings {
        confirm_absent: section.confirm_absent,
    }
}
