//! A saved plan and a person's word on it → the plan as it is carried out, and what ends before it begins.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::{Change, Hold, Outcome, Plan, PlanSummary, Review, RowCounts, Status};

use super::{Terms, cost};

/// The plan under a person's review: an approval releases what its guards held, and says so on the face of the plan;
/// whatever else holds a change holds it still. The figures are those of the plan as it is now; what a person left
/// out stays in it and costs nothing.
pub fn reviewed(mut plan: Plan, review: Review, terms: &Terms) -> Plan {
    if review.approval.is_some() {
        let held = plan.changes.iter_mut();
        for change in held.filter(|change| change.held.is_some_and(Hold::is_guard)) {
            change.held = None;
        }
    }
    let PlanSummary {
        rows,
        unchanged,
        rejected,
        duplicate,
        out_of_scope,
        not_yet_effective,
        absent,
        ..
    } = plan.summary;
    let counts = RowCounts {
        rows,
        unchanged,
        rejected,
        duplicate,
        out_of_scope,
        not_yet_effective,
    };
    let is_sent = |change: &&Change| !review.leaves_out(change);
    let sent: Cow<'_, [Change]> = match plan.changes.iter().all(|change| is_sent(&change)) {
        true => Cow::Borrowed(&plan.changes),
        false => plan.changes.iter().filter(is_sent).cloned().collect(),
    };
    let cost = cost(&sent, terms);
    plan.summary = PlanSummary {
        absent,
        calls: cost.calls,
        estimated_seconds: cost.seconds,
        ..PlanSummary::fold(counts, &plan.changes)
    };
    plan.absence.figures.count(&plan.changes);
    plan.review = (!review.is_empty()).then_some(review);
    plan
}

/// The changes of a plan that end before its run begins: left out by a person, or done (by index) by an earlier run
/// of the same saving.
pub fn ended_before(plan: &Plan, done: &BTreeSet<u32>) -> Vec<(u32, Outcome)> {
    let is_left_out = |change: &Change| {
        let review = plan.review.as_ref();
        review.is_some_and(|review| review.leaves_out(change))
    };
    let indexes = 0_u32..;
    let sendable = indexes
        .zip(&plan.changes)
        .filter(|(_, change)| change.held.is_none());
    let ended = sendable.filter_map(|(index, change)| {
        let reason = match (is_left_out(change), done.contains(&index)) {
            (true, _) => Review::LEFT_OUT,
            (false, true) => "done_earlier",
            (false, false) => return None,
        };
        let outcome = Outcome {
            user_id: change.user_id.clone(),
            line: change.line(),
            action: change.action,
            status: Status::Skipped,
            reason: Some(reason.to_owned()),
            code: None,
            message: None,
            data_path: None,
        };
        Some((index, outcome))
    });
    ended.collect()
}
