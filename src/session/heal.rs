//! What earlier runs left behind, made good before a new one: calls in flight are settled by reading, and runs
//! whose place is taken are closed.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Settings;
use crate::delivery::{Earlier, Stop, Tools, settle};
use crate::failure::{Exit, Failure};
use crate::model::{Outcome, Plan, Progress, RunSummary};
use crate::store::{EndOfRun, RunEnd, RunRecord, Store, StoreError};

use super::execute::{delivery_settings, tools};
use super::failures::stop_failure;
use super::{Connection, Journal, Signals};

/// Reads back the users of calls that were in flight when an earlier process ended, whatever its source, and says
/// whose runs they were. A plan that is made afterwards is made on what those calls did.
///
/// # Errors
/// If they cannot be read: nothing may be sent to them before.
pub async fn heal(
    connection: &Connection,
    journal: &Journal,
    settings: &Settings,
    signals: &Signals,
    progress: Arc<dyn Progress>,
) -> Result<Vec<String>, Failure> {
    let unsettled = journal.store().unsettled_attempts()?;
    let runs: BTreeSet<String> = unsettled.into_iter().map(|attempt| attempt.run).collect();
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let tools = tools(connection, journal, signals, progress)?;
    let mut told = Vec::new();
    for run in runs {
        let (plan, earlier) = {
            let store = journal.store();
            (plan_of(&store, &run)?, Earlier::of(&store, &run)?)
        };
        let users = earlier.in_flight();
        let delivery = delivery_settings(settings, journal)?;
        match settle(&plan, &run, earlier, &delivery, &tools)
            .await
            .stopped
        {
            None => {}
            Some(Stop::Interrupted) => return Err(signals.before_sending()),
            Some(stop) => return Err(cannot_settle(stop, signals, &tools)),
        }
        told.push(format!(
            "the run {run} ended while {users} changes were in flight; their users were read, and what became of \
             them is in the journal"
        ));
    }
    Ok(told)
}

fn cannot_settle(stop: Stop, signals: &Signals, tools: &Tools) -> Failure {
    let failure = match stop {
        Stop::Read(error) => Failure::from(error),
        Stop::Store(error) => Failure::from(error),
        other => stop_failure(other, signals.kind(), 0, &tools.reader.base_url().place()),
    };
    let cause =
        "an earlier run ended with calls in flight, and what became of them is not known yet";
    failure.caused_by(cause).resumable(true)
}

/// The runs of a source that could still be resumed, with the figures at which a later one takes their place.
pub(super) fn to_supersede(
    store: &Store,
    source: &str,
) -> Result<Vec<(String, RunSummary)>, StoreError> {
    let mut superseded = Vec::new();
    for record in store.runs()? {
        if record.source != source || !can_be_resumed(&record) {
            continue;
        }
        let plan = plan_of(store, &record.run)?;
        let outcomes = store.outcomes(&record.run)?;
        let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
        let calls = store.calls(&record.run)?;
        let summary = RunSummary {
            requests: calls.requests,
            retries: calls.retries,
            ..RunSummary::fold(&plan, &outcomes)
        };
        superseded.push((record.run, summary));
    }
    Ok(superseded)
}

/// The end of a run whose place a later one takes.
pub(super) fn superseded(summary: &RunSummary) -> EndOfRun<'_> {
    EndOfRun {
        how: RunEnd::Superseded,
        exit_code: Exit::Stopped.code(),
        resumable: false,
        summary,
        problems: &[],
        error: None,
        at: Timestamp::now(),
    }
}

/// Whether a run was killed, or stopped in a way that lets it go on.
pub(super) fn can_be_resumed(record: &RunRecord) -> bool {
    record.end.as_ref().is_none_or(|end| end.resumable)
}

/// The plan of a run that the journal knows.
pub(super) fn plan_of(store: &Store, run: &str) -> Result<Plan, StoreError> {
    store.plan(run)?.ok_or_else(|| StoreError::Contradiction {
        doing: "read the plan",
        why: format!("there is no run {run}"),
    })
}
