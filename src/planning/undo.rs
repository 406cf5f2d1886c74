//! What a run has done → the plan that takes it back, under the same guards as any other.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;

use futures::StreamExt;

use crate::diff::{Reversed, reverse};
use crate::fetch::{Bases, FetchError, Reading, Reads};
use crate::guard::{Crowd, hold_counted};
use crate::model::{
    Absence, AbsenceState, Basis, Change, Effect, Hold, Place, Plan, PlanSummary, Problem,
    RowCounts, Seen, User, UserKey,
};
use crate::planner::plan_id;

use super::{Past, Planned, Terms, cost};

/// A change that was carried out, or may have been, with its user as he was before.
pub struct Done {
    /// The change.
    pub change: Change,
    /// The user before it; `None` if there was none.
    pub before: Option<User>,
}

/// Makes the plan that takes back what that run has done. Reads only.
///
/// Every change counts as a row of it, also one of a user who was absent from the export: that one stands on line 0.
///
/// # Errors
/// The users could not be read.
pub async fn plan_undo(
    run: &str,
    mut done: Vec<Done>,
    reads: &Reads,
    past: &Past,
    terms: &Terms,
) -> Result<Planned, FetchError> {
    let file: Arc<str> = format!("run {run}").into();
    let bases = read(&done, reads).await?;
    let mut changes = Vec::new();
    let mut problems = Vec::new();
    for Done { change, before } in &mut done {
        change.place.get_or_insert(Place { line: 0, record: 0 });
        let now = match bases.get(&change.user_id) {
            Some((_, Reading::Present(user))) => Some(user),
            _ => None,
        };
        let reversed = reverse(change, before.as_ref(), now, &past.forms);
        problems.extend(told(change, &reversed, &file));
        changes.extend(reversed.change.map(|mut change| {
            change.seen = now.map(|user| Seen::of(&change, user));
            change
        }));
    }
    hold_protected(&mut changes, terms);
    let crowd = Crowd {
        users: past.access.managed.own.len() as u64,
        lost_before: past.access.lost_before,
    };
    let (guards, met) = hold_counted(&mut changes, &terms.access.guards, &crowd, &file);
    problems.extend(met);
    let rows = RowCounts {
        rows: done.len() as u64,
        unchanged: (done.len() - changes.len()) as u64,
        ..RowCounts::default()
    };
    let cost = cost(&changes, terms);
    let why = "this takes back one run and reads no export";
    let mut plan = Plan {
        id: String::new(),
        summary: PlanSummary {
            calls: cost.calls,
            estimated_seconds: cost.seconds,
            ..PlanSummary::fold(rows, &changes)
        },
        absence: Absence::new(AbsenceState::Suspended, why),
        guards,
        changes,
        problems,
        review: None,
    };
    let tenant = terms.tenant.clone().unwrap_or_default();
    let bound_to = [
        tenant,
        format!("undo of {run}"),
        terms.configuration.clone(),
        String::new(),
    ];
    plan.id = plan_id(&plan, &bound_to);
    Ok(Planned {
        plan,
        bases,
        blank_lines: 0,
        export: file,
        bound_to,
        basis: Basis::default(),
    })
}

async fn read(done: &[Done], reads: &Reads) -> Result<Bases, FetchError> {
    let ids: Vec<Box<str>> = done
        .iter()
        .map(|done| done.change.user_id.clone())
        .collect();
    let mut left = ids.clone().into_iter();
    let mut readings = pin!(reads.users(ids));
    let mut bases = HashMap::new();
    while let (Some((_, reading)), Some(user_id)) = (readings.next().await, left.next()) {
        bases.insert(user_id, (reads.now(), reading?));
    }
    Ok(bases)
}

fn hold_protected(changes: &mut [Change], terms: &Terms) {
    let protection = &terms.access.protection;
    let losing = changes.iter_mut();
    for change in losing.filter(|change| change.effect == Effect::LosesAccess) {
        if protection.of(&UserKey::of(&change.user_id)).is_some() {
            change.held.get_or_insert(Hold::Protected);
        }
    }
}

fn told(made: &Change, reversed: &Reversed, file: &Arc<str>) -> Vec<Problem> {
    let problem = |code, message: String, hint: &str| {
        let mut problem = Problem::warning(code, message)
            .file(file)
            .user(&*made.user_id)
            .hint(hint);
        problem.line = made.line().filter(|line| *line > 0);
        problem
    };
    let changed = reversed.changed_since.iter().map(|field| {
        let message = format!("{field} was changed since the run; it stays as it is");
        problem(
            "changed_since",
            message,
            "set it back in ServiceMobility if that is meant",
        )
        .column(field.to_string())
    });
    let lost = reversed.lost.iter().map(|name| {
        let message = format!("{name} of the deleted user cannot be brought back");
        problem(
            "lost_property",
            message,
            "the report of the run and `state` hold what it was",
        )
    });
    changed.chain(lost).collect()
}
