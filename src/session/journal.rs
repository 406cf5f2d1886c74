//! The state directory of a run: locked, opened, and asked when the tenant may be called again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use crate::config::Settings;
use crate::failure::Failure;
use crate::fetch::Pace;
use crate::pacing::Endpoint;
use crate::store::{RunLock, StateDir, Store, TenantIdentity};

/// The journal with the lock that keeps other runs out while it lives.
pub struct Journal {
    /// The store, shared with delivery.
    pub store: Arc<Mutex<Store>>,
    _lock: RunLock,
}

impl Journal {
    /// Takes the lock and opens the store of that tenant.
    ///
    /// # Errors
    /// Exit 5 if another run holds the lock; exit 1 for what disk and store do not allow.
    pub fn open(settings: &Settings, tenant: &TenantIdentity) -> Result<Journal, Failure> {
        let dir = StateDir::open(&settings.state_dir)?;
        let lock = dir.lock("sync")?;
        let store = Store::open(&lock, tenant)?;
        Ok(Journal {
            store: Arc::new(Mutex::new(store)),
            _lock: lock,
        })
    }

    /// Tells the pace what an earlier process did and was told, so that a restart breaks no limit.
    pub fn seed(&self, pace: &Pace) -> Result<(), Failure> {
        let store = self
            .store
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let now = Timestamp::now();
        let endpoint = Endpoint::Bulk;
        if let Some(sent) = store.last_sent(endpoint.name())? {
            // A clock that was set back makes the last call lie ahead: then it counts as just now.
            let ago = Duration::try_from(now.duration_since(sent)).unwrap_or_default();
            pace.seed(endpoint, ago);
        }
        if let Some(until) = store.not_before(endpoint.name())? {
            let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            pace.hold(endpoint, wait);
        }
        Ok(())
    }

    /// Keeps what the tenant asked for beyond this process.
    pub fn keep_not_before(&self, pace: &Pace) -> Result<(), Failure> {
        let wait = pace.wait_left(Endpoint::Bulk);
        let until = Timestamp::now().checked_add(wait);
        if let (false, Ok(until)) = (wait.is_zero(), until) {
            let mut store = self
                .store
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            store.set_not_before(Endpoint::Bulk.name(), until)?;
        }
        Ok(())
    }
}
