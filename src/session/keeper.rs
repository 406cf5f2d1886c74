//! The tenant's list of users, page by page → the stored state brought up to date, and how it differs from what
//! was known. A page is one transaction, and only what differs is written.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::diff::{drift, list_print, with_unlisted};
use crate::fetch::Reading;
use crate::model::{
    Drift, DriftKind, FieldDrift, KnownUser, Origin, RefreshSummary, Refreshed, User,
};
use crate::store::{Listed, Store, StoreError};

/// Rows read from the store at a time.
const BATCH: u32 = 1_000;

/// Takes in one list of the tenant's users.
pub(super) struct Keeper {
    store: Arc<Mutex<Store>>,
    /// What was known of lists, and what this one has shown so far.
    listed: Listed,
    known_since: Option<Timestamp>,
    at: Timestamp,
    /// Stand for the ids that were listed, so that a million of them do not have to be kept.
    seen: HashSet<[u8; 16]>,
    summary: RefreshSummary,
    drift: Vec<Drift>,
}

impl Keeper {
    /// Nothing is listed yet. `at` is now.
    pub fn new(store: Arc<Mutex<Store>>, at: Timestamp) -> Result<Keeper, StoreError> {
        let listed = lock(&store).listed()?;
        Ok(Keeper {
            store,
            known_since: listed.finished_at,
            listed,
            at,
            seen: HashSet::new(),
            summary: RefreshSummary::default(),
            drift: Vec::new(),
        })
    }

    /// Takes in a page of the list.
    pub fn page(&mut self, page: &[User]) -> Result<(), StoreError> {
        let properties_before = self.listed.properties.len();
        for name in page.iter().flat_map(|user| user.object().keys()) {
            if !self.listed.properties.contains(name) {
                self.listed.properties.insert(name.clone());
            }
        }
        let ids: Vec<&str> = page.iter().map(User::user_id).collect();
        let known = lock(&self.store).known_users(&ids)?;
        let mut kept = Vec::new();
        for (user, known) in page.iter().zip(known) {
            self.seen.insert(print_of_id(user.user_id()));
            kept.extend(self.listed_user(user, known));
        }
        let has_learnt = self.listed.properties.len() > properties_before;
        lock(&self.store).keep_users(&mut kept, has_learnt.then_some(&self.listed))
    }

    /// What is to be kept of a listed user; `None` if that is known already.
    fn listed_user(&mut self, user: &User, known: Option<KnownUser>) -> Option<KnownUser> {
        self.summary.users += 1;
        let listed_as = Some(list_print(user, &self.listed.properties));
        let Some(known) = known else {
            self.summary.new += 1;
            if self.known_since.is_some() {
                self.note(DriftKind::New, user.user_id(), None, Vec::new());
            }
            return Some(KnownUser {
                listed_as,
                ..KnownUser::new(user, Origin::Live, self.at)
            });
        };
        if known.gone_at.is_none() && known.listed_as == listed_as {
            self.summary.unchanged += 1;
            return None;
        }
        let properties = &self.listed.properties;
        let now = match known.user() {
            Some(before) => with_unlisted(&before, user.clone(), |name| properties.contains(name)),
            None => user.clone(),
        };
        self.compare(&known, &now);
        Some(KnownUser {
            listed_as,
            ..KnownUser::new(&now, Origin::Live, self.at)
        })
    }

    /// Who is known and was not listed. The list is narrowed by our security level, so he may be there.
    ///
    /// Gives `None` if that is most of those who are known: no tenant loses them in a night.
    pub fn missing(&self) -> Result<Option<Vec<Box<str>>>, StoreError> {
        const FEW: u64 = 20;
        let (mut known, mut missing) = (0, Vec::new());
        for_each_known(&self.store, |user| {
            if user.gone_at.is_none() {
                known += 1;
                if !self.seen.contains(&print_of_id(&user.user_id)) {
                    missing.push(user.user_id);
                }
            }
        })?;
        // Those whom this list has shown for the first time were not known before it.
        let known_before = known - self.summary.new;
        let are_most = known_before >= FEW && missing.len() as u64 > known_before / 2;
        Ok((!are_most).then_some(missing))
    }

    /// Takes in users who were not listed and have been read one by one.
    pub fn read(&mut self, read: &[(Box<str>, Reading)]) -> Result<(), StoreError> {
        let ids: Vec<&str> = read.iter().map(|(user_id, _)| &**user_id).collect();
        let known = lock(&self.store).known_users(&ids)?;
        let mut kept = Vec::new();
        for ((_, reading), known) in read.iter().zip(known) {
            let Some(known) = known else { continue };
            match reading {
                Reading::Present(user) => {
                    self.summary.users += 1;
                    self.summary.unlisted += 1;
                    if self.compare(&known, user) {
                        kept.push(KnownUser::new(user, Origin::Live, self.at));
                    }
                }
                Reading::Absent => {
                    self.summary.gone += 1;
                    self.note(DriftKind::Gone, &known.user_id, Some(&known), Vec::new());
                    kept.push(KnownUser {
                        gone_at: Some(self.at),
                        ..known
                    });
                }
            }
        }
        lock(&self.store).keep_users(&mut kept, None)
    }

    /// The list was read to its end.
    pub fn finish(mut self) -> Result<Refreshed, StoreError> {
        self.listed.finished_at = Some(self.at);
        self.listed.users = self.summary.users;
        lock(&self.store).keep_users(&mut [], Some(&self.listed))?;
        Ok(Refreshed {
            first: self.known_since.is_none(),
            known_since: self.known_since,
            refreshed_at: self.at,
            summary: self.summary,
            drift: self.drift,
        })
    }

    /// Counts a known user as he is now, and says whether he differs.
    fn compare(&mut self, known: &KnownUser, now: &User) -> bool {
        let fields = match known.user() {
            Some(before) => drift(&before, now),
            None => Vec::new(),
        };
        if known.gone_at.is_some() {
            self.summary.back += 1;
            self.note(DriftKind::Back, now.user_id(), Some(known), fields);
            return true;
        }
        if fields.is_empty() {
            self.summary.unchanged += 1;
            return false;
        }
        self.summary.changed += 1;
        self.note(DriftKind::Changed, now.user_id(), Some(known), fields);
        true
    }

    fn note(
        &mut self,
        kind: DriftKind,
        user_id: &str,
        known: Option<&KnownUser>,
        fields: Vec<FieldDrift>,
    ) {
        self.drift.push(Drift {
            kind,
            user_id: user_id.into(),
            known_as: known.map(|known| known.origin),
            known_since: known.map(|known| known.seen_at),
            fields,
        });
    }
}

/// Every known user, in the order of the keys, a batch in memory at a time.
pub(super) fn for_each_known(
    store: &Mutex<Store>,
    mut take: impl FnMut(KnownUser),
) -> Result<(), StoreError> {
    let mut last: Option<KnownUser> = None;
    loop {
        let mut batch = lock(store).users_after(last.as_ref(), BATCH)?;
        let Some(end) = batch.pop() else {
            return Ok(());
        };
        batch.into_iter().for_each(&mut take);
        take(end.clone());
        last = Some(end);
    }
}

fn print_of_id(user_id: &str) -> [u8; 16] {
    let hash = blake3::hash(user_id.as_bytes());
    std::array::from_fn(|index| hash.as_bytes()[index])
}

fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
