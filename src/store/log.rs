//! The write-ahead log: kept short while a run works, moved into the database when it ends.
//!
//! SQLite does both by itself, and passes over what fails. A disk that failed once is not to be trusted with the
//! record of the next call, so both are done here, where a failure is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;

use super::error::Fault;
use super::{Store, StoreError};

/// Pages that the log may hold before they are moved into the database: four megabytes.
const PAGES_MAX: i32 = 1000;

/// How long the log of a connection is.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pages: Arc<AtomicI32>,
}

impl Log {
    /// Begins to watch, and takes the log out of SQLite's hands.
    pub fn watch(connection: &mut Connection) -> Result<Log, Fault> {
        let log = Log::default();
        let pages = log.pages.clone();
        connection.wal_hook(Some(move |_: &mut Wal, written| {
            pages.store(written, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(log)
    }

    /// Moves the log into the database if it has grown long, as far as nobody reads it. If that fails, so has the
    /// write that was made last, although it is durable: whoever waits for it stops.
    pub fn keep_short(&self, connection: &Connection) -> Result<(), Fault> {
        match self.pages.load(Ordering::Relaxed) < PAGES_MAX {
            true => Ok(()),
            false => checkpoint(connection, "PASSIVE"),
        }
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> Result<(), Fault> {
    let pragma = format!("PRAGMA wal_checkpoint({mode})");
    Ok(connection.query_row(&pragma, [], |_| Ok(()))?)
}

/// Whether closing the connection moves the log. Not while nobody knows what the files hold.
pub(super) fn move_when_closed(connection: &Connection, is_wanted: bool) {
    // It only sets a flag of the connection.
    let flag = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    let _ = connection.set_db_config(flag, !is_wanted);
}

impl Store {
    /// Moves the log into the database, as far as nobody reads it. What was written is durable in either place.
    pub fn tidy(&mut self) -> Result<(), StoreError> {
        self.step("tidy up", |connection, _| {
            checkpoint(connection, "TRUNCATE")
        })
    }
}
