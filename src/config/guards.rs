//! `[guards]`: how much is too much.

use serde::Deserialize;

use crate::failure::Failure;
use crate::guard::{Cap, GuardLimits};

/// `[guards]`: how much is too much.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GuardsSection {
    max_deprovisions: Option<Limit>,
    max_clears: Option<Limit>,
    max_creates: Option<Limit>,
    max_updates: Option<Limit>,
    min_rows: Option<u64>,
    max_row_drop: Option<Limit>,
    max_rejected: Option<Limit>,
    max_field_change: Option<Limit>,
    max_users_drop: Option<Limit>,
    max_managed_gone: Option<Limit>,
    lost_columns: Option<Switch>,
    mapping_change: Option<Switch>,
    old_file: Option<Switch>,
}

/// A number, a share such as "3%", or "off".
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Limit {
    Count(u64),
    Text(String),
}

/// Whether a guard without a number speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Switch {
    On,
    Off,
}

pub(super) fn guard_limits(section: &GuardsSection) -> Result<GuardLimits, Failure> {
    let defaults = GuardLimits::default();
    let cap = |name, given: &Option<Limit>, default| match given {
        None => Ok(default),
        Some(limit) => cap(name, limit, default),
    };
    let is_on = |given: Option<Switch>| given != Some(Switch::Off);
    Ok(GuardLimits {
        max_deprovisions: cap(
            "max_deprovisions",
            &section.max_deprovisions,
            defaults.max_deprovisions,
        )?,
        max_clears: cap("max_clears", &section.max_clears, defaults.max_clears)?,
        max_creates: cap("max_creates", &section.max_creates, defaults.max_creates)?,
        max_updates: cap("max_updates", &section.max_updates, defaults.max_updates)?,
        max_mails: defaults.max_mails,
        min_rows: section.min_rows.unwrap_or(defaults.min_rows),
        max_row_drop: cap("max_row_drop", &section.max_row_drop, defaults.max_row_drop)?,
        max_rejected: cap("max_rejected", &section.max_rejected, defaults.max_rejected)?,
        max_field_change: match &section.max_field_change {
            None => defaults.max_field_change,
            Some(limit) => match text_of(limit) {
                "off" => None,
                text => Some(percent("max_field_change", text)?),
            },
        },
        max_users_drop: cap(
            "max_users_drop",
            &section.max_users_drop,
            defaults.max_users_drop,
        )?,
        max_managed_gone: cap(
            "max_managed_gone",
            &section.max_managed_gone,
            defaults.max_managed_gone,
        )?,
        lost_columns: is_on(section.lost_columns),
        mapping_change: is_on(section.mapping_change),
        old_file: is_on(section.old_file),
    })
}

/// A share keeps the floor and the ceiling of the default.
fn cap(name: &str, limit: &Limit, default: Cap) -> Result<Cap, Failure> {
    match (limit, default) {
        (Limit::Count(count), _) => Ok(Cap::Count(*count)),
        (Limit::Text(text), _) if text == "off" => Ok(Cap::Off),
        (Limit::Text(text), Cap::Share { floor, ceiling, .. }) => Ok(Cap::Share {
            percent: percent(name, text)?,
            floor,
            ceiling,
        }),
        (Limit::Text(text), _) => Err(not_a_limit(name, text)
            .hint("give a number, or \"off\": there is nothing that it could be a share of")),
    }
}

fn text_of(limit: &Limit) -> &str {
    match limit {
        Limit::Count(_) => "",
        Limit::Text(text) => text,
    }
}

fn percent(name: &str, text: &str) -> Result<u32, Failure> {
    let number = text.trim().strip_suffix('%').map(str::trim_end);
    let percent = number.and_then(|number| number.parse().ok());
    percent
        .filter(|percent| *percent <= 100)
        .ok_or_else(|| not_a_limit(name, text).hint("give a share such as \"5%\", or \"off\""))
}

fn not_a_limit(name: &str, text: &str) -> Failure {
    Failure::usage(format!("[guards] {name}: {text:?} is no limit"))
}
