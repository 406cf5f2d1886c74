//! The journal of what was sent and what came of it: attempts, settlements, outcomes, notes.
//!
//! planned → in flight (an attempt is open) → ended (an outcome), or back to planned or *ambiguous*, which says
//! that the users must be read before anything is sent again.

mod read;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::model::{AnswerNote, Change, InFlight, Outcome, Property, User};

use super::error::Fault;
use super::limiter_state;
use super::rows::{Table, json, number, time, word};
use super::runs::{self, OPERATIONS, RunEnd};
use super::{Store, StoreError};

pub use read::Sent;
pub(super) use read::{ended_as, statuses};

pub(super) const ATTEMPTS: Table = Table {
    name: "attempts",
    columns: &["attempt", "run", "endpoint_class", "body_hash", "opened_at"],
};
pub(super) const ATTEMPT_OPERATIONS: Table = Table {
    name: "attempt_operations",
    columns: &["attempt", "position", "run", "seq", "before"],
};
pub(super) const SETTLEMENTS: Table = Table {
    name: "settlements",
    columns: &["attempt", "verdict", "http_status", "rest", "settled_at"],
};
pub(super) const OUTCOMES: Table = Table {
    name: "outcomes",
    columns: &[
        "run",
        "seq",
        "status",
        "reason",
        "code",
        "message",
        "data_path",
        "recorded_at",
    ],
};
const ANSWER_NOTES: Table = Table {
    name: "answer_notes",
    columns: &[
        "attempt",
        "position",
        "status",
        "code",
        "message",
        "params",
        "data_path",
        "user_id",
        "line",
    ],
};

/// A request that is about to leave.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The run.
    pub run: &'a str,
    /// The limiter's class of the endpoint, e.g. `bulk`.
    pub endpoint_class: &'a str,
    /// The operations in the order of the body: their `seq`, and the user as the tenant had him when the body
    /// was made (the before-image), `None` for one whom the tenant lacks. His password is not kept.
    pub operations: &'a [(u32, Option<&'a User>)],
    /// BLAKE3 of the encoded body.
    pub body_hash: [u8; 32],
    /// Now.
    pub at: Timestamp,
}

/// What is known of the operations of a settled attempt that have no outcome yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// The tenant did not execute them (429, 503, 413, never sent): they are planned as before.
    NotExecuted,
    /// They may have been executed: read the users before sending again.
    Ambiguous,
}

/// The end of an attempt.
#[derive(Clone, Debug)]
pub struct Settlement<'a> {
    /// Our word for the answer, e.g. `applied`, `throttled`, `ambiguous`.
    pub verdict: &'a str,
    /// Its HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// The operations of the run that ended with it, by `seq`; mostly, but not only, those of the attempt.
    pub outcomes: &'a [(u32, Outcome)],
    /// What is known of its other operations.
    pub rest: Rest,
    /// Every detail object of the answer; the attempt's number is filled in here.
    pub notes: &'a [AnswerNote],
    /// When the answer had come (or was given up).
    pub at: Timestamp,
}

/// An attempt whose end is not known: the process died while it was in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsettledAttempt {
    /// Its number.
    pub attempt: i64,
    /// Its run.
    pub run: String,
    /// The limiter's class of its endpoint.
    pub endpoint_class: String,
    /// When it was opened. The request may have left any time from then until the process died.
    pub opened_at: Timestamp,
    /// Its operations in the order of the body.
    pub operations: Vec<u32>,
}

impl Store {
    /// Records a request before it leaves; durable when this returns. The time counts as the endpoint's last
    /// sending until the settlement corrects it.
    ///
    /// Refused as a contradiction: an operation that is not sendable, has ended or is in flight, twice the same
    /// one, none at all, or a run that is completed.
    pub fn open_attempt(&mut self, attempt: &Attempt<'_>) -> Result<InFlight, StoreError> {
        self.write("open the attempt", |transaction| {
            check_run_is_open(transaction, attempt.run)?;
            if attempt.operations.is_empty() {
                return Err(Fault::Contradiction(
                    "an attempt without operations".to_owned(),
                ));
            }
            let last = "SELECT coalesce(max(attempt), 0) FROM attempts";
            let number_of_it = transaction.query_row(last, [], |row| row.get::<_, i64>(0))? + 1;
            let cells = [
                number_of_it.into(),
                attempt.run.to_owned().into(),
                attempt.endpoint_class.to_owned().into(),
                attempt.body_hash.to_vec().into(),
                time(attempt.at),
            ];
            ATTEMPTS.insert(transaction, &cells)?;
            for (position, (seq, before)) in attempt.operations.iter().enumerate() {
                check_is_sendable(transaction, attempt.run, *seq)?;
                let cells = [
                    number_of_it.into(),
                    number(position as u64),
                    attempt.run.to_owned().into(),
                    (*seq).into(),
                    before.map(before_image).into(),
                ];
                ATTEMPT_OPERATIONS.insert(transaction, &cells)?;
            }
            limiter_state::sent(transaction, attempt.endpoint_class, attempt.at)?;
            Ok(InFlight::recorded(number_of_it, attempt.body_hash))
        })
    }

    /// Records the end of an attempt with all that its answer said, in one transaction.
    ///
    /// Refused as a contradiction: an attempt that is settled, an outcome for an operation that has one or that
    /// names another user.
    pub fn settle_attempt(
        &mut self,
        attempt: i64,
        settlement: &Settlement<'_>,
    ) -> Result<(), StoreError> {
        self.write("settle the attempt", |transaction| {
            let (run, endpoint_class) = attempt_of(transaction, attempt)?;
            let cells = [
                attempt.into(),
                settlement.verdict.to_owned().into(),
                settlement.http_status.into(),
                word(&settlement.rest),
                time(settlement.at),
            ];
            SETTLEMENTS.insert(transaction, &cells)?;
            insert_outcomes(transaction, &run, settlement.outcomes, settlement.at)?;
            for (position, note) in settlement.notes.iter().enumerate() {
                insert_note(transaction, attempt, position, note)?;
            }
            limiter_state::sent(transaction, &endpoint_class, settlement.at)
        })
    }

    /// Records ends that no answer brought: held, skipped, settled by reading back.
    pub fn record_outcomes(
        &mut self,
        run: &str,
        outcomes: &[(u32, Outcome)],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("record the outcomes", |transaction| {
            insert_outcomes(transaction, run, outcomes, at)
        })
    }

    /// Attempts that were in flight when a process died, oldest first. Their users must be read back before
    /// anything is sent to them again.
    pub fn unsettled_attempts(&self) -> Result<Vec<UnsettledAttempt>, StoreError> {
        self.read("read the journal", |connection| {
            let condition =
                "WHERE attempt NOT IN (SELECT attempt FROM settlements) ORDER BY attempt";
            ATTEMPTS.select(connection, condition, [], |cells| {
                let (attempt, run, endpoint_class) =
                    (cells.number()?, cells.text()?, cells.text()?);
                let _body_hash: [u8; 32] = cells.bytes()?;
                let opened_at = cells.time()?;
                let operations = operations_of(connection, attempt)?;
                Ok(UnsettledAttempt {
                    attempt,
                    run,
                    endpoint_class,
                    opened_at,
                    operations,
                })
            })
        })
    }
}

fn check_run_is_open(transaction: &Transaction<'_>, run: &str) -> Result<(), Fault> {
    match runs::last_end(transaction, run)? {
        Some(end) if end.how == RunEnd::Completed => {
            Err(Fault::Contradiction(format!("run {run} is completed")))
        }
        Some(end) if end.how == RunEnd::Superseded => {
            Err(Fault::Contradiction(format!("run {run} is superseded")))
        }
        _ => Ok(()),
    }
}

fn check_is_sendable(transaction: &Transaction<'_>, run: &str, seq: u32) -> Result<(), Fault> {
    const SENDABLE: &str = "SELECT 1 FROM operations o WHERE run = ?1 AND seq = ?2 AND sendable
        AND NOT EXISTS (SELECT 1 FROM outcomes e WHERE e.run = o.run AND e.seq = o.seq)
        AND NOT EXISTS (SELECT 1 FROM attempt_operations a WHERE a.run = o.run AND a.seq = o.seq
            AND a.attempt <> (SELECT max(attempt) FROM attempts)
            AND NOT EXISTS (SELECT 1 FROM settlements s WHERE s.attempt = a.attempt))";
    let mut statement = transaction.prepare_cached(SENDABLE)?;
    let found = statement.query_row((run, seq), |_| Ok(())).optional()?;
    found.ok_or_else(|| {
        let why = "is not sendable, has ended or is in flight";
        Fault::Contradiction(format!("operation {seq} of run {run} {why}"))
    })
}

/// The user's whole object as JSON, without the password: it is the tenant's secret, and undo never needs it.
fn before_image(user: &User) -> String {
    let mut object = user.object().clone();
    object.shift_remove(Property::Password.name());
    Json::Object(object).to_string()
}

fn attempt_of(transaction: &Transaction<'_>, attempt: i64) -> Result<(String, String), Fault> {
    let mut found = ATTEMPTS.select(transaction, "WHERE attempt = ?", [attempt], |cells| {
        let _attempt: i64 = cells.number()?;
        Ok((cells.text()?, cells.text()?))
    })?;
    found
        .pop()
        .ok_or_else(|| Fault::Contradiction(format!("there is no attempt {attempt}")))
}

fn operations_of(connection: &Connection, attempt: i64) -> Result<Vec<u32>, Fault> {
    let condition = "WHERE attempt = ? ORDER BY position";
    ATTEMPT_OPERATIONS.select(connection, condition, [attempt], |cells| {
        let _key: (i64, u32) = (cells.number()?, cells.number()?);
        let _run = cells.text()?;
        cells.number()
    })
}

pub(super) fn change_of(connection: &Connection, run: &str, seq: u32) -> Result<Change, Fault> {
    let condition = "WHERE run = ? AND seq = ?";
    let mut found = OPERATIONS.select(connection, condition, (run, seq), |cells| {
        let _key: (String, u32) = (cells.text()?, cells.number()?);
        let _columns: (String, u8) = (cells.text()?, cells.number()?);
        cells.json()
    })?;
    found
        .pop()
        .ok_or_else(|| Fault::Contradiction(format!("run {run} has no operation {seq}")))
}

/// The user of an operation, as a check of what we do ourselves: the row's checksum is not.
fn user_of(connection: &Connection, run: &str, seq: u32) -> Result<Option<String>, Fault> {
    let user = "SELECT user_id FROM operations WHERE run = ? AND seq = ?";
    let mut statement = connection.prepare_cached(user)?;
    let found = statement.query_row((run, seq), |row| row.get(0));
    Ok(found.optional()?)
}

pub(super) fn insert_outcomes(
    transaction: &Transaction<'_>,
    run: &str,
    outcomes: &[(u32, Outcome)],
    at: Timestamp,
) -> Result<(), Fault> {
    for (seq, outcome) in outcomes {
        if user_of(transaction, run, *seq)?.as_deref() != Some(&*outcome.user_id) {
            let why = format!("operation {seq} of run {run} is not the one of this outcome");
            return Err(Fault::Contradiction(why));
        }
        let cells = [
            run.to_owned().into(),
            (*seq).into(),
            word(&outcome.status),
            outcome.reason.clone().into(),
            outcome.code.into(),
            outcome.message.clone().into(),
            outcome.data_path.clone().into(),
            time(at),
        ];
        OUTCOMES.insert(transaction, &cells)?;
    }
    Ok(())
}

fn insert_note(
    transaction: &Transaction<'_>,
    attempt: i64,
    position: usize,
    note: &AnswerNote,
) -> Result<(), Fault> {
    let cells = [
        attempt.into(),
        number(position as u64),
        note.status.into(),
        note.detail.code.into(),
        note.detail.message.clone().into(),
        json(&note.detail.params),
        note.detail.data_path.clone().into(),
        note.user_id.as_deref().map(str::to_owned).into(),
        note.line
            .map(number)
            .unwrap_or(rusqlite::types::Value::Null),
    ];
    ANSWER_NOTES.insert(transaction, &cells)
}
