//! Opening the store: made whole or not at all, refused when it is another's, newer or damaged.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::dir::{private_file, sync_dir};
use super::error::Fault;
use super::migrations::{self, APPLICATION_ID};
use super::rows::Table;
use super::{RunLock, StateDir, StoreError};

const FILE: &str = "state.db";
const NEW_FILE: &str = "state.db.new";

const TENANT: Table = Table {
    name: "tenant",
    columns: &["one", "name", "base_url", "customer"],
};

/// Whose store it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantIdentity {
    /// `[tenant] name`; may be empty.
    pub name: String,
    /// Base URL without credentials (`sandbox` for the sandbox in this process, whose port changes).
    pub base_url: String,
    /// The customer id, where the credentials have one. It tells tenants apart, so it is no secret.
    pub customer: Option<String>,
}

impl TenantIdentity {
    /// Whether both can be one tenant. A customer id that only one side knows tells nothing.
    fn agrees_with(&self, other: &TenantIdentity) -> bool {
        let customers_agree = match (&self.customer, &other.customer) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        self.name == other.name && self.base_url == other.base_url && customers_agree
    }
}

impl fmt::Display for TenantIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(f, "\"{}\" at ", self.name)?;
        }
        f.write_str(&self.base_url)?;
        match &self.customer {
            Some(customer) => write!(f, " (customer {customer})"),
            None => Ok(()),
        }
    }
}

/// The open store. Every public method is one transaction, durable when it returns.
///
/// After a failed write it takes nothing more ([`StoreError::Stopped`]): a failed fsync leaves the disk in a
/// state that nobody knows, and repeating it may only seem to succeed.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    stopped: bool,
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
        check_is_database(&path)?;
        let mut connection = connect(&path).map_err(at("open a connection"))?;
        let version = check_version(&connection, &path)?;
        configure(&connection).map_err(at("set up"))?;
        check_pages(&connection).map_err(at("check the pages"))?;
        migrations::migrate(&mut connection, version).map_err(at("migrate the schema"))?;
        let mut store = Store {
            connection,
            path,
            stopped: false,
        };
        store.claim(tenant)?;
        Ok(store)
    }

    /// One transaction that writes. Any failure but a contradiction stops the store.
    pub(super) fn write<T>(
        &mut self,
        doing: &'static str,
        step: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped {
                path: self.path.clone(),
            });
        }
        let run = || {
            let behavior = TransactionBehavior::Immediate;
            let transaction = self.connection.transaction_with_behavior(behavior)?;
            let made = step(&transaction)?;
            transaction.commit()?;
            Ok(made)
        };
        let done = run();
        self.stopped = matches!(done, Err(Fault::Sql(_) | Fault::Damaged(_)));
        done.map_err(|fault| fault.at(&self.path, doing))
    }

    /// A step that only reads.
    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        step: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        step(&self.connection).map_err(|fault| fault.at(&self.path, doing))
    }

    /// Refuses another tenant's store; learns the customer id when it becomes known. A store that has not
    /// seen a run yet is nobody's: whoever mistyped the base URL need not throw it away.
    fn claim(&mut self, wanted: &TenantIdentity) -> Result<(), StoreError> {
        let found = self.read("read the tenant", read_tenant)?;
        let agrees = found.agrees_with(wanted);
        if !agrees && self.read("look for a run", super::runs::any)? {
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
}

/// Makes the store under another name and renames it when it is whole and durable, so that a kill leaves
/// either no store or a complete one. The caller holds the lock.
fn create(dir: &StateDir, tenant: &TenantIdentity) -> Result<(), StoreError> {
    let (path, new) = (dir.file(FILE), dir.file(NEW_FILE));
    if dir.file("state.db-wal").exists() {
        // SQLite would play a stray log into the new file.
        let why = "state.db is missing, but its write-ahead log state.db-wal is there".to_owned();
        return Err(StoreError::Corrupt { path, why });
    }
    let failed = |source| StoreError::Io {
        path: new.clone(),
        doing: "create",
        source,
    };
    for leftover in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(dir.file(&format!("{NEW_FILE}{leftover}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(error));
            }
            _ => {}
        }
    }
    let file = private_file().create_new(true).open(&new).map_err(failed)?;
    fill(&new, tenant).map_err(|fault| fault.at(&new, "write the schema"))?;
    file.sync_all().map_err(failed)?;
    fs::rename(&new, &path).map_err(failed)?;
    sync_dir(dir.path()).map_err(failed)
}

fn fill(new: &Path, tenant: &TenantIdentity) -> Result<(), Fault> {
    let mut connection = connect(new)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    configure(&connection)?;
    migrations::migrate(&mut connection, 0)?;
    write_tenant(&connection, tenant)?;
    // Closing the only connection moves the write-ahead log into the file.
    connection.close().map_err(|(_, error)| Fault::from(error))
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    // Without CREATE: a file that vanished must not come back empty.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// What makes a finished transaction survive a power cut. With `synchronous=NORMAL` the last ones could be lost,
/// and with them the record of a chunk that was sent.
fn configure(connection: &Connection) -> Result<(), Fault> {
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::Damaged(format!(
            "its journal mode is {mode} and cannot be made wal"
        )));
    }
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

fn check_is_database(path: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io {
        path: path.to_owned(),
        doing: "read",
        source,
    };
    let size = fs::metadata(path).map_err(failed)?.len();
    if size == 0 {
        // SQLite would take it for a new database; ours are never visible before they are complete.
        let why = "the file is empty".to_owned();
        return Err(StoreError::Corrupt {
            path: path.to_owned(),
            why,
        });
    }
    // SQLite falls back to reading where it may not write; a run must find out before it sends.
    private_file().open(path).map(drop).map_err(failed)
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

fn check_pages(connection: &Connection) -> Result<(), Fault> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(Fault::Damaged(verdict)),
    }
}

fn read_tenant(connection: &Connection) -> Result<TenantIdentity, Fault> {
    let mut found = TENANT.select(connection, "", [], |cells| {
        let _one: i64 = cells.number()?;
        Ok(TenantIdentity {
            name: cells.text()?,
            base_url: cells.text()?,
            customer: cells.optional_text()?,
        })
    })?;
    found
        .pop()
        .ok_or_else(|| Fault::Damaged("it does not say whose it is".to_owned()))
}

fn write_tenant(connection: &Connection, tenant: &TenantIdentity) -> Result<(), Fault> {
    let TenantIdentity {
        name,
        base_url,
        customer,
    } = tenant.clone();
    TENANT.put(
        connection,
        &[
            Value::Integer(1),
            name.into(),
            base_url.into(),
            customer.into(),
        ],
    )
}
