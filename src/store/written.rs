//! What a run has made of its users, as its journal tells: for the stored state, once the run is over.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Change, Status, User};

use super::error::Fault;
use super::journal::{ATTEMPT_OPERATIONS, OUTCOMES};
use super::{Store, StoreError};

/// An operation that left its user as the plan wanted him, or found him so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
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
    /// The operations of a run that were applied or skipped. One whose end was corrected afterwards is left out: its
    /// user was read then.
    pub fn written(&self, run: &str) -> Result<Vec<Written>, StoreError> {
        self.read("read the outcomes", |connection| {
            let condition = "WHERE run = ?1 AND status IN ('applied', 'skipped')
                AND seq NOT IN (SELECT seq FROM amendments WHERE run = ?1)";
            OUTCOMES.select(connection, condition, [run], |cells| {
                let _run = cells.text()?;
                let (seq, status, reason) =
                    (cells.number()?, cells.word()?, cells.optional_text()?);
                let _answer: (Option<i64>, Option<String>, Option<String>) = (
                    cells.optional_number()?,
                    cells.optional_text()?,
                    cells.optional_text()?,
                );
                Ok(Written {
                    seq,
                    status,
                    reason,
                    ended_at: cells.time()?,
                })
            })
        })
    }

    /// The user of an operation as he was before the last call that carried it; `None` if no call did, or if he did
    /// not exist.
    pub fn before(&self, run: &str, seq: u32) -> Result<Option<User>, StoreError> {
        self.read("read the journal", |connection| {
            before(connection, run, seq)
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
    let condition = "WHERE run = ? AND seq = ? ORDER BY attempt";
    let before = ATTEMPT_OPERATIONS.select(connection, condition, (run, seq), |cells| {
        let _key: (i64, u32) = (cells.number()?, cells.number()?);
        let _operation: (String, u32) = (cells.text()?, cells.number()?);
        cells.optional_json()
    })?;
    let before = before.into_iter().next_back().flatten();
    Ok(before.and_then(|object| User::new(object).ok()))
}
