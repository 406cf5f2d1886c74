//! A change that the tenant has just refused is not sent to it again as it is.

use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Change, Hold, Offence, Problem, Quarantine, UserKey};

/// Holds each change that was refused in a call of its own less than a day ago, and says since when and with which
/// words. A change that would do something else now goes: its row, the mapping or the user has changed.
pub fn hold_quarantined(
    changes: &mut [Change],
    quarantine: &Quarantine,
    now: Timestamp,
    file: &Arc<str>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if quarantine.is_empty() {
        return problems;
    }
    for change in changes.iter_mut().filter(|change| change.held.is_none()) {
        let offence = quarantine.get(&UserKey::of(&change.user_id));
        let Some(offence) = offence.filter(|offence| offence.print == change.print()) else {
            continue;
        };
        if now.duration_since(offence.tried_at) < Offence::TIME {
            change.held = Some(Hold::Quarantined);
            problems.push(told(change, offence, now, file));
        }
    }
    problems
}

fn told(change: &Change, offence: &Offence, now: Timestamp, file: &Arc<str>) -> Problem {
    let age = match now.duration_since(offence.since).as_hours() {
        hours @ 0..48 => format!("{hours} h"),
        hours => format!("{} days", hours / 24),
    };
    let until = offence.tried_at + Offence::TIME;
    let message = format!(
        "the tenant has refused this change for {age}, since {:.0}: {}; it is not sent again as it is before {until:.0}",
        offence.since, offence.said
    );
    let mut problem = Problem::warning(Hold::Quarantined.name(), message)
        .file(file)
        .user(&*change.user_id)
        .hint(Hold::Quarantined.hint());
    problem.line = change.line();
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Effect, Field, FieldChange, Value};
    use jiff::SignedDuration;

    #[test]
    fn nobody_is_held_who_was_never_refused() {
        assert_eq!(held("new", 1, &Quarantine::new()), (None, None));
    }

    #[test]
    fn the_same_change_waits_a_day_and_another_one_goes() {
        let quarantine = refused("new");
        for (to, hours, hold) in [
            ("new", 0, Some(Hold::Quarantined)),
            ("new", 23, Some(Hold::Quarantined)),
            ("new", 24, None),
            ("newer", 1, None),
        ] {
            assert_eq!(held(to, hours, &quarantine).0, hold, "{to} after {hours} h");
        }
        let told = held("new", 23, &quarantine).1.unwrap();
        assert!(
            told.contains("for 26 h, since 1969-12-31T21:00:00Z: 400 \"bad\"; "),
            "{told}"
        );
    }

    fn refused(to: &str) -> Quarantine {
        let offence = Offence {
            print: change(to).print(),
            said: "400 \"bad\"".to_owned(),
            since: Timestamp::UNIX_EPOCH - SignedDuration::from_hours(3),
            tried_at: Timestamp::UNIX_EPOCH,
        };
        [(UserKey::of("A"), offence)].into()
    }

    fn held(to: &str, hours: i64, quarantine: &Quarantine) -> (Option<Hold>, Option<String>) {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let mut changes = [change(to)];
        let problems = hold_quarantined(&mut changes, quarantine, now, &"f".into());
        (
            changes[0].held,
            problems.into_iter().next().map(|told| told.message),
        )
    }

    fn change(to: &str) -> Change {
        Change {
            action: Action::Update,
            effect: Effect::None,
            user_id: "a".into(),
            place: None,
            fields: vec![FieldChange {
                field: Field::named("Email").unwrap(),
                from: Value::text("old"),
                to: Value::text(to),
            }],
            held: None,
            seen: None,
            mail: None,
        }
    }
}
