//! A plan, executed under the journal: begun, delivered, folded into a report, ended.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::config::{ConfirmAbsent, Settings};
use crate::delivery::{Delivered, DeliverySettings, Tools, deliver};
use crate::failure::{Exit, Failure};
use crate::model::{Plan, Progress, Run, RunSummary, Severity, Status};
use crate::planning::Planned;
use crate::store::{EndOfRun, RunEnd};

use super::exits::exits_of_run;
use super::failures::stop_failure;
use super::{Connection, Journal, Signals};

/// What a run ended with: always a report, and a failure if something stopped it.
pub struct Executed {
    /// The report.
    pub run: Run,
    /// Why it ended early.
    pub failure: Option<Failure>,
}

/// Sends what the plan allows and says what became of every row.
///
/// # Errors
/// Only what prevents even the beginning: nothing was sent then.
pub async fn execute(
    planned: Planned,
    connection: &Connection,
    journal: &Journal,
    settings: &Settings,
    signals: &Signals,
    progress: Arc<dyn Progress>,
) -> Result<Executed, Failure> {
    let Planned { plan, bases, .. } = planned;
    let run = Uuid::now_v7().to_string();
    journal.seed(&connection.pace)?;
    lock(journal).begin_run(&run, &plan, &settings.source.id, Timestamp::now())?;
    let tools = Tools {
        reads: connection.reads.clone(),
        reader: connection.reader.clone(),
        writer: Arc::new(connection.writer()?),
        pace: connection.pace.clone(),
        store: journal.store.clone(),
        progress,
        interrupt: signals.interrupt.clone(),
    };
    let delivered = match plan.is_refused() {
        // Recorded and reported like every run, so that the night does not look as if nothing had run.
        true => Delivered::default(),
        false => deliver(&plan, &run, bases, &delivery_settings(settings), &tools).await,
    };
    journal.keep_not_before(&connection.pace)?;
    let executed = report(plan, run, delivered, signals);
    end(journal, &executed)?;
    Ok(executed)
}

fn report(plan: Plan, run: String, delivered: Delivered, signals: &Signals) -> Executed {
    let mut summary = RunSummary::fold(&plan, &delivered.outcomes);
    summary.requests = delivered.requests;
    summary.retries = delivered.retries;
    let is_warning = |problem: &&crate::model::Problem| problem.severity == Severity::Warning;
    let warned = plan.problems.iter().filter(is_warning).count();
    let noted = delivered
        .answers
        .iter()
        .filter(|note| note.status < 400)
        .count();
    summary.warnings = (warned + noted) as u64;
    let applied_by_absence = delivered
        .outcomes
        .iter()
        .filter(|outcome| outcome.line.is_none() && outcome.status == Status::Applied)
        .count() as u64;
    let failure = match delivered.stopped {
        Some(stop) => Some(stop_failure(stop, signals.kind(), summary.not_sent)),
        None if !summary.adds_up(applied_by_absence) => Some(does_not_add_up(&summary)),
        None => None,
    };
    let run = Run {
        run,
        plan: plan.id,
        resumable: failure.as_ref().is_some_and(|failure| failure.resumable),
        summary,
        absence: plan.absence,
        guards: plan.guards,
        outcomes: delivered.outcomes,
        problems: plan.problems,
        answers: delivered.answers,
        error: failure.as_ref().map(Failure::error_json),
    };
    Executed { run, failure }
}

/// Promise 4: every row has exactly one end. If it does not hold, the report cannot be trusted.
fn does_not_add_up(summary: &RunSummary) -> Failure {
    Failure::stopped("the rows of the report do not add up to the rows of the export")
        .caused_by(format!("{summary:?}"))
        .hint("this is a fault of crewsync, please report it; the journal holds every call that was made")
}

fn end(journal: &Journal, executed: &Executed) -> Result<(), Failure> {
    let how = match &executed.failure {
        None if executed.run.is_refused() => RunEnd::Stopped,
        None => RunEnd::Completed,
        Some(failure) if failure.kind.is_signal() => RunEnd::Interrupted,
        Some(_) => RunEnd::Stopped,
    };
    let exit = executed.exit();
    let end = EndOfRun {
        how,
        exit_code: exit.code(),
        resumable: executed.run.resumable,
        summary: &executed.run.summary,
        error: executed.run.error.as_ref(),
        at: Timestamp::now(),
    };
    Ok(lock(journal).end_run(&executed.run.run, &end)?)
}

impl Executed {
    /// The exit that tells how the run ended.
    pub fn exit(&self) -> Exit {
        let failed = self.failure.as_ref().map(Failure::exit);
        Exit::of_all(failed.into_iter().chain(exits_of_run(&self.run)))
    }
}

fn delivery_settings(settings: &Settings) -> DeliverySettings {
    let delivery = &settings.delivery;
    DeliverySettings {
        chunk_users_max: delivery.chunk_users_max,
        chunk_bytes_max: delivery.chunk_bytes_max,
        in_flight_max: delivery.in_flight_max,
        confirm_absent: settings.create.confirm_absent == ConfirmAbsent::Get,
        retry: delivery.retry,
        deadline: delivery.deadline,
    }
}

fn lock(journal: &Journal) -> std::sync::MutexGuard<'_, crate::store::Store> {
    journal.store.lock().unwrap_or_else(PoisonError::into_inner)
}
