//! Saved plans as the journal knows them: which runs carried one out, and who approved it. The plans themselves are
//! files.
//!
//! A saving of a plan is named by the checksum of its file. Saving the same plan again is another saving: it may
//! be approved once more, and what was done under the one before is done.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::Transaction;

use crate::model::{Approval, Outcome, Plan, Review, Status};

use super::error::Fault;
use super::journal::insert_outcomes;
use super::rows::{Table, time};
use super::runs::{EndOfRun, insert_end, insert_run};
use super::{Store, StoreError};

const PLAN_USES: Table = Table {
    name: "plan_uses",
    columns: &["run", "saving"],
};
const APPROVALS: Table = Table {
    name: "approvals",
    columns: &["saving", "plan_id", "run", "approved_by", "approved_at"],
};

/// What a run that carries out a saved plan stands on.
#[derive(Clone, Copy, Debug)]
pub struct PlanUse<'a> {
    /// The saving: the checksum of the plan's file.
    pub saving: &'a str,
    /// Changes (by index) that end before the run begins: left out by a person, or done by an earlier run.
    pub ended: &'a [(u32, Outcome)],
}

impl Store {
    /// Records a run of a saved plan, as [`Store::begin_run`] does, in one step with the ends of the runs whose place it
    /// takes (by their ids), so that nobody finds them closed without the one that does their work; with what ends before it begins; and with the approval, if the plan's
    /// review holds one.
    ///
    /// Refused as a contradiction: an approval of a saving that was approved before.
    pub fn begin_run_of_plan(
        &mut self,
        in_place_of: &[(&str, EndOfRun<'_>)],
        run: &str,
        plan: &Plan,
        source: &str,
        plan_use: &PlanUse<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("begin the run", |transaction| {
            for (earlier, end) in in_place_of {
                insert_end(transaction, earlier, end)?;
            }
            insert_run(transaction, run, plan, source, now)?;
            let cells = [run.to_owned().into(), plan_use.saving.to_owned().into()];
            PLAN_USES.insert(transaction, &cells)?;
            insert_approval(transaction, run, plan, plan_use.saving)?;
            insert_outcomes(transaction, run, plan_use.ended, now)
        })
    }

    /// The approval of that saving, and the run that it was given for.
    pub fn approval_of(&self, saving: &str) -> Result<Option<(Approval, String)>, StoreError> {
        self.read("read the approval", |connection| {
            let mut found =
                APPROVALS.select(connection, "WHERE saving = ?", [saving], |cells| {
                    let _ids = (cells.text()?, cells.text()?);
                    let run = cells.text()?;
                    let by = cells.text()?;
                    let at = cells.time()?;
                    Ok((Approval { by, at }, run))
                })?;
            Ok(found.pop())
        })
    }

    /// The changes (by index) of a saving that earlier runs have done, or may have done. They are not done
    /// twice: whoever undid one by hand since then had his reason.
    pub fn done_of_saving(&self, saving: &str) -> Result<BTreeSet<u32>, StoreError> {
        let runs = self.read("read the uses of the plan", |connection| {
            PLAN_USES.select(connection, "WHERE saving = ?", [saving], |cells| {
                cells.text()
            })
        })?;
        let mut done = BTreeSet::new();
        for run in runs {
            let outcomes = self.outcomes(&run)?.into_iter();
            let ended = outcomes.filter(|(_, outcome)| match outcome.status {
                Status::Applied | Status::Unconfirmed => true,
                Status::Skipped => outcome.reason.as_deref() != Some(Review::LEFT_OUT),
                Status::Rejected | Status::Held => false,
            });
            done.extend(ended.map(|(seq, _)| seq));
        }
        Ok(done)
    }
}

fn insert_approval(
    transaction: &Transaction<'_>,
    run: &str,
    plan: &Plan,
    saving: &str,
) -> Result<(), Fault> {
    let review = plan.review.as_ref();
    let Some(approval) = review.and_then(|review| review.approval.as_ref()) else {
        return Ok(());
    };
    let cells = [
        saving.to_owned().into(),
        plan.id.clone().into(),
        run.to_owned().into(),
        approval.by.clone().into(),
        time(approval.at),
    ];
    APPROVALS.insert(transaction, &cells)
}
