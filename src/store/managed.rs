//! Who is managed by which source. Only the good end of a run, or a person, changes it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{AbsentSince, Managed, ManagedUsers, UserKey};

use super::error::Fault;
use super::rows::{Table, time};
use super::{Store, StoreError};

const MANAGED: Table = Table {
    name: "managed",
    columns: &[
        "source",
        "key",
        "user_id",
        "since",
        "absent_since",
        "last_seen",
    ],
};

impl Store {
    /// All managed users as that source sees them.
    pub fn managed(&self, source: &str) -> Result<ManagedUsers, StoreError> {
        self.read("read the managed users", |connection| {
            let mut others: HashMap<UserKey, Vec<String>> = HashMap::new();
            let condition = "WHERE source <> ? AND absent_since IS NULL ORDER BY source";
            for (other, managed) in select(connection, condition, source)? {
                let key = UserKey::of(&managed.user_id);
                others.entry(key).or_default().push(other);
            }
            let own = of_source(connection, source)?;
            Ok(ManagedUsers { own, others })
        })
    }

    /// Makes users managed by a source by a person's word, and gives those that are so now and were not before.
    pub fn adopt(
        &mut self,
        source: &str,
        user_ids: &[Box<str>],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        self.write("adopt users", |transaction| {
            let known = of_source(transaction, source)?;
            let mut adopted = 0;
            let new: BTreeMap<UserKey, &Box<str>> = user_ids
                .iter()
                .map(|user_id| (UserKey::of(user_id), user_id))
                .filter(|(key, _)| !known.contains_key(key))
                .collect();
            for (key, user_id) in new {
                let managed = Managed {
                    user_id: user_id.clone(),
                    since: at,
                    absence: None,
                };
                put(transaction, source, &key, &managed)?;
                adopted += 1;
            }
            Ok(adopted)
        })
    }

    /// Takes users from a source by a person's word, and gives how many it had.
    pub fn disown(&mut self, source: &str, user_ids: &[Box<str>]) -> Result<u64, StoreError> {
        self.write("disown users", |transaction| {
            let mut disowned = 0;
            for user_id in user_ids {
                disowned += remove(transaction, source, &UserKey::of(user_id))?;
            }
            Ok(disowned)
        })
    }
}

/// The users of a source.
pub(super) fn of_source(
    connection: &Connection,
    source: &str,
) -> Result<BTreeMap<UserKey, Managed>, Fault> {
    let found = select(connection, "WHERE source = ?", source)?;
    let by_key = |(_, managed): (String, Managed)| (UserKey::of(&managed.user_id), managed);
    Ok(found.into_iter().map(by_key).collect())
}

/// Writes a user of a source, in the place of what is known of him.
pub(super) fn put(
    connection: &Connection,
    source: &str,
    key: &UserKey,
    managed: &Managed,
) -> Result<(), Fault> {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string()).into();
    MANAGED.put(
        connection,
        &[
            source.to_owned().into(),
            key.as_str().to_owned().into(),
            managed.user_id.to_string().into(),
            time(managed.since),
            text(managed.absence.map(|absence| absence.since)),
            text(managed.absence.map(|absence| absence.last_seen)),
        ],
    )
}

/// Forgets a user of a source; gives 1 if there was one.
pub(super) fn remove(connection: &Connection, source: &str, key: &UserKey) -> Result<u64, Fault> {
    let sql = "DELETE FROM managed WHERE source = ? AND key = ?";
    let removed = connection
        .prepare_cached(sql)?
        .execute((source, key.as_str()))?;
    Ok(removed as u64)
}

pub(super) fn select(
    connection: &Connection,
    condition: &str,
    source: &str,
) -> Result<Vec<(String, Managed)>, Fault> {
    MANAGED.select(connection, condition, [source], |cells| {
        let source = cells.text()?;
        let _key = cells.text()?;
        let user_id = cells.text()?.into();
        let since = cells.time()?;
        let absence = cells.optional_time()?.zip(cells.optional_time()?);
        let managed = Managed {
            user_id,
            since,
            absence: absence.map(|(since, last_seen)| AbsentSince { since, last_seen }),
        };
        Ok((source, managed))
    })
}
