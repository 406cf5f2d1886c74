//! The columns of an export with some of their values → which column is which field, how sure that is, and a
//! configuration that says so.
//!
//! For `init` only: what a person looks over before it is used. Nothing else maps by resemblance. Pure: it sees names
//! and values that others have read.

mod column;
mod status;
mod synonyms;
mod written;

pub use column::ColumnProfile;
pub use written::{Pinned, config_text};

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::model::{Field, Property, User, Value};

use status::{Spelling, meaning};
use synonyms::{ENDS_ON, PLACES, Place, STARTS_ON, plain};

/// How sure a guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    /// By what stands in the column, or by a name that may mean something else.
    Guess,
    /// By a name that HR systems use for it.
    Likely,
    /// Spelled like the field, or its values are the tenant's.
    Sure,
}

/// A column that was placed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The field, as `[map]` spells it.
    pub field: String,
    /// Its columns; of several the first that is not blank is taken.
    pub columns: Vec<String>,
    /// How sure that is.
    pub sure: Sure,
    /// Why.
    pub why: String,
    /// What becomes of the values, where they are translated: `None` for one that nobody knows.
    pub values: BTreeMap<String, Option<bool>>,
    /// Zeros in front up to that width.
    pub pad_left: Option<usize>,
    /// The step that spells the values as the tenant does.
    pub spelling: Option<&'static str>,
    /// Whether it is only proposed: a person has to take the line in.
    pub is_proposed: bool,
}

/// Everything that was found out.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Guessed {
    /// The fields, the key first.
    pub lines: Vec<Line>,
    /// The column of the first day.
    pub starts_on: Option<String>,
    /// The column of the last day.
    pub ends_on: Option<String>,
    /// The date formats that fit those.
    pub formats: Vec<String>,
    /// Columns that nothing was found for.
    pub unplaced: Vec<String>,
}

/// What the tenant's users have: their ids, and how it spells what they belong to.
#[derive(Clone, Debug, Default)]
pub struct KnownUsers {
    ids: HashSet<String>,
    values: BTreeMap<&'static str, HashSet<String>>,
}

/// Properties that name something else of the tenant.
const SPELLED: [Property; 4] = [
    Property::DGroupID,
    Property::LanguageCode,
    Property::ServiceTeamID,
    Property::StorageLocationID,
];

impl KnownUsers {
    /// Takes one user of the tenant.
    pub fn see(&mut self, user: &User) {
        if user.is_deleted() {
            return;
        }
        self.ids.insert(user.user_id().to_lowercase());
        for property in SPELLED {
            if let Some(Value::Text(text)) = user.get(&Field::Property(property)) {
                let values = self.values.entry(property.name()).or_default();
                values.insert(text.into_string());
            }
        }
    }

    /// The step that makes the column's values those of the tenant, if one does it for more of them than are so already.
    fn spelling(&self, field: &str, column: &ColumnProfile) -> Option<&'static str> {
        let known = self.values.get(field)?;
        let hits = |change: &dyn Fn(&str) -> String| {
            column
                .values()
                .filter(|value| known.contains(&change(value)))
                .count()
        };
        let as_it_is = hits(&str::to_owned);
        let steps = [
            ("upper", hits(&str::to_uppercase)),
            ("lower", hits(&str::to_lowercase)),
        ];
        let best = steps.into_iter().max_by_key(|(_, hits)| *hits)?;
        (best.1 > as_it_is).then_some(best.0)
    }

    /// How many of the column's values are ids, as they stand and with zeros in front up to the usual width.
    fn found_in(&self, column: &ColumnProfile) -> (usize, Option<(usize, usize)>) {
        let values = || column.values().map(str::to_lowercase);
        let exact = values().filter(|value| self.ids.contains(value)).count();
        let padded = self.width().map(|width| {
            let pad = |value: String| match value.chars().all(|c| c.is_ascii_digit()) {
                true => format!("{value:0>width$}"),
                false => value,
            };
            (
                width,
                values()
                    .map(pad)
                    .filter(|value| self.ids.contains(value))
                    .count(),
            )
        });
        (exact, padded.filter(|(_, found)| *found > exact))
    }

    /// The one width of the ids that are digits.
    fn width(&self) -> Option<usize> {
        let digits = self
            .ids
            .iter()
            .filter(|id| id.chars().all(|c| c.is_ascii_digit()));
        let widths: HashSet<usize> = digits.map(String::len).collect();
        match widths.len() {
            1 => widths.into_iter().next(),
            _ => None,
        }
    }
}

/// Guesses what the columns are.
pub fn guess(columns: &[ColumnProfile], known: &KnownUsers) -> Guessed {
    let mut free: Vec<&ColumnProfile> = columns.iter().collect();
    let mut guessed = Guessed::default();
    if let Some(line) = by_known_ids(&mut free, known) {
        guessed.lines.push(line);
    }
    for place in PLACES {
        let is_placed = guessed.lines.iter().any(|line| line.field == place.field);
        if !is_placed && let Some(line) = by_name(&mut free, place, known) {
            guessed.lines.push(line);
        }
    }
    guessed.starts_on = take_date(&mut free, STARTS_ON);
    guessed.ends_on = take_date(&mut free, ENDS_ON);
    guessed.formats = formats(columns, [&guessed.starts_on, &guessed.ends_on]);
    guessed.lines.extend(by_content(&mut free, &guessed.lines));
    guessed.unplaced = free.iter().map(|column| column.name.clone()).collect();
    guessed
}

/// The column whose values are the tenant's ids.
fn by_known_ids(free: &mut Vec<&ColumnProfile>, known: &KnownUsers) -> Option<Line> {
    let best = free.iter().map(|column| (*column, known.found_in(column)));
    let (column, (exact, padded)) =
        best.max_by_key(|(_, (exact, padded))| padded.map_or(*exact, |(_, found)| found))?;
    let found = padded.map_or(exact, |(_, found)| found);
    // A few ids in a column of numbers are chance.
    if found * 3 < column.distinct() || found == 0 {
        return None;
    }
    free.retain(|other| !std::ptr::eq(*other, column));
    Some(Line {
        pad_left: padded.map(|(width, _)| width),
        ..Line::of(
            "UserID",
            &column.name,
            Sure::Sure,
            format!(
                "{found} of its {} values are UserIDs of the tenant",
                column.distinct()
            ),
        )
    })
}

fn by_name(free: &mut Vec<&ColumnProfile>, place: &Place, known: &KnownUsers) -> Option<Line> {
    let is_exact = |column: &&&ColumnProfile| plain(&column.name) == plain(place.field);
    let exact = free
        .iter()
        .find(is_exact)
        .map(|column| (*column, Sure::Sure));
    let named = || {
        let mut words = place.words.iter();
        words.find_map(|word| {
            let mut columns = free.iter();
            columns
                .find(|column| plain(&column.name) == *word)
                .map(|column| (*column, Sure::Likely))
        })
    };
    let (column, sure) = exact.or_else(named)?;
    // What is never filled tells nothing, and a key that repeats is none.
    if column.filled == 0 || (place.is_key && !column.is_unique()) {
        return None;
    }
    free.retain(|other| !std::ptr::eq(*other, column));
    let why = match sure {
        Sure::Sure => "spelled like the field".to_owned(),
        _ => format!("HR systems call it so ({})", place.systems),
    };
    let mut line = Line::of(place.field, &column.name, sure, why);
    line.is_proposed = place.is_proposed;
    line.spelling = known.spelling(place.field, column);
    if place.is_flag {
        line.translate(column);
    }
    if place.field == "FirstName" {
        line.prefer(free);
    }
    Some(line)
}

/// Mail addresses and states of employment are known by what they look like.
fn by_content(free: &mut Vec<&ColumnProfile>, placed: &[Line]) -> Vec<Line> {
    let has = |field: &str| placed.iter().any(|line| line.field == field);
    let mut found = Vec::new();
    let is_mail =
        |column: &&&ColumnProfile| column.filled > 0 && column.mails * 10 >= column.filled * 9;
    if !has("Email")
        && let Some(column) = free.iter().find(is_mail).copied()
    {
        let why = format!(
            "{} of {} values look like mail addresses",
            column.mails, column.filled
        );
        found.push(Line::of("Email", &column.name, Sure::Guess, why));
        free.retain(|other| !std::ptr::eq(*other, column));
    }
    let is_state = |column: &&&ColumnProfile| {
        let values = column.few_values();
        values.is_some_and(|values| {
            let known = values
                .iter()
                .filter(|value| meaning(value, Spelling::Word).is_some());
            values.len() > 1 && known.count() == values.len()
        })
    };
    if !has("Activated")
        && let Some(column) = free.iter().find(is_state).copied()
    {
        let why = "its values look like states of employment".to_owned();
        let mut line = Line::of("Activated", &column.name, Sure::Guess, why);
        line.translate(column);
        found.push(line);
        free.retain(|other| !std::ptr::eq(*other, column));
    }
    found
}

fn take_date(free: &mut Vec<&ColumnProfile>, words: &[&str]) -> Option<String> {
    let mut words = words.iter();
    let column = words.find_map(|word| {
        let mut columns = free.iter();
        columns
            .find(|column| plain(&column.name) == *word && column.has_dates())
            .copied()
    })?;
    free.retain(|other| !std::ptr::eq(*other, column));
    Some(column.name.clone())
}

/// The formats that read all dates of those columns; several if nobody can tell day from month.
fn formats(columns: &[ColumnProfile], of: [&Option<String>; 2]) -> Vec<String> {
    let dated = columns.iter().filter(|column| {
        let is_it = |name: &&Option<String>| name.as_deref() == Some(column.name.as_str());
        of.iter().any(is_it)
    });
    let mut formats: Option<Vec<&str>> = None;
    for column in dated {
        let own = column.date_formats();
        formats = Some(match formats {
            None => own,
            Some(both) => both
                .into_iter()
                .filter(|format| own.contains(format))
                .collect(),
        });
    }
    formats
        .unwrap_or_default()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

impl Line {
    fn of(field: &str, column: &str, sure: Sure, why: String) -> Line {
        Line {
            field: field.to_owned(),
            columns: vec![column.to_owned()],
            sure,
            why,
            values: BTreeMap::new(),
            pad_left: None,
            spelling: None,
            is_proposed: false,
        }
    }

    /// What each value means for access; a column of plain flags needs no table.
    fn translate(&mut self, column: &ColumnProfile) {
        let Some(values) = column.few_values() else {
            self.is_proposed = true;
            self.why = format!("{}, but it has more values than a state has", self.why);
            return;
        };
        if values
            .iter()
            .all(|value| meaning(value, Spelling::Flag).is_some())
        {
            return;
        }
        let known = values
            .iter()
            .map(|value| (value.to_string(), meaning(value, Spelling::Word)));
        self.values = known.collect();
    }

    /// The name by which a person is called comes before the one in his passport.
    fn prefer(&mut self, free: &mut Vec<&ColumnProfile>) {
        let is_preferred = |column: &&ColumnProfile| {
            ["preferredfirstname", "knownas", "nickname"].contains(&plain(&column.name).as_str())
        };
        if let Some(at) = free.iter().position(is_preferred) {
            self.columns.insert(0, free.remove(at).name.clone());
        }
    }
}

#[cfg(test)]
mod tests;
