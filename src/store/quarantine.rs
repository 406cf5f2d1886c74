//! Changes that the tenant refused in a call of their own: kept at the end of each run, gone once their user passes.

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Offence, Outcome, Quarantine, UserKey};

use super::error::Fault;
use super::rows::{Table, time};
use super::{Store, StoreError, journal};

const QUARANTINE: Table = Table {
    name: "quarantine",
    columns: &["source", "key", "print", "said", "since", "tried_at"],
};

impl Store {
    /// The last proven offences among the users of a source.
    pub fn quarantine(&self, source: &str) -> Result<Quarantine, StoreError> {
        self.read("read the quarantine", |connection| {
            select(connection, "WHERE source = ?", [source])
        })
    }
}

fn select(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Result<Quarantine, Fault> {
    let found = QUARANTINE.select(connection, condition, parameters, |cells| {
        let _source = cells.text()?;
        let key = UserKey::of(&cells.text()?);
        let offence = Offence {
            print: cells.bytes()?,
            said: cells.text()?,
            since: cells.time()?,
            tried_at: cells.time()?,
        };
        Ok((key, offence))
    })?;
    Ok(found.into_iter().collect())
}

/// Called at each end of a run, in its transaction.
pub(super) fn learn(
    transaction: &Connection,
    (run, source): (&str, &str),
    at: Timestamp,
) -> Result<(), Fault> {
    let known = select(transaction, "WHERE source = ?", [source])?;
    if !known.is_empty() {
        release(transaction, (run, source), &known)?;
    }
    for (seq, outcome) in journal::ended_as(transaction, run, "'rejected'")? {
        let key = UserKey::of(&outcome.user_id);
        let print = journal::change_of(transaction, run, seq)?.print();
        let known = known.get(&key).filter(|known| known.print == print);
        let cells = [
            source.to_owned().into(),
            key.as_str().to_owned().into(),
            print.to_vec().into(),
            said(&outcome).into(),
            time(known.map_or(at, |known| known.since)),
            time(at),
        ];
        QUARANTINE.put(transaction, &cells)?;
    }
    Ok(())
}

/// Forgets the offences of those who have passed.
fn release(
    transaction: &Connection,
    (run, source): (&str, &str),
    known: &Quarantine,
) -> Result<(), Fault> {
    for (_, outcome) in journal::ended_as(transaction, run, "'applied', 'skipped'")? {
        let key = UserKey::of(&outcome.user_id);
        if known.contains_key(&key) {
            let sql = "DELETE FROM quarantine WHERE source = ? AND key = ?";
            transaction
                .prepare_cached(sql)?
                .execute((source, key.as_str()))?;
        }
    }
    Ok(())
}

fn said(outcome: &Outcome) -> String {
    let message = outcome.message.as_deref().unwrap_or_default();
    match outcome.code {
        Some(code) => format!("{code} {message:?}"),
        None => format!("{message:?}"),
    }
}
