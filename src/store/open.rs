//! Opening the store: made whole or not at all, refused when it is another's, newer or damaged.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, ffi};

use super::check::{Extent, check};
use super::create::create;
use super::dir::{private_file, sync_dir};
use super::error::Fault;
use super::log::{self, Log};
use super::log_check::check_log;
use super::migrations::{self, APPLICATION_ID};
use super::presence::Presence;
use super::tenant::{TenantIdentity, read_tenant, write_tenant};
use super::{RunLock, StateDir, StoreError};

pub(super) const FILE: &str = "state.db";

/// The open store. Every public method is one transaction, durable when it returns.
///
/// After a failed write it takes nothing more ([`StoreError::Stopped`]): a failed fsync leaves the disk in a
/// state that nobody knows, and repeating it may only seem to succeed.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    log: Log,
    /// Why it takes nothing more.
    stopped: Option<String>,
    /// Goes last, when the connection is closed.
    presence: Presence,
}

impl Store {
    /// Opens the store of the locked directory, making it if there is none.
    ///
    /// Errors: [`StoreError::Foreign`], [`StoreError::Newer`], [`StoreError::Corrupt`] (also for an empty file, or
    /// a write-ahead log without its database), and those of the disk. The files stay as they are in each case.
    pub fn open(lock: &RunLock, tenant: &TenantIdentity) -> Result<Store, StoreError> {
        let path = lock.dir().file(FILE);
        if !path.exists() {
            create(lock.dir(), tenant)?;
        }
        let at = |doing| move |fault: Fault| fault.at(&lock.dir().file(FILE), doing);
        let presence = Presence::enter(&path, || {
            check_is_database(&path)?;
            check_is_whole(&path)
        })?;
        let mut connection =
            connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(at("open a connection"))?;
        let version = check_version(&connection, &path)?;
        configure(&connection).map_err(at("set up"))?;
        let log = Log::watch(&mut connection).map_err(at("set up"))?;
        check(&connection, version, Extent::Decisive).map_err(at("check"))?;
        sync_entries(lock.dir())?;
        let mut store = Store {
            connection,
            path,
            log,
            stopped: None,
            presence,
        };
        store.claim(tenant)?;
        migrations::migrate(&mut store.connection, version, migrations::latest())
            .map_err(at("migrate the schema"))?;
        log::move_when_closed(&store.connection, true);
        Ok(store)
    }

    /// Whether a state directory holds a store.
    pub fn exists(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }

    /// Opens the store of a state directory to read what it knows, without its lock, also while a run works on
    /// it. `None` if there is no store yet, or one of an older version, which only a run brings up to date.
    ///
    /// Errors: as [`Store::open`]. Every method that writes fails.
    pub fn open_to_read(dir: &Path, tenant: &TenantIdentity) -> Result<Option<Store>, StoreError> {
        let store = Store::open_whosever(dir)?;
        if let Some(store) = &store {
            store.check_tenant(tenant)?;
        }
        Ok(store)
    }

    /// The same, whosever store it is.
    ///
    /// Errors: as [`Store::open_to_read`], but for another tenant.
    pub fn open_whosever(dir: &Path) -> Result<Option<Store>, StoreError> {
        if !Store::exists(dir) {
            return Ok(None);
        }
        let (store, version) = Store::checked(&dir.join(FILE), Extent::Decisive)?;
        Ok((version == migrations::latest()).then_some(store))
    }

    /// Checks the store of a state directory, whosever it is, and gives how many runs it holds. Changes nothing.
    ///
    /// Errors: as [`Store::open_whosever`].
    pub fn look(dir: &Path) -> Result<u64, StoreError> {
        let (store, _) = Store::checked(&dir.join(FILE), Extent::Decisive)?;
        let runs: i64 = store.read("count the runs", |connection| {
            Ok(connection.query_row("SELECT count(*) FROM runs", [], |row| row.get(0))?)
        })?;
        Ok(u64::try_from(runs).unwrap_or_default())
    }

    /// Opens the store of a state directory for one small write beside a run that may be at work: the pause that is to
    /// stop it cannot wait for its lock. `None` if there is no store yet, or one of an older version.
    ///
    /// Errors: as [`Store::open_whosever`].
    pub fn open_beside_a_run(dir: &Path) -> Result<Option<Store>, StoreError> {
        let Some(seen) = Store::open_whosever(dir)? else {
            return Ok(None);
        };
        let Store { path, presence, .. } = seen;
        let at = |doing| move |fault: Fault| fault.at(&dir.join(FILE), doing);
        let connection =
            connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(at("open a connection"))?;
        configure(&connection).map_err(at("set up"))?;
        Ok(Some(Store {
            connection,
            path,
            log: Log::default(),
            stopped: None,
            presence,
        }))
    }

    /// Whose store it is.
    pub fn tenant(&self) -> Result<TenantIdentity, StoreError> {
        self.read("read the tenant", read_tenant)
    }

    /// The store of that file to read, checked as far as asked, with the version of its schema.
    pub(super) fn checked(path: &Path, extent: Extent) -> Result<(Store, i64), StoreError> {
        check_is_not_empty(path)?;
        let presence = Presence::enter(path, || check_is_whole(path))?;
        let at = |doing| move |fault: Fault| fault.at(path, doing);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = connect(path, flags).map_err(at("open a connection"))?;
        let version = check_version(&connection, path)?;
        check(&connection, version, extent).map_err(at("check"))?;
        let store = Store {
            connection,
            path: path.to_owned(),
            log: Log::default(),
            stopped: None,
            presence,
        };
        Ok((store, version))
    }

    /// One transaction that writes. Any failure but a contradiction stops the store.
    pub(super) fn write<T>(
        &mut self,
        doing: &'static str,
        step: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.step(doing, |connection, log| {
            let behavior = TransactionBehavior::Immediate;
            let transaction = connection.transaction_with_behavior(behavior)?;
            let made = step(&transaction)?;
            transaction.commit()?;
            log.keep_short(connection)?;
            Ok(made)
        })
    }

    /// A step that writes, unless one has failed before.
    pub(super) fn step<T>(
        &mut self,
        doing: &'static str,
        step: impl FnOnce(&mut Connection, &Log) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        if let Some(why) = &self.stopped {
            return Err(StoreError::Stopped {
                path: self.path.clone(),
                why: why.clone(),
            });
        }
        let done = step(&mut self.connection, &self.log);
        self.stopped = match &done {
            Err(Fault::Sql(error)) => Some(format!("cannot {doing}: {error}")),
            Err(Fault::Damaged(why)) => Some(why.clone()),
            Ok(_) | Err(Fault::Contradiction(_)) => None,
        };
        if self.stopped.is_some() {
            log::move_when_closed(&self.connection, false);
        }
        done.map_err(|fault| fault.at(&self.path, doing))
    }

    /// A step that only reads, and sees the store as it was at one instant.
    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        step: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let read = || {
            let transaction = self.connection.unchecked_transaction()?;
            step(&transaction)
        };
        read().map_err(|fault| fault.at(&self.path, doing))
    }

    /// Refuses another tenant's store; learns the customer id when it becomes known. A store that has
    /// seen neither a call nor a user yet is nobody's: whoever mistyped the base URL need not throw it away.
    fn claim(&mut self, wanted: &TenantIdentity) -> Result<(), StoreError> {
        let found = self.read("read the tenant", read_tenant)?;
        let agrees = found.agrees_with(wanted);
        if !agrees && self.read("look for earlier work", is_used)? {
            return Err(StoreError::Foreign {
                path: self.path.clone(),
                found: Box::new(found),
                wanted: Box::new(wanted.clone()),
            });
        }
        let is_learnt = found.customer.is_none() && wanted.customer.is_some();
        if !agrees || is_learnt {
            self.write("write the tenant", |transaction| {
                write_tenant(transaction, wanted)
            })?;
        }
        Ok(())
    }

    fn check_tenant(&self, wanted: &TenantIdentity) -> Result<TenantIdentity, StoreError> {
        let found = self.read("read the tenant", read_tenant)?;
        match found.agrees_with(wanted) {
            true => Ok(found),
            false => Err(StoreError::Foreign {
                path: self.path.clone(),
                found: Box::new(found),
                wanted: Box::new(wanted.clone()),
            }),
        }
    }
}

/// Whether a run has begun, a call was made by hand, or the tenant's users were read.
fn is_used(connection: &Connection) -> Result<bool, Fault> {
    let has_called = super::runs::any(connection)? || super::calls::any(connection)?;
    Ok(has_called || super::users::any(connection)?)
}

/// Without CREATE: a file that vanished must not come back empty.
pub(super) fn connect(path: &Path, access: OpenFlags) -> Result<Connection, Fault> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    log::move_when_closed(&connection, false);
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// What makes a finished transaction survive a power cut. With `synchronous=NORMAL` the last ones could be lost,
/// and with them the record of a chunk that was sent.
fn configure(connection: &Connection) -> Result<(), Fault> {
    log_ahead(connection)?;
    for (pragma, value) in [
        ("synchronous", "full"),
        ("fullfsync", "on"), // macOS, whose fsync alone stops at the drive's cache
        ("checkpoint_fullfsync", "on"),
        ("foreign_keys", "on"),
        ("cell_size_check", "on"),
        ("trusted_schema", "off"),
        ("temp_store", "memory"),
    ] {
        connection.pragma_update(None, pragma, value)?;
    }
    Ok(())
}

/// SQLite answers with the old mode where the new one is not to be had, and with the new one before it is written:
/// only the end of the statement tells whether that went well.
pub(super) fn log_ahead(connection: &Connection) -> Result<(), Fault> {
    let mut statement = connection.prepare("PRAGMA journal_mode = wal")?;
    let mut rows = statement.query([])?;
    let mut mode = String::new();
    while let Some(row) = rows.next()? {
        mode = row.get(0)?;
    }
    match mode.as_str() {
        "wal" => Ok(()),
        _ => Err(Fault::Sql(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_IOERR),
            Some(format!("its journal mode is {mode} and cannot be made wal")),
        ))),
    }
}

/// The log has just been made. SQLite makes its entry in the directory durable too, but passes over a failure,
/// and a log that a power cut removes takes the journal with it.
fn sync_entries(dir: &StateDir) -> Result<(), StoreError> {
    sync_dir(dir.path()).map_err(|source| StoreError::Io {
        path: dir.path().to_owned(),
        doing: "sync",
        source,
    })
}

fn check_is_database(path: &Path) -> Result<(), StoreError> {
    check_is_not_empty(path)?;
    // SQLite falls back to reading where it may not write; a run must find out before it sends.
    let opened = private_file().open(path);
    opened.map(drop).map_err(|source| unreadable(path, source))
}

/// SQLite would take an empty file for a new database; ours are never visible before they are complete.
fn check_is_not_empty(path: &Path) -> Result<(), StoreError> {
    let found = fs::metadata(path).map_err(|source| unreadable(path, source))?;
    match found.len() {
        0 => Err(StoreError::Corrupt {
            path: path.to_owned(),
            why: "the file is empty".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Before SQLite has opened it: it would take a damaged log for a torn one.
fn check_is_whole(path: &Path) -> Result<(), StoreError> {
    let checked = check_log(path).map_err(|source| unreadable(path, source))?;
    checked.map_err(|why| StoreError::Corrupt {
        path: path.to_owned(),
        why,
    })
}

fn unreadable(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io {
        path: path.to_owned(),
        doing: "read",
        source,
    }
}

fn check_version(connection: &Connection, path: &Path) -> Result<i64, StoreError> {
    let pragma = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
            .map_err(|error| Fault::from(error).at(path, "read the schema version"))
    };
    let corrupt = |why: &str| StoreError::Corrupt {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    if pragma("application_id")? != APPLICATION_ID {
        return Err(corrupt("it is a database, but not one of crewsync"));
    }
    match pragma("user_version")? {
        version if version > migrations::latest() => Err(StoreError::Newer {
            path: path.to_owned(),
            found: version,
            known: migrations::latest(),
        }),
        version if version < 1 => Err(corrupt("it has no schema version")),
        version => Ok(version),
    }
}
