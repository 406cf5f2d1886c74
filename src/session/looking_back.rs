//! What the store tells of the past, without a tenant and without a lock: past runs, any report again, and how a
//! source stands.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use crate::config::Settings;
use crate::failure::Failure;
use crate::model::{Outcome, Plan, Run, RunSummary, Status};
use crate::report::{Ends, History, PastCall, PastEntry, SourceStatus, Standing, fold_run};
use crate::store::{CallEntry, EndRecord, Holder, RunEnd, RunRecord, Store, StoreError};

/// Opens the store to look back; `None` if nothing has run yet.
pub(super) fn open(settings: &Settings) -> Result<Option<Store>, Failure> {
    let dir = &settings.state_dir;
    let store = Store::open_whosever(dir)?;
    if store.is_none() && Store::exists(dir) {
        return Err(written_by_an_older(dir));
    }
    Ok(store)
}

/// The failure for a store that only a run brings up to date.
pub(super) fn written_by_an_older(dir: &Path) -> Failure {
    let message = format!(
        "the store in {} was written by an older crewsync",
        dir.display()
    );
    Failure::stopped(message)
        .hint("the next sync brings it up to date; or look back with the crewsync that wrote it")
}

pub(super) fn nothing_ran(settings: &Settings) -> Failure {
    let state = settings.state_dir.display();
    Failure::stopped(format!("no run stands in {state}"))
        .hint("name the directory of the runs with --state, or its configuration with --config")
}

/// Past runs and calls by hand, newest first, of each at most so many.
///
/// # Errors
/// Those of the store, and if there is none.
pub fn history(settings: &Settings, last: usize) -> Result<History, Failure> {
    let store = open(settings)?.ok_or_else(|| nothing_ran(settings))?;
    let records = store.runs()?.into_iter().rev().take(last);
    let runs = records.map(|record| entry(&store, record));
    let calls = store.hand_calls()?.into_iter().rev().take(last);
    Ok(History {
        tenant: store.tenant()?.to_string(),
        runs: runs.collect::<Result<_, _>>()?,
        calls: calls.map(past_call).collect(),
    })
}

pub(super) fn past_call(call: CallEntry) -> PastCall {
    PastCall {
        number: call.number,
        at: call.opened_at,
        call: call.line,
        user_ids: call.user_ids,
        reason: call.reason,
        verdict: call.verdict,
    }
}

fn entry(store: &Store, record: RunRecord) -> Result<PastEntry, StoreError> {
    let RunRecord {
        run,
        plan,
        source,
        started_at,
        end,
    } = record;
    let frame = store.plan_frame(&run)?;
    let review = frame.as_ref().and_then(|plan| plan.review.clone());
    let summary = match &end {
        Some(end) => summary_of(&end.summary),
        None => frame
            .map(|plan| PastEntry::planned(plan.summary))
            .unwrap_or_default(),
    };
    Ok(PastEntry {
        how: word(end.as_ref()),
        ended_at: end.as_ref().map(|end| end.ended_at),
        exit_code: end.as_ref().map(|end| end.exit_code),
        resumable: end.as_ref().is_none_or(|end| end.resumable),
        error: end.and_then(|end| end.error),
        approved_by: review
            .and_then(|review| review.approval)
            .map(|approval| approval.by),
        summary,
        run,
        plan,
        source,
        started_at,
    })
}

/// A figure that an older version did not know is none.
fn summary_of(json: &Json) -> RunSummary {
    serde_json::from_value(json.clone()).unwrap_or_default()
}

pub(super) fn word(end: Option<&EndRecord>) -> String {
    let word = match end.map(|end| end.how) {
        None => "unfinished",
        Some(RunEnd::Completed) => "completed",
        Some(RunEnd::Stopped) => "stopped",
        Some(RunEnd::Interrupted) => "interrupted",
        Some(RunEnd::Superseded) => "superseded",
    };
    word.to_owned()
}

/// The plan of a run and what became of it, told again from the journal: the newest, or the one whose id begins so.
///
/// # Errors
/// Those of the store, and an id that is not known or fits several.
pub fn retell(settings: &Settings, run: Option<&str>) -> Result<(Plan, Run), Failure> {
    let store = open(settings)?.ok_or_else(|| nothing_ran(settings))?;
    let record = run_named(&store, settings, run)?;
    let plan = super::heal::plan_of(&store, &record.run)?;
    let mut run = fold_run(
        plan.clone(),
        record.run.clone(),
        ends(&store, &plan, &record.run)?,
    );
    run.resumable = record.end.as_ref().is_none_or(|end| end.resumable);
    run.error = match record.end {
        Some(end) => end.error,
        None => Some(unfinished(settings).error_json()),
    };
    Ok((plan, run))
}

/// The newest run, or the one whose id begins so.
pub(super) fn run_named(
    store: &Store,
    settings: &Settings,
    named: Option<&str>,
) -> Result<RunRecord, Failure> {
    choose(store.runs()?, named)?.ok_or_else(|| nothing_ran(settings))
}

fn choose(mut runs: Vec<RunRecord>, named: Option<&str>) -> Result<Option<RunRecord>, Failure> {
    let Some(named) = named else {
        return Ok(runs.pop());
    };
    runs.retain(|record| record.run.starts_with(named));
    match runs.len() {
        0 => Err(Failure::usage(format!("the journal knows no run {named}"))
            .hint("`crewsync history` lists them")),
        1 => Ok(runs.pop()),
        many => Err(
            Failure::usage(format!("{named} is the beginning of {many} runs"))
                .hint("write more of the id"),
        ),
    }
}

/// What the journal holds of a run. What is in flight at this moment, or was when the process died, is unconfirmed.
fn ends(store: &Store, plan: &Plan, run: &str) -> Result<Ends, StoreError> {
    let calls = store.calls(run)?;
    let mut ended = store.outcomes(run)?;
    let unsettled = store.unsettled_attempts()?.into_iter();
    for seq in unsettled
        .filter(|attempt| attempt.run == run)
        .flat_map(|attempt| attempt.operations)
    {
        let is_open = ended.iter().all(|(known, _)| *known != seq);
        if let (true, Some(change)) = (is_open, plan.changes.get(seq as usize)) {
            let outcome = Outcome {
                user_id: change.user_id.clone(),
                line: change.line(),
                action: change.action,
                status: Status::Unconfirmed,
                reason: Some("in_flight".to_owned()),
                code: None,
                message: None,
                data_path: None,
            };
            ended.push((seq, outcome));
        }
    }
    ended.sort_by_key(|(seq, _)| *seq);
    Ok(Ends {
        outcomes: ended.into_iter().map(|(_, outcome)| outcome).collect(),
        answers: store.notes(run)?,
        problems: store.problems_met(run)?,
        requests: calls.requests,
        retries: calls.retries,
    })
}

fn unfinished(settings: &Settings) -> Failure {
    match Holder::named_in(&settings.state_dir) {
        Some(holder) => Failure::stopped(format!("the run has no end yet; at work: {holder}")),
        None => Failure::stopped("the run has no end: its process was killed"),
    }
}

/// How the configured source stands: for a monitor.
///
/// # Errors
/// Those of the store.
pub fn status(
    settings: &Settings,
    max_age: SignedDuration,
    now: Timestamp,
) -> Result<SourceStatus, Failure> {
    let source = settings.source.id.clone();
    let mut status = SourceStatus {
        status: Standing::Never,
        source,
        tenant: String::new(),
        last_run: None,
        last_success: None,
        age_seconds: None,
        max_age_seconds: max_age.as_secs_f64(),
        at_work: Holder::named_in(&settings.state_dir).map(|holder| holder.to_string()),
        paused: None,
    };
    let Some(store) = open(settings)? else {
        return Ok(status);
    };
    status.tenant = store.tenant()?.to_string();
    status.paused = store.paused(&status.source)?.map(|pause| pause.reason);
    status.last_success = store.last_completed(&status.source)?;
    let age = status.last_success.map(|at| now.duration_since(at));
    status.age_seconds = age.map(|age| age.as_secs_f64());
    let mut runs = store.runs()?;
    runs.retain(|record| record.source == status.source);
    let judged = match runs.as_slice() {
        // The one that is at work has not failed: the one before it tells.
        [.., before, last] if last.end.is_none() && status.at_work.is_some() => Some(before),
        [last] if last.end.is_none() && status.at_work.is_some() => Some(last),
        all => all.last(),
    };
    status.status = match judged {
        None => Standing::Never,
        Some(_) if age.is_some_and(|age| age > max_age) => Standing::Late,
        Some(record) if ended_well(record) => Standing::Ok,
        Some(record) if record.end.is_none() && status.at_work.is_some() => Standing::Ok,
        Some(_) => Standing::Failed,
    };
    if let Some(record) = runs.pop() {
        status.last_run = Some(entry(&store, record)?);
    }
    Ok(status)
}

fn ended_well(record: &RunRecord) -> bool {
    record
        .end
        .as_ref()
        .is_some_and(|end| end.how == RunEnd::Completed)
}
