//! Draft → UserRecord or Refusal, by a table of named rules; and the rules of the whole file.
//!
//! A bad field is dropped and reported, so that the tenant's value stays; a bad UserID or activation
//! refuses the row, because then it is not certain whose row it is or whether he may work. Never
//! mends a value and never decides what to send.

mod also_known;
mod damage;
mod dispute;
mod expected;
mod fingerprint;
mod roster;
mod rules;

use std::sync::Arc;

pub use damage::DAMAGE;
pub use expected::{Expectation, Expected};
pub use roster::{Roster, RosterTerms};
pub use rules::{RULES, Rule};

use crate::model::{
    Draft, DraftValue, Field, Kind, Problem, Property, Refusal, Severity, UserRecord, Value,
    Wanted, boolean,
};

/// What became of a row.
#[derive(Debug)]
pub enum Checked {
    /// Usable, with the problems of fields that were dropped and warnings.
    Accepted(UserRecord, Vec<Problem>),
    /// Not usable; all its problems are in the refusal.
    Refused(Refusal),
}

/// Checks a row. `problems` are those that the mapping met in it; they come back with the rest, each
/// with file, line and, where the UserID is good, the user.
pub fn validate(draft: Draft<'_>, problems: Vec<Problem>, file: &Arc<str>) -> Checked {
    let Draft { place, mut values } = draft;
    // Only JSON collections put fields out of order, so this mostly finds nothing to do.
    values.sort_by(|left, right| left.0.cmp(&right.0));
    let mut row = Row {
        user_id: None,
        is_refused: false,
        is_unwanted: false,
        has_key: false,
        values: Vec::with_capacity(values.len()),
        problems,
    };
    let mut rest = values.into_iter().peekable();
    while let Some((field, value, column)) = rest.next() {
        let mut copies = 1;
        while rest.next_if(|next| next.0 == field).is_some() {
            copies += 1;
        }
        row.take(field, value, column, copies);
    }
    if !row.has_key {
        row.problems.push(no_user_id());
    }
    for problem in &mut row.problems {
        problem.file = Some(file.clone());
        problem.line = Some(place.line);
        problem.user_id = row.user_id.as_deref().map(str::to_owned);
    }
    let is_usable = row.is_usable();
    match row.user_id {
        Some(user_id) if is_usable => {
            let values = row.values;
            let record = UserRecord {
                user_id,
                place,
                values,
            };
            Checked::Accepted(record, row.problems)
        }
        user_id => Checked::Refused(Refusal {
            place,
            user_id: user_id.map(String::from),
            problems: row.problems,
        }),
    }
}

/// A row under check.
struct Row {
    user_id: Option<Box<str>>,
    /// Whether the draft has a UserID, good or bad; a bad one has its problem already.
    has_key: bool,
    is_refused: bool,
    /// A field is such that the mapping does not want the row.
    is_unwanted: bool,
    values: Vec<(Field, Wanted)>,
    problems: Vec<Problem>,
}

impl Row {
    /// Who has left loses access however bad the other fields of his row are.
    fn is_usable(&self) -> bool {
        let activated = Field::Property(Property::Activated);
        let has_left = |(field, wanted): &(Field, Wanted)| {
            *field == activated && *wanted == Wanted::Set(Value::Bool(false))
        };
        !self.is_refused && (!self.is_unwanted || self.values.iter().any(has_left))
    }

    /// Takes a field of the row: into the record, or out of it with a problem.
    fn take(&mut self, field: Field, value: DraftValue<'_>, column: Option<&str>, copies: usize) {
        self.has_key |= field == Field::Property(Property::UserID);
        self.is_unwanted |= value == DraftValue::Refused;
        let checked = match copies {
            1 => self.check(&field, value, column),
            _ => {
                self.problems.push(field_twice(&field, column));
                None
            }
        };
        match (&field, checked) {
            (Field::Property(Property::UserID), Some(Wanted::Set(Value::Text(user_id)))) => {
                self.user_id = Some(user_id);
            }
            (Field::Property(Property::UserID | Property::Activated), None) => {
                self.is_refused = true;
            }
            (_, Some(wanted)) => self.values.push((field, wanted)),
            (_, None) => {}
        }
    }

    /// The value as the field's kind and rules allow it; `None` after a problem.
    fn check(
        &mut self,
        field: &Field,
        value: DraftValue<'_>,
        column: Option<&str>,
    ) -> Option<Wanted> {
        if let Field::Phone(name) | Field::Extension(name) = field
            && !rules::is_sound_name(name)
        {
            self.problems.push(unsound_name(field, column));
            return None;
        }
        match (field.kind(), value) {
            (_, DraftValue::Bad | DraftValue::Refused) => None,
            (Kind::Text, DraftValue::Clear) if *field == Field::Property(Property::UserID) => {
                self.problems.push(no_user_id());
                None
            }
            (Kind::Text, DraftValue::Clear) => Some(Wanted::Clear),
            (Kind::Text, DraftValue::Bool(flag)) => {
                Value::text(if flag { "true" } else { "false" }).map(Wanted::Set)
            }
            (Kind::Text, DraftValue::Text(text)) => self.check_text(field, &text, column),
            (Kind::Bool, DraftValue::Bool(flag)) => Some(Wanted::Set(Value::Bool(flag))),
            (Kind::Bool, DraftValue::Clear) => {
                self.problems.push(not_boolean(field, "", column));
                None
            }
            (Kind::Bool, DraftValue::Text(text)) => match boolean(&text) {
                Some(flag) => Some(Wanted::Set(Value::Bool(flag))),
                None => {
                    self.problems.push(not_boolean(field, &text, column));
                    None
                }
            },
        }
    }

    fn check_text(&mut self, field: &Field, text: &str, column: Option<&str>) -> Option<Wanted> {
        let is_plain = rules::is_plain(text);
        for rule in RULES.iter().chain(&DAMAGE) {
            if (is_plain && rule.passes_plain) || !rule.breaks(field, text) {
                continue;
            }
            self.problems.push(broken(rule, field, text, column));
            if rule.severity == Severity::Error {
                return None;
            }
        }
        // Blank is not clear: empty text says nothing about the field, and no UserID.
        let value = Value::text(text);
        if value.is_none() && *field == Field::Property(Property::UserID) {
            self.problems.push(no_user_id());
        }
        value.map(Wanted::Set)
    }
}

fn broken(rule: &Rule, field: &Field, text: &str, column: Option<&str>) -> Problem {
    let message = format!("{field}: {}", rule.message);
    let problem = match rule.severity {
        Severity::Error => Problem::error(rule.code, message),
        Severity::Warning => Problem::warning(rule.code, message),
    };
    under(problem, column).value(text).hint(rule.hint)
}

fn no_user_id() -> Problem {
    Problem::error(
        "no_user_id",
        "the row has no UserID, so nobody knows whose it is",
    )
    .hint("fill the UserID in the HR system, or map the column that holds it")
}

fn not_boolean(field: &Field, text: &str, column: Option<&str>) -> Problem {
    let message = format!("{field}: this is neither true nor false");
    under(Problem::error("invalid_boolean", message), column)
        .value(text)
        .hint(format!(
            "write true or false, or say what each word means: [map.{field}] values = {{ active = true, left = false }}"
        ))
}

fn field_twice(field: &Field, column: Option<&str>) -> Problem {
    let message = format!("{field} stands more than once in this row");
    under(Problem::error("field_twice", message), column).hint("leave one of them in the export")
}

fn unsound_name(field: &Field, column: Option<&str>) -> Problem {
    let message = "the type of a phone or the key of an extension is blank, too long or has control characters";
    under(Problem::error("unsound_name", message), column).value(field.to_string())
}

fn under(problem: Problem, column: Option<&str>) -> Problem {
    match column {
        Some(column) => problem.column(column),
        None => problem,
    }
}

#[cfg(test)]
mod tests;
