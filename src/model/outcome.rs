//! What became of each planned change, and the figures of a run.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    Absence, Action, Detail, GuardReading, GuardVerdict, Plan, PlanSummary, Problem, Review,
};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The tenant has it.
    Applied,
    /// The tenant refused it in a call of its own.
    Rejected,
    /// It may or may not have happened, and reading cannot tell.
    Unconfirmed,
    /// Not sent: a rule wants a person.
    Held,
    /// Not sent: the user was already as wanted, or a person left the change out.
    Skipped,
}

/// The end of one change. A change without an outcome was not sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The user.
    pub user_id: Box<str>,
    /// Line of the export; `None` for a user absent from it.
    pub line: Option<u64>,
    /// What was to be done.
    pub action: Action,
    /// What became of it.
    pub status: Status,
    /// Our word for why: a hold, `already_as_wanted`, `refused_alone`, `read_back`, …
    pub reason: Option<String>,
    /// The tenant's code, where it refused.
    pub code: Option<i64>,
    /// The tenant's message, where it refused.
    pub message: Option<String>,
    /// The tenant's dataPath, where it gave one.
    pub data_path: Option<String>,
}

/// One detail object of one answer, traced back to the user and the line that it speaks of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnswerNote {
    /// The attempt whose answer held it.
    pub attempt: i64,
    /// HTTP status of that answer.
    pub status: u16,
    /// The detail, as sent.
    #[serde(flatten)]
    pub detail: Detail,
    /// The user it points at, where it points.
    pub user_id: Option<Box<str>>,
    /// The line of the export that he belongs to.
    pub line: Option<u64>,
}

/// A finished (or interrupted) run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// The run's id.
    pub run: String,
    /// The plan's id.
    pub plan: String,
    /// Whether `resume` can finish it.
    pub resumable: bool,
    /// The figures.
    pub summary: RunSummary,
    /// What was done about absent users.
    pub absence: Absence,
    /// Every guard that spoke.
    pub guards: Vec<GuardReading>,
    /// What a person decided about the plan before; `None` if nobody was asked.
    pub review: Option<Review>,
    /// What became of each change that has an end, in export order.
    pub outcomes: Vec<Outcome>,
    /// All problems of reading, mapping, validation and planning.
    pub problems: Vec<Problem>,
    /// Every detail object of every answer.
    pub answers: Vec<AnswerNote>,
    /// Set if the run was stopped: why, caused by, hint.
    pub error: Option<Json>,
}

impl Run {
    /// Whether a guard refused the whole run, so that nothing was sent.
    pub fn is_refused(&self) -> bool {
        !self.is_approved()
            && self
                .guards
                .iter()
                .any(|reading| reading.verdict == GuardVerdict::Refused)
    }

    /// Whether a person approved what the guards held or refused.
    pub fn is_approved(&self) -> bool {
        let review = self.review.as_ref();
        review.is_some_and(|review| review.approval.is_some())
    }
}

/// The figures of a run: those of its plan, and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunSummary {
    /// The plan's figures; `held` and `rejected` are replaced by the run's.
    #[serde(flatten)]
    pub plan: PlanSummary,
    /// Users created.
    pub created: u64,
    /// Users updated without touching activation.
    pub updated: u64,
    /// Users deactivated, by row or by absence.
    pub deactivated: u64,
    /// Users activated again.
    pub reactivated: u64,
    /// Users brought back from `Deleted`.
    pub restored: u64,
    /// Users deleted, by row or by absence.
    pub deleted: u64,
    /// Planned, allowed, but never sent (the run ended first).
    pub not_sent: u64,
    /// May or may not have happened.
    pub unconfirmed: u64,
    /// Already as wanted when it was their turn, or left out by the person who applied the plan.
    pub skipped: u64,
    /// Warnings in answers and problems.
    pub warnings: u64,
    /// Bulk requests sent, retries included.
    pub requests: u64,
    /// Bulk requests sent again after a failure that was not a refusal.
    pub retries: u64,
}

impl RunSummary {
    /// Folds a plan and the outcomes of its changes. `requests`, `retries` and `warnings` are given
    /// by who saw them.
    pub fn fold(plan: &Plan, outcomes: &[Outcome]) -> RunSummary {
        let mut summary = RunSummary {
            plan: plan.summary,
            ..RunSummary::default()
        };
        let mut ended_sendable_rows = 0;
        for outcome in outcomes {
            let by_row = u64::from(outcome.line.is_some());
            match outcome.status {
                Status::Applied => *summary.done(outcome.action) += 1,
                Status::Rejected => summary.plan.rejected += by_row,
                Status::Unconfirmed => summary.unconfirmed += by_row,
                Status::Held => summary.plan.held += by_row,
                Status::Skipped => summary.skipped += by_row,
            }
            ended_sendable_rows += by_row;
        }
        let sendable_rows = plan
            .sendable()
            .filter(|change| change.place.is_some())
            .count() as u64;
        summary.not_sent = sendable_rows.saturating_sub(ended_sendable_rows);
        summary
    }

    fn done(&mut self, action: Action) -> &mut u64 {
        match action {
            Action::Create => &mut self.created,
            Action::Update => &mut self.updated,
            Action::Deactivate => &mut self.deactivated,
            Action::Reactivate => &mut self.reactivated,
            Action::Restore => &mut self.restored,
            Action::Delete => &mut self.deleted,
        }
    }

    /// Whether every row has exactly one end (promise 4, sum 1). `by_absence` is how many of the
    /// applied changes concern users absent from the export.
    pub fn adds_up(&self, by_absence: u64) -> bool {
        let counts = &self.plan;
        let done = self.created
            + self.updated
            + self.deactivated
            + self.reactivated
            + self.restored
            + self.deleted;
        counts.rows + by_absence
            == counts.unchanged
                + counts.rejected
                + counts.duplicate
                + counts.out_of_scope
                + counts.not_yet_effective
                + done
                + self.plan.held
                + self.skipped
                + self.unconfirmed
                + self.not_sent
    }
}
