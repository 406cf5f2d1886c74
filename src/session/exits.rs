//! Which exits a plan or a run calls for by itself, and what the last line on stderr says of it.

use super::links::without_link;
use crate::diff::STORAGE_LOCATION_HELD;
use crate::failure::Exit;
use crate::model::{GuardReading, GuardVerdict, Plan, Problem, Run};

/// Kinds of rows that want a person, with their number.
pub type RowsLeft = Vec<(&'static str, u64)>;

/// The exits that a plan calls for: refused rows, holds, guards.
pub fn exits_of_plan(plan: &Plan) -> Vec<Exit> {
    exits(&rows_left_by_plan(plan), &plan.guards)
}

/// The exits that a run calls for, whether or not something stopped it as well.
pub fn exits_of_run(run: &Run) -> Vec<Exit> {
    // What a person has approved is done as he wished.
    let guards: &[GuardReading] = if run.is_approved() { &[] } else { &run.guards };
    exits(&rows_left_by_run(run), guards)
}

/// The rows of a plan that want a person.
pub fn rows_left_by_plan(plan: &Plan) -> RowsLeft {
    vec![
        ("refused", plan.summary.rejected),
        ("held", plan.summary.held),
        ("without their storage location", left_out(&plan.problems)),
    ]
}

/// The rows of a run that want a person.
pub fn rows_left_by_run(run: &Run) -> RowsLeft {
    vec![
        ("refused or rejected", run.summary.plan.rejected),
        ("held", run.summary.plan.held),
        ("unconfirmed", run.summary.unconfirmed),
        ("created without their link", without_link(&run.problems)),
        ("without their storage location", left_out(&run.problems)),
    ]
}

fn exits(rows_left: &RowsLeft, guards: &[GuardReading]) -> Vec<Exit> {
    let guarded = guards
        .iter()
        .any(|reading| reading.verdict != GuardVerdict::Ok);
    let mut exits = Vec::new();
    exits.extend(
        rows_left
            .iter()
            .any(|(_, rows)| *rows > 0)
            .then_some(Exit::RowsLeft),
    );
    exits.extend(guarded.then_some(Exit::Guarded));
    exits
}

/// A field that was held while the rest of its user goes.
fn left_out(problems: &[Problem]) -> u64 {
    let held = problems
        .iter()
        .filter(|problem| problem.code == STORAGE_LOCATION_HELD);
    held.count() as u64
}
