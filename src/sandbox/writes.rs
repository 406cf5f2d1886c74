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
    /// The UserID of who asks, if his token says so: nobody can lock himself.
    pub caller: Option<&'a str>,
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
    let is_locked = stored.is_some_and(|stored| users::is_true(stored, "Locked"));
    if write.caller == Some(user_id) && !is_locked && users::is_true(write.sent, "Locked") {
        return Err(Finding::new(400, "Nobody can lock himself").at((write.spot)("Locked")));
    }
    let mut object = users::written(user_id, write.sent, stored, write.omitted, write.deleted);
    let had_team = stored.and_then(|stored| users::text(stored, "ServiceTeamID"));
    if let Some(team) = users::text(&object, "ServiceTeamID").filter(|team| had_team != Some(team))
    {
        check_team(switches, team).map_err(|finding| finding.at((write.spot)("ServiceTeamID")))?;
    }
    if switches.tidies {
        users::tidy(&mut object);
    }
    let kept = present
        .as_ref()
        .and_then(|present| present.stored.password.clone());
    let record = users::record(&object, password(user_id, write.sent, kept));
    let had = present
        .as_ref()
        .and_then(|present| present.stored.location.as_deref());
    check_location(work, switches, &record, had, write.spot)?;
    work.put(&record)?;
    if users::is_true(write.sent, "ResetPassword") {
        work.mail(user_id, "password")?;
    }
    Ok(deprecations(write))
}

/// Takes a user out, as the switches understand it.
pub fn delete(work: &Work<'_>, switches: &Switches, present: Present) -> Result<(), Finding> {
    work.unlink(&present.stored.user_id)?;
    if switches.deleted == Deleted::Hard {
        return Ok(work.remove(&present.stored.user_id)?);
    }
    let mut object = present.object;
    object.insert("Deleted".to_owned(), json!(true));
    Ok(work.put(&users::record(&object, present.stored.password))?)
}

/// One storage location belongs to one technician at most: 409 if another one holds the one that he gets.
pub fn check_location(
    work: &Work<'_>,
    switches: &Switches,
    user: &StoredUser,
    had: Option<&str>,
    spot: &dyn Fn(&str) -> Spot,
) -> Result<(), Finding> {
    let Some(location) = user
        .location
        .as_deref()
        .filter(|_| !switches.shared_locations)
    else {
        return Ok(());
    };
    let holder = work.holder(location)?;
    match had != Some(location) && holder.is_some_and(|holder| holder != user.user_id) {
        true => Err(taken(location, spot)),
        false => Ok(()),
    }
}

/// 410 for a service team that does not exist, where the switches say which do.
pub fn check_team(switches: &Switches, team_id: &str) -> Result<(), Finding> {
    match &switches.known_teams {
        Some(known) if !known.contains(team_id) => {
            Err(Finding::new(410, "The service team does not exist")
                .params(json!({"value": team_id})))
        }
        _ => Ok(()),
    }
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
