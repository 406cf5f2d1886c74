//! What a run has seen and written → the stored state of its users. Written after delivery, in the order of the
//! keys and in batches: the journal has everything before, so that nothing is lost if the process dies first.

use jiff::Timestamp;

use crate::fetch::Reading;
use crate::model::{Action, Change, KnownUser, Origin, Plan, Status, User, UserKey};
use crate::store::{Store, StoreError, Written};
use crate::wire::payload;

/// Users in one transaction.
const BATCH: usize = 500;

/// Keeps users as they were just read. Who is as he was known is not written again.
pub(super) fn keep_read(
    store: &mut Store,
    read: &[(&str, &Reading)],
    at: Timestamp,
) -> Result<(), StoreError> {
    for batch in read.chunks(BATCH) {
        let ids: Vec<&str> = batch.iter().map(|(user_id, _)| *user_id).collect();
        let known = store.known_users(&ids)?;
        let now = batch.iter().zip(known);
        let now = now.filter_map(|((_, reading), known)| as_read(reading, known, at));
        let mut kept: Vec<KnownUser> = now.collect();
        store.keep_users(&mut kept, None)?;
    }
    Ok(())
}

fn as_read(reading: &Reading, known: Option<KnownUser>, at: Timestamp) -> Option<KnownUser> {
    match (reading, known) {
        (Reading::Absent, Some(known)) if known.gone_at.is_none() => {
            let gone_at = Some(at);
            Some(KnownUser { gone_at, ..known })
        }
        (Reading::Absent, _) => None,
        (Reading::Present(user), known) => {
            let now = KnownUser::new(user, Origin::Live, at);
            let is_known = |known: KnownUser| {
                known.gone_at.is_none()
                    && known.origin == Origin::Live
                    && known.object == now.object
            };
            (!known.is_some_and(is_known)).then_some(now)
        }
    }
}

/// Keeps what a run made of its users, from its journal: as live where a later reading has confirmed it, else as
/// written. Whoever was read after his change had ended is known better already.
pub(super) fn keep_written(store: &mut Store, plan: &Plan, run: &str) -> Result<(), StoreError> {
    let written = store.written(run)?.into_iter().map(|operation| {
        let change = &plan.changes[operation.seq as usize];
        (UserKey::of(&change.user_id), change, operation)
    });
    let mut written: Vec<(UserKey, &Change, Written)> = written.collect();
    written.sort_by(|one, two| one.0.cmp(&two.0));
    for batch in written.chunks(BATCH) {
        let ids: Vec<&str> = batch
            .iter()
            .map(|(_, change, _)| &*change.user_id)
            .collect();
        let known = store.known_users(&ids)?;
        let mut kept = Vec::with_capacity(batch.len());
        for ((_, change, operation), known) in batch.iter().zip(known) {
            // Nobody was there before he was created.
            let before = match change.action {
                Action::Create => None,
                _ => store.before(run, operation.seq)?,
            };
            kept.extend(as_written(change, before, known, operation));
        }
        store.keep_users(&mut kept, None)?;
    }
    Ok(())
}

fn as_written(
    change: &Change,
    before: Option<User>,
    known: Option<KnownUser>,
    operation: &Written,
) -> Option<KnownUser> {
    let is_newer = |known: &KnownUser| known.seen_at > operation.ended_at;
    if known.as_ref().is_some_and(is_newer) {
        return None;
    }
    if change.action == Action::Delete {
        let gone_at = Some(operation.ended_at);
        return known.map(|known| KnownUser { gone_at, ..known });
    }
    let is_confirmed =
        operation.status == Status::Skipped || operation.reason.as_deref() == Some("read_back");
    let origin = match is_confirmed {
        true => Origin::Live,
        false => Origin::Written,
    };
    // Who was already as wanted was never sent: what is known of him, with the wanted values.
    let known = known.filter(|known| known.gone_at.is_none());
    let before = before.or_else(|| known.as_ref().and_then(KnownUser::user));
    if before.is_none() && operation.status == Status::Skipped {
        return None;
    }
    let user = User::new(payload(before.as_ref(), change)).ok()?;
    Some(KnownUser::new(&user, origin, operation.ended_at))
}
