//! A cell of a workbook → its text, as it is shown.
//!
//! A date with day and year is ISO 8601, for the order in which it is shown depends on the reader's language; one
//! without, such as `1-Mar`, is shown as such: it may be a code that the spreadsheet took for a date.

use calamine::{DataRef, ExcelDateTime};

use super::number_format::{plain, shown};

/// The text of a cell under that format; nothing for an empty one.
pub(super) fn text_of(value: &DataRef<'_>, format: Option<&str>) -> String {
    let format = format.unwrap_or("General");
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Int(whole) => whole.to_string(),
        DataRef::Float(number) => shown(*number, format).unwrap_or_else(|| plain(*number)),
        DataRef::DateTime(time) if time.is_duration() => duration(time.as_f64(), format),
        DataRef::DateTime(time) => moment(*time, format),
    }
}

/// Hours beyond a day are counted on.
fn duration(days: f64, format: &str) -> String {
    let seconds = (days * 86_400.0).round();
    if !(0.0..1e12).contains(&seconds) {
        return plain(days);
    }
    let rest = |unit: f64| (seconds / unit).floor() % 60.0;
    let hours = (seconds / 3600.0).floor();
    match tokens(format).contains('s') {
        true => format!("{hours}:{:02}:{:02}", rest(60.0), rest(1.0)),
        false => format!("{hours}:{:02}", rest(60.0)),
    }
}

fn moment(time: ExcelDateTime, format: &str) -> String {
    // Before the first day and behind the last one there are only numbers; day 60 of 1900 never was.
    let day = time.as_f64();
    let tokens = tokens(format);
    let has = |token: char| tokens.contains(token);
    let is_clock = !has('y') && !has('d') && (has('h') || has('s'));
    if !(0.0..2_958_466.0).contains(&day) || (!is_clock && (day < 1.0 || day.floor() == 60.0)) {
        return plain(day);
    }
    let (year, month, date, hour, minute, second, _) = time.to_ymd_hms_milli();
    let clock = match has('s') {
        true => format!("{hour:02}:{minute:02}:{second:02}"),
        false => format!("{hour:02}:{minute:02}"),
    };
    match (has('y') && has('d'), has('h')) {
        _ if is_clock => clock,
        (true, false) => format!("{year:04}-{month:02}-{date:02}"),
        (true, true) => format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}"),
        (false, _) => part_of_date(&tokens, (year, month, date)),
    }
}

/// A date of which the format shows a part.
fn part_of_date(tokens: &str, (year, month, day): (u16, u8, u8)) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = MONTHS[usize::from(month.clamp(1, 12)) - 1];
    let mut shown = String::new();
    let mut rest = tokens;
    while let Some(token) = rest.chars().next() {
        let length = rest.len() - rest.trim_start_matches(token).len();
        rest = &rest[length..];
        shown.push_str(&match (token, length) {
            ('d', 1) => day.to_string(),
            ('d', 2) => format!("{day:02}"),
            ('m', 1) => month.to_string(),
            ('m', 2) => format!("{month:02}"),
            ('m', 3) => name[..3].to_owned(),
            ('m', _) => name.to_owned(),
            ('y', 1 | 2) => format!("{:02}", year % 100),
            ('y', _) => year.to_string(),
            (other, length) => other.to_string().repeat(length),
        });
    }
    shown
}

/// The first section of a format of dates in small letters, without quotes, brackets and what is only for looks.
fn tokens(format: &str) -> String {
    let mut tokens = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ';' => break,
            '"' => drop(letters.by_ref().take_while(|other| *other != '"').count()),
            '_' | '*' => drop(letters.next()),
            '\\' => tokens.extend(letters.next().filter(|other| !other.is_alphabetic())),
            '[' => {
                let inner: String = letters.by_ref().take_while(|other| *other != ']').collect();
                let inner = inner.to_lowercase();
                tokens.extend(
                    inner
                        .chars()
                        .filter(|other| matches!(other, 'h' | 'm' | 's')),
                );
            }
            other => tokens.extend(other.to_lowercase()),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn dates_are_unambiguous_and_parts_of_dates_are_as_shown() {
        for (day, format, want) in [
            (46_351.0, "mm-dd-yy", "2026-11-25"),
            (46_351.0, "dd/mm/yyyy;@", "2026-11-25"),
            (46_351.0, "[$-407]d. mmmm yyyy", "2026-11-25"),
            (46_351.25, "m/d/yy h:mm", "2026-11-25T06:00:00"),
            (46_351.5, "yyyy-mm-dd", "2026-11-25"),
            (46_082.0, "d-mmm", "1-Mar"),
            (46_082.0, "mmm-yy", "Mar-26"),
            (46_082.0, "mm\\.yyyy", "03.2026"),
            (0.2708333333, "h:mm", "06:30"),
            (0.5, "h:mm:ss AM/PM", "12:00:00"),
            (60.0, "yyyy-mm-dd", "60"),
            (-1.0, "yyyy-mm-dd", "-1"),
        ] {
            let time = ExcelDateTime::new(day, ExcelDateTimeType::DateTime, false);
            let found = text_of(&DataRef::DateTime(time), Some(format));
            assert_eq!(found, want, "{day} {format}");
        }
        let worked = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        let text = text_of(&DataRef::DateTime(worked), Some("[h]:mm"));
        assert_eq!(text, "36:00");
    }

    #[test]
    fn other_cells_are_what_they_say() {
        for (value, want) in [
            (DataRef::Empty, ""),
            (DataRef::SharedString(" 007 "), " 007 "),
            (DataRef::Bool(true), "TRUE"),
            (DataRef::Error(calamine::CellErrorType::NA), "#N/A"),
            (DataRef::Float(7056.0), "7056"),
        ] {
            assert_eq!(text_of(&value, None), want);
        }
    }
}
