//! An interrupted run, finished: which one it is, whether it may still go on, and how it goes on.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crate::config::Settings;
use crate::delivery::Earlier;
use crate::failure::{Failure, FailureKind};
use crate::fetch::Bases;
use crate::model::{Event, Progress, RunSummary};
use crate::report::count;
use crate::store::{RunEnd, RunRecord};

use super::execute::{Begun, carry_out, tools};
use super::heal::{can_be_resumed, plan_of};
use super::{Connection, Executed, Journal, Signals};

/// A plan older than this is no longer carried out: the export that it was made of has had its night.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(12);

/// What there is to resume.
pub enum Resumable {
    /// This run.
    Run(Box<RunRecord>),
    /// Nothing, and why.
    Nothing(String),
}

/// The run of that id, else the newest that can go on.
///
/// # Errors
/// A usage failure for an id that the journal does not know; exit 6 for a run that is too old.
pub fn find_resumable(journal: &Journal, run: Option<&str>) -> Result<Resumable, Failure> {
    choose(journal.store().runs()?, run, Timestamp::now())
}

fn choose(
    mut runs: Vec<RunRecord>,
    named: Option<&str>,
    now: Timestamp,
) -> Result<Resumable, Failure> {
    let record = match named {
        None => runs.into_iter().rfind(can_be_resumed),
        Some(named) => {
            let at = runs.iter().position(|record| record.run == named);
            let at = at.ok_or_else(|| {
                Failure::usage(format!("the journal knows no run {named}"))
                    .hint("its ids are in the reports and in what sync prints; leave it out for the newest run")
            })?;
            Some(runs.swap_remove(at))
        }
    };
    let Some(record) = record else {
        return Ok(Resumable::Nothing("nothing to resume".to_owned()));
    };
    if !can_be_resumed(&record) {
        return Ok(Resumable::Nothing(format!(
            "nothing to resume: the run {} {}",
            record.run,
            how_it_ended(&record)
        )));
    }
    if now.duration_since(record.started_at) > AGE_MAX {
        let message = format!("the run {} began more than 12 hours ago", record.run);
        return Err(Failure::new(FailureKind::PlanUnfit, message)
            .caused_by(format!("it began at {:.0}", record.started_at))
            .hint(
                "run sync: it settles what was in flight, plans anew and sends what is missing",
            ));
    }
    Ok(Resumable::Run(Box::new(record)))
}

fn how_it_ended(record: &RunRecord) -> &'static str {
    match record.end.as_ref().map(|end| end.how) {
        Some(RunEnd::Superseded) => "was superseded by a later one",
        Some(RunEnd::Completed) => "is complete",
        _ => "was stopped for good",
    }
}

/// Takes a run up where the journal says it stopped, and finishes it.
///
/// # Errors
/// Only what prevents even the beginning: nothing was sent then.
pub async fn resume_run(
    record: &RunRecord,
    connection: &Connection,
    journal: &Journal,
    settings: &Settings,
    signals: &Signals,
    progress: Arc<dyn Progress>,
) -> Result<Executed, Failure> {
    let run = record.run.clone();
    let (plan, earlier) = {
        let store = journal.store();
        (plan_of(&store, &run)?, Earlier::of(&store, &run)?)
    };
    let text = format!(
        "resuming run {run}: {} of {} changes are through, {} were in flight",
        count(earlier.ended() as u64),
        count(plan.sendable().count() as u64),
        count(earlier.in_flight() as u64)
    );
    progress.event(Event::Note { text });
    let tools = tools(connection, journal, signals, progress)?;
    let begun = Begun {
        run,
        plan,
        bases: Bases::new(),
        earlier,
    };
    carry_out(begun, (connection, &tools), journal, settings, signals).await
}

/// The document of a `resume` that found nothing, in the shape of a run.
pub fn nothing_to_resume(why: &str) -> Json {
    json!({
        "run": null, "plan": null, "resumable": false, "message": why, "summary": RunSummary::default(),
        "absence": null, "guards": [], "outcomes": [], "problems": [], "answers": [], "error": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;
    use crate::store::EndRecord;

    #[test]
    fn without_an_interrupted_run_there_is_nothing_to_resume() {
        assert_eq!(chosen(&[], None), "nothing to resume");
        let complete = record("a", Some((RunEnd::Completed, false)));
        assert_eq!(chosen(&[complete], None), "nothing to resume");
    }

    #[test]
    fn the_newest_run_that_can_go_on_is_taken_or_the_named_one() {
        let runs = [
            record("a", None),
            record("b", Some((RunEnd::Interrupted, true))),
            record("c", Some((RunEnd::Stopped, false))),
            record("d", Some((RunEnd::Superseded, false))),
        ];
        for (named, found) in [
            (None, "b"),
            (Some("a"), "a"),
            (
                Some("c"),
                "nothing to resume: the run c was stopped for good",
            ),
            (
                Some("d"),
                "nothing to resume: the run d was superseded by a later one",
            ),
            (Some("e"), "2: the journal knows no run e"),
        ] {
            assert_eq!(chosen(&runs, named), found);
        }
    }

    #[test]
    fn a_run_of_yesterday_is_refused() {
        let runs = vec![record("a", None)];
        let at = |hours| runs[0].started_at + SignedDuration::from_hours(hours);
        assert!(choose(runs.clone(), None, at(12)).is_ok());
        let refused = choose(runs.clone(), None, at(12) + SignedDuration::from_secs(1));
        let failure = refused.err().expect("too old");
        assert_eq!(failure.exit(), Exit::PlanUnfit);
        assert!(failure.hint.is_some_and(|hint| hint.contains("run sync")));
    }

    fn chosen(runs: &[RunRecord], named: Option<&str>) -> String {
        match choose(runs.to_vec(), named, Timestamp::UNIX_EPOCH) {
            Ok(Resumable::Run(record)) => record.run,
            Ok(Resumable::Nothing(why)) => why,
            Err(failure) => format!("{}: {}", failure.exit().code(), failure.message),
        }
    }

    fn record(run: &str, end: Option<(RunEnd, bool)>) -> RunRecord {
        RunRecord {
            run: run.to_owned(),
            plan: "p".to_owned(),
            source: "default".to_owned(),
            started_at: Timestamp::UNIX_EPOCH,
            end: end.map(|(how, resumable)| EndRecord {
                how,
                exit_code: 1,
                resumable,
                summary: Json::Null,
                error: None,
                ended_at: Timestamp::UNIX_EPOCH,
            }),
        }
    }
}
