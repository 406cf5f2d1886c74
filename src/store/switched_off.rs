//! Whom our runs switched off, or created so, and have not switched on since: only these may be switched on without a
//! person.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Access, Status, SwitchedOff, UserKey};

use super::error::Fault;
use super::rows::{Table, json, time};
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
    for (seq, status) in journal::statuses(transaction, run)? {
        if status != Status::Applied {
            continue;
        }
        let change = journal::change_of(transaction, run, seq)?;
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

/// A person has touched the user since, so we no longer know why he is as he is.
pub(super) fn forget(transaction: &Connection, key: &UserKey) -> Result<(), Fault> {
    let sql = "DELETE FROM switched_off WHERE key = ?";
    transaction.prepare_cached(sql)?.execute([key.as_str()])?;
    Ok(())
}
