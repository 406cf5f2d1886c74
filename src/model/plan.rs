//! A plan: everything that would change, why, and what it would cost. A dry run ends here.

use serde::{Deserialize, Serialize};

use super::{Absence, Action, Change, Problem, Review};

/// Where each row of the export went before anything was planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Data records read, refused ones included.
    pub rows: u64,
    /// The user is already as wanted.
    pub unchanged: u64,
    /// Refused by reading, mapping or validation.
    pub rejected: u64,
    /// Another row of the same person stands for it.
    pub duplicate: u64,
    /// Excluded by `[scope]`.
    pub out_of_scope: u64,
    /// Its start date has not come.
    pub not_yet_effective: u64,
}

/// The figures of a plan. Promise: `rows` equals the sum of the row counts and the row changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanSummary {
    /// Data records read, refused ones included.
    pub rows: u64,
    /// The user is already as wanted.
    pub unchanged: u64,
    /// Users to create.
    pub create: u64,
    /// Users to update without touching activation.
    pub update: u64,
    /// Users to deactivate, by row.
    pub deactivate: u64,
    /// Users to activate again.
    pub reactivate: u64,
    /// Users to bring back from `Deleted`.
    pub restore: u64,
    /// Users to delete, by row.
    pub delete: u64,
    /// Changes that are planned but held.
    pub held: u64,
    /// Rows refused by reading, mapping or validation.
    pub rejected: u64,
    /// Rows for which another row of the same person stands.
    pub duplicate: u64,
    /// Rows excluded by `[scope]`.
    pub out_of_scope: u64,
    /// Rows whose start date has not come.
    pub not_yet_effective: u64,
    /// Users of the tenant that the export does not mention. Not rows.
    pub absent: u64,
    /// Those of them who would lose access. Not rows.
    pub absent_deprovision: u64,
    /// Mails to new users that the plan asks for. Not rows.
    #[serde(default)]
    pub mails: u64,
    /// Bulk calls that the plan needs if nothing is refused.
    pub calls: u64,
    /// How long that takes under the limits, in seconds.
    pub estimated_seconds: f64,
}

impl PlanSummary {
    /// Folds the changes over the row counts.
    pub fn fold(rows: RowCounts, changes: &[Change]) -> PlanSummary {
        let mut summary = PlanSummary {
            rows: rows.rows,
            unchanged: rows.unchanged,
            rejected: rows.rejected,
            duplicate: rows.duplicate,
            out_of_scope: rows.out_of_scope,
            not_yet_effective: rows.not_yet_effective,
            ..PlanSummary::default()
        };
        for change in changes {
            summary.mails += u64::from(change.held.is_none() && change.mail.is_some());
            if change.place.is_none() {
                summary.absent_deprovision += u64::from(change.held.is_none());
                continue;
            }
            let count = match (change.held, change.action) {
                (Some(_), _) => &mut summary.held,
                (None, Action::Create) => &mut summary.create,
                (None, Action::Update) => &mut summary.update,
                (None, Action::Deactivate) => &mut summary.deactivate,
                (None, Action::Reactivate) => &mut summary.reactivate,
                (None, Action::Restore) => &mut summary.restore,
                (None, Action::Delete) => &mut summary.delete,
            };
            *count += 1;
        }
        summary
    }

    /// Whether every row is accounted for exactly once (promise 4, sum 1).
    pub fn adds_up(&self) -> bool {
        self.rows
            == self.unchanged
                + self.rejected
                + self.duplicate
                + self.out_of_scope
                + self.not_yet_effective
                + self.create
                + self.update
                + self.deactivate
                + self.reactivate
                + self.restore
                + self.delete
                + self.held
    }
}

/// What a guard decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GuardVerdict {
    /// Within the limit.
    Ok,
    /// What it counts is held, the rest goes.
    Held,
    /// The whole run is refused.
    Refused,
}

/// A guard with its limit, the figure it measured and what it decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardReading {
    /// Its name, as in `[guards]`.
    pub guard: String,
    /// The limit, for people.
    pub limit: String,
    /// The figure, for people.
    pub figure: String,
    /// What it decided.
    pub verdict: GuardVerdict,
}

/// What would be sent, complete with what would not and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Short id: the same input, state and configuration give the same id.
    #[serde(rename = "plan")]
    pub id: String,
    /// The figures.
    pub summary: PlanSummary,
    /// What was done about absent users.
    pub absence: Absence,
    /// Every guard that spoke.
    pub guards: Vec<GuardReading>,
    /// All changes in export order, held ones included.
    pub changes: Vec<Change>,
    /// All problems met on the way.
    pub problems: Vec<Problem>,
    /// What a person decided about it; `None` until he does. No part of what the id stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

impl Plan {
    /// The changes that may be sent.
    pub fn sendable(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.held.is_none())
    }

    /// Whether a guard refused the whole run, and nobody approved it all the same.
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
