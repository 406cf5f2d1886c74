//! Who is meant by an answer: outcomes, notes traced to lines, and causes that several rows share.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::model::{
    Action, AnswerNote, Change, Detail, Field, Outcome, Plan, Property, Status, Value,
};
use crate::planner::Piece;
use crate::wire::parse_data_path;

/// After so many rows proven bad for the same code, property and value, the rest with it are held.
const SAME_CAUSE_ROWS: usize = 3;

/// An end of a change, with our word for why.
pub fn outcome(change: &Change, status: Status, reason: &str) -> Outcome {
    Outcome {
        user_id: change.user_id.clone(),
        line: change.line(),
        action: change.action,
        status,
        reason: Some(reason.to_owned()),
        code: None,
        message: None,
        data_path: None,
    }
}

/// The end of a change that the tenant refused in a call of its own, in the tenant's words.
pub fn rejection(change: &Change, status: u16, details: &[Detail]) -> Outcome {
    let mut outcome = outcome(change, Status::Rejected, "refused_alone");
    outcome.code = Some(i64::from(status));
    if let Some(detail) = details.first() {
        outcome.code = Some(detail.code);
        outcome.message = Some(detail.message.clone());
        outcome.data_path = detail.data_path.clone();
    }
    outcome
}

/// The details of an answer, each traced to the user and the line that it points at. A call that carried
/// one user speaks of him, pointer or not.
pub fn notes(
    plan: &Plan,
    piece: &Piece,
    attempt: i64,
    status: u16,
    details: &[Detail],
) -> Vec<AnswerNote> {
    details
        .iter()
        .map(|detail| {
            let pointed = detail
                .data_path
                .as_deref()
                .and_then(parse_data_path)
                .and_then(|pointer| piece.changes.get(pointer.index));
            let meant = match piece.changes.as_slice() {
                [only] => Some(only),
                _ => pointed,
            };
            let change = meant.map(|&index| &plan.changes[index]);
            AnswerNote {
                attempt,
                status,
                detail: detail.clone(),
                user_id: change.map(|change| change.user_id.clone()),
                line: change.and_then(Change::line),
            }
        })
        .collect()
}

/// Code, field and value for which a row was proven bad.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    code: i64,
    field: Field,
    /// `None`: users to create for whom the plan has no value.
    value: Option<Value>,
}

impl Cause {
    /// Whether a change would send the same value in the same field.
    pub fn is_in(&self, change: &Change) -> bool {
        value_of(change, &self.field) == Some(self.value.as_ref())
    }
}

/// What the change would send; `Some(None)` if it is known to send nothing.
fn value_of<'c>(change: &'c Change, field: &Field) -> Option<Option<&'c Value>> {
    let planned = change.fields.iter().find(|planned| planned.field == *field);
    match planned {
        Some(planned) => Some(Some(planned.to.as_ref()?)),
        // Of others the tenant's value travels back, and nobody knows it here.
        None => (change.action == Action::Create).then_some(None),
    }
}

/// Counts proven causes.
#[derive(Debug, Default)]
pub struct Causes {
    proven: HashMap<Cause, usize>,
}

impl Causes {
    /// Takes a row that was refused alone. Gives the cause when it has been proven often enough that other
    /// rows with it need not be tried.
    pub fn prove(&mut self, change: &Change, details: &[Detail]) -> Option<Cause> {
        let cause = details.iter().find_map(|detail| cause(change, detail))?;
        let rows = self.proven.entry(cause.clone()).or_default();
        *rows += 1;
        (*rows >= SAME_CAUSE_ROWS).then_some(cause)
    }

    /// Whether a cause that was proven often enough is in that change.
    pub fn explain(&self, change: &Change) -> bool {
        let mut proven = self.proven.iter();
        proven.any(|(cause, rows)| *rows >= SAME_CAUSE_ROWS && cause.is_in(change))
    }
}

/// The property that the detail points at, or that it says is missing, with the value that was to be sent.
fn cause(change: &Change, detail: &Detail) -> Option<Cause> {
    let pointer = parse_data_path(detail.data_path.as_deref()?)?;
    let missing = detail.params.get("key").and_then(Json::as_str);
    let named = pointer.property.or(missing.map(str::to_owned))?;
    let field = match named.split_once('/') {
        Some(("Extensions", key)) => Field::Extension(key.into()),
        Some(_) => return None,
        None => Field::Property(Property::named(&named)?),
    };
    Some(Cause {
        code: detail.code,
        value: value_of(change, &field)?.cloned(),
        field,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Effect, FieldChange, Place};

    #[test]
    fn the_third_row_with_one_cause_proves_it() {
        let mut causes = Causes::default();
        let details = [detail("/Users/0/ServiceTeamID")];
        assert_eq!(causes.prove(&change("T-9"), &details), None);
        assert_eq!(causes.prove(&change("other"), &details), None);
        assert_eq!(causes.prove(&change("T-9"), &details), None);
        let cause = causes.prove(&change("T-9"), &details).unwrap();
        assert!(cause.is_in(&change("T-9")) && !cause.is_in(&change("T-8")));
        assert_eq!(causes.prove(&change("T-9"), &[detail("")]), None);
    }

    #[test]
    fn a_detail_is_traced_to_the_line_of_the_user_it_points_at() {
        let plan = plan(vec![change("a"), change("b"), change("c")]);
        let piece = Piece::of(vec![2, 0]);
        let details = [
            detail("/Users/0/Email"),
            detail("Users[1].Email"),
            detail(""),
        ];
        let lines: Vec<_> = notes(&plan, &piece, 7, 400, &details)
            .into_iter()
            .map(|note| note.user_id.map(String::from))
            .collect();
        assert_eq!(lines, [Some("c".into()), Some("a".into()), None]);
        let alone = notes(&plan, &Piece::of(vec![1]), 8, 400, &[detail("")]);
        assert_eq!(
            (alone[0].user_id.as_deref(), alone[0].line),
            (Some("b"), Some(2))
        );
    }

    fn detail(path: &str) -> Detail {
        Detail {
            code: 400,
            message: "no".to_owned(),
            params: Json::Null,
            data_path: Some(path.to_owned()),
        }
    }

    fn change(team: &str) -> Change {
        Change {
            action: Action::Create,
            effect: Effect::None,
            user_id: team.into(),
            place: Some(Place { line: 2, record: 1 }),
            fields: vec![FieldChange {
                field: Field::Property(Property::ServiceTeamID),
                from: None,
                to: Value::text(team),
            }],
            held: None,
            seen: None,
            mail: None,
        }
    }

    fn plan(changes: Vec<Change>) -> Plan {
        let absence =
            crate::model::Absence::new(crate::model::AbsenceState::Baseline, String::new());
        Plan {
            id: String::new(),
            summary: Default::default(),
            absence,
            guards: vec![],
            changes,
            problems: vec![],
            review: None,
        }
    }
}
