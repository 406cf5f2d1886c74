//! Runs: begun with their whole plan, ended with their figures.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::model::{
    Absence, Change, GuardReading, Plan, PlanSummary, Problem, Review, RunSummary, Status,
};

use super::error::Fault;
use super::good_runs;
use super::journal::statuses;
use super::rows::{Table, json, number, time, word};
use super::{Store, StoreError, quarantine, switched_off};

pub(super) const RUNS: Table = Table {
    name: "runs",
    columns: &["run", "plan_id", "source", "plan", "started_at"],
};
const RUN_ENDS: Table = Table {
    name: "run_ends",
    columns: &[
        "run",
        "number",
        "how",
        "exit_code",
        "resumable",
        "summary",
        "error",
        "ended_at",
    ],
};
const RUN_PROBLEMS: Table = Table {
    name: "run_problems",
    columns: &["run", "number", "problem"],
};
pub(super) const OPERATIONS: Table = Table {
    name: "operations",
    columns: &["run", "seq", "user_id", "sendable", "change"],
};

/// Whether any run has begun.
pub(super) fn any(connection: &Connection) -> Result<bool, Fault> {
    RUNS.has_rows(connection)
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunEnd {
    /// Every change has its outcome. The run takes no further attempt.
    Completed,
    /// An error stopped it.
    Stopped,
    /// A person or the system stopped it.
    Interrupted,
    /// A later run planned anew and took its place. It takes no further attempt.
    Superseded,
}

/// What is recorded when a run ends.
#[derive(Clone, Copy, Debug)]
pub struct EndOfRun<'a> {
    /// How.
    pub how: RunEnd,
    /// The exit code of the program.
    pub exit_code: u8,
    /// Whether the run can be finished later.
    pub resumable: bool,
    /// The figures.
    pub summary: &'a RunSummary,
    /// Problems that were met while it was carried out, beside those of its plan.
    pub problems: &'a [Problem],
    /// Why it stopped, as in [`Run::error`](crate::model::Run).
    pub error: Option<&'a Json>,
    /// When.
    pub at: Timestamp,
}

/// A run as the journal knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// The run's id.
    pub run: String,
    /// The plan's id.
    pub plan: String,
    /// The source whose export it worked on.
    pub source: String,
    /// When it began.
    pub started_at: Timestamp,
    /// Its last end; `None` while it works, or if it was killed.
    pub end: Option<EndRecord>,
}

/// The end of a run as the journal knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct EndRecord {
    /// How.
    pub how: RunEnd,
    /// The exit code of the program.
    pub exit_code: u8,
    /// Whether the run can be finished later.
    pub resumable: bool,
    /// The figures, as [`RunSummary`] in JSON.
    pub summary: Json,
    /// Why it stopped.
    pub error: Option<Json>,
    /// When.
    pub ended_at: Timestamp,
}

impl Store {
    /// Records a run with its plan: one operation for each change. The number `seq` of an operation is the
    /// index of its change in `plan.changes`. `source` is `[source] id`.
    ///
    /// Errors: a run id that exists already, and those of the disk.
    pub fn begin_run(
        &mut self,
        run: &str,
        plan: &Plan,
        source: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("begin the run", |transaction| {
            insert_run(transaction, run, plan, source, now)
        })
    }

    /// Records that a run ended. A run that is resumed later ends once more; the last end counts. With an end that
    /// leaves nothing to resume goes what [`Store::keep_basis`] kept for it: a completed run makes users managed.
    pub fn end_run(&mut self, run: &str, end: &EndOfRun<'_>) -> Result<(), StoreError> {
        self.write("end the run", |transaction| {
            insert_end(transaction, run, end)
        })
    }

    /// When a run of a source last came to its end with every change settled; `None` if none ever did.
    pub fn last_completed(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        self.read("read the runs", |connection| {
            let condition =
                "WHERE how = 'completed' AND run IN (SELECT run FROM runs WHERE source = ?)
                ORDER BY rowid DESC LIMIT 1";
            let ends = RUN_ENDS.select(connection, condition, [source], |cells| {
                let _key: (String, u32) = (cells.text()?, cells.number()?);
                let _how: (String, u8, u8) = (cells.text()?, cells.number()?, cells.number()?);
                let _texts = (cells.text()?, cells.optional_text()?);
                cells.time()
            })?;
            Ok(ends.into_iter().next())
        })
    }

    /// All runs in the order in which they began.
    pub fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        self.read("read the runs", |connection| {
            let mut runs = RUNS.select(connection, "ORDER BY rowid", [], |cells| {
                let (run, plan, source) = (cells.text()?, cells.text()?, cells.text()?);
                let _frame = cells.text()?;
                let started_at = cells.time()?;
                Ok(RunRecord {
                    run,
                    plan,
                    source,
                    started_at,
                    end: None,
                })
            })?;
            for record in &mut runs {
                record.end = last_end(connection, &record.run)?;
            }
            Ok(runs)
        })
    }

    /// The problems that were met while a run was carried out, each once, in the order in which they were met.
    pub fn problems_met(&self, run: &str) -> Result<Vec<Problem>, StoreError> {
        self.read("read the problems", |connection| {
            problems_met(connection, run)
        })
    }

    /// The plan of a run without its changes, as it was when the run began; `None` if there is no such run.
    pub fn plan_frame(&self, run: &str) -> Result<Option<Plan>, StoreError> {
        self.read("read the plan", |connection| plan_frame(connection, run))
    }

    /// The plan of a run, as it was when the run began; `None` if there is no such run.
    pub fn plan(&self, run: &str) -> Result<Option<Plan>, StoreError> {
        self.read("read the plan", |connection| {
            let Some(mut plan) = plan_frame(connection, run)? else {
                return Ok(None);
            };
            for_each_change(connection, run, |_, change| {
                plan.changes.push(change);
                Ok(())
            })?;
            Ok(Some(plan))
        })
    }
}

pub(super) fn insert_end(
    connection: &Connection,
    run: &str,
    end: &EndOfRun<'_>,
) -> Result<(), Fault> {
    let count = "SELECT count(*) FROM run_ends WHERE run = ?";
    let ends: i64 = connection.query_row(count, [run], |row| row.get(0))?;
    let cells = [
        run.to_owned().into(),
        (ends + 1).into(),
        word(&end.how),
        end.exit_code.into(),
        end.resumable.into(),
        json(end.summary),
        end.error.map(Json::to_string).into(),
        time(end.at),
    ];
    RUN_ENDS.insert(connection, &cells)?;
    let mut met = problems_met(connection, run)?;
    for problem in end.problems {
        if !met.contains(problem) {
            let number = number(met.len() as u64 + 1);
            RUN_PROBLEMS.insert(connection, &[run.to_owned().into(), number, json(problem)])?;
            met.push(problem.clone());
        }
    }
    let statuses: HashMap<u32, Status> = statuses(connection, run)?.into_iter().collect();
    let mut ends = good_runs::Ends::default();
    for_each_change(connection, run, |seq, change| {
        let status = statuses.get(&seq).copied();
        ends.add(&change, status);
        match status {
            Some(Status::Applied) => switched_off::learn(connection, (run, seq), &change, end.at),
            _ => Ok(()),
        }
    })?;
    quarantine::learn(connection, (run, &source_of(connection, run)?), end.at)?;
    good_runs::learn(connection, run, ends, end)
}

/// Goes through the changes of a run in the order of their `seq`, one in memory at a time.
pub(super) fn for_each_change(
    connection: &Connection,
    run: &str,
    mut take: impl FnMut(u32, Change) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let condition = "WHERE run = ? ORDER BY seq";
    let taken = OPERATIONS.select(connection, condition, [run], |cells| {
        let _run = cells.text()?;
        let seq = cells.number()?;
        let _columns: (String, u8) = (cells.text()?, cells.number()?);
        take(seq, cells.json()?)
    });
    taken.map(drop)
}

/// The source of a run; blank if there is no such run.
pub(super) fn source_of(connection: &Connection, run: &str) -> Result<String, Fault> {
    let mut sources: Vec<String> = RUNS.select(connection, "WHERE run = ?", [run], |cells| {
        let _ids = (cells.text()?, cells.text()?);
        cells.text()
    })?;
    Ok(sources.pop().unwrap_or_default())
}

fn plan_frame(connection: &Connection, run: &str) -> Result<Option<Plan>, Fault> {
    let mut plans = RUNS.select(connection, "WHERE run = ?", [run], |cells| {
        let _ids = (cells.text()?, cells.text()?, cells.text()?);
        cells.json()
    })?;
    Ok(plans.pop())
}

fn problems_met(connection: &Connection, run: &str) -> Result<Vec<Problem>, Fault> {
    let condition = "WHERE run = ? ORDER BY number";
    RUN_PROBLEMS.select(connection, condition, [run], |cells| {
        let _key: (String, u32) = (cells.text()?, cells.number()?);
        cells.json()
    })
}

/// A run with one operation for each change of its plan.
pub(super) fn insert_run(
    transaction: &Connection,
    run: &str,
    plan: &Plan,
    source: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let cells = [
        run.to_owned().into(),
        plan.id.clone().into(),
        source.to_owned().into(),
        json(&PlanFrame::of(plan)),
        time(now),
    ];
    RUNS.insert(transaction, &cells)?;
    for (seq, change) in plan.changes.iter().enumerate() {
        let cells = [
            run.to_owned().into(),
            number(seq as u64),
            change.user_id.to_string().into(),
            change.held.is_none().into(),
            json(change),
        ];
        OPERATIONS.insert(transaction, &cells)?;
    }
    Ok(())
}

/// The last end of a run; `None` if it has none.
pub(super) fn last_end(connection: &Connection, run: &str) -> Result<Option<EndRecord>, Fault> {
    let condition = "WHERE run = ? ORDER BY number DESC LIMIT 1";
    let mut ends = RUN_ENDS.select(connection, condition, [run], |cells| {
        let _key: (String, u32) = (cells.text()?, cells.number()?);
        Ok(EndRecord {
            how: cells.word()?,
            exit_code: cells.number()?,
            resumable: cells.number::<u8>()? != 0,
            summary: cells.json()?,
            error: cells.optional_json()?,
            ended_at: cells.time()?,
        })
    })?;
    Ok(ends.pop())
}

/// A plan without its changes; reads back as a [`Plan`].
#[derive(Serialize)]
struct PlanFrame<'a> {
    plan: &'a str,
    summary: &'a PlanSummary,
    absence: &'a Absence,
    guards: &'a [GuardReading],
    changes: [(); 0],
    problems: &'a [Problem],
    #[serde(skip_serializing_if = "Option::is_none")]
    review: &'a Option<Review>,
}

impl PlanFrame<'_> {
    fn of(plan: &Plan) -> PlanFrame<'_> {
        PlanFrame {
            plan: &plan.id,
            summary: &plan.summary,
            absence: &plan.absence,
            guards: &plan.guards,
            changes: [],
            problems: &plan.problems,
            review: &plan.review,
        }
    }
}
