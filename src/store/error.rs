//! Why the store stops: every kind leaves the files as they are.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::lock::Holder;
use super::tenant::TenantIdentity;

/// Why the state directory or the store cannot be used. No file was changed or removed because of it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run works on this state directory.
    #[error("another run holds the lock of {}: {}", .dir.display(), .holder.as_ref().map_or_else(|| "its holder has not written its name yet".to_owned(), Holder::to_string))]
    Locked {
        /// The state directory.
        dir: PathBuf,
        /// Who holds it; `None` if he took it this very moment and has not written it yet.
        holder: Option<Holder>,
    },
    /// The store belongs to another tenant.
    #[error("the store {} belongs to the tenant {found}, not to {wanted}", .path.display())]
    Foreign {
        /// The store.
        path: PathBuf,
        /// Whose it is.
        found: Box<TenantIdentity>,
        /// Whom this run is for.
        wanted: Box<TenantIdentity>,
    },
    /// A newer crewsync wrote the store.
    #[error("the store {} has schema version {found}; this crewsync knows versions up to {known}", .path.display())]
    Newer {
        /// The store.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The store cannot be trusted.
    #[error("the store {} is damaged: {why}", .path.display())]
    Corrupt {
        /// The store.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// A file or directory of the state cannot be read or written.
    #[error("cannot {doing} {}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried, as a verb.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite could not do a step, e.g. for lack of space.
    #[error("cannot {doing} in the store {}", .path.display())]
    Failed {
        /// The store.
        path: PathBuf,
        /// The step, as a verb.
        doing: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// An earlier step failed; what the disk holds since then is not certain, so nothing more is written.
    #[error("the store {} failed earlier in this run and takes nothing more: {why}", .path.display())]
    Stopped {
        /// The store.
        path: PathBuf,
        /// What failed then.
        why: String,
    },
    /// A step that contradicts the journal, e.g. a second end for one operation. A fault of crewsync itself.
    #[error("cannot {doing}: it contradicts the journal: {why}")]
    Contradiction {
        /// The step, as a verb.
        doing: &'static str,
        /// What does not fit.
        why: String,
    },
}

impl StoreError {
    /// Whether it is a matter of the disk: once that is well, the same work can go on.
    pub fn is_of_disk(&self) -> bool {
        matches!(
            self,
            StoreError::Io { .. } | StoreError::Failed { .. } | StoreError::Stopped { .. }
        )
    }

    /// What the person can do about it, as one sentence.
    pub fn hint(&self) -> String {
        match self {
            StoreError::Locked { .. } => {
                "wait until it has finished; after a crash the lock is free by itself and no file needs to be removed".to_owned()
            }
            StoreError::Foreign { .. } => format!(
                "a state directory serves one tenant: name another one with --state, or mend [tenant] if it was renamed; or {REBUILD}"
            ),
            StoreError::Newer { .. } => {
                format!("use the newer crewsync again, or another directory with --state; or {REBUILD}")
            }
            StoreError::Corrupt { .. } => {
                format!("the files were kept: restore a backup, or {REBUILD}")
            }
            StoreError::Failed { source, .. } if is_full(source) => FREE_SPACE.to_owned(),
            StoreError::Io { source, .. } if has_no_space(source) => FREE_SPACE.to_owned(),
            StoreError::Io { .. } | StoreError::Failed { .. } | StoreError::Stopped { .. } => {
                "check that the disk is healthy and not full, and that the state directory can be written, then run again".to_owned()
            }
            StoreError::Contradiction { .. } => {
                "this is a fault of crewsync: please report it; the journal was left as it was".to_owned()
            }
        }
    }
}

const REBUILD: &str = "move state.db, state.db-wal and state.db-shm aside together; the next run then reads everything from the tenant again";

const FREE_SPACE: &str = "nothing more was sent; free some space on that disk, then run again";

fn has_no_space(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// What a step meets inside the store, before it is known which file and step it was.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Damaged(String),
    Contradiction(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        use rusqlite::Error::{FromSqlConversionFailure, InvalidColumnType, Utf8Error};
        // Our own values are of their types, and our texts are UTF-8.
        if let Utf8Error(..) | InvalidColumnType(..) | FromSqlConversionFailure(..) = error {
            return Fault::Damaged(error.to_string());
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Fault::Damaged(error.to_string())
            }
            Some(ErrorCode::ConstraintViolation) => Fault::Contradiction(error.to_string()),
            _ => Fault::Sql(error),
        }
    }
}

impl Fault {
    /// The same with its place.
    pub fn at(self, path: &std::path::Path, doing: &'static str) -> StoreError {
        let path = path.to_owned();
        match self {
            Fault::Sql(source) => StoreError::Failed {
                path,
                doing,
                source,
            },
            Fault::Damaged(why) => StoreError::Corrupt { path, why },
            Fault::Contradiction(why) => StoreError::Contradiction { doing, why },
        }
    }
}
