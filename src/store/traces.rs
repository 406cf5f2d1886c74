//! One person in everything that the store holds: where he stands, whatever the spelling of his id.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::model::{KnownUser, Managed, UserKey};

use super::error::Fault;
use super::runs;
use super::{CallEntry, Store, StoreError, calls, managed, users};

/// What the store holds of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    /// The spellings of his id, with the one that was asked for.
    pub ids: BTreeSet<String>,
    /// What was planned for him, oldest first: the run, and the number of the operation in it.
    pub operations: Vec<(String, u32)>,
    /// Runs of those that have not come to their end, or may be resumed.
    pub unfinished: Vec<String>,
    /// Calls by hand about him, oldest first.
    pub calls: Vec<CallEntry>,
    /// Sources that answer for him.
    pub sources: Vec<(String, Managed)>,
    /// What is known of him in the tenant, under each spelling of his id.
    pub known: Vec<KnownUser>,
}

impl Traces {
    /// Whether the store knows nothing of him.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
            && self.calls.is_empty()
            && self.sources.is_empty()
            && self.known.is_empty()
    }

    /// The runs that had something to do with him, oldest first.
    pub fn runs(&self) -> Vec<&str> {
        let mut runs: Vec<&str> = self.operations.iter().map(|(run, _)| &**run).collect();
        runs.dedup();
        runs
    }
}

impl Store {
    /// What the store holds of a person, case and Unicode form of his id aside.
    pub fn traces(&self, user_id: &str) -> Result<Traces, StoreError> {
        self.read("look for the user", |connection| of(connection, user_id))
    }
}

pub(super) fn of(connection: &Connection, user_id: &str) -> Result<Traces, Fault> {
    let key = UserKey::of(user_id);
    let mut traces = Traces {
        ids: BTreeSet::from([user_id.to_owned()]),
        ..Traces::default()
    };
    for (run, seq, id) in operations(connection)? {
        if UserKey::of(&id) == key {
            if traces
                .operations
                .last()
                .is_none_or(|(last, _)| *last != run)
                && runs::last_end(connection, &run)?.is_none_or(|end| end.resumable)
            {
                traces.unfinished.push(run.clone());
            }
            traces.operations.push((run, seq));
            traces.ids.insert(id);
        }
    }
    traces.calls = calls::select(connection, "")?;
    let is_his = |id: &String| UserKey::of(id) == key;
    traces.calls.retain(|call| call.user_ids.iter().any(is_his));
    let spelled = traces.calls.iter().flat_map(|call| &call.user_ids);
    traces.ids.extend(spelled.filter(|id| is_his(id)).cloned());
    traces.sources = managed::select(connection, "WHERE key = ?", key.as_str())?;
    let ids = traces.sources.iter();
    traces
        .ids
        .extend(ids.map(|(_, managed)| managed.user_id.to_string()));
    traces.known = users::of_key(connection, &key)?;
    let ids = traces.known.iter().map(|known| known.user_id.to_string());
    traces.ids.extend(ids);
    Ok(traces)
}

/// Every operation with its user, in the order of the runs.
fn operations(connection: &Connection) -> Result<Vec<(String, u32, String)>, Fault> {
    let sql = "SELECT operations.run, seq, user_id FROM operations JOIN runs USING (run)
        ORDER BY runs.rowid, seq";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
