//! What a run has made of its users, as its journal tells: for the stored state, once the run is over.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Change, Status, User, UserKey};

use super::error::Fault;
use super::journal::{ATTEMPT_OPERATIONS, OUTCOMES};
use super::runs::OPERATIONS;
use super::{Store, StoreError};

/// An operation that left its user as the plan wanted him, or found him so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The key of its user.
    pub key: UserKey,
    /// Its number in the run.
    pub seq: u32,
    /// How it ended: applied or skipped.
    pub status: Status,
    /// Our word for why, e.g. `read_back`.
    pub reason: Option<String>,
    /// When that was recorded.
    pub ended_at: Timestamp,
}

impl Store {
    /// The operations of a run that were applied or skipped, in the order of their users' keys. One whose end was
    /// corrected afterwards is left out: its user was read then.
    pub fn written(&self, run: &str) -> Result<Vec<Written>, StoreError> {
        self.read("read the outcomes", |connection| {
            let condition = "WHERE run = ?1 AND status IN ('applied', 'skipped')
                AND seq NOT IN (SELECT seq FROM amendments WHERE run = ?1)";
            let ended = OUTCOMES.select(connection, condition, [run], |cells| {
                let _run = cells.text()?;
                let (seq, status, reason) =
                    (cells.number()?, cells.word()?, cells.optional_text()?);
                let _answer: (Option<i64>, Option<String>, Option<String>) = (
                    cells.optional_number()?,
                    cells.optional_text()?,
                    cells.optional_text()?,
                );
                let ended_at = cells.time()?;
                Ok((seq, status, reason, ended_at))
            })?;
            let mut written = Vec::with_capacity(ended.len());
            for (seq, status, reason, ended_at) in ended {
                let user_id = user_of(connection, run, seq)?;
                written.push(Written {
                    key: UserKey::of(&user_id),
                    seq,
                    status,
                    reason,
                    ended_at,
                });
            }
            written.sort_by(|one, two| one.key.cmp(&two.key));
            Ok(written)
        })
    }

    /// The change of an operation, and its user as he was before the last call that carried it; `None` if no call
    /// did, or if he did not exist.
    pub fn change_and_before(
        &self,
        run: &str,
        seq: u32,
    ) -> Result<(Change, Option<User>), StoreError> {
        self.read("read the journal", |connection| {
            let change = super::journal::change_of(connection, run, seq)?;
            Ok((change, before(connection, run, seq)?))
        })
    }
}

/// The user of an operation as he was before the last call that carried it; `None` if no call did, or if he did not
/// exist.
pub(super) fn before(connection: &Connection, run: &str, seq: u32) -> Result<Option<User>, Fault> {
    let condition = "WHERE run = ? AND seq = ? ORDER BY attempt DESC LIMIT 1";
    let before = ATTEMPT_OPERATIONS.select(connection, condition, (run, seq), |cells| {
        let _key: (i64, u32) = (cells.number()?, cells.number()?);
        let _operation: (String, u32) = (cells.text()?, cells.number()?);
        cells.optional_json()
    })?;
    let before = before.into_iter().flatten().next();
    Ok(before.and_then(|object| User::new(object).ok()))
}

fn user_of(connection: &Connection, run: &str, seq: u32) -> Result<String, Fault> {
    let condition = "WHERE run = ? AND seq = ?";
    let mut found = OPERATIONS.select(connection, condition, (run, seq), |cells| {
        let _key: (String, u32) = (cells.text()?, cells.number()?);
        cells.text()
    })?;
    found
        .pop()
        .ok_or_else(|| Fault::Contradiction(format!("run {run} has no operation {seq}")))
}
