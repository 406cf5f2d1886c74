//! Care of the store: examined to the last row, and copied while runs go on.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::check::Extent;
use super::dir::sync_dir;
use super::error::Fault;
use super::open::FILE;
use super::{RunLock, Store, StoreError, TenantIdentity};

/// What a store holds that was read to its last row and found as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The file.
    pub path: PathBuf,
    /// Its length in bytes, without its write-ahead log.
    pub bytes: u64,
    /// The version of its schema.
    pub version: i64,
    /// Whose it is.
    pub tenant: TenantIdentity,
    /// Runs.
    pub runs: u64,
    /// Attempts whose end is not known.
    pub in_flight: u64,
    /// Calls that were made by hand.
    pub calls: u64,
    /// Users of the tenant of whom the state is known.
    pub users: u64,
    /// Users for whom a source answers, each source counted by itself.
    pub managed: u64,
}

impl Store {
    /// Examines the store of a state directory, every row of it, whosever it is; changes nothing.
    ///
    /// Errors: as [`Store::open_whosever`], and if there is none.
    pub fn examine(dir: &Path) -> Result<Examined, StoreError> {
        Store::examine_file(&dir.join(FILE))
    }

    /// The same for any file, e.g. a copy.
    pub fn examine_file(path: &Path) -> Result<Examined, StoreError> {
        let (store, version) = Store::checked(path, Extent::Whole)?;
        let tenant = store.tenant()?;
        let bytes = fs::metadata(path).map_err(|source| StoreError::Io {
            path: path.to_owned(),
            doing: "read",
            source,
        })?;
        store.read("count the rows", |connection| {
            let count = |table| rows(connection, table, "");
            Ok(Examined {
                path: path.to_owned(),
                bytes: bytes.len(),
                version,
                tenant,
                runs: count("runs")?,
                in_flight: rows(
                    connection,
                    "attempts",
                    "WHERE attempt NOT IN (SELECT attempt FROM settlements)",
                )?,
                calls: count("calls")?,
                users: count("users")?,
                managed: count("managed")?,
            })
        })
    }

    /// Copies the store of a state directory into a new file, as it stands at one moment, also while a run works on
    /// it: made under another name, read again to its last row, and renamed when it is durable.
    ///
    /// Errors: those of [`Store::examine`] for the store and for the copy, and a file that exists already.
    pub fn back_up(dir: &Path, to: &Path) -> Result<Examined, StoreError> {
        let failed = |doing| {
            move |source| StoreError::Io {
                path: to.to_owned(),
                doing,
                source,
            }
        };
        if fs::symlink_metadata(to).is_ok() {
            let exists = std::io::ErrorKind::AlreadyExists.into();
            return Err(failed("write the copy to")(exists));
        }
        let folder = match to.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let (mut store, _) = Store::checked(&dir.join(FILE), Extent::Whole)?;
        let copy = tempfile::Builder::new()
            .prefix(".crewsync-backup-")
            .tempfile_in(folder)
            .map_err(failed("write the copy to"))?;
        // Not as a reading: SQLite copies outside of transactions only.
        store.step("copy the store", |connection, _| {
            let target = copy.path().to_string_lossy();
            connection.execute("VACUUM INTO ?", [target])?;
            Ok(())
        })?;
        let examined = Store::examine_file(copy.path())?;
        copy.as_file().sync_all().map_err(failed("sync"))?;
        copy.persist_noclobber(to)
            .map_err(|error| failed("write the copy to")(error.error))?;
        sync_dir(folder).map_err(failed("sync"))?;
        Ok(Examined {
            path: to.to_owned(),
            ..examined
        })
    }

    /// Opens the store of the locked directory, whosever it is, brought up to date; `None` if there is none.
    ///
    /// Errors: as [`Store::open`].
    pub fn open_own(lock: &RunLock) -> Result<Option<Store>, StoreError> {
        let path = lock.dir().file(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let (store, _) = Store::checked(&path, Extent::Decisive)?;
        let tenant = store.tenant()?;
        drop(store);
        Store::open(lock, &tenant).map(Some)
    }

    /// Writes the file anew without what was removed from it, so that no page holds it any more.
    ///
    /// Errors: those of the disk; the store is then as it was.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        self.step("write the store anew", |connection, _| {
            connection.execute("VACUUM", [])?;
            Ok(())
        })?;
        self.tidy()
    }
}

/// How many rows of a table meet a condition. A store of an older version may not know the table.
fn rows(connection: &Connection, table: &str, condition: &str) -> Result<u64, Fault> {
    let known = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)";
    let is_known: bool = connection.query_row(known, [table], |row| row.get(0))?;
    if !is_known {
        return Ok(0);
    }
    let count = format!("SELECT count(*) FROM {table} {condition}");
    let count: i64 = connection.query_row(&count, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
