//! Whom our runs switched off, or created so, and have not switched on since: only these may be switched on without a
//! person.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Access, Change, Status, SwitchedOff, UserKey};

use super::error::Fault;
use super::rows::{Table, json, time};
use super::runs::OPERATIONS;
use super::{Store, StoreError, journal, written};

const SWITCHED_OFF: Table = Table {
    name: "switched_off",
    columns: &["key", "access", "at"],
};

impl Store {
    /// How we left each user whom we switched off.
    pub fn switched_off(&self) -> Result<SwitchedOff, StoreError> {
        self.read("read whom we switched off", |connection| {
            let found = SWITCHED_OFF.select(connection, "", [], |cells| {
                Ok((UserKey::of(&cells.text()?), cells.json()?))
            })?;
            Ok(found.into_iter().collect())
        })
    }
}

/// Called at each end of a run, in its transaction: whom it has switched off, and on again.
pub(super) fn learn(transaction: &Connection, run: &str, at: Timestamp) -> Result<(), Fault> {
    let applied = journal::statuses(transaction, run)?.into_iter();
    let applied = applied.filter(|(_, status)| *status == Status::Applied);
    let applied: HashSet<u32> = applied.map(|(seq, _)| seq).collect();
    for (seq, change) in of_access(transaction, run)? {
        if !applied.contains(&seq) {
            continue;
        }
        let before = written::before(transaction, run, seq)?;
        let before = before.as_ref().map(Access::of);
        let left = before.unwrap_or_default().after(&change.fields);
        let key = UserKey::of(&change.user_id);
        match (before == Some(left), left.is_off()) {
            (true, _) => {}
            (false, true) => {
                let cells = [key.as_str().to_owned().into(), json(&left), time(at)];
                SWITCHED_OFF.put(transaction, &cells)?;
            }
            (false, false) => forget(transaction, &key)?,
        }
    }
    Ok(())
}

/// The changes of a run that may change what their user can do.
fn of_access(connection: &Connection, run: &str) -> Result<Vec<(u32, Change)>, Fault> {
    let condition =
        "WHERE run = ? AND (change LIKE '%\"Activated\"%' OR change LIKE '%\"Deleted\"%'
        OR change LIKE '%\"Locked\"%')";
    OPERATIONS.select(connection, condition, [run], |cells| {
        let _run = cells.text()?;
        let seq = cells.number()?;
        let _columns: (String, u8) = (cells.text()?, cells.number()?);
        Ok((seq, cells.json()?))
    })
}

/// A person has touched the user since, so we no longer know why he is as he is.
pub(super) fn forget(transaction: &Connection, key: &UserKey) -> Result<(), Fault> {
    let sql = "DELETE FROM switched_off WHERE key = ?";
    transaction.prepare_cached(sql)?.execute([key.as_str()])?;
    Ok(())
}
