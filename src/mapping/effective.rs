//! From when and until when a row holds: who has not begun yet is left out, who has left is terminated, and who leaves
//! next week stays until the end of his last day. Judged anew from every file and every run.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp};

use super::bind::Binding;
use super::by_spec;
use super::recipe::Made;
use super::spec::FieldSpec;
use super::transform::DateFormat;
use crate::model::{DraftValue, Field, Problem, Property, RawRow, UserRecord, Value, Wanted};

/// Where a row says when it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectiveDates {
    /// The column of the first day.
    pub starts_on: Option<String>,
    /// The column of the last day.
    pub ends_on: Option<String>,
    /// Tried in this order; at least one.
    pub formats: Vec<DateFormat>,
    /// A row holds that many days before its first day.
    pub lead_days: u32,
    /// The time zone in which days begin and end.
    pub zone: TimeZone,
    /// The column of a row's own time zone; blank is that of all.
    pub zone_column: Option<String>,
}

/// The time zone of that name (IANA), from the data that the program carries.
///
/// # Errors
/// There is none.
pub fn zone_named(name: &str) -> Result<TimeZone, String> {
    let database = TimeZoneDatabase::bundled();
    database.get(name).map_err(|_| {
        format!("{name:?} is no time zone; write one such as \"Europe/Berlin\" or \"UTC\"")
    })
}

/// Whether a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effective {
    /// As it stands.
    Now,
    /// Its first day has not come.
    NotYet,
    /// Its last day has not passed: he does not lose access yet, whatever else the row says.
    UntilLater,
    /// Its last day has passed: he is terminated, whatever else the row says.
    Ended,
}

impl Effective {
    /// Lays it over what a row wants.
    pub fn apply(self, record: &mut UserRecord) {
        let activated = Field::Property(Property::Activated);
        let inactive = Wanted::Set(Value::Bool(false));
        let place = record
            .values
            .binary_search_by(|(field, _)| field.cmp(&activated));
        match (self, place) {
            (Effective::Ended, Ok(at)) => record.values[at].1 = inactive,
            (Effective::Ended, Err(at)) => record.values.insert(at, (activated, inactive)),
            (Effective::UntilLater, Ok(at)) if record.values[at].1 == inactive => {
                record.values.remove(at);
            }
            _ => {}
        }
    }
}

/// The dates, bound to the columns of one file.
#[derive(Debug)]
pub(super) struct Bounds {
    dates: EffectiveDates,
    now: Timestamp,
    starts_on: Option<Binding>,
    ends_on: Option<Binding>,
    zone: Option<Binding>,
}

impl Bounds {
    /// No column is looked for yet.
    pub(super) fn new(dates: &EffectiveDates, now: Timestamp) -> Bounds {
        // Texts are read as those of any text field are.
        let text = Field::Property(Property::FirstName);
        let cell = |column: &Option<String>| {
            let column = column.as_deref()?;
            Some(Binding::by_spec(&text, &FieldSpec::column(column)))
        };
        Bounds {
            starts_on: cell(&dates.starts_on),
            ends_on: cell(&dates.ends_on),
            zone: cell(&dates.zone_column),
            dates: dates.clone(),
            now,
        }
    }

    pub(super) fn bindings(&self) -> impl Iterator<Item = &Binding> {
        [&self.starts_on, &self.ends_on, &self.zone]
            .into_iter()
            .flatten()
    }

    /// Finds the columns. Err: those that a header lacks.
    pub(super) fn resolve(
        &mut self,
        names: &[Box<str>],
        has_header: bool,
    ) -> Result<(), Vec<Problem>> {
        let mut errors = Vec::new();
        let bindings = [&mut self.starts_on, &mut self.ends_on, &mut self.zone];
        for binding in bindings.into_iter().flatten() {
            let found = by_spec::resolve(std::slice::from_mut(binding), names, has_header);
            errors.extend(found.err().into_iter().flatten().map(|mut problem| {
                problem.message = problem.message.replace("[map]", "[effective]");
                problem
            }));
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(errors),
        }
    }

    /// Whether the row holds. Err: nobody can say, so the row cannot be used.
    pub(super) fn of(&self, row: &RawRow<'_>, file: &Arc<str>) -> Result<Effective, Box<Problem>> {
        let zone = match self.text(self.zone.as_ref(), row, file)? {
            None => self.dates.zone.clone(),
            Some(name) => zone_named(&name).map_err(|why| {
                let column = self.dates.zone_column.as_deref().unwrap_or_default();
                self.bad(row, file, "invalid_time_zone", column, &name, &why)
            })?,
        };
        let today = self.now.to_zoned(zone).date();
        let first = self.date(self.starts_on.as_ref(), row, file)?;
        let last = self.date(self.ends_on.as_ref(), row, file)?;
        if last.is_some_and(|last| last < today) {
            return Ok(Effective::Ended);
        }
        let lead = Span::new().days(i64::from(self.dates.lead_days));
        let horizon = today.saturating_add(lead);
        Ok(match (first, last) {
            (Some(first), _) if first > horizon => Effective::NotYet,
            (_, Some(_)) => Effective::UntilLater,
            _ => Effective::Now,
        })
    }

    fn date(
        &self,
        binding: Option<&Binding>,
        row: &RawRow<'_>,
        file: &Arc<str>,
    ) -> Result<Option<Date>, Box<Problem>> {
        let Some(text) = self.text(binding, row, file)? else {
            return Ok(None);
        };
        let found = self
            .dates
            .formats
            .iter()
            .find_map(|format| format.read(&text));
        match found {
            Some(date) => Ok(Some(date)),
            None => {
                let column = binding.map(Binding::label).unwrap_or_default();
                let why = "no format of [effective] fits";
                Err(self.bad(row, file, "invalid_date", column, &text, why))
            }
        }
    }

    fn text(
        &self,
        binding: Option<&Binding>,
        row: &RawRow<'_>,
        file: &Arc<str>,
    ) -> Result<Option<String>, Box<Problem>> {
        let Some(binding) = binding else {
            return Ok(None);
        };
        match binding.answer(row) {
            Made::Value(DraftValue::Text(text)) => Ok(Some(text.trim().to_owned())),
            Made::Nothing | Made::Value(DraftValue::Clear) => Ok(None),
            _ => {
                let why = "the cell holds no text";
                Err(self.bad(row, file, "invalid_date", binding.label(), "", why))
            }
        }
    }

    fn bad(
        &self,
        row: &RawRow<'_>,
        file: &Arc<str>,
        code: &'static str,
        column: &str,
        value: &str,
        why: &str,
    ) -> Box<Problem> {
        let problem = Problem::error(code, format!("[effective]: {why}, so the row is refused"));
        let problem = problem
            .file(file)
            .at(row.place())
            .column(column)
            .value(value);
        Box::new(problem.hint("correct the cell, or name its format: [effective] format = [\"%Y-%m-%d\", \"%d.%m.%Y\"]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Mapping;
    use crate::model::{Place, RowBatch};

    #[test]
    fn without_dates_a_row_holds() {
        assert_eq!(judged("2026-11-27T12:00:00Z", "", "", ""), "Now");
    }

    #[test]
    fn a_row_holds_from_its_first_day_to_the_end_of_its_last() {
        for (now, first, last, judgement) in [
            ("2026-11-27T12:00:00Z", "2026-11-27", "", "Now"),
            ("2026-11-27T12:00:00Z", "2026-11-29", "", "Now"), // two days ahead
            ("2026-11-27T12:00:00Z", "2026-11-30", "", "NotYet"),
            ("2026-11-27T12:00:00Z", "30.11.2026", "", "NotYet"),
            (
                "2026-11-27T12:00:00Z",
                "2026-01-01",
                "2026-11-27",
                "UntilLater",
            ),
            ("2026-11-27T12:00:00Z", "", "2026-11-26", "Ended"),
            ("2026-11-27T12:00:00Z", "2027-01-01", "2026-11-26", "Ended"),
            // 23:30 in Paris is the same day, 00:30 is the next one.
            ("2026-11-27T22:30:00Z", "", "2026-11-27", "UntilLater"),
            ("2026-11-27T23:30:00Z", "", "2026-11-27", "Ended"),
            ("2026-11-27T12:00:00Z", "soon", "", "invalid_date in first"),
            (
                "2026-11-27T12:00:00Z",
                "",
                "2026-02-30",
                "invalid_date in last",
            ),
        ] {
            assert_eq!(
                judged(now, first, last, ""),
                judgement,
                "{now} {first} {last}"
            );
        }
    }

    #[test]
    fn a_row_may_have_a_time_zone_of_its_own() {
        let now = "2026-11-27T23:30:00Z";
        for (zone, judgement) in [
            ("", "Ended"),
            ("America/New_York", "UntilLater"),
            ("Pacific/Auckland", "Ended"),
            ("Atlantis", "invalid_time_zone in zone"),
        ] {
            assert_eq!(judged(now, "", "2026-11-27", zone), judgement, "{zone}");
        }
    }

    #[test]
    fn access_follows_the_days() {
        let cases = [
            (Effective::Now, Some(false), "Activated=false"),
            (Effective::Ended, None, "Activated=false"),
            (Effective::Ended, Some(true), "Activated=false"),
            (Effective::UntilLater, Some(false), ""),
            (Effective::UntilLater, Some(true), "Activated=true"),
        ];
        for (effective, activated, wanted) in cases {
            let field = Field::Property(Property::Activated);
            let value = activated.map(|flag| (field, Wanted::Set(Value::Bool(flag))));
            let mut record = UserRecord {
                user_id: "a".into(),
                place: Place { line: 2, record: 1 },
                values: value.into_iter().collect(),
            };
            effective.apply(&mut record);
            let values = record.values.iter();
            let values =
                values.map(|(field, wanted)| format!("{field}={}", wanted.value().unwrap()));
            assert_eq!(
                values.collect::<String>(),
                wanted,
                "{effective:?} {activated:?}"
            );
        }
    }

    /// A row that says so, two days ahead, in Paris.
    fn judged(now: &str, first: &str, last: &str, zone: &str) -> String {
        let dates = EffectiveDates {
            starts_on: Some("first".to_owned()),
            ends_on: Some("last".to_owned()),
            formats: ["%Y-%m-%d", "%d.%m.%Y"]
                .map(|text| DateFormat::new(text).unwrap())
                .into(),
            lead_days: 2,
            zone: zone_named("Europe/Paris").unwrap(),
            zone_column: Some("zone".to_owned()),
        };
        let mut mapping = Mapping::new(None).effective(Some(dates), now.parse().unwrap());
        let batch: RowBatch = crate::mapping::tests::csv(
            &["UserID", "first", "last", "zone"],
            &[&["a", first, last, zone]],
        );
        assert_eq!(mapping.bind(&batch, &"f".into()), Ok(vec![]));
        let row = batch.rows().next().unwrap();
        match mapping.holds(&row) {
            Ok(effective) => format!("{effective:?}"),
            Err(problem) => {
                format!("{} in {}", problem.code, problem.column.as_deref().unwrap())
            }
        }
    }
}
