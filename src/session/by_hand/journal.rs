//! Calls by hand on record: the client's journal over the store.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::api::{CallEnd, CallJournal, CallRecord};
use crate::failure::Failure;
use crate::model::User;
use crate::session::Journal;
use crate::store::{EndOfCall, HandCall, Store, StoreError};

/// Takes calls down in the store.
pub struct HandJournal {
    store: Arc<Mutex<Store>>,
    note: Mutex<Note>,
}

/// What is known beside the call itself.
#[derive(Default)]
struct Note {
    reason: Option<String>,
    before: Option<User>,
}

impl HandJournal {
    pub fn new(store: Arc<Mutex<Store>>) -> HandJournal {
        HandJournal {
            store,
            note: Mutex::default(),
        }
    }

    /// Why the next calls are made.
    pub fn because(&self, reason: &str) {
        self.note().reason = Some(reason.to_owned());
    }

    /// The user of the next calls, as he was read.
    pub fn before(&self, user: Option<User>) {
        self.note().before = user;
    }

    fn note(&self) -> MutexGuard<'_, Note> {
        self.note.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallJournal for HandJournal {
    fn open(&self, call: &CallRecord<'_>) -> Result<i64, String> {
        let note = self.note();
        let is_his = |user: &&User| call.user_ids.iter().any(|id| id == user.user_id());
        let call = HandCall {
            endpoint_class: call.endpoint,
            method: call.method,
            path: call.path,
            body_hash: call.body_hash,
            user_ids: call.user_ids,
            reason: note.reason.as_deref(),
            before: note.before.as_ref().filter(is_his),
            at: Timestamp::now(),
        };
        self.store().open_call(&call).map_err(told)
    }

    fn settle(&self, number: i64, end: &CallEnd<'_>) -> Result<(), String> {
        let end = EndOfCall {
            verdict: end.verdict,
            http_status: end.http_status,
            message: end.message,
            at: Timestamp::now(),
        };
        self.store().end_call(number, &end).map_err(told)
    }
}

fn told(error: StoreError) -> String {
    error.to_string()
}

/// For commands that only read: no write leaves.
pub struct ReadsOnly;

impl CallJournal for ReadsOnly {
    fn open(&self, _: &CallRecord<'_>) -> Result<i64, String> {
        Err("this command only reads".to_owned())
    }

    fn settle(&self, _: i64, _: &CallEnd<'_>) -> Result<(), String> {
        Ok(())
    }
}

/// Calls that a process before this one did not live to see answered: told, and no longer open.
pub fn end_what_was_left(journal: &Journal) -> Result<Vec<String>, Failure> {
    let mut store = journal.store();
    let mut told = Vec::new();
    for call in store.unended_calls()? {
        let end = EndOfCall {
            verdict: "unknown",
            http_status: None,
            message: None,
            at: Timestamp::now(),
        };
        store.end_call(call.number, &end)?;
        told.push(format!(
            "nobody knows what came of an earlier call: {} at {:.0} ended with its process; look before you repeat it",
            call.line, call.opened_at
        ));
    }
    Ok(told)
}
