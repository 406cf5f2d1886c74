//! Sources that a person has paused: nothing is sent for them until he says so.

use jiff::Timestamp;
use rusqlite::Connection;

use super::error::Fault;
use super::rows::{Table, time};
use super::{Store, StoreError};

const PAUSES: Table = Table {
    name: "pauses",
    columns: &["source", "reason", "paused_at"],
};

/// A pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Why, in the words of whoever paused.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

impl Store {
    /// Pauses a source; a later pause takes the place of an earlier one.
    pub fn pause(&mut self, source: &str, pause: &Pause) -> Result<(), StoreError> {
        self.write("pause the source", |transaction| {
            let (reason, at) = (pause.reason.clone().into(), time(pause.at));
            PAUSES.put(transaction, &[source.to_owned().into(), reason, at])
        })
    }

    /// Ends the pause of a source; gives whether there was one.
    pub fn unpause(&mut self, source: &str) -> Result<bool, StoreError> {
        self.write("end the pause", |transaction| {
            let removed = transaction.execute("DELETE FROM pauses WHERE source = ?", [source])?;
            Ok(removed > 0)
        })
    }

    /// The pause of a source, if it is paused.
    pub fn paused(&self, source: &str) -> Result<Option<Pause>, StoreError> {
        self.read("look for a pause", |connection| {
            find(connection, "WHERE source = ?", source)
        })
    }

    /// The same of the source of a run.
    pub fn run_paused(&self, run: &str) -> Result<Option<Pause>, StoreError> {
        let condition = "WHERE source = (SELECT source FROM runs WHERE run = ?)";
        self.read("look for a pause", |connection| {
            find(connection, condition, run)
        })
    }
}

fn find(connection: &Connection, condition: &str, key: &str) -> Result<Option<Pause>, Fault> {
    let mut found = PAUSES.select(connection, condition, [key], |cells| {
        let _source = cells.text()?;
        Ok(Pause {
            reason: cells.text()?,
            at: cells.time()?,
        })
    })?;
    Ok(found.pop())
}
