//! `[protect]`: who never loses access through us.

use serde::Deserialize;

use crate::failure::Failure;

/// `[protect]`: who never loses access through us.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProtectSection {
    pub users: Vec<String>,
}

/// Who never loses access through us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProtectSettings {
    /// Patterns of UserIDs, case aside: `*` stands for any characters, `?` for one.
    pub users: Vec<String>,
}

pub(super) fn protect_settings(section: ProtectSection) -> Result<ProtectSettings, Failure> {
    if section
        .users
        .iter()
        .any(|pattern| pattern.trim().is_empty())
    {
        return Err(Failure::usage("[protect] users holds a blank pattern")
            .hint("name users or patterns such as \"admin*\""));
    }
    Ok(ProtectSettings {
        users: section.users,
    })
}
