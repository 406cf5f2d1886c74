//! What a run teaches once it has come to a good end: whom it makes managed, who was absent from it, and the figures
//! that the next export is compared with.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{AbsentSince, Action, Basis, Change, Effect, GoodRun, Managed, Status, UserKey};

use super::error::Fault;
use super::rows::{Table, json, number, time};
use super::runs::{self, EndOfRun, RUNS, RunEnd, source_of};
use super::{Store, StoreError, journal, managed, switched_off};

const RUN_BASES: Table = Table {
    name: "run_bases",
    columns: &["run", "basis"],
};
const GOOD_RUNS: Table = Table {
    name: "good_runs",
    columns: &[
        "run", "source", "at", "input", "judged", "managed", "figures",
    ],
};

impl Store {
    /// Keeps what a run that has begun will teach if it ends well.
    pub fn keep_basis(&mut self, run: &str, basis: &Basis) -> Result<(), StoreError> {
        self.write("keep the basis of the run", |transaction| {
            RUN_BASES.insert(transaction, &[run.to_owned().into(), json(basis)])
        })
    }

    /// The last good runs of a source, at most so many, newest first.
    pub fn good_runs(&self, source: &str, most: u32) -> Result<Vec<GoodRun>, StoreError> {
        self.read("read the good runs", |connection| {
            let condition = "WHERE source = ? ORDER BY rowid DESC LIMIT ?";
            GOOD_RUNS.select(connection, condition, (source, most), |cells| {
                let _ids = (cells.text()?, cells.text()?);
                Ok(GoodRun {
                    at: cells.time()?,
                    input: cells.text()?,
                    judged: cells.number::<u8>()? != 0,
                    managed: cells.number()?,
                    figures: cells.json()?,
                })
            })
        })
    }

    /// How many users of a source have lost access through its runs since that time, or may have.
    ///
    /// A run whose guard held or refused them has taken access from those alone whom a person approved: they do
    /// not count against what may go without one.
    pub fn lost_access_since(&self, source: &str, since: Timestamp) -> Result<u64, StoreError> {
        self.read("count lost access", |connection| {
            let condition = "WHERE source = ?1 AND rowid >= coalesce((SELECT min(rowid) FROM runs
                    WHERE source = ?1 AND started_at >= ?2), 9223372036854775807)";
            let runs: Vec<Option<String>> =
                RUNS.select(connection, condition, (source, time(since)), |cells| {
                    let run = cells.text()?;
                    let _ids = (cells.text()?, cells.text()?);
                    let frame: serde_json::Value = cells.json()?;
                    Ok((!was_stopped_by_guard(&frame)).then_some(run))
                })?;
            let mut lost = 0;
            for run in runs.into_iter().flatten() {
                lost += lost_access(connection, &run)?;
            }
            Ok(lost)
        })
    }
}

fn was_stopped_by_guard(frame: &serde_json::Value) -> bool {
    let readings = frame["guards"].as_array();
    readings.into_iter().flatten().any(|reading| {
        reading["verdict"] == "refused"
            || (reading["guard"] == "max_deprovisions" && reading["verdict"] == "held")
    })
}

fn lost_access(connection: &Connection, run: &str) -> Result<u64, Fault> {
    let done =
        |status: Option<Status>| matches!(status, Some(Status::Applied | Status::Unconfirmed));
    let ended: HashMap<u32, Status> = journal::statuses(connection, run)?.into_iter().collect();
    if !ended.values().any(|status| done(Some(*status))) {
        return Ok(0);
    }
    let mut lost = 0;
    runs::for_each_change(connection, run, |seq, change| {
        let is_lost = change.effect == Effect::LosesAccess && done(ended.get(&seq).copied());
        lost += u64::from(is_lost);
        Ok(())
    })?;
    Ok(lost)
}

/// What became of the users whom a run was to create or to delete.
#[derive(Default)]
pub(super) struct Ends {
    created: u64,
    not_created: Vec<UserKey>,
    deleted: Vec<UserKey>,
}

impl Ends {
    /// Takes in one change, and how it ended at first.
    pub fn add(&mut self, change: &Change, status: Option<Status>) {
        let key = || UserKey::of(&change.user_id);
        match (change.action, status) {
            (Action::Create | Action::Restore, Some(Status::Applied)) => self.created += 1,
            (Action::Create, Some(Status::Skipped)) => {}
            (Action::Create, _) => self.not_created.push(key()),
            (Action::Delete, Some(Status::Applied)) => self.deleted.push(key()),
            _ => {}
        }
    }
}

/// Called at each end of a run, in its transaction.
pub(super) fn learn(
    transaction: &Connection,
    run: &str,
    mut ends: Ends,
    end: &EndOfRun<'_>,
) -> Result<(), Fault> {
    if end.resumable {
        return Ok(());
    }
    ends.not_created.sort_unstable();
    let condition = "WHERE run = ?";
    let mut kept: Vec<Basis> = RUN_BASES.select(transaction, condition, [run], |cells| {
        let _run = cells.text()?;
        cells.json()
    })?;
    transaction.execute("DELETE FROM run_bases WHERE run = ?", [run])?;
    match kept.pop() {
        Some(basis) if end.how == RunEnd::Completed => keep(transaction, run, ends, basis, end.at),
        _ => Ok(()),
    }
}

fn keep(
    transaction: &Connection,
    run: &str,
    ends: Ends,
    mut basis: Basis,
    at: Timestamp,
) -> Result<(), Fault> {
    let source = source_of(transaction, run)?;
    let known = managed::of_source(transaction, &source)?;
    let before = good_run_before(transaction, &source)?;
    let mut count = known.len() as u64;
    let listed: BTreeMap<UserKey, Box<str>> = std::mem::take(&mut basis.users)
        .iter()
        .map(|user_id| (UserKey::of(user_id), user_id.into()))
        .filter(|(key, _)| ends.not_created.binary_search(key).is_err())
        .collect();
    for (key, user_id) in listed {
        match known.get(&key) {
            Some(managed) if managed.absence.is_none() => {}
            found => {
                let since = found.map_or(at, |managed| managed.since);
                let absence = None;
                let now = Managed {
                    user_id,
                    since,
                    absence,
                };
                managed::put(transaction, &source, &key, &now)?;
                count += u64::from(found.is_none());
            }
        }
    }
    for key in basis.absent.iter().map(|user_id| UserKey::of(user_id)) {
        let Some(found) = known.get(&key).filter(|managed| managed.absence.is_none()) else {
            continue;
        };
        let last_seen = before.map_or(found.since, |before| before.max(found.since));
        let absence = Some(AbsentSince {
            since: at,
            last_seen,
        });
        let now = Managed {
            absence,
            ..found.clone()
        };
        managed::put(transaction, &source, &key, &now)?;
    }
    for user_id in &basis.touched {
        switched_off::forget(transaction, &UserKey::of(user_id))?;
    }
    for key in &ends.deleted {
        count -= managed::remove(transaction, &source, key)?.min(count);
    }
    if !basis.full {
        return Ok(());
    }
    let gone = ends.deleted.len() as u64;
    let visible = basis.figures.visible;
    basis.figures.visible = visible.map(|users| (users + ends.created).saturating_sub(gone));
    let cells = [
        run.to_owned().into(),
        source.into(),
        time(at),
        basis.input.into(),
        basis.judged.into(),
        number(count),
        json(&basis.figures),
    ];
    GOOD_RUNS.insert(transaction, &cells)
}

fn good_run_before(connection: &Connection, source: &str) -> Result<Option<Timestamp>, Fault> {
    let condition = "WHERE source = ? AND judged <> 0 ORDER BY rowid DESC LIMIT 1";
    let found = GOOD_RUNS.select(connection, condition, [source], |cells| {
        let _ids = (cells.text()?, cells.text()?);
        cells.time()
    })?;
    Ok(found.into_iter().next())
}
