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
mod lane;
mod letters;
mod register;
mod roster;
mod rules;

use std::borrow::Cow;
use std::sync::Arc;

pub use damage::DAMAGE;
pub use expected::{Expectation, Expected, Sight};
pub use lane::{Lane, LaneDraft, LaneRows};
pub use letters::Letters;
pub use roster::{Roster, RosterTerms};
pub use rules::{RULES, Rule};

use crate::model::{
    CheckedRow, Draft, DraftValue, Field, Kind, Problem, Property, Refusal, Severity, ValueRef,
    WantedRef, boolean,
};

/// What became of a row.
#[derive(Debug)]
pub enum Checked<'a> {
    /// Usable, with the problems of fields that were dropped and warnings.
    Accepted(CheckedRow<'a>, Vec<Problem>),
    /// Not usable; all its problems are in the refusal.
    Refused(Refusal),
}

/// Checks a row. `problems` are those that the mapping met in it; they come back with the rest, each
/// with file, line and, where the UserID is good, the user.
pub fn validate<'a>(draft: Draft<'a>, problems: Vec<Problem>, file: &Arc<str>) -> Checked<'a> {
    let Draft { place, mut values } = draft;
    // Only JSON collections put fields out of order, so this mostly finds nothing to do.
    if !values.is_sorted_by(|left, right| left.0 < right.0) {
        values.sort_by(|left, right| left.0.cmp(&right.0));
    }
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
            let checked = CheckedRow {
                user_id,
                place,
                values,
            };
            Checked::Accepted(checked, row.problems)
        }
        user_id => Checked::Refused(Refusal {
            place,
            user_id: user_id.map(Cow::into_owned),
            problems: row.problems,
        }),
    }
}

/// A row under check.
struct Row<'a> {
    user_id: Option<Cow<'a, str>>,
    /// Whether the draft has a UserID, good or bad; a bad one has its problem already.
    has_key: bool,
    is_refused: bool,
    /// A field is such that the mapping does not want the row.
    is_unwanted: bool,
    values: Vec<(Cow<'a, Field>, WantedRef<'a>)>,
    problems: Vec<Problem>,
}

impl<'a> Row<'a> {
    /// Who has left loses access however bad the other fields of his row are.
    fn is_usable(&self) -> bool {
        let activated = Field::Property(Property::Activated);
        let has_left = |(field, wanted): &(Cow<'_, Field>, WantedRef<'_>)| {
            **field == activated && *wanted == WantedRef::Set(ValueRef::Bool(false))
        };
        !self.is_refused && (!self.is_unwanted || self.values.iter().any(has_left))
    }

    /// Takes a field of the row: into the record, or out of it with a problem.
    fn take(
        &mut self,
        field: Cow<'a, Field>,
        value: DraftValue<'a>,
        column: Option<&str>,
        copies: usize,
    ) {
        self.has_key |= *field == Field::Property(Property::UserID);
        self.is_unwanted |= value == DraftValue::Refused;
        let checked = match copies {
            1 => self.check(&field, value, column),
            _ => {
                self.problems.push(field_twice(&field, column));
                None
            }
        };
        match (&*field, checked) {
            (Field::Property(Property::UserID), Some(WantedRef::Set(ValueRef::Text(user_id)))) => {
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
        value: DraftValue<'a>,
        column: Option<&str>,
    ) -> Option<WantedRef<'a>> {
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
            (Kind::Text, DraftValue::Clear) => Some(WantedRef::Clear),
            (Kind::Text, DraftValue::Bool(flag)) => {
                let word = if flag { "true" } else { "false" };
                Some(WantedRef::Set(ValueRef::text(word)))
            }
            (Kind::Text, DraftValue::Text(text)) => self.check_text(field, text, column),
            (Kind::Bool, DraftValue::Bool(flag)) => Some(WantedRef::Set(ValueRef::Bool(flag))),
            (Kind::Bool, DraftValue::Clear) => {
                self.problems.push(not_boolean(field, "", column));
                None
            }
            (Kind::Bool, DraftValue::Text(text)) => match boolean(&text) {
                Some(flag) => Some(WantedRef::Set(ValueRef::Bool(flag))),
                None => {
                    self.problems.push(not_boolean(field, &text, column));
                    None
                }
            },
        }
    }

    fn check_text(
        &mut self,
        field: &Field,
        text: Cow<'a, str>,
        column: Option<&str>,
    ) -> Option<WantedRef<'a>> {
        let letters = Letters::of(&text);
        if !rules::is_surely_sound(field, &text, letters) {
            for rule in RULES.iter().chain(&DAMAGE) {
                if !letters.may_break(rule) || !rule.breaks(field, &text) {
                    continue;
                }
                self.problems.push(broken(rule, field, &text, column));
                if rule.severity == Severity::Error {
                    return None;
                }
            }
        }
        // Blank is not clear: empty text says nothing about the field, and no UserID.
        if text.is_empty() {
            if *field == Field::Property(Property::UserID) {
                self.problems.push(no_user_id());
            }
            return None;
        }
        Some(WantedRef::Set(ValueRef::Text(text)))
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
