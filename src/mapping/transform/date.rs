//! Dates as HR systems write them → in one format.

use jiff::civil::Date;
use jiff::fmt::strtime::{self, BrokenDownTime};
use serde::Serialize;

use super::super::cell::Fault;

/// A date format in the letters of strftime, such as `%d.%m.%Y`, that can be read and written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DateFormat(String);

impl DateFormat {
    /// The format of that text: it must name year, month and day (or the day of the year).
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn new(text: &str) -> Result<DateFormat, String> {
        let format = DateFormat(text.to_owned());
        let day = jiff::civil::date(2031, 10, 29).at(13, 14, 15, 0);
        let zoned = day
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_err(|error| error.to_string())?;
        let written =
            strtime::format(text, &zoned).map_err(|error| format!("not a date format: {error}"))?;
        match format.read(&written) {
            Some(read) if read == day.date() => Ok(format),
            _ => Err(
                "not a date format: it must name year, month and day, such as \"%d.%m.%Y\""
                    .to_owned(),
            ),
        }
    }

    /// The date that a text is in this format; a time of day that stands with it is left out.
    pub fn read(&self, text: &str) -> Option<Date> {
        BrokenDownTime::parse(&self.0, text.trim())
            .ok()?
            .to_date()
            .ok()
    }

    fn write(&self, date: Date) -> Option<String> {
        strtime::format(&self.0, date).ok()
    }

    /// The format as it is written.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Formats to read, and the one to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dates {
    /// Tried in this order; at least one.
    pub from: Vec<DateFormat>,
    /// What comes out.
    pub to: DateFormat,
}

const NO_DATE: Fault = Fault::new(
    "invalid_date",
    "no date format of this field fits",
    "correct the date, or name its format in [map], for example date = [\"%Y-%m-%d\", \"%d.%m.%Y\"]",
);

impl Dates {
    /// The date in the format that is wanted.
    pub(in super::super) fn rewritten(&self, text: &str) -> Result<String, Fault> {
        let date = self.from.iter().find_map(|format| format.read(text));
        date.and_then(|date| self.to.write(date)).ok_or(NO_DATE)
    }
}
