//! What a person says of a source: who belongs to it, and whether it may send anything.

use std::path::Path;

use futures::StreamExt;
use jiff::Timestamp;

use crate::config::Settings;
use crate::failure::{Failure, FailureKind};
use crate::fetch::Reading;
use crate::model::UserKey;
use crate::report::{Adopted, SourceSwitch};
use crate::store::{Pause, Store};

use super::looking_back::written_by_an_older;
use super::state_care::{nothing_stored, open_stored};
use super::user_list::users_in;
use super::{Connection, Journal};

/// Keeps the source from sending anything, at once: a run at work stops before its next call.
///
/// # Errors
/// Those of the store, and if there is none yet.
pub fn pause(settings: &Settings, reason: &str, now: Timestamp) -> Result<SourceSwitch, Failure> {
    let mut store = beside_a_run(settings)?;
    let pause = Pause {
        reason: reason.to_owned(),
        at: now,
    };
    let before = store.paused(&settings.source.id)?;
    store.pause(&settings.source.id, &pause)?;
    Ok(SourceSwitch {
        source: settings.source.id.clone(),
        paused: true,
        reason: Some(pause.reason),
        since: Some(now),
        changed: before.is_none(),
    })
}

/// Lets the source send again.
///
/// # Errors
/// Those of the store, and if there is none yet.
pub fn unpause(settings: &Settings) -> Result<SourceSwitch, Failure> {
    let mut store = beside_a_run(settings)?;
    let source = settings.source.id.clone();
    let pause = store.paused(&source)?;
    let changed = store.unpause(&source)?;
    Ok(SourceSwitch {
        source,
        paused: false,
        reason: pause.as_ref().map(|pause| pause.reason.clone()),
        since: pause.map(|pause| pause.at),
        changed,
    })
}

fn beside_a_run(settings: &Settings) -> Result<Store, Failure> {
    if !Store::exists(&settings.state_dir) {
        return Err(nothing_stored(settings));
    }
    let store = Store::open_beside_a_run(&settings.state_dir)?;
    store.ok_or_else(|| written_by_an_older(&settings.state_dir))
}

/// The failure of a command that would send for a paused source.
pub(super) fn is_paused(source: &str, pause: &Pause) -> Failure {
    let message = format!("the source {source} is paused, so nothing is sent");
    Failure::new(FailureKind::Guarded, message)
        .caused_by(format!("since {:.0}: {}", pause.at, pause.reason))
        .hint("`crewsync plan` shows what waits; `crewsync unpause` lets it go")
}

/// Makes the users in the file, one UserID a line, managed by the source without waiting for a run that lists them.
///
/// # Errors
/// Those of tenant, store and file, and users whom the tenant does not have: nobody is adopted then.
pub async fn adopt(
    settings: &Settings,
    connection: &Connection,
    file: &Path,
    now: Timestamp,
) -> Result<Adopted, Failure> {
    let named = users_in(file)?;
    let journal = Journal::open(settings, connection, "adopt")?;
    let mut readings = std::pin::pin!(connection.reads.users(named.into_values().collect()));
    let (mut users, mut unknown) = (Vec::new(), Vec::new());
    while let Some((user_id, reading)) = readings.next().await {
        match reading? {
            Reading::Present(user) if !user.is_deleted() => users.push(user.user_id().into()),
            Reading::Present(_) | Reading::Absent => unknown.push(user_id),
        }
    }
    if !unknown.is_empty() {
        let message = format!("the tenant has no user {}", unknown.join(", "));
        return Err(Failure::usage(message).hint(
            "nobody was adopted; write each id exactly as the tenant does, or leave it out",
        ));
    }
    let source = &settings.source.id;
    let mut store = journal.store();
    let managed = store.managed(source)?;
    let mut elsewhere: Vec<Box<str>> = users.clone();
    elsewhere.retain(|user_id| managed.others.contains_key(&UserKey::of(user_id)));
    let adopted = store.adopt(source, &users, now)?;
    Ok(Adopted {
        source: source.clone(),
        adopted,
        disowned: 0,
        unchanged: users.len() as u64 - adopted,
        elsewhere,
        managed: managed.own.len() as u64 + adopted,
    })
}

/// Takes the users in the file, one UserID a line, from the source: it no longer answers for them.
///
/// # Errors
/// Those of store and file.
pub fn disown(settings: &Settings, file: &Path) -> Result<Adopted, Failure> {
    let named = users_in(file)?;
    let (_lock, mut store) = open_stored(settings, "disown")?;
    let source = &settings.source.id;
    let users: Vec<Box<str>> = named.into_values().collect();
    let disowned = store.disown(source, &users)?;
    Ok(Adopted {
        source: source.clone(),
        adopted: 0,
        disowned,
        unchanged: users.len() as u64 - disowned,
        elsewhere: Vec::new(),
        managed: store.managed(source)?.own.len() as u64,
    })
}
