//! The same change night after night: the tenant takes it and does not keep it, or somebody undoes it by day.

use std::sync::Arc;

use crate::model::{
    Action, Asked, Change, Effect, Field, FieldChange, Hold, PastRun, Problem, Property,
};

use super::action;

/// A change that was applied on so many nights in a row is held on the next.
const NIGHTS: usize = 2;

/// The problem code under which a field that was left out of a change for not converging is reported.
pub const NOT_CONVERGING: &str = "not_converging";

/// Holds what the last nights have asked for, and were told was applied, and what is to be asked again.
///
/// `past` are the runs of the source on the last days before today on which it ran, newest first. A night counts
/// if its last run still planned the change, and one of its runs was told that it is applied or it was held by
/// this rule already. A field that is held is left out of its change and reported, the rest of the user goes; if
/// nothing is left, the change is held. Creates are another matter: there the user has vanished.
pub fn hold_not_converging(
    changes: &mut [Change],
    past: &[PastRun],
    file: &Arc<str>,
) -> Vec<Problem> {
    let nights: Vec<&[PastRun]> = past
        .chunk_by(|one, other| one.day == other.day)
        .take(NIGHTS)
        .collect();
    if nights.len() < NIGHTS {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for change in changes.iter_mut().filter(|change| change.held.is_none()) {
        if matches!(change.action, Action::Create | Action::Delete) {
            continue;
        }
        let is_repeated = |field: &FieldChange| {
            nights
                .iter()
                .all(|night| was_asked(night, change, field, file))
        };
        let (repeated, rest): (Vec<FieldChange>, Vec<FieldChange>) =
            change.fields.iter().cloned().partition(is_repeated);
        if repeated.is_empty() {
            continue;
        }
        if rest.is_empty() {
            change.held = Some(Hold::NotConverging);
            continue;
        }
        let left_out = repeated.iter().map(|field| left_out(change, field, file));
        problems.extend(left_out);
        keep(change, rest);
    }
    problems
}

fn was_asked(night: &[PastRun], change: &Change, field: &FieldChange, file: &Arc<str>) -> bool {
    let asked = Asked {
        user_id: change.user_id.clone(),
        field: field.field.clone(),
        to: field.to.clone(),
    };
    let Some(last) = night.first() else {
        return false;
    };
    let same = left_out(change, field, file);
    let was_left_out = last.left_out.iter().any(|problem| {
        problem.user_id == same.user_id
            && problem.column == same.column
            && problem.value == same.value
    });
    let was_applied = || night.iter().any(|run| run.applied.contains(&asked));
    was_left_out || last.held.contains(&asked) || (last.planned.contains(&asked) && was_applied())
}

/// The change with these fields only. What it does may have stood in those that are gone.
fn keep(change: &mut Change, fields: Vec<FieldChange>) {
    change.effect = fields.iter().fold(Effect::None, |effect, field| {
        let own = Effect::of(&field.field, field.from.as_ref(), field.to.as_ref());
        effect.and(own)
    });
    let brings_back = |field: &FieldChange| field.field == Field::Property(Property::Deleted);
    change.action = match change.action {
        Action::Restore if fields.iter().any(brings_back) => Action::Restore,
        _ => action(&fields),
    };
    change.fields = fields;
}

fn left_out(change: &Change, field: &FieldChange, file: &Arc<str>) -> Problem {
    let mut problem = Problem::warning(
        NOT_CONVERGING,
        format!(
            "{} was set and reported applied on the last {NIGHTS} nights, and again the tenant has it otherwise; \
             it is held, the rest of the user goes",
            field.field
        ),
    )
    .file(file)
    .column(field.field.to_string())
    .user(&*change.user_id)
    .hint(Hold::NotConverging.hint());
    problem.line = change.line();
    match &field.to {
        Some(value) => problem.value(value.to_string()),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Value};

    #[test]
    fn without_two_earlier_nights_nothing_is_held() {
        let mut changes = [change(&[("Email", "new")])];
        let once = applied(9, &changes[0]);
        assert_eq!(hold(&mut changes, &[]), [""; 0]);
        assert_eq!(hold(&mut changes, &[once.clone(), once]), [""; 0]);
        assert_eq!(changes[0].held, None);
    }

    #[test]
    fn the_same_change_on_the_third_night_is_held_and_stays_held() {
        let mut changes = [change(&[("Email", "new")])];
        let past = [applied(9, &changes[0]), applied(8, &changes[0])];
        assert_eq!(hold(&mut changes, &past), [""; 0]);
        assert_eq!(changes[0].held, Some(Hold::NotConverging));

        let past = [held(10, &changes[0]), applied(9, &changes[0])];
        let mut changes = [change(&[("Email", "new")])];
        hold(&mut changes, &past);
        assert_eq!(changes[0].held, Some(Hold::NotConverging));
    }

    #[test]
    fn a_night_on_which_the_tenant_had_it_right_starts_anew() {
        let mut changes = [change(&[("Email", "new")])];
        let right = PastRun {
            day: 9,
            ..PastRun::default()
        };
        // It was right at the end of day 9, although an earlier run of that day had applied it.
        let past = [right, applied(9, &changes[0]), applied(8, &changes[0])];
        hold(&mut changes, &past);
        assert_eq!(changes[0].held, None);
    }

    #[test]
    fn another_value_or_an_end_that_was_not_applied_does_not_count() {
        let other = change(&[("Email", "other")]);
        let mut changes = [change(&[("Email", "new")])];
        let refused = PastRun {
            applied: Default::default(),
            ..applied(9, &changes[0])
        };
        for night in [applied(9, &other), refused] {
            hold(
                &mut changes,
                &[night, applied(8, &change(&[("Email", "new")]))],
            );
            assert_eq!(changes[0].held, None);
        }
    }

    #[test]
    fn the_rest_of_the_user_goes_and_the_field_is_remembered_as_left_out() {
        let stubborn = change(&[("Email", "new")]);
        let past = [applied(9, &stubborn), applied(8, &stubborn)];
        let mut changes = [change(&[("Activated", "false"), ("Email", "new")])];
        let problems = hold_not_converging(&mut changes, &past, &"a.csv".into());
        assert_eq!(
            (problems.len(), problems[0].column.as_deref()),
            (1, Some("Email"))
        );
        assert_eq!(changes[0], change(&[("Activated", "false")]));

        let left_out = PastRun {
            day: 10,
            left_out: problems,
            ..PastRun::default()
        };
        let mut changes = [change(&[("Email", "new")])];
        hold(&mut changes, &[left_out, applied(9, &stubborn)]);
        assert_eq!(changes[0].held, Some(Hold::NotConverging));
    }

    #[test]
    fn what_the_held_field_did_is_no_longer_said_of_the_change() {
        let stubborn = change(&[("Activated", "false")]);
        let past = [applied(9, &stubborn), applied(8, &stubborn)];
        let mut changes = [change(&[("Activated", "false"), ("Email", "new")])];
        assert_eq!(changes[0].action, Action::Deactivate);
        hold(&mut changes, &past);
        assert_eq!(changes[0], change(&[("Email", "new")]));
        assert_eq!(
            (changes[0].action, changes[0].effect),
            (Action::Update, Effect::None)
        );
    }

    fn hold(changes: &mut [Change], past: &[PastRun]) -> Vec<String> {
        let problems = hold_not_converging(changes, past, &"a.csv".into());
        problems.into_iter().map(|problem| problem.code).collect()
    }

    fn applied(day: i64, change: &Change) -> PastRun {
        PastRun {
            day,
            planned: Asked::by(change).collect(),
            applied: Asked::by(change).collect(),
            ..PastRun::default()
        }
    }

    fn held(day: i64, change: &Change) -> PastRun {
        PastRun {
            day,
            planned: Asked::by(change).collect(),
            held: Asked::by(change).collect(),
            ..PastRun::default()
        }
    }

    fn change(fields: &[(&str, &str)]) -> Change {
        let value = |text: &str| match text {
            "false" => Some(Value::Bool(false)),
            text => Value::text(text),
        };
        let fields: Vec<FieldChange> = fields
            .iter()
            .map(|(name, to)| FieldChange {
                field: Field::named(name).unwrap(),
                from: None,
                to: value(to),
            })
            .collect();
        let mut change = Change {
            action: Action::Update,
            effect: Effect::None,
            user_id: "ann".into(),
            place: Some(Place { line: 2, record: 1 }),
            fields: Vec::new(),
            held: None,
            seen: None,
            mail: None,
        };
        keep(&mut change, fields);
        change
    }
}
