//! Managed users whom the export does not mention → who loses access for it, who waits and why.
//!
//! Absence is the weakest evidence there is: a row may be missing because a person left, or because an export was cut
//! short. So it counts only for users whom a source has managed before, only after several good runs with different
//! inputs that lie apart, and only while the tenant itself says that the user is there.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::{
    AbsenceFigures, AbsentUser, Action, Change, Effect, Field, FieldChange, GoodRun, Listed,
    Managed, ManagedUsers, Property, Protection, Standing, User, UserKey, Value, ValueRef,
};
use crate::validate::Expected;

/// Two runs closer together than this are one look at the HR system, not two.
const APART: SignedDuration = SignedDuration::from_hours(20);

/// What absence leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnAbsent {
    /// Nothing; it is reported.
    #[default]
    Report,
    /// `Activated` becomes false.
    Deactivate,
    /// `Deleted: true` is sent.
    Delete,
}

/// When absence leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbsenceRules {
    /// What it leads to.
    pub on_absent: OnAbsent,
    /// Good runs that must have missed the user.
    pub after_runs: u32,
    /// Days since the first of them.
    pub after_days: u32,
}

/// A managed user whom the export does not mention, and how far the evidence goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absentee {
    /// His key.
    pub key: UserKey,
    /// What is known of him.
    pub managed: Managed,
    /// The last good run that listed him; when he became managed, if none has since.
    pub last_seen: Timestamp,
    /// Good runs that missed him, as [`AbsentUser::runs`] counts them.
    pub runs: u32,
    /// Why nothing follows yet; `None` if he is due.
    pub waits: Option<String>,
}

/// What this run adds to the evidence.
#[derive(Clone, Copy, Debug)]
pub struct Today<'a> {
    /// Digest of the export's bytes.
    pub input: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Why nobody's absence counts in this run, if so.
    pub suspended: Option<&'a str>,
}

/// Every managed user whom the export does not mention, sorted by key. `good_runs` are those of the source, newest
/// first.
pub fn absentees(
    managed: &ManagedUsers,
    expected: &Expected,
    good_runs: &[GoodRun],
    rules: &AbsenceRules,
    today: &Today<'_>,
) -> Vec<Absentee> {
    let absent = managed
        .own
        .iter()
        .filter(|(key, _)| !expected.protects(key));
    let judged = |run: &&GoodRun| run.judged;
    let last_run = good_runs.iter().find(judged).map(|run| run.at);
    absent
        .map(|(key, user)| {
            let runs = match user.absence {
                Some(absence) => runs_that_missed(absence.since, good_runs, today),
                None => 1,
            };
            let last_seen = match user.absence {
                Some(absence) => absence.last_seen,
                None => last_run.map_or(user.since, |at| at.max(user.since)),
            };
            let listed_by = managed.others.get(key).and_then(|others| others.first());
            let waits = match (today.suspended, listed_by) {
                (Some(why), _) => Some(why.to_owned()),
                (None, Some(other)) => Some(format!("the source {other} still lists the user")),
                (None, None) => waits(user, runs, rules, today.now),
            };
            Absentee {
                key: key.clone(),
                managed: user.clone(),
                last_seen,
                runs,
                waits,
            }
        })
        .collect()
}

fn waits(user: &Managed, runs: u32, rules: &AbsenceRules, now: Timestamp) -> Option<String> {
    if rules.on_absent == OnAbsent::Report {
        return Some("[deprovision] on_absent is report".to_owned());
    }
    if runs < rules.after_runs {
        return Some(format!(
            "missed by {runs} of {} good runs with different inputs at least {} hours apart",
            rules.after_runs,
            APART.as_hours()
        ));
    }
    let since = user.absence.map_or(now, |absence| absence.since);
    let due = SignedDuration::from_hours(24 * i64::from(rules.after_days));
    (now.duration_since(since) < due).then(|| {
        format!(
            "not yet {} days since the first good run that missed the user",
            rules.after_days
        )
    })
}

/// Good runs since then with inputs that all differ, each far enough from the one before; today's if it is one more.
fn runs_that_missed(since: Timestamp, good_runs: &[GoodRun], today: &Today<'_>) -> u32 {
    let earlier = good_runs
        .iter()
        .rev()
        .filter(|run| run.judged && run.at >= since)
        .map(|run| (run.at, run.input.as_str()));
    let mut counted: Vec<(Timestamp, &str)> = Vec::new();
    for (at, input) in earlier.chain([(today.now, today.input)]) {
        let is_apart = counted
            .last()
            .is_none_or(|(last, _)| at.duration_since(*last) >= APART);
        if is_apart && counted.iter().all(|(_, other)| *other != input) {
            counted.push((at, input));
        }
    }
    counted.len() as u32
}

/// What the tenant says of the absentees whom it has.
#[derive(Clone, Debug)]
pub struct FoundAbsent {
    /// The user, as he was last read.
    pub user: User,
    /// Whether he was read by himself.
    pub confirmed: bool,
}

/// Settles each absentee with what the tenant has of him: evidence lines, figures and changes, in the order of the
/// absentees. One whom the tenant does not show is gone: absence from a list is no reason to act either.
pub fn settle_absence(
    absentees: Vec<Absentee>,
    found: &HashMap<UserKey, FoundAbsent>,
    managed: u64,
    on_absent: OnAbsent,
    protection: &Protection,
) -> (Vec<AbsentUser>, AbsenceFigures, Vec<Change>) {
    let mut figures = AbsenceFigures {
        managed,
        absent: absentees.len() as u64,
        ..AbsenceFigures::default()
    };
    let mut changes = Vec::new();
    let mut users = Vec::with_capacity(absentees.len());
    for absentee in absentees {
        let there = found.get(&absentee.key);
        let (standing, why) = stand(&absentee, there, on_absent, protection);
        match standing {
            Standing::Deprovision => {
                let there = there.map(|there| &there.user);
                changes.extend(there.map(|user| deprovision(user, on_absent)));
            }
            Standing::Waiting => figures.waiting += 1,
            Standing::Protected => figures.protected += 1,
            Standing::Off => figures.off += 1,
        }
        users.push(AbsentUser {
            user_id: there.map_or(absentee.managed.user_id, |there| {
                there.user.user_id().into()
            }),
            standing,
            why,
            managed_since: absentee.managed.since,
            last_seen: absentee.last_seen,
            absent_since: absentee.managed.absence.map(|absence| absence.since),
            runs: absentee.runs,
            confirmed: there.is_some_and(|there| there.confirmed),
        });
    }
    figures.count(&changes);
    (users, figures, changes)
}

fn stand(
    absentee: &Absentee,
    there: Option<&FoundAbsent>,
    on_absent: OnAbsent,
    protection: &Protection,
) -> (Standing, String) {
    if let Some(why) = &absentee.waits {
        return (Standing::Waiting, why.clone());
    }
    let Some(FoundAbsent { user, confirmed }) = there else {
        return (
            Standing::Off,
            "the tenant does not show the user".to_owned(),
        );
    };
    if user.is_deleted() {
        return (Standing::Off, "deleted already".to_owned());
    }
    if on_absent == OnAbsent::Deactivate && !is_active(user) {
        return (Standing::Off, "deactivated already".to_owned());
    }
    if let Some(why) = protection.of_absent(user) {
        return (Standing::Protected, why.to_owned());
    }
    if !confirmed {
        let why = "the user was not read by itself, so nothing confirms it";
        return (Standing::Waiting, why.to_owned());
    }
    let runs = match absentee.runs {
        1 => "1 good run".to_owned(),
        runs => format!("{runs} good runs"),
    };
    (Standing::Deprovision, format!("missed by {runs}"))
}

/// Whether the user can log on: a blank `Activated` counts as true.
pub fn is_active(user: &impl Listed) -> bool {
    !user.is_deleted()
        && user.value(&Field::Property(Property::Activated)) != Some(ValueRef::Bool(false))
}

fn deprovision(user: &User, on_absent: OnAbsent) -> Change {
    let (action, property, to) = match on_absent {
        OnAbsent::Delete => (Action::Delete, Property::Deleted, true),
        _ => (Action::Deactivate, Property::Activated, false),
    };
    let field = Field::Property(property);
    Change {
        action,
        effect: Effect::LosesAccess,
        user_id: user.user_id().into(),
        place: None,
        fields: vec![FieldChange {
            from: user.get(&field),
            field,
            to: Some(Value::Bool(to)),
        }],
        held: None,
        seen: None,
        mail: None,
    }
}

#[cfg(test)]
mod tests;
