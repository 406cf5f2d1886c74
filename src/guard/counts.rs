//! Count guards: they hold what they count, and let the rest go.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Action, Change, Effect, Field, GuardReading, GuardVerdict, Hold, Problem};

use super::{Cap, GuardLimits, off, reading};

/// The users among whom is counted.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Users managed by the source; on a first run, those found in both export and tenant.
    pub users: u64,
    /// Users who lost access through this source in the seven days before.
    pub lost_before: u64,
}

/// Holds what goes beyond the limits, and gives the readings of all count guards, with a problem for each clear that
/// was left out of a change which goes: a leaver does not wait because a column of his row is blank.
pub fn hold_counted(
    changes: &mut [Change],
    limits: &GuardLimits,
    crowd: &Crowd,
    file: &Arc<str>,
) -> (Vec<GuardReading>, Vec<Problem>) {
    let deprovisions = hold_deprovisions(changes, limits.max_deprovisions, crowd);
    let (clears, problems) = hold_clears(changes, limits.max_clears, crowd, file);
    let creates = hold_kind(
        changes,
        "max_creates",
        limits.max_creates,
        Hold::MaxCreates,
        |action| matches!(action, Action::Create),
    );
    let updates = hold_kind(
        changes,
        "max_updates",
        limits.max_updates,
        Hold::MaxUpdates,
        |action| !matches!(action, Action::Create | Action::Delete),
    );
    let mails = hold_mails(changes, limits.max_mails);
    (
        vec![deprovisions, clears, creates, updates, mails],
        problems,
    )
}

/// Without a mail a new user would stand outside, so he is not created either.
fn hold_mails(changes: &mut [Change], cap: Cap) -> GuardReading {
    let mailed = |change: &&mut Change| change.mail.is_some();
    let mails = free(changes).filter(mailed).count() as u64;
    let tripped = cap.of(mails).is_some_and(|most| mails > most);
    if tripped {
        for change in free(changes).filter(mailed) {
            change.held = Some(Hold::MaxMails);
        }
    }
    let figure = match mails {
        1 => "1 new user would be mailed".to_owned(),
        mails => format!("{mails} new users would be mailed"),
    };
    reading("max_mails", cap.words(mails), figure, held_if(tripped))
}

fn free(changes: &mut [Change]) -> impl Iterator<Item = &mut Change> {
    changes.iter_mut().filter(|change| change.held.is_none())
}

fn loses_access(change: &Change) -> bool {
    change.effect == Effect::LosesAccess
}

fn held_if(tripped: bool) -> GuardVerdict {
    match tripped {
        true => GuardVerdict::Held,
        false => GuardVerdict::Ok,
    }
}

fn hold_deprovisions(changes: &mut [Change], cap: Cap, crowd: &Crowd) -> GuardReading {
    const NAME: &str = "max_deprovisions";
    let Some(most) = cap.of(crowd.users) else {
        return off(NAME);
    };
    let losing = free(changes).filter(|change| loses_access(change)).count() as u64;
    let tripped = losing > 0 && losing + crowd.lost_before > most;
    if tripped {
        for change in free(changes).filter(|change| loses_access(change)) {
            change.held = Some(Hold::MaxDeprovisions);
        }
    }
    let figure = format!(
        "{losing} lose access, after {} in the 7 days before",
        crowd.lost_before
    );
    reading(NAME, cap.words(crowd.users), figure, held_if(tripped))
}

fn hold_clears(
    changes: &mut [Change],
    cap: Cap,
    crowd: &Crowd,
    file: &Arc<str>,
) -> (GuardReading, Vec<Problem>) {
    const NAME: &str = "max_clears";
    let Some(most) = cap.of(crowd.users) else {
        return (off(NAME), Vec::new());
    };
    let mut users: BTreeMap<Field, u64> = BTreeMap::new();
    for change in free(changes) {
        let cleared = change.fields.iter().filter(|field| field.to.is_none());
        for field in cleared {
            *users.entry(field.field.clone()).or_default() += 1;
        }
    }
    let worst = users.iter().max_by_key(|(_, users)| **users);
    let figure = match worst {
        None => "no field is cleared".to_owned(),
        Some((field, users)) => format!("{field} of {users} users is cleared"),
    };
    let tripped = worst.is_some_and(|(_, users)| *users > most);
    users.retain(|_, users| *users > most);
    let mut problems = Vec::new();
    for change in free(changes) {
        let is_counted = |field: &Field| users.contains_key(field);
        let clears = change
            .fields
            .iter()
            .any(|field| field.to.is_none() && is_counted(&field.field));
        match (clears, loses_access(change)) {
            (false, _) => {}
            (true, false) => change.held = Some(Hold::MaxClears),
            (true, true) => {
                for at in (0..change.fields.len()).rev() {
                    let field = &change.fields[at];
                    if field.to.is_none() && is_counted(&field.field) {
                        let field = change.fields.remove(at).field;
                        problems.push(left_out(change, &field, file));
                    }
                }
            }
        }
    }
    (
        reading(NAME, cap.words(crowd.users), figure, held_if(tripped)),
        problems,
    )
}

fn left_out(change: &Change, field: &Field, file: &Arc<str>) -> Problem {
    let message =
        format!("{field} would be cleared; max_clears holds that, the rest of the user goes");
    let mut problem = Problem::warning(Hold::MaxClears.name(), message)
        .file(file)
        .column(field.to_string())
        .user(&*change.user_id)
        .hint(Hold::MaxClears.hint());
    problem.line = change.line();
    problem
}

fn hold_kind(
    changes: &mut [Change],
    guard: &str,
    cap: Cap,
    hold: Hold,
    counts: impl Fn(Action) -> bool,
) -> GuardReading {
    let counted = |change: &&mut Change| counts(change.action) && !loses_access(change);
    let count = free(changes).filter(counted).count() as u64;
    let Some(most) = cap.of(count) else {
        return reading(guard, "off", count.to_string(), GuardVerdict::Ok);
    };
    if count > most {
        for change in free(changes).filter(counted) {
            change.held = Some(hold);
        }
    }
    reading(
        guard,
        most.to_string(),
        count.to_string(),
        held_if(count > most),
    )
}

#[cfg(test)]
mod tests;
