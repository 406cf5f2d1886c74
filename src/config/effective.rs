//! `[effective]`: from when and until when rows hold.

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::failure::Failure;
use crate::mapping::{DateFormat, EffectiveDates, zone_named};

/// `[effective]`: from when and until when rows hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EffectiveSection {
    starts_on: Option<String>,
    ends_on: Option<String>,
    format: Option<Formats>,
    lead_days: u32,
    time_zone: Option<String>,
    time_zone_column: Option<String>,
}

/// One format, or several that are tried in this order.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Formats {
    One(String),
    Several(Vec<String>),
}

pub(super) fn effective_dates(
    section: EffectiveSection,
) -> Result<Option<EffectiveDates>, Failure> {
    if section.starts_on.is_none() && section.ends_on.is_none() {
        return Ok(None);
    }
    let texts = match section.format {
        None => vec!["%Y-%m-%d".to_owned()],
        Some(Formats::One(text)) => vec![text],
        Some(Formats::Several(texts)) => texts,
    };
    let formats = texts.iter().map(|text| {
        DateFormat::new(text)
            .map_err(|why| Failure::usage(format!("[effective] format: {text:?} is {why}")))
    });
    let formats: Vec<DateFormat> = formats.collect::<Result<_, _>>()?;
    if formats.is_empty() {
        return Err(Failure::usage("[effective] format names no format"));
    }
    let zone = match section.time_zone.as_deref() {
        None => TimeZone::UTC,
        Some(name) => zone_named(name)
            .map_err(|why| Failure::usage(format!("[effective] time_zone: {why}")))?,
    };
    Ok(Some(EffectiveDates {
        starts_on: section.starts_on,
        ends_on: section.ends_on,
        formats,
        lead_days: section.lead_days,
        zone,
        zone_column: section.time_zone_column,
    }))
}
