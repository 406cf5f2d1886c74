//! What a probe found out about the tenant. The last one counts.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::OpenFlags;

use crate::model::Habits;

use super::error::Fault;
use super::open::{FILE, connect};
use super::rows::{Table, json, time};
use super::tenant::read_tenant;
use super::{Store, StoreError, TenantIdentity};

const HABITS: Table = Table {
    name: "habits",
    columns: &["one", "answers", "probed_at"],
};

impl Store {
    /// Keeps the answers of a probe in place of those of an earlier one.
    pub fn keep_habits(&mut self, habits: &Habits, at: Timestamp) -> Result<(), StoreError> {
        self.write("keep the answers of the probe", |transaction| {
            HABITS.put(transaction, &[1.into(), json(habits), time(at)])
        })
    }

    /// The answers of the last probe, and when it was.
    pub fn habits(&self) -> Result<Option<(Habits, Timestamp)>, StoreError> {
        self.read("read the answers of the probe", select)
    }

    /// The same of a state directory, without opening the store for work: `None` also if there is no store, or one
    /// that cannot be read (whoever opens it for work says why), or one of an older version or another tenant.
    pub fn habits_in(dir: &Path, tenant: &TenantIdentity) -> Option<(Habits, Timestamp)> {
        let path = dir.join(FILE);
        if !path.exists() {
            return None;
        }
        let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        let is_his = read_tenant(&connection).is_ok_and(|found| found.agrees_with(tenant));
        if !is_his {
            return None;
        }
        select(&connection).ok().flatten()
    }
}

fn select(connection: &rusqlite::Connection) -> Result<Option<(Habits, Timestamp)>, Fault> {
    let mut found = HABITS.select(connection, "", [], |cells| {
        let _one: i64 = cells.number()?;
        Ok((cells.json()?, cells.time()?))
    })?;
    Ok(found.pop())
}
