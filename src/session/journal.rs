//! The state directory of a run: locked, opened, and asked when the tenant may be called again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::config::Settings;
use crate::failure::Failure;
use crate::fetch::Pace;
use crate::pacing::Endpoint;
use crate::planning::{AccessPast, LastRun, Past};
use crate::store::{RunEnd, RunLock, RunRecord, StateDir, Store, StoreError, TenantIdentity};

use super::Connection;
use super::managed::is_paused;

/// A change is looked for on so many earlier days on which its source ran.
const PAST_DAYS: u32 = 2;

/// More good runs than that tell nothing new.
const GOOD_RUNS: u32 = 400;

/// Those who lost access count for so long against what may go without a person.
const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The journal with the lock that keeps other runs out while it lives.
pub struct Journal {
    /// The store, shared with delivery.
    pub store: Arc<Mutex<Store>>,
    _lock: RunLock,
}

impl Journal {
    /// Takes the lock and opens the store of that tenant. From now on the connection keeps to what earlier
    /// processes did and were told, and what it is told itself is kept for later ones.
    ///
    /// # Errors
    /// Exit 5 if another run holds the lock; exit 1 for what disk and store do not allow.
    pub fn open(
        settings: &Settings,
        connection: &Connection,
        purpose: &str,
    ) -> Result<Journal, Failure> {
        let dir = StateDir::open(&settings.state_dir)?;
        let lock = dir.lock(purpose)?;
        let store = Store::open(&lock, &connection.identity)?;
        seed(&store, &connection.pace)?;
        let store = Arc::new(Mutex::new(store));
        keep_what_is_told(&store, &connection.pace);
        Ok(Journal { store, _lock: lock })
    }

    /// The same for a command that sends what its source asks for.
    ///
    /// # Errors
    /// Also exit 4 if a person has paused the source.
    pub fn open_to_send(
        settings: &Settings,
        connection: &Connection,
        purpose: &str,
    ) -> Result<Journal, Failure> {
        let journal = Journal::open(settings, connection, purpose)?;
        let paused = journal.store().paused(&settings.source.id)?;
        match paused {
            Some(pause) => Err(is_paused(&settings.source.id, &pause)),
            None => Ok(journal),
        }
    }

    /// Whether anything was ever journalled there.
    pub fn exists(settings: &Settings) -> bool {
        Store::exists(&settings.state_dir)
    }

    /// The store, for one step.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What earlier runs of the source have taught about the tenant.
    pub fn past(&self, settings: &Settings) -> Result<Past, Failure> {
        Ok(past(&self.store(), settings)?)
    }
}

/// The same for a command that takes no lock and writes nothing. A missing store has taught nothing.
pub fn past_without_lock(settings: &Settings, tenant: &TenantIdentity) -> Result<Past, Failure> {
    match Store::open_to_read(&settings.state_dir, tenant)? {
        Some(store) => Ok(past(&store, settings)?),
        None => Ok(Past::default()),
    }
}

fn past(store: &Store, settings: &Settings) -> Result<Past, StoreError> {
    let source = &settings.source.id;
    let now = Timestamp::now();
    Ok(Past {
        forms: store.equal_forms()?,
        runs: store.past_runs(source, PAST_DAYS, now)?,
        last_run: last_run(store, source)?,
        access: AccessPast {
            managed: store.managed(source)?,
            switched_off: store.switched_off()?,
            quarantine: store.quarantine(source)?,
            good_runs: store.good_runs(source, GOOD_RUNS)?,
            lost_before: store.lost_access_since(source, now - WINDOW)?,
            completed: store.last_completed(source)?,
        },
    })
}

/// The last run that came to its end.
fn last_run(store: &Store, source: &str) -> Result<Option<LastRun>, StoreError> {
    let is_complete = |run: &RunRecord| {
        let end = run.end.as_ref();
        run.source == *source && end.is_some_and(|end| end.how == RunEnd::Completed)
    };
    let last = store.runs()?.into_iter().filter(is_complete);
    let last = last.max_by_key(|run| run.started_at);
    Ok(last.map(|run| LastRun {
        plan: run.plan,
        started_at: run.started_at,
    }))
}

/// Tells the pace what earlier processes did and were told, so that a restart breaks no limit.
fn seed(store: &Store, pace: &Pace) -> Result<(), StoreError> {
    let now = Timestamp::now();
    // A clock that was set back makes the last call lie ahead: then it counts as just now.
    let since = |at: Timestamp| Duration::try_from(now.duration_since(at)).unwrap_or_default();
    for endpoint in Endpoint::ALL {
        if let Some(sent) = store.last_sent(endpoint.name())? {
            pace.seed(endpoint, since(sent));
        }
        if let Some(until) = store.not_before(endpoint.name())? {
            let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            pace.hold(endpoint, wait);
        }
    }
    let attempts = store.unsettled_attempts()?.into_iter();
    let calls = store.unended_calls()?.into_iter();
    let classes = attempts.map(|attempt| attempt.endpoint_class);
    for class in classes.chain(calls.map(|call| call.endpoint_class)) {
        // It left at some time between its opening and the end of its process, which may be this very moment.
        let is_its = |endpoint: &Endpoint| endpoint.name() == class;
        if let Some(endpoint) = Endpoint::ALL.into_iter().find(is_its) {
            pace.seed(endpoint, Duration::ZERO);
        }
    }
    Ok(())
}

/// Keeps what the tenant asks for in the moment it is learnt: the process may not live to its end.
fn keep_what_is_told(store: &Arc<Mutex<Store>>, pace: &Pace) {
    let store = Arc::downgrade(store);
    pace.when_told(move |endpoint, wait| {
        let until = Timestamp::now().checked_add(wait);
        if let (Some(store), Ok(until)) = (store.upgrade(), until) {
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            // A store that fails takes nothing more, so the next step of the run stops with the same error.
            let _ = store.set_not_before(endpoint.name(), until);
        }
    });
}
