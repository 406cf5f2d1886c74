//! One user's way through the past runs, as the journal tells it, without a tenant and without a lock.

use crate::config::Settings;
use crate::failure::Failure;
use crate::model::{Plan, Problem, UserKey};
use crate::report::{Explained, ExplainedCall, ExplainedChange, ExplainedRun, KnownAs, ManagedBy};
use crate::store::{RunRecord, Store, StoreError, Traces};

use super::looking_back::{nothing_ran, open, past_call, word};

/// What the store knows of a user, case and Unicode form of the id aside; of runs and calls, the newest at most so many.
///
/// # Errors
/// Those of the store, and if there is none.
pub fn explain(settings: &Settings, user_id: &str, last: usize) -> Result<Explained, Failure> {
    let store = open(settings)?.ok_or_else(|| nothing_ran(settings))?;
    let traces = store.traces(user_id)?;
    let key = UserKey::of(user_id);
    let (mut runs, mut older_runs) = (Vec::new(), 0);
    for record in store.runs()?.into_iter().rev() {
        let Some(plan) = about(&store, &record, &key, &traces)? else {
            continue;
        };
        match runs.len() < last {
            true => runs.push(explain_run(&store, record, plan, &key, &traces)?),
            false => older_runs += 1,
        }
    }
    let managed = traces
        .sources
        .into_iter()
        .map(|(source, managed)| ManagedBy {
            source,
            since: managed.since,
            absent_since: managed.absence.map(|absence| absence.since),
            last_seen: managed.absence.map(|absence| absence.last_seen),
        });
    let known = traces.known.into_iter().map(|known| KnownAs {
        user_id: known.user_id.into(),
        origin: known.origin,
        seen_at: known.seen_at,
        gone_at: known.gone_at,
        object: serde_json::from_str(&known.object).unwrap_or_default(),
    });
    let also = traces.ids.into_iter().filter(|id| id != user_id);
    Ok(Explained {
        user_id: user_id.to_owned(),
        also: also.collect(),
        tenant: store.tenant()?.to_string(),
        managed: managed.collect(),
        known: known.collect(),
        runs,
        older_runs,
        calls: traces
            .calls
            .into_iter()
            .rev()
            .take(last)
            .map(past_call)
            .collect(),
    })
}

/// The plan of a run without its changes, and of its problems and absent users only his; `None` if nothing of it is
/// about him.
fn about(
    store: &Store,
    record: &RunRecord,
    key: &UserKey,
    traces: &Traces,
) -> Result<Option<Plan>, StoreError> {
    let Some(mut plan) = store.plan_frame(&record.run)? else {
        return Ok(None);
    };
    let met = store.problems_met(&record.run)?.into_iter();
    plan.problems.extend(met);
    let is_his = |id: &str| UserKey::of(id) == *key;
    let names_him = |problem: &Problem| problem.user_id.as_deref().is_some_and(is_his);
    plan.problems.retain(names_him);
    plan.absence.users.retain(|user| is_his(&user.user_id));
    let is_planned = traces.operations.iter().any(|(run, _)| *run == record.run);
    let is_about = is_planned || !plan.problems.is_empty() || !plan.absence.users.is_empty();
    Ok(is_about.then_some(plan))
}

fn explain_run(
    store: &Store,
    record: RunRecord,
    mut plan: Plan,
    key: &UserKey,
    traces: &Traces,
) -> Result<ExplainedRun, StoreError> {
    let planned = traces
        .operations
        .iter()
        .filter(|(run, _)| *run == record.run);
    let mut changes = Vec::new();
    for (run, seq) in planned {
        let (change, _before) = store.change_and_before(run, *seq)?;
        let calls = store
            .sent(run, *seq)?
            .into_iter()
            .map(|sent| ExplainedCall {
                attempt: sent.attempt,
                at: sent.opened_at,
                endpoint: sent.endpoint_class,
                verdict: sent.verdict,
                http_status: sent.http_status,
            });
        let mut answers = store.notes(run)?;
        answers.retain(|note| {
            note.user_id
                .as_deref()
                .is_some_and(|id| UserKey::of(id) == *key)
        });
        changes.push(ExplainedChange {
            change,
            calls: calls.collect(),
            answers,
            outcome: store.outcome(run, *seq)?,
        });
    }
    Ok(ExplainedRun {
        how: word(record.end.as_ref()),
        run: record.run,
        source: record.source,
        started_at: record.started_at,
        problems: plan.problems,
        absent: plan.absence.users.pop(),
        changes,
    })
}
