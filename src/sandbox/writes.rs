//! Finding, writing and deleting one user in the database: what bulk and single calls have in common.

use serde_json::{Map, Value as Json, json};

use crate::sandbox::answer::{Finding, Spot};
use crate::sandbox::storage::{StoredUser, Work};
use crate::sandbox::switches::{Deleted, Omitted, Switches, UserIds};
use crate::sandbox::users::{self, Flaw};

/// A user as he is in the database.
pub struct Present {
    /// His record.
    pub stored: StoredUser,
    /// His object, read.
    pub object: Map<String, Json>,
}

/// What is to be written.
pub struct Write<'a> {
    /// The object as it was sent.
    pub sent: &'a Map<String, Json>,
    /// The id under which he is written, if he is new.
    pub user_id: &'a str,
    /// What unmentioned properties become.
    pub omitted: Omitted,
    /// What `Deleted` becomes.
    pub deleted: bool,
    /// Turns a property into a place in the request body.
    pub spot: &'a dyn Fn(&str) -> Spot,
}

/// The user of that id, as the switches tell ids apart.
pub fn find(
    work: &Work<'_>,
    switches: &Switches,
    user_id: &str,
) -> Result<Option<Present>, Finding> {
    let exact = work.user(user_id)?;
    let stored = match (exact, switches.user_ids) {
        (None, UserIds::AnyCase) => work.user_any_case(user_id)?,
        (exact, _) => exact,
    };
    let Some(stored) = stored else {
        return Ok(None);
    };
    let object = read(&stored.object)?;
    Ok(Some(Present { stored, object }))
}

/// A stored object.
pub fn read(object: &str) -> Result<Map<String, Json>, Finding> {
    serde_json::from_str(object).map_err(|error| {
        Finding::new(
            500,
            format!("the sandbox's database holds no User object: {error}"),
        )
    })
}

/// Checks and writes one user; gives warnings.
pub fn write(
    work: &Work<'_>,
    switches: &Switches,
    write: &Write<'_>,
    present: Option<Present>,
) -> Result<Vec<Finding>, Finding> {
    let stored = present.as_ref().map(|present| &present.object);
    if let Some(flaw) = users::first_flaw(write.sent, stored) {
        return Err(flaw.found(write.spot));
    }
    let user_id = present
        .as_ref()
        .map_or(write.user_id, |present| &present.stored.user_id);
    let mut object = users::written(user_id, write.sent, stored, write.omitted, write.deleted);
    if switches.tidies {
        users::tidy(&mut object);
    }
    let kept = present
        .as_ref()
        .and_then(|present| present.stored.password.clone());
    let record = users::record(&object, password(user_id, write.sent, kept));
    if let Some(location) = record
        .location
        .as_deref()
        .filter(|_| !switches.shared_locations)
    {
        let had = present
            .as_ref()
            .and_then(|present| present.stored.location.as_deref());
        let holder = work.holder(location)?;
        if had != Some(location) && holder.is_some_and(|holder| holder != user_id) {
            return Err(taken(location, write.spot));
        }
    }
    work.put(&record)?;
    if users::is_true(write.sent, "ResetPassword") {
        work.mail(user_id, "password")?;
    }
    Ok(deprecations(write))
}

/// Takes a user out, as the switches understand it.
pub fn delete(work: &Work<'_>, switches: &Switches, present: Present) -> Result<(), Finding> {
    if switches.deleted == Deleted::Hard {
        return Ok(work.remove(&present.stored.user_id)?);
    }
    let mut object = present.object;
    object.insert("Deleted".to_owned(), json!(true));
    Ok(work.put(&users::record(&object, present.stored.password))?)
}

/// The hash that he has afterwards: a generated password is known to nobody who could log on here.
fn password(user_id: &str, sent: &Map<String, Json>, kept: Option<String>) -> Option<String> {
    if users::is_true(sent, "ResetPassword") {
        return None;
    }
    let sent = users::text(sent, "Password");
    sent.map_or(kept, |password| {
        Some(users::password_hash(user_id, password))
    })
}

fn taken(location: &str, spot: &dyn Fn(&str) -> Spot) -> Finding {
    Finding::new(409, "The storage location is assigned to another user")
        .at(spot("StorageLocationID"))
        .params(json!({"value": location}))
}

fn deprecations(write: &Write<'_>) -> Vec<Finding> {
    let old = users::text(write.sent, "EntityEmployeeNumber");
    old.map(|value| {
        Finding::new(200, "EntityEmployeeNumber is deprecated, use Extensions")
            .at((write.spot)("EntityEmployeeNumber"))
            .params(json!({"value": value}))
    })
    .into_iter()
    .collect()
}

impl Flaw {
    /// The flaw as a refusal of its request.
    pub fn found(self, spot: &dyn Fn(&str) -> Spot) -> Finding {
        Finding::new(400, self.message)
            .at(spot(&self.property))
            .params(self.params)
    }
}
