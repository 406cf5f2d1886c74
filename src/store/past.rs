//! What the last runs of a source asked of the tenant, so that a change that never lasts can be told.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Action, Asked, Change, Hold, PastRun, Plan, Status};

use super::error::Fault;
use super::runs::{OPERATIONS, RUNS};
use super::{Store, StoreError};

const DAY_S: i64 = 24 * 60 * 60;

impl Store {
    /// The runs of a source on the last `days` days (UTC) on which it ran, today left out, newest first. What they
    /// planned for users who did not exist is left out as well.
    pub fn past_runs(
        &self,
        source: &str,
        days: u32,
        now: Timestamp,
    ) -> Result<Vec<PastRun>, StoreError> {
        let today = day_text(now);
        self.read("read the past runs", |connection| {
            let condition = "WHERE source = ?1 AND substr(started_at, 1, 10) IN (
                    SELECT DISTINCT substr(started_at, 1, 10) AS day FROM runs
                    WHERE source = ?1 AND day < ?2 ORDER BY day DESC LIMIT ?3)
                ORDER BY substr(started_at, 1, 10) DESC, rowid DESC";
            let begun = RUNS.select(connection, condition, (source, today, days), |cells| {
                let run = cells.text()?;
                let _ids = (cells.text()?, cells.text()?);
                let plan: Plan = cells.json()?;
                let problems = plan.problems.into_iter();
                let left_out =
                    problems.filter(|problem| problem.code == Hold::NotConverging.name());
                let past = PastRun {
                    left_out: left_out.collect(),
                    day: cells.time()?.as_second().div_euclid(DAY_S),
                    ..PastRun::default()
                };
                Ok((run, past))
            })?;
            let past = begun.into_iter();
            past.map(|(run, past)| asked(connection, &run, past))
                .collect()
        })
    }
}

fn asked(connection: &Connection, run: &str, mut past: PastRun) -> Result<PastRun, Fault> {
    let applied: BTreeSet<u32> = super::journal::statuses(connection, run)?
        .into_iter()
        .filter(|(_, status)| *status == Status::Applied)
        .map(|(seq, _)| seq)
        .collect();
    let condition = "WHERE run = ? ORDER BY seq";
    let changes = OPERATIONS.select(connection, condition, [run], |cells| {
        let _run = cells.text()?;
        let seq: u32 = cells.number()?;
        let _columns: (String, u8) = (cells.text()?, cells.number()?);
        Ok((seq, cells.json::<Change>()?))
    })?;
    for (seq, change) in changes {
        if change.action == Action::Create {
            continue;
        }
        past.planned.extend(Asked::by(&change));
        if applied.contains(&seq) {
            past.applied.extend(Asked::by(&change));
        }
        if change.held == Some(Hold::NotConverging) {
            past.held.extend(Asked::by(&change));
        }
    }
    Ok(past)
}

/// As the times in the journal begin.
fn day_text(at: Timestamp) -> String {
    at.to_string().chars().take("2026-11-22".len()).collect()
}
