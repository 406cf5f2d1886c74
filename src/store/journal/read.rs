//! The journal read again: how operations ended, which calls carried them, and what the answers said.

use jiff::Timestamp;
use rusqlite::{Connection, Params};

use crate::model::{AnswerNote, Detail, Outcome, Status};

use super::super::amendments;
use super::super::error::Fault;
use super::super::{Store, StoreError};
use super::{ANSWER_NOTES, ATTEMPTS, OUTCOMES, SETTLEMENTS, change_of};

/// A call that carried an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The number of the attempt.
    pub attempt: i64,
    /// The limiter's class of its endpoint.
    pub endpoint_class: String,
    /// When it was taken down, just before it left.
    pub opened_at: Timestamp,
    /// Our word for the answer; `None` while its end is not known.
    pub verdict: Option<String>,
    /// The HTTP status of the answer, if there was one.
    pub http_status: Option<u16>,
}

impl Store {
    /// The ends of a run's operations by `seq`, that is in export order, with their corrections.
    pub fn outcomes(&self, run: &str) -> Result<Vec<(u32, Outcome)>, StoreError> {
        self.read("read the outcomes", |connection| {
            select_outcomes(connection, run, "WHERE run = ?1 ORDER BY seq", [run])
        })
    }

    /// The end of one operation of a run, with its correction; `None` while it has none.
    pub fn outcome(&self, run: &str, seq: u32) -> Result<Option<Outcome>, StoreError> {
        self.read("read the outcome", |connection| {
            let condition = "WHERE run = ?1 AND seq = ?2";
            let mut ends = select_outcomes(connection, run, condition, (run, seq))?;
            Ok(ends.pop().map(|(_, outcome)| outcome))
        })
    }

    /// The calls that carried one operation of a run, oldest first.
    pub fn sent(&self, run: &str, seq: u32) -> Result<Vec<Sent>, StoreError> {
        self.read("read the attempts", |connection| {
            let condition = "WHERE attempt IN
                (SELECT attempt FROM attempt_operations WHERE run = ? AND seq = ?) ORDER BY attempt";
            let mut sent = ATTEMPTS.select(connection, condition, (run, seq), |cells| {
                let (attempt, _run) = (cells.number()?, cells.text()?);
                let endpoint_class = cells.text()?;
                let _body_hash: [u8; 32] = cells.bytes()?;
                Ok(Sent {
                    attempt,
                    endpoint_class,
                    opened_at: cells.time()?,
                    verdict: None,
                    http_status: None,
                })
            })?;
            for call in &mut sent {
                let condition = "WHERE attempt = ?";
                let ends = SETTLEMENTS.select(connection, condition, [call.attempt], |cells| {
                    let _attempt: i64 = cells.number()?;
                    Ok((cells.text()?, cells.optional_number()?))
                })?;
                for (verdict, http_status) in ends {
                    (call.verdict, call.http_status) = (Some(verdict), http_status);
                }
            }
            Ok(sent)
        })
    }

    /// Every detail object of every answer of a run, in the order of the answers.
    pub fn notes(&self, run: &str) -> Result<Vec<AnswerNote>, StoreError> {
        self.read("read the notes", |connection| {
            let condition = "WHERE attempt IN (SELECT attempt FROM attempts WHERE run = ?) ORDER BY attempt, position";
            ANSWER_NOTES.select(connection, condition, [run], |cells| {
                let attempt = cells.number()?;
                let _position: u32 = cells.number()?;
                let status = cells.number()?;
                let detail = Detail {
                    code: cells.number()?,
                    message: cells.text()?,
                    params: cells.json()?,
                    data_path: cells.optional_text()?,
                };
                let user_id = cells.optional_text()?.map(String::into_boxed_str);
                Ok(AnswerNote { attempt, status, detail, user_id, line: cells.optional_number()? })
            })
        })
    }
}

fn select_outcomes(
    connection: &Connection,
    run: &str,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<(u32, Outcome)>, Fault> {
    let outcomes = OUTCOMES.select(connection, condition, parameters, |cells| {
        let _run = cells.text()?;
        let seq = cells.number()?;
        let change = change_of(connection, run, seq)?;
        let outcome = Outcome {
            line: change.line(),
            user_id: change.user_id,
            action: change.action,
            status: cells.word::<Status>()?,
            reason: cells.optional_text()?,
            code: cells.optional_number()?,
            message: cells.optional_text()?,
            data_path: cells.optional_text()?,
        };
        Ok((seq, outcome))
    })?;
    amendments::apply(connection, run, outcomes)
}

/// The ends of a run that have one of these statuses (quoted, with commas between them).
pub(in crate::store) fn ended_as(
    connection: &Connection,
    run: &str,
    statuses: &str,
) -> Result<Vec<(u32, Outcome)>, Fault> {
    let condition = format!("WHERE run = ?1 AND status IN ({statuses}) ORDER BY seq");
    select_outcomes(connection, run, &condition, [run])
}

/// How the operations of a run ended at first, before any correction.
pub(in crate::store) fn statuses(
    connection: &Connection,
    run: &str,
) -> Result<Vec<(u32, Status)>, Fault> {
    OUTCOMES.select(connection, "WHERE run = ?", [run], |cells| {
        let _run = cells.text()?;
        Ok((cells.number()?, cells.word()?))
    })
}
