//! What is too old to be kept goes; what guards and monitors still need stays, however old it is.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

use super::error::Fault;
use super::rows::time;
use super::{Store, StoreError};

/// Of each source so many runs stay in any case: guards compare with them, `status` and `history` tell of them.
const RUNS_KEPT: u32 = 30;

/// So many calls by hand stay in any case.
const CALLS_KEPT: u32 = 30;

/// What a purge removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// The ids of the runs, oldest first.
    pub runs: Vec<String>,
    /// Calls by hand.
    pub calls: u64,
    /// Users whom the tenant has lacked for so long.
    pub users: u64,
}

/// The rows of a run, those that others point to last.
const OF_RUN: [(&str, &str); 13] = [
    ("amendments", "run = ?"),
    ("outcomes", "run = ?"),
    ("answer_notes", OF_ATTEMPT),
    ("settlements", OF_ATTEMPT),
    ("attempt_operations", OF_ATTEMPT),
    ("attempts", "run = ?"),
    ("operations", "run = ?"),
    ("run_problems", "run = ?"),
    ("run_ends", "run = ?"),
    ("run_bases", "run = ?"),
    ("good_runs", "run = ?"),
    ("plan_uses", "run = ?"),
    ("approvals", "run = ?"),
];
const OF_ATTEMPT: &str = "attempt IN (SELECT attempt FROM attempts WHERE run = ?)";

impl Store {
    /// Removes runs that began before that time and have come to an end that leaves nothing to resume, with all that
    /// the journal holds of them; calls by hand that old; and users whom the tenant has lacked since then. The
    /// newest runs of each source stay whatever their age, and so do the newest calls.
    pub fn purge(&mut self, before: Timestamp) -> Result<Purged, StoreError> {
        self.write("purge", |transaction| {
            let runs = old_runs(transaction, before)?;
            for run in &runs {
                for (table, condition) in OF_RUN {
                    let delete = format!("DELETE FROM {table} WHERE {condition}");
                    transaction.prepare_cached(&delete)?.execute([run])?;
                }
                transaction.execute("DELETE FROM runs WHERE run = ?", [run])?;
            }
            Ok(Purged {
                runs,
                calls: purge_calls(transaction, before)?,
                users: purge_users(transaction, before)?,
            })
        })
    }
}

fn old_runs(connection: &Connection, before: Timestamp) -> Result<Vec<String>, Fault> {
    const OLD: &str = "SELECT run FROM
        (SELECT rowid AS place, run, started_at, row_number() OVER (PARTITION BY source ORDER BY rowid DESC) AS age
            FROM runs) AS aged
        WHERE age > ?1 AND started_at < ?2
            AND (SELECT resumable FROM run_ends AS ends WHERE ends.run = aged.run ORDER BY number DESC LIMIT 1) = 0
            AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.run = aged.run
                AND attempt NOT IN (SELECT attempt FROM settlements))
        ORDER BY place";
    let mut statement = connection.prepare(OLD)?;
    let runs = statement.query_map((RUNS_KEPT, time(before)), |row| row.get(0))?;
    Ok(runs.collect::<Result<_, _>>()?)
}

fn purge_calls(transaction: &Transaction<'_>, before: Timestamp) -> Result<u64, Fault> {
    const OLD: &str = "SELECT number FROM calls WHERE opened_at < ?1
        AND number NOT IN (SELECT number FROM calls ORDER BY number DESC LIMIT ?2)";
    let parameters = (time(before), CALLS_KEPT);
    let ends = format!("DELETE FROM call_ends WHERE number IN ({OLD})");
    transaction.execute(&ends, parameters.clone())?;
    let calls = format!("DELETE FROM calls WHERE number IN ({OLD})");
    Ok(transaction.execute(&calls, parameters)? as u64)
}

fn purge_users(transaction: &Transaction<'_>, before: Timestamp) -> Result<u64, Fault> {
    const GONE: &str = "SELECT user_id FROM users WHERE gone_at < ?";
    let seen = format!("DELETE FROM properties_seen WHERE user_id IN ({GONE})");
    transaction.execute(&seen, [time(before)])?;
    let users = "DELETE FROM users WHERE gone_at < ?";
    Ok(transaction.execute(users, [time(before)])? as u64)
}
