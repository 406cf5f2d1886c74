//! A store that does not exist yet, made whole or not at all.

use std::fs;

use super::dir::{private_file, sync_dir};
use super::error::Fault;
use super::migrations::{self, APPLICATION_ID};
use super::open::{FILE, connect, log_ahead};
use super::tenant::write_tenant;
use super::{StateDir, StoreError, TenantIdentity};

use rusqlite::OpenFlags;

const NEW_FILE: &str = "state.db.new";

/// Makes the store under another name and renames it when it is whole and durable, so that a kill or a full disk
/// leaves either no store or a complete one. The caller holds the lock.
pub(super) fn create(dir: &StateDir, tenant: &TenantIdentity) -> Result<(), StoreError> {
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

/// Without a journal: nobody sees the file before it is whole, and what is not whole is thrown away. A write-ahead
/// log that holds something would be moved into the file while closing, where SQLite passes over what fails.
fn fill(new: &std::path::Path, tenant: &TenantIdentity) -> Result<(), Fault> {
    let mut connection = connect(new, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    for (pragma, value) in [("journal_mode", "off"), ("synchronous", "off")] {
        connection.pragma_update(None, pragma, value)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrations::migrate(&mut connection, 0, migrations::latest())?;
    write_tenant(&connection, tenant)?;
    log_ahead(&connection)?;
    connection.close().map_err(|(_, error)| Fault::from(error))
}
