//! Everything that one sandbox knows, shared by its connections.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value as Json};

use crate::pacing::Limits;
use crate::sandbox::fault_actions::Faults;
use crate::sandbox::faults::FaultScript;
use crate::sandbox::log::RequestLog;
use crate::sandbox::storage::{Storage, StorageError, StoredUser};
use crate::sandbox::switches::Omitted;
use crate::sandbox::throttle::Throttle;
use crate::sandbox::users;
use crate::sandbox::{SandboxError, SandboxOptions};

/// The state. Each part has its own lock, and nobody holds two at once.
pub struct State {
    started: Instant,
    token: Option<String>,
    limits: Limits,
    script: FaultScript,
    seed: Vec<StoredUser>,
    took_seed: bool,
    storage: Mutex<Storage>,
    faults: Mutex<Faults>,
    throttle: Mutex<Throttle>,
    log: Mutex<RequestLog>,
}

impl State {
    /// Opens the database, and fills it from the seed if it is empty.
    pub fn open(options: SandboxOptions) -> Result<State, SandboxError> {
        let seed = seed_records(&options.seed)?;
        let mut storage = Storage::open(options.db.as_deref())?;
        let took_seed = fill(&mut storage, &seed, false)?;
        Ok(State {
            started: Instant::now(),
            token: options.token,
            limits: options.limits,
            seed,
            took_seed,
            storage: Mutex::new(storage),
            faults: Mutex::new(Faults::new(options.faults.clone())),
            script: options.faults,
            throttle: Mutex::new(Throttle::new(options.limits)),
            log: Mutex::default(),
        })
    }

    /// Back to the start: the seed's users, the script that it was started with, empty logs.
    pub fn reset(&self) -> Result<(), StorageError> {
        fill(&mut self.storage(), &self.seed, true)?;
        *self.faults() = Faults::new(self.script.clone());
        *self.throttle() = Throttle::new(self.limits);
        self.log().clear();
        Ok(())
    }

    /// Whether it began with the users of the seed. Otherwise the database held others.
    pub fn took_seed(&self) -> bool {
        self.took_seed
    }

    /// Time since the sandbox was started.
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Epoch seconds, for tokens.
    pub fn now_s(&self) -> i64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// The only token that passes, if there is one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The database.
    pub fn storage(&self) -> MutexGuard<'_, Storage> {
        locked(&self.storage)
    }

    /// The fault script and its counts.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    /// The rate limits' windows.
    pub fn throttle(&self) -> MutexGuard<'_, Throttle> {
        locked(&self.throttle)
    }

    /// What arrived.
    pub fn log(&self) -> MutexGuard<'_, RequestLog> {
        locked(&self.log)
    }
}

/// A call that panicked does not take the others with it: its transaction is rolled back.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the seed into an empty database; `false` if it was not empty. `anew` empties it first.
fn fill(storage: &mut Storage, seed: &[StoredUser], anew: bool) -> Result<bool, StorageError> {
    let work = storage.begin()?;
    if anew {
        work.clear()?;
    }
    let is_empty = work.is_empty()?;
    if is_empty {
        for user in seed {
            work.put(user)?;
        }
    }
    work.commit()?;
    Ok(is_empty)
}

/// The seed's users as a server would hold them. Only their ids are checked: a seed may be odd on purpose.
fn seed_records(seed: &[Map<String, Json>]) -> Result<Vec<StoredUser>, SandboxError> {
    let mut ids = std::collections::HashSet::new();
    seed.iter()
        .enumerate()
        .map(|(index, user)| {
            let refused = |message: &str| SandboxError::Seed {
                user: index + 1,
                message: message.to_owned(),
            };
            if let Some(flaw) = users::id_flaw(user) {
                return Err(refused(&flaw.message));
            }
            let user_id = users::text(user, "UserID").unwrap_or_default();
            if !ids.insert(user_id) {
                return Err(refused(&format!("UserID {user_id} stands there twice")));
            }
            let deleted = users::is_true(user, "Deleted");
            let whole = users::written(user_id, user, None, Omitted::Cleared, deleted);
            let password = users::text(user, "Password");
            let hash = password.map(|password| users::password_hash(user_id, password));
            Ok(users::record(&whole, hash))
        })
        .collect()
}
