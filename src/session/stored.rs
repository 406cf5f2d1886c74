//! The stored users as a current state to compare with.

use jiff::{SignedDuration, Timestamp};

use crate::config::Settings;
use crate::failure::Failure;
use crate::model::{KnownUser, Problem};
use crate::planning::Against;
use crate::report::duration;
use crate::store::{Store, StoreError};

use super::Connection;

/// A stored state older than this has missed a night.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(26);

/// Rows in memory at a time.
const BATCH: u32 = 1_000;

/// The stored users, and when they were last listed.
pub(super) struct Stored {
    store: Store,
    properties: std::collections::BTreeSet<String>,
    listed_at: Timestamp,
}

impl Stored {
    /// Opens the store to read it, also while a run works on it.
    ///
    /// # Errors
    /// Those of the store, and one that has never held a complete list of this tenant's users.
    pub fn open(settings: &Settings, connection: &Connection) -> Result<Stored, Failure> {
        let state = settings.state_dir.display();
        let none = || {
            Failure::stopped(format!(
                "{state} holds no list of the tenant's users to compare with"
            ))
            .hint("run refresh first, or compare with the tenant itself (--against live)")
        };
        let store = Store::open_to_read(&settings.state_dir, &connection.identity)?;
        let store = store.ok_or_else(none)?;
        let listed = store.listed()?;
        Ok(Stored {
            listed_at: listed.finished_at.ok_or_else(none)?,
            properties: listed.properties,
            store,
        })
    }

    /// How old the list is, as a sentence.
    pub fn age(&self) -> String {
        let age = Timestamp::now().duration_since(self.listed_at);
        format!(
            "comparing with the users as they were listed {} ago ({:.0}), and with what was learnt about them since",
            duration(age.as_secs_f64()),
            self.listed_at
        )
    }

    /// A warning if the list is too old to be taken for yesterday's.
    pub fn is_old(&self) -> Option<Problem> {
        let age = Timestamp::now().duration_since(self.listed_at);
        (age > AGE_MAX).then(|| {
            let message = format!("the stored users were last listed at {:.0}", self.listed_at);
            Problem::warning("stored_state_old", message)
                .hint("run refresh before planning against the store, or plan against live")
        })
    }

    /// The users to compare with; whoever seems to differ is read from the tenant.
    pub fn against(self, connection: &Connection) -> Against {
        Against::Stored {
            users: Box::new(Users {
                store: self.store,
                last: None,
            }),
            properties_listed: self.properties,
            reads: connection.reads.clone(),
        }
    }
}

/// All users of whom something is known, in the order of their keys.
struct Users {
    store: Store,
    last: Option<KnownUser>,
}

impl Iterator for Users {
    type Item = Result<Vec<KnownUser>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.store.users_after(self.last.as_ref(), BATCH) {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error)),
        };
        self.last = Some(batch.last()?.clone());
        Some(Ok(batch))
    }
}
