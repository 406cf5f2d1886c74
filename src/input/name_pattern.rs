//! A pattern of file names → whether a name fits it, and the time that stands in it.

use jiff::Timestamp;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

/// Names such as `people-20261125.csv`, as `people-%Y%m%d.csv`; `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
}

impl NamePattern {
    /// A pattern with the directives of strftime, all between the same two `*`. `None` if it cannot be one.
    pub fn new(text: &str) -> Option<NamePattern> {
        let dated = text.split('*').filter(|part| part.contains('%')).count();
        let is_path = text.contains(['/', '\\']);
        (!text.is_empty() && !is_path && dated <= 1).then(|| NamePattern {
            text: text.to_owned(),
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a time stands in the names.
    pub fn is_dated(&self) -> bool {
        self.text.contains('%')
    }

    /// Whether the name fits, and the time in it. A date without a time is its midnight, a time without an offset
    /// that of this machine's time zone.
    pub(super) fn reads(&self, name: &str) -> Option<Option<Timestamp>> {
        let parts: Vec<&str> = self.text.split('*').collect();
        reads(&parts, name)
    }
}

/// The first part begins here; behind each `*` the next one begins anywhere.
fn reads(parts: &[&str], name: &str) -> Option<Option<Timestamp>> {
    let (part, behind) = parts.split_first()?;
    let (found, length) = read_part(part, name)?;
    let rest = &name[length..];
    if behind.is_empty() {
        return rest.is_empty().then_some(found);
    }
    let mut starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    starts.find_map(|at| reads(behind, &rest[at..]).map(|later| found.or(later)))
}

fn read_part(part: &str, name: &str) -> Option<(Option<Timestamp>, usize)> {
    if !part.contains('%') {
        return name.starts_with(part).then_some((None, part.len()));
    }
    let (time, length) = BrokenDownTime::parse_prefix(part, name).ok()?;
    Some((Some(moment(&time)?), length))
}

/// The moment that a text in that format says.
pub(super) fn moment_of(text: &str, format: &str) -> Option<Timestamp> {
    moment(&BrokenDownTime::parse(format, text).ok()?)
}

fn moment(time: &BrokenDownTime) -> Option<Timestamp> {
    if let Ok(timestamp) = time.to_timestamp() {
        return Some(timestamp);
    }
    let date = time.to_date().ok()?;
    let local = match time.hour() {
        Some(_) => date.to_datetime(time.to_time().ok()?),
        None => date.to_datetime(jiff::civil::Time::midnight()),
    };
    Some(local.to_zoned(TimeZone::system()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(name: &str, pattern: &str) -> Option<Option<String>> {
        let found = NamePattern::new(pattern).unwrap().reads(name)?;
        Some(found.map(|time| {
            let local = time.to_zoned(TimeZone::system());
            local.strftime("%Y-%m-%dT%H:%M").to_string()
        }))
    }

    #[test]
    fn a_name_fits_or_not_and_its_time_is_read() {
        let dated = |text: &str| Some(Some(text.to_owned()));
        for (pattern, name, want) in [
            (
                "people-%Y%m%d.csv",
                "people-20261125.csv",
                dated("2026-11-25T00:00"),
            ),
            ("people-%Y%m%d.csv", "people-20261125.csv.tmp", None),
            ("people-%Y%m%d.csv", "people-20261325.csv", None),
            ("people-%Y%m%d.csv", "old-people-20261125.csv", None),
            (
                "*_%Y-%m-%d_%H%M*.csv",
                "hr_x_2026-11-25_0630_full.csv",
                dated("2026-11-25T06:30"),
            ),
            ("%d.%m.%Y.csv", "25.11.2026.csv", dated("2026-11-25T00:00")),
            ("people*.csv", "people_é.csv", Some(None)),
            ("*", "", Some(None)),
            ("people*.csv", "people.json", None),
        ] {
            assert_eq!(day(name, pattern), want, "{pattern} {name}");
        }
        let exact = NamePattern::new("x-%Y%m%dT%H%M%S%z").unwrap();
        let time = exact.reads("x-20261125T020000+0100").flatten().unwrap();
        assert_eq!(time.to_string(), "2026-11-25T01:00:00Z");
        for pattern in ["", "a/b-%Y.csv", "%Y*%m"] {
            assert_eq!(NamePattern::new(pattern), None, "{pattern}");
        }
    }
}
