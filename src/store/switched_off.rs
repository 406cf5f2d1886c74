//! Whom our runs switched off, or created so, and have not switched on since: only these may be switched on without a
//! person.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Access, Action, Change, Field, FieldChange, Property, SwitchedOff, UserKey};

use super::error::Fault;
use super::rows::{Table, json, time};
use super::{Store, StoreError, written};

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

/// What a run that has ended did to one user, in the transaction of its end. The change was applied.
pub(super) fn learn(
    transaction: &Connection,
    (run, seq): (&str, u32),
    change: &Change,
    at: Timestamp,
) -> Result<(), Fault> {
    if !change.fields.iter().any(is_of_access) {
        return Ok(());
    }
    // Nobody was there before he was created.
    let before = match change.action {
        Action::Create => None,
        _ => written::before(transaction, run, seq)?,
    };
    let before = before.as_ref().map(Access::of);
    let left = before.unwrap_or_default().after(&change.fields);
    let key = UserKey::of(&change.user_id);
    match (before == Some(left), left.is_off()) {
        (true, _) => Ok(()),
        (false, true) => {
            let cells = [key.as_str().to_owned().into(), json(&left), time(at)];
            SWITCHED_OFF.put(transaction, &cells)
        }
        (false, false) => forget(transaction, &key),
    }
}

fn is_of_access(change: &FieldChange) -> bool {
    let of_access = [Property::Activated, Property::Deleted, Property::Locked];
    of_access.map(Field::Property).contains(&change.field)
}

/// A person has touched the user since, so we no longer know why he is as he is.
pub(super) fn forget(transaction: &Connection, key: &UserKey) -> Result<(), Fault> {
    let sql = "DELETE FROM switched_off WHERE key = ?";
    transaction.prepare_cached(sql)?.execute([key.as_str()])?;
    Ok(())
}
