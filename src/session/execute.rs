//! A plan, executed under the journal: begun, delivered, folded into a report, ended.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::config::{ConfirmAbsent, Settings, Verify};
use crate::delivery::{Delivered, DeliverySettings, Earlier, Tools, deliver};
use crate::failure::{Exit, Failure};
use crate::fetch::Bases;
use crate::model::{Change, Event, Hold, Plan, Problem, Progress, Run};
use crate::pacing::{Endpoint, Limits};
use crate::planning::Planned;
use crate::report::{Ends, adds_up, fold_run};
use crate::store::{EndOfRun, PlanUse, RunEnd, StoreError};

use super::exits::exits_of_run;
use super::failures::{stop_failure, store_failure};
use super::heal::{superseded, to_supersede};
use super::links::mail_links;
use super::{Connection, Journal, Signals};

/// What a run ended with: always a report, and a failure if something stopped it.
pub struct Executed {
    /// The report.
    pub run: Run,
    /// Why it ended early.
    pub failure: Option<Failure>,
    /// Whether a person's approval would send more of the plan.
    pub can_be_approved: bool,
    /// Earlier runs that it has closed.
    pub superseded: Vec<String>,
    /// What failed in the store after everything had been recorded.
    pub untidy: Option<Failure>,
    /// Problems that were met while it was carried out; they stand in the report as well.
    met: Vec<Problem>,
}

/// Sends what the plan allows and says what became of every row. Earlier runs of the same source that could
/// still be resumed are closed: this one takes their place.
///
/// # Errors
/// Only what prevents even the beginning: nothing was sent then.
pub async fn execute(
    planned: Planned,
    plan_use: &PlanUse<'_>,
    connection: &Connection,
    journal: &Journal,
    settings: &Settings,
    signals: &Signals,
    progress: Arc<dyn Progress>,
) -> Result<Executed, Failure> {
    let Planned {
        plan, bases, basis, ..
    } = planned;
    let run = Uuid::now_v7().to_string();
    let tools = tools(connection, journal, signals, progress)?;
    let earlier = begin(journal, &run, &plan, &settings.source.id, plan_use)?;
    journal.store().keep_basis(&run, &basis)?;
    let begun = Begun {
        run,
        plan,
        bases,
        earlier: Earlier::ended_before(plan_use.ended.to_vec()),
    };
    let executed = carry_out(begun, (connection, &tools), journal, settings, signals).await?;
    Ok(Executed {
        superseded: earlier,
        ..executed
    })
}

/// Records the run, and in the same step closes those whose place it takes. Gives their ids.
fn begin(
    journal: &Journal,
    run: &str,
    plan: &Plan,
    source: &str,
    plan_use: &PlanUse<'_>,
) -> Result<Vec<String>, StoreError> {
    let mut store = journal.store();
    let earlier = to_supersede(&store, source)?;
    let ends: Vec<(&str, EndOfRun<'_>)> = earlier
        .iter()
        .map(|(run, summary)| (&**run, superseded(summary)))
        .collect();
    store.begin_run_of_plan(&ends, run, plan, source, plan_use, Timestamp::now())?;
    drop(ends);
    Ok(earlier.into_iter().map(|(run, _)| run).collect())
}

/// A run that stands in the journal.
pub(super) struct Begun {
    pub run: String,
    pub plan: Plan,
    pub bases: Bases,
    pub earlier: Earlier,
}

/// Delivers what is left of a run, folds its report and records its end.
pub(super) async fn carry_out(
    begun: Begun,
    (connection, tools): (&Connection, &Tools),
    journal: &Journal,
    settings: &Settings,
    signals: &Signals,
) -> Result<Executed, Failure> {
    let Begun {
        run,
        plan,
        bases,
        earlier,
    } = begun;
    let delivery = delivery_settings(settings, journal)?;
    let delivering = async {
        match plan.is_refused() {
            // Recorded and reported like every run, so that the night does not look as if nothing had run.
            true => Delivered::default(),
            false => deliver(&plan, &run, bases, earlier, &delivery, tools).await,
        }
    };
    let delivering = async {
        let mut delivered = delivering.await;
        let planned = (run.as_str(), &plan);
        mail_links(
            planned,
            &mut delivered,
            connection,
            journal,
            tools,
            settings,
        )
        .await;
        delivered
    };
    let delivered = tokio::select! {
        delivered = delivering => delivered,
        never = tell_of_stopping(tools) => never,
    };
    let mut executed = report(
        plan,
        run,
        delivered,
        signals,
        &tools.reader.base_url().place(),
    );
    match end(journal, &executed) {
        Ok(()) => executed.untidy = journal.store().tidy().err().map(Failure::from),
        Err(error) => not_ended(&mut executed, error),
    }
    Ok(executed)
}

/// The journal does not know that the run is over, so it can be taken up again. The report is told all the same.
fn not_ended(executed: &mut Executed, error: StoreError) {
    let failure = match executed.failure.take() {
        Some(failure) => failure,
        None => store_failure(error)
            .caused_by("the end of the run could not be recorded; what became of each row was"),
    };
    executed.run.error = Some(failure.error_json());
    executed.run.resumable = true;
    executed.failure = Some(failure.resumable(true));
}

/// After the first signal: says why the program is still there. Never returns.
async fn tell_of_stopping<T>(tools: &Tools) -> T {
    tools.interrupt.cancelled().await;
    let text = "stopping: nothing new is sent, and what is in flight is given half a minute to settle \
                (a second signal ends at once)";
    let text = text.to_owned();
    tools.progress.event(Event::Note { text });
    std::future::pending().await
}

/// What delivery works with.
pub(super) fn tools(
    connection: &Connection,
    journal: &Journal,
    signals: &Signals,
    progress: Arc<dyn Progress>,
) -> Result<Tools, Failure> {
    Ok(Tools {
        reads: connection.reads.clone(),
        reader: connection.reader.clone(),
        writer: Arc::new(connection.writer()?),
        pace: connection.pace.clone(),
        store: journal.store.clone(),
        progress,
        interrupt: signals.interrupt.clone(),
        protection: connection.protection.clone(),
    })
}

fn report(
    plan: Plan,
    run: String,
    delivered: Delivered,
    signals: &Signals,
    tenant: &str,
) -> Executed {
    let can_be_approved = can_be_approved(&plan);
    let stopped = delivered.stopped;
    let met = delivered.problems.clone();
    let ends = Ends {
        outcomes: delivered.outcomes,
        answers: delivered.answers,
        problems: delivered.problems,
        requests: delivered.requests,
        retries: delivered.retries,
    };
    let mut run = fold_run(plan, run, ends);
    let failure = match stopped {
        Some(stop) => {
            let not_sent = run.summary.not_sent;
            Some(stop_failure(stop, signals.kind(), not_sent, tenant))
        }
        None if !adds_up(&run) => Some(does_not_add_up(&run)),
        None => None,
    };
    run.resumable = failure.as_ref().is_some_and(|failure| failure.resumable);
    run.error = failure.as_ref().map(Failure::error_json);
    Executed {
        run,
        failure,
        can_be_approved,
        superseded: Vec::new(),
        untidy: None,
        met,
    }
}

/// Whether a guard keeps back something that a person could let through.
fn can_be_approved(plan: &Plan) -> bool {
    let is_held = |change: &Change| change.held.is_some_and(Hold::is_guard);
    (plan.is_refused() && plan.sendable().next().is_some()) || plan.changes.iter().any(is_held)
}

/// If promise 4 does not hold, the report cannot be trusted.
fn does_not_add_up(run: &Run) -> Failure {
    Failure::stopped(
        "the report does not add up to the rows of the export and the users absent from it",
    )
    .caused_by(format!("{:?}", run.summary))
    .caused_by(format!("{:?}", run.absence.figures))
    .hint(
        "this is a fault of crewsync, please report it; the journal holds every call that was made",
    )
}

fn end(journal: &Journal, executed: &Executed) -> Result<(), StoreError> {
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
        problems: &executed.met,
        error: executed.run.error.as_ref(),
        at: Timestamp::now(),
    };
    journal.store().end_run(&executed.run.run, &end)
}

impl Executed {
    /// The exit that tells how the run ended.
    pub fn exit(&self) -> Exit {
        let failed = self.failure.as_ref().map(Failure::exit);
        Exit::of_all(failed.into_iter().chain(exits_of_run(&self.run)))
    }
}

/// What the settings ask for, as far as the tenant is known to take it.
pub(super) fn delivery_settings(
    settings: &Settings,
    journal: &Journal,
) -> Result<DeliverySettings, StoreError> {
    let delivery = &settings.delivery;
    let habits = journal.store().habits()?;
    let habits = habits.map(|(habits, _)| habits).unwrap_or_default();
    Ok(DeliverySettings {
        chunk_users_max: habits.users_max(delivery.chunk_users_max),
        chunk_bytes_max: habits.bytes_max(delivery.chunk_bytes_max),
        in_flight_max: delivery.in_flight_max,
        confirm_absent: settings.create.confirm_absent == ConfirmAbsent::Get,
        retry: delivery.retry,
        deadline: delivery.deadline,
        verify_reads_max: verify_reads_max(delivery.verify, &delivery.limits),
    })
}

/// A sample takes half a minute at most.
fn verify_reads_max(verify: Verify, limits: &Limits) -> usize {
    const SAMPLE_TIME: Duration = Duration::from_secs(30);
    let between = limits.spacing(Endpoint::UserGet);
    match verify {
        Verify::None => 0,
        Verify::Sample if !between.is_zero() => {
            (SAMPLE_TIME.as_nanos() / between.as_nanos()) as usize
        }
        Verify::All | Verify::Sample => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_what_half_a_minute_allows() {
        for (verify, limits, reads) in [
            (Verify::Sample, "vendor", 443),
            (Verify::Sample, "default=1/m", 0),
            (Verify::Sample, "off", usize::MAX),
            (Verify::All, "vendor", usize::MAX),
            (Verify::None, "off", 0),
        ] {
            let reads_max = verify_reads_max(verify, &limits.parse().unwrap());
            assert_eq!(reads_max, reads, "{verify:?} {limits}");
        }
    }
}
