//! A plan and what became of its changes → the run as it is told.

use std::collections::HashMap;

use crate::model::{AnswerNote, Change, Outcome, Plan, Problem, Run, RunSummary, Severity, Status};

/// What became of a plan, as whoever carried it out or the journal tells it.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    /// The end of each change that has one, in plan order.
    pub outcomes: Vec<Outcome>,
    /// Every detail object of every answer, in the order of the answers.
    pub answers: Vec<AnswerNote>,
    /// Problems that were met beside those of the plan.
    pub problems: Vec<Problem>,
    /// Bulk requests sent, retries included.
    pub requests: u64,
    /// Those of them that repeated something which had failed without a refusal.
    pub retries: u64,
}

/// Folds a plan and its ends into a run. What the plan holds ends there and then, and stands among the outcomes. Whether it can be resumed and what stopped it is for the caller to say.
pub fn fold_run(plan: Plan, run: String, ends: Ends) -> Run {
    let mut summary = RunSummary::fold(&plan, &ends.outcomes);
    summary.requests = ends.requests;
    summary.retries = ends.retries;
    let mut problems = plan.problems;
    problems.extend(ends.problems);
    let is_warning = |problem: &&Problem| problem.severity == Severity::Warning;
    let warned = problems.iter().filter(is_warning).count();
    let noted = ends.answers.iter().filter(|note| note.status < 400);
    summary.warnings = (warned + noted.count()) as u64;
    let mut absence = plan.absence;
    absence.figures = absence.figures.ended(&ends.outcomes);
    let outcomes = with_held(&plan.changes, ends.outcomes);
    Run {
        run,
        plan: plan.id,
        resumable: false,
        summary,
        absence,
        guards: plan.guards,
        review: plan.review,
        outcomes,
        problems,
        answers: ends.answers,
        error: None,
    }
}

/// The outcomes, each after those of the changes before it, with one for each change that the plan holds.
fn with_held(changes: &[Change], outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let mut ended: HashMap<Box<str>, Outcome> = outcomes
        .into_iter()
        .map(|outcome| (outcome.user_id.clone(), outcome))
        .collect();
    let all = changes.iter().filter_map(|change| match change.held {
        None => ended.remove(&change.user_id),
        Some(hold) => Some(Outcome {
            user_id: change.user_id.clone(),
            line: change.line(),
            action: change.action,
            status: Status::Held,
            reason: Some(hold.name().to_owned()),
            code: None,
            message: None,
            data_path: None,
        }),
    });
    all.collect()
}

/// Promise 4: every row and every absent user has exactly one end.
pub fn adds_up(run: &Run) -> bool {
    let by_absence = run
        .outcomes
        .iter()
        .filter(|outcome| outcome.line.is_none() && outcome.status == Status::Applied);
    run.summary.adds_up(by_absence.count() as u64) && run.absence.figures.adds_up()
}
