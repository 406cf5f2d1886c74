//! What all attempts of a delivery share.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::fetch::{Bases, Reading};
use crate::model::{Change, InFlight, Plan, User};
use crate::pacing::Endpoint;
use crate::store::{Attempt, Pause, Store};

use super::decide::Carried;
use super::stop::Stop;
use super::{DeliverySettings, Tools};

/// After a signal, what is in flight may take so long to settle.
const SETTLE_TIME_MAX: Duration = Duration::from_secs(30);

/// Plan, tools, and what is known of each user so far. The journal is reached through here only.
pub struct Context<'a> {
    pub plan: &'a Plan,
    pub settings: &'a DeliverySettings,
    pub tools: &'a Tools,
    /// Held from the first read of a piece until its call leaves, so that bases are read one piece ahead
    /// and no further, and stay young.
    pub turn: Semaphore,
    /// One permit for each call that may be under way. The first call goes alone: if the tenant refuses it as
    /// a whole, no second one has left.
    pub in_flight: Semaphore,
    /// Cancelled when nothing new may be begun.
    pub halt: CancellationToken,
    /// Users in one call at most, as the answers so far suggest. It also holds for pieces that were cut before.
    pub users_max: AtomicUsize,
    run: &'a str,
    bases: Mutex<HashMap<usize, (Duration, Reading)>>,
    carried: Mutex<HashMap<usize, Carried>>,
}

impl<'a> Context<'a> {
    /// A context in which nothing was sent. `bases` are users read while planning.
    pub fn new(
        plan: &'a Plan,
        run: &'a str,
        bases: Bases,
        settings: &'a DeliverySettings,
        tools: &'a Tools,
    ) -> Context<'a> {
        let bases = plan
            .changes
            .iter()
            .enumerate()
            .filter_map(|(index, change)| {
                let base = bases.get(&change.user_id)?;
                Some((index, base.clone()))
            });
        Context {
            plan,
            settings,
            tools,
            turn: Semaphore::new(1),
            in_flight: Semaphore::new(1),
            users_max: AtomicUsize::new(settings.chunk_users_max),
            halt: tools.interrupt.child_token(),
            run,
            bases: Mutex::new(bases.collect()),
            carried: Mutex::default(),
        }
    }

    /// The change of that index.
    pub fn change(&self, index: usize) -> &'a Change {
        &self.plan.changes[index]
    }

    /// The last reading of a change's user, and when it was made.
    pub fn base(&self, index: usize) -> Option<(Duration, Reading)> {
        lock(&self.bases).get(&index).cloned()
    }

    /// Remembers a reading made now.
    pub fn put_base(&self, index: usize, reading: Reading) {
        lock(&self.bases).insert(index, (self.tools.pace.now(), reading));
    }

    /// Forgets the reading of a change that has ended.
    pub fn drop_base(&self, index: usize) {
        lock(&self.bases).remove(&index);
    }

    /// Whether a call of this run carried the change.
    pub fn carried(&self, index: usize) -> Carried {
        let carried = lock(&self.carried).get(&index).copied();
        carried.unwrap_or(Carried::Never)
    }

    /// Remembers that a call carries the changes.
    pub fn mark(&self, changes: impl IntoIterator<Item = usize>, carried: Carried) {
        let changes = changes.into_iter().map(|index| (index, carried));
        lock(&self.carried).extend(changes);
    }

    /// The journal.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.tools.store)
    }

    /// The run's id.
    pub fn run(&self) -> &str {
        self.run
    }

    /// Reads the users of those changes, in their order, and remembers how they were and what they had.
    pub async fn read(&self, changes: &[usize]) -> Result<Vec<(usize, Reading)>, Stop> {
        let ids = changes
            .iter()
            .map(|&index| self.change(index).user_id.clone());
        let mut readings = std::pin::pin!(self.tools.reads.users(ids.collect()));
        let mut read = Vec::with_capacity(changes.len());
        let mut left = changes.iter();
        while let (Some((_, reading)), Some(&index)) = (readings.next().await, left.next()) {
            let reading = reading.map_err(Stop::Read)?;
            self.put_base(index, reading.clone());
            read.push((index, reading));
        }
        Ok(read)
    }

    /// Remembers in the store which properties the users were seen with.
    pub fn note_properties(&self, read: &[(usize, Reading)]) -> Result<(), Stop> {
        let seen: Vec<(&str, Vec<&str>)> = read
            .iter()
            .filter_map(|(_, reading)| match reading {
                Reading::Present(user) => Some((user.user_id(), user.non_blank_properties())),
                Reading::Absent => None,
            })
            .collect();
        let seen: Vec<(&str, &[&str])> = seen.iter().map(|(id, names)| (*id, &names[..])).collect();
        self.store().note_properties(&seen).map_err(Stop::Store)
    }

    /// Whether nothing new may be begun any more.
    pub fn is_too_late(&self) -> bool {
        let deadline = self.settings.deadline;
        deadline.is_some_and(|deadline| self.tools.pace.now() >= deadline)
    }

    /// Why nothing more may be sent, if a person has paused the source in the meantime.
    pub fn is_paused(&self) -> Option<Stop> {
        match self.store().run_paused(self.run) {
            Ok(pause) => pause.map(|Pause { reason, .. }| Stop::Paused { reason }),
            Err(error) => Some(Stop::Store(error)),
        }
    }

    /// Announces a call in the journal; when this returns, the record is durable.
    pub fn open_attempt(
        &self,
        operations: &[(u32, Option<&User>)],
        body: &[u8],
    ) -> Result<InFlight, Stop> {
        let attempt = Attempt {
            run: self.run,
            endpoint_class: Endpoint::Bulk.name(),
            operations,
            body_hash: *blake3::hash(body).as_bytes(),
            at: Timestamp::now(),
        };
        self.store().open_attempt(&attempt).map_err(Stop::Store)
    }

    /// Returns when a signal came and the time to settle has passed.
    pub async fn time_to_settle_is_over(&self) {
        self.tools.interrupt.cancelled().await;
        tokio::time::sleep(SETTLE_TIME_MAX).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves whole values behind: every change of them is one statement.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
