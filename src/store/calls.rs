//! Calls that a person made by hand: taken down before they leave, and what came of each.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value as Json;

use crate::model::{Property, User};

use super::error::Fault;
use super::limiter_state;
use super::rows::{Table, json, time};
use super::{Store, StoreError};

const CALLS: Table = Table {
    name: "calls",
    columns: &[
        "number",
        "endpoint_class",
        "method",
        "path",
        "body_hash",
        "user_ids",
        "reason",
        "before",
        "opened_at",
    ],
};
const CALL_ENDS: Table = Table {
    name: "call_ends",
    columns: &["number", "verdict", "http_status", "message", "ended_at"],
};

/// A call that is about to leave.
#[derive(Clone, Copy, Debug)]
pub struct HandCall<'a> {
    /// The limiter's class of the endpoint, e.g. `user_put`.
    pub endpoint_class: &'a str,
    /// `PUT`, `POST` or `DELETE`.
    pub method: &'a str,
    /// Its path, percent-encoded, without the query.
    pub path: &'a str,
    /// BLAKE3 of the body; `None` if there is none or it holds a password.
    pub body_hash: Option<[u8; 32]>,
    /// Whom it is about.
    pub user_ids: &'a [String],
    /// Why, in the words of the person; some calls want it.
    pub reason: Option<&'a str>,
    /// The user as the tenant had him, where he was read before. His password is not kept.
    pub before: Option<&'a User>,
    /// Now.
    pub at: Timestamp,
}

/// What came of a call.
#[derive(Clone, Copy, Debug)]
pub struct EndOfCall<'a> {
    /// `applied`, or the word for what the tenant said instead.
    pub verdict: &'a str,
    /// The HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// What the tenant said first, if anything.
    pub message: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// A call as the journal knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct CallEntry {
    /// Its number; they rise.
    pub number: i64,
    /// The limiter's class of its endpoint.
    pub endpoint_class: String,
    /// Its method and path.
    pub line: String,
    /// Whom it was about.
    pub user_ids: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// The user as the tenant had him, where he was read before.
    pub before: Option<Json>,
    /// When it was taken down.
    pub opened_at: Timestamp,
    /// What came of it; `None`: the process ended before that was known.
    pub verdict: Option<String>,
}

/// Whether any call was ever taken down. A store of an older version has no place for them.
pub(super) fn any(connection: &Connection) -> Result<bool, Fault> {
    CALLS.has_rows(connection)
}

impl Store {
    /// Takes a call down before it leaves, and gives its number; durable when this returns. The time counts as the
    /// endpoint's last sending until the end corrects it.
    pub fn open_call(&mut self, call: &HandCall<'_>) -> Result<i64, StoreError> {
        self.write("take down the call", |transaction| {
            let last = "SELECT coalesce(max(number), 0) FROM calls";
            let number = transaction.query_row(last, [], |row| row.get::<_, i64>(0))? + 1;
            let before = call.before.map(|user| {
                let mut object = user.object().clone();
                object.shift_remove(Property::Password.name());
                Json::Object(object).to_string()
            });
            let cells = [
                number.into(),
                call.endpoint_class.to_owned().into(),
                call.method.to_owned().into(),
                call.path.to_owned().into(),
                call.body_hash.map(|hash| hash.to_vec()).into(),
                json(&call.user_ids),
                call.reason.map(str::to_owned).into(),
                before.into(),
                time(call.at),
            ];
            CALLS.insert(transaction, &cells)?;
            limiter_state::sent(transaction, call.endpoint_class, call.at)?;
            Ok(number)
        })
    }

    /// Takes down what came of the call of that number.
    ///
    /// Refused as a contradiction: a number that was never given, or a second end.
    pub fn end_call(&mut self, number: i64, end: &EndOfCall<'_>) -> Result<(), StoreError> {
        self.write("take down the end of the call", |transaction| {
            let cells = [
                number.into(),
                end.verdict.to_owned().into(),
                end.http_status.map(i64::from).into(),
                end.message.map(str::to_owned).into(),
                time(end.at),
            ];
            CALL_ENDS.insert(transaction, &cells)?;
            let condition = "WHERE number = ?";
            let class = CALLS.select(transaction, condition, [number], |cells| {
                let _number: i64 = cells.number()?;
                cells.text()
            })?;
            match class.first() {
                Some(class) => limiter_state::sent(transaction, class, end.at),
                None => Ok(()),
            }
        })
    }

    /// Every call that was made by hand, in order.
    pub fn hand_calls(&self) -> Result<Vec<CallEntry>, StoreError> {
        self.read("read the calls", |connection| select(connection, ""))
    }

    /// Those whose end is not known: the process died before it was.
    pub fn unended_calls(&self) -> Result<Vec<CallEntry>, StoreError> {
        let condition = "WHERE number NOT IN (SELECT number FROM call_ends)";
        self.read("read the calls", |connection| select(connection, condition))
    }
}

pub(super) fn select(connection: &Connection, condition: &str) -> Result<Vec<CallEntry>, Fault> {
    let ends = CALL_ENDS.select(connection, "", [], |cells| {
        Ok((cells.number::<i64>()?, cells.text()?))
    })?;
    let ends: HashMap<i64, String> = ends.into_iter().collect();
    let condition = format!("{condition} ORDER BY number");
    CALLS.select(connection, &condition, [], |cells| {
        let number = cells.number()?;
        let endpoint_class = cells.text()?;
        let line = format!("{} {}", cells.text()?, cells.text()?);
        let _body_hash = cells.optional_bytes()?;
        Ok(CallEntry {
            number,
            endpoint_class,
            line,
            user_ids: cells.json()?,
            reason: cells.optional_text()?,
            before: cells.optional_json()?,
            opened_at: cells.time()?,
            verdict: ends.get(&number).cloned(),
        })
    })
}
