//! A plan and what became of its changes → the run as it is told.

use crate::model::{AnswerNote, Outcome, Plan, Problem, Run, RunSummary, Severity, Status};

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

/// Folds a plan and its ends into a run. Whether it can be resumed and what stopped it is for the caller to say.
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
    Run {
        run,
        plan: plan.id,
        resumable: false,
        summary,
        absence,
        guards: plan.guards,
        review: plan.review,
        outcomes: ends.outcomes,
        problems,
        answers: ends.answers,
        error: None,
    }
}

/// Promise 4: every row and every absent user has exactly one end.
pub fn adds_up(run: &Run) -> bool {
    let by_absence = run
        .outcomes
        .iter()
        .filter(|outcome| outcome.line.is_none() && outcome.status == Status::Applied);
    run.summary.adds_up(by_absence.count() as u64) && run.absence.figures.adds_up()
}
