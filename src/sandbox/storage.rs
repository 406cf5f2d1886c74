//! The sandbox's own small SQLite: users, what is linked to them, and mails, in a file or in memory. All its SQL is here.
//!
//! A call works inside one transaction ([`Storage::begin`]), so a refused bulk call leaves nothing
//! behind and a killed process leaves whole calls only. Two processes may share a file. It holds
//! objects as the rules made them ([`super::users`]) and never looks inside.

mod links;
mod schema;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior};

use crate::model::UserKey;

pub use links::Kind;
use schema::MIGRATIONS;

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// SQLite says no.
    #[error("the sandbox's database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be made.
    #[error("the sandbox's database {path} cannot be opened")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Written by a later version, or not by a sandbox at all.
    #[error("the sandbox's database has schema {found}, this version knows up to {known}")]
    Newer {
        /// `user_version` of the file.
        found: i64,
        /// The newest that this version knows.
        known: i64,
    },
}

/// One user as the tables hold him.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredUser {
    /// The key as it was first written.
    pub user_id: String,
    /// Hash of the password, if he has one.
    pub password: Option<String>,
    /// The storage location he holds; `None` also for a deleted user.
    pub location: Option<String>,
    /// The whole object as JSON text.
    pub object: String,
}

/// A mail that a real server would have sent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Mail {
    /// Number of the mail, from 1.
    pub seq: i64,
    /// To whom.
    pub user_id: String,
    /// `password` (a generated one), `welcome` (name and password to a new user) or `reset_link`.
    pub kind: String,
}

/// The open database.
pub struct Storage {
    connection: Connection,
}

impl Storage {
    /// Opens (and makes, 0600) the file, or a database in memory.
    pub fn open(path: Option<&Path>) -> Result<Storage, StorageError> {
        let connection = match path {
            Some(path) => {
                make_private(path)?;
                Connection::open(path)?
            }
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(Duration::from_secs(10))?;
        // A killed process loses nothing with NORMAL; only a power cut could take the last calls.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
        connection.set_prepared_statement_cache_capacity(32);
        let mut storage = Storage { connection };
        storage.migrate()?;
        Ok(storage)
    }

    /// Begins a call's work. Dropped without [`Work::commit`], it leaves no trace.
    pub fn begin(&mut self) -> Result<Work<'_>, StorageError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Work { transaction })
    }

    fn migrate(&mut self) -> Result<(), StorageError> {
        let known = MIGRATIONS.len() as i64;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if found > known {
            return Err(StorageError::Newer { found, known });
        }
        for step in &MIGRATIONS[found.max(0) as usize..] {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "user_version", known)?;
        Ok(transaction.commit()?)
    }
}

/// One call's view of the database.
pub struct Work<'a> {
    transaction: Transaction<'a>,
}

impl Work<'_> {
    /// Makes the work last.
    pub fn commit(self) -> Result<(), StorageError> {
        Ok(self.transaction.commit()?)
    }

    /// The user of exactly that id.
    pub fn user(&self, user_id: &str) -> Result<Option<StoredUser>, StorageError> {
        self.one("user_id = ?1", user_id)
    }

    /// The first user whose id is that, case and Unicode form aside.
    pub fn user_any_case(&self, user_id: &str) -> Result<Option<StoredUser>, StorageError> {
        self.one("folded = ?1", UserKey::of(user_id).as_str())
    }

    /// The user who holds that storage location.
    pub fn holder(&self, location: &str) -> Result<Option<String>, StorageError> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT user_id FROM users WHERE location = ?1 ORDER BY user_id LIMIT 1",
            )?
            .query_row([location], |row| row.get(0))
            .optional()?)
    }

    /// The users who may log on under that name: their UserID or `AuthenticationID`.
    pub fn logons(&self, name: &str) -> Result<Vec<StoredUser>, StorageError> {
        let condition = "user_id = ?1 OR json_extract(object, '$.AuthenticationID') = ?1";
        self.many(condition, &[&name])
    }

    /// Writes a user, whether he is there or not.
    pub fn put(&self, user: &StoredUser) -> Result<(), StorageError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO users (user_id, folded, location, password, object) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (user_id) DO UPDATE SET location = ?3, password = ?4, object = ?5",
            )?
            .execute((
                &user.user_id,
                UserKey::of(&user.user_id).as_str(),
                &user.location,
                &user.password,
                &user.object,
            ))?;
        Ok(())
    }

    /// Removes a user, but not what is linked to him: [`Work::unlink`].
    pub fn remove(&self, user_id: &str) -> Result<(), StorageError> {
        self.transaction
            .prepare_cached("DELETE FROM users WHERE user_id = ?1")?
            .execute([user_id])?;
        Ok(())
    }

    /// Removes everything.
    pub fn clear(&self) -> Result<(), StorageError> {
        let everything =
            "DELETE FROM users; DELETE FROM mails; DELETE FROM entities; DELETE FROM memberships;
            DELETE FROM sqlite_sequence;";
        Ok(self.transaction.execute_batch(everything)?)
    }

    /// Whether there is no user.
    pub fn is_empty(&self) -> Result<bool, StorageError> {
        let any = "SELECT EXISTS (SELECT 1 FROM users)";
        Ok(!self
            .transaction
            .query_row(any, [], |row| row.get::<_, bool>(0))?)
    }

    /// The objects of all users, sorted by UserID.
    pub fn objects(&self) -> Result<Vec<String>, StorageError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT object FROM users ORDER BY user_id")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }

    /// A page of objects, sorted by UserID. The inner query walks ids only: skipping stays cheap.
    pub fn page(
        &self,
        start: u64,
        limit: u64,
        descending: bool,
    ) -> Result<Vec<String>, StorageError> {
        let order = if descending { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT object FROM users WHERE rowid IN
                 (SELECT rowid FROM users ORDER BY user_id {order} LIMIT ?1 OFFSET ?2) ORDER BY user_id {order}"
        );
        let bounded = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(self
            .transaction
            .prepare_cached(&sql)?
            .query_map([bounded(limit), bounded(start)], |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }

    /// Notes a mail.
    pub fn mail(&self, user_id: &str, kind: &str) -> Result<(), StorageError> {
        self.transaction
            .prepare_cached("INSERT INTO mails (user_id, kind) VALUES (?1, ?2)")?
            .execute([user_id, kind])?;
        Ok(())
    }

    /// All mails in order.
    pub fn mails(&self) -> Result<Vec<Mail>, StorageError> {
        Ok(self
            .transaction
            .prepare_cached("SELECT seq, user_id, kind FROM mails ORDER BY seq")?
            .query_map([], |row| {
                Ok(Mail {
                    seq: row.get(0)?,
                    user_id: row.get(1)?,
                    kind: row.get(2)?,
                })
            })?
            .collect::<Result<_, _>>()?)
    }

    fn one(&self, condition: &str, value: &str) -> Result<Option<StoredUser>, StorageError> {
        Ok(self.many(condition, &[&value])?.into_iter().next())
    }

    fn many(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<StoredUser>, StorageError> {
        let sql = format!(
            "SELECT user_id, password, location, object FROM users WHERE {condition} ORDER BY user_id"
        );
        Ok(self
            .transaction
            .prepare_cached(&sql)?
            .query_map(values, read_user)?
            .collect::<Result<_, _>>()?)
    }
}

fn read_user(row: &Row<'_>) -> rusqlite::Result<StoredUser> {
    Ok(StoredUser {
        user_id: row.get(0)?,
        password: row.get(1)?,
        location: row.get(2)?,
        object: row.get(3)?,
    })
}

/// Makes the file readable by its owner alone before SQLite writes people into it.
fn make_private(path: &Path) -> Result<(), StorageError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|source| StorageError::File {
            path: path.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_is_not_committed_leaves_no_trace() {
        let mut storage = Storage::open(None).unwrap();
        {
            let work = storage.begin().unwrap();
            work.put(&user("a", Some("VAN-1"))).unwrap();
            work.mail("a", "password").unwrap();
            assert_eq!(work.holder("VAN-1").unwrap().as_deref(), Some("a"));
        }
        let work = storage.begin().unwrap();
        assert_eq!(work.user("a").unwrap(), None);
        assert!(work.mails().unwrap().is_empty() && work.is_empty().unwrap());
    }

    #[test]
    fn pages_are_in_byte_order_of_the_ids() {
        let mut storage = Storage::open(None).unwrap();
        let work = storage.begin().unwrap();
        for id in ["b", "a", "É", "B", "ab"] {
            work.put(&user(id, None)).unwrap();
        }
        assert_eq!(work.page(0, 3, false).unwrap(), ["B", "a", "ab"]);
        assert_eq!(work.page(3, 3, false).unwrap(), ["b", "É"]);
        assert_eq!(work.page(0, 2, true).unwrap(), ["É", "b"]);
        assert_eq!(work.page(u64::MAX, u64::MAX, false).unwrap().len(), 0);
        let found = work.user_any_case("AB").unwrap().unwrap();
        assert_eq!(found.user_id, "ab");
        assert_eq!(work.user("AB").unwrap(), None);
    }

    #[test]
    fn a_file_is_private_survives_and_is_not_taken_from_a_later_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.db");
        {
            let mut storage = Storage::open(Some(&path)).unwrap();
            let work = storage.begin().unwrap();
            work.put(&user("a", None)).unwrap();
            work.commit().unwrap();
        }
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        {
            let mut storage = Storage::open(Some(&path)).unwrap();
            let work = storage.begin().unwrap();
            assert_eq!(work.objects().unwrap(), ["a"]);
            work.transaction
                .pragma_update(None, "user_version", 99)
                .unwrap();
            work.commit().unwrap();
        }
        let error = Storage::open(Some(&path)).err().unwrap();
        assert!(
            matches!(error, StorageError::Newer { found: 99, .. }),
            "{error}"
        );
        std::fs::write(
            &path,
            "no database, and longer than a header is so that SQLite must look".repeat(9),
        )
        .unwrap();
        assert!(matches!(
            Storage::open(Some(&path)),
            Err(StorageError::Sqlite(_))
        ));
    }

    fn user(id: &str, location: Option<&str>) -> StoredUser {
        StoredUser {
            user_id: id.to_owned(),
            password: None,
            location: location.map(str::to_owned),
            object: id.to_owned(),
        }
    }
}
