//! Which value of each key holds, and where it comes from: an option, the environment, the profile, the file, or nowhere.

use std::path::PathBuf;

use serde::Serialize;
use toml::{Table, Value};

use super::keys::{Key, keys};
use super::{FILE_NAME, Overrides};
use crate::failure::Failure;

/// One key with the value that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// `section.key`.
    pub key: String,
    /// As it would be written; `None`: nothing is set.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: String,
}

/// All keys in the order of the manual, those of `[map]`, `[fields]` and `[create.defaults]` among them as they are written.
///
/// # Errors
/// As the file is read; the settings have been checked before.
pub fn held(
    options: &Overrides,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Held>, Failure> {
    let given = options.clone().or_env(env)?;
    let path = given
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from(FILE_NAME));
    let text = super::read(&path, given.config.is_some())?.unwrap_or_default();
    let file: Table = toml::from_str(&text).map_err(|error| {
        Failure::usage(format!("{} cannot be read", path.display())).caused_by(error.message())
    })?;
    let profile = given.profile.as_deref().and_then(|name| {
        let profiles = file.get("profile")?.as_table()?;
        Some((name, profiles.get(name)?.as_table()?))
    });
    let outside = |key: &Key| outside(key, options, &given);
    let mut all: Vec<Held> = Vec::new();
    for key in keys() {
        let from_profile = profile.and_then(|(name, table)| {
            Some((
                find(table, &key)?,
                format!("[profile.{name}] of {}", path.display()),
            ))
        });
        let from_file = find(&file, &key).map(|value| (value, path.display().to_string()));
        let default = key
            .default
            .clone()
            .map(|value| (value, "the default".to_owned()));
        let found = outside(&key).or(from_profile).or(from_file).or(default);
        let (value, origin) = match found {
            Some((value, origin)) => (Some(value), origin),
            None => (None, "not set".to_owned()),
        };
        all.push(Held {
            key: format!("{}.{}", key.section, key.name),
            value: value.map(|value| shown(&key, value)),
            origin,
        });
    }
    for section in ["map", "fields"] {
        let tables =
            profile.map(|(name, table)| (table, format!("[profile.{name}] of {}", path.display())));
        let tables = tables
            .into_iter()
            .chain([(&file, path.display().to_string())]);
        let mut found =
            tables.filter_map(|(table, origin)| Some((table.get(section)?.as_table()?, origin)));
        if let Some((table, origin)) = found.next() {
            all.extend(table.iter().map(|(name, value)| Held {
                key: format!("{section}.{name}"),
                value: Some(value.to_string()),
                origin: origin.clone(),
            }));
        }
    }
    Ok(all)
}

/// An address may hold a password.
fn shown(key: &Key, value: String) -> String {
    match key.name.as_str() {
        "proxy" => "(set)".to_owned(),
        _ => value,
    }
}

fn find(table: &Table, key: &Key) -> Option<String> {
    let mut at = table;
    for part in key.section.split('.') {
        at = at.get(part)?.as_table()?;
    }
    at.get(&key.name).map(Value::to_string)
}

/// The value that an option or a variable gives.
fn outside(key: &Key, options: &Overrides, given: &Overrides) -> Option<(String, String)> {
    let quoted = |text: &String| Value::String(text.clone()).to_string();
    let of = |settings: &Overrides| -> Option<String> {
        let reading = &settings.reading;
        match (key.section.as_str(), key.name.as_str()) {
            ("tenant", "base_url") => settings.base_url.as_ref().map(quoted),
            ("delivery", "limits") => settings.limits.map(|limits| quoted(&limits.to_string())),
            ("delivery", "chunk_users_max") => {
                settings.chunk_users_max.map(|number| number.to_string())
            }
            ("delivery", "chunk_bytes_max") => {
                settings.chunk_bytes_max.map(|number| number.to_string())
            }
            ("delivery", "in_flight_max") => {
                settings.in_flight_max.map(|number| number.to_string())
            }
            ("source", "format") => reading.format.as_ref().map(quoted),
            ("source", "sheet") => reading.sheet.as_ref().map(quoted),
            ("source", "encoding") => reading.encoding.as_ref().map(quoted),
            ("source", "delimiter") => reading.delimiter.as_ref().map(quoted),
            ("source", "quote") => reading.quote.as_ref().map(quoted),
            ("source", "escape") => reading.escape.as_ref().map(quoted),
            ("source", "skip_rows") => reading.skip_rows.map(|rows| rows.to_string()),
            ("source", "header_rows") => reading.header_rows.map(|rows| rows.to_string()),
            ("source", "skip_footer") => reading.skip_footer.map(|rows| rows.to_string()),
            _ => None,
        }
    };
    match (of(options), of(given)) {
        (Some(value), _) => Some((value, "an option".to_owned())),
        (None, Some(value)) => Some((value, "the environment".to_owned())),
        (None, None) => None,
    }
}
