//! `GET`, `PUT` and `DELETE /seiapi/v3/trans/User/{UserID}`.

use serde_json::{Map, Value as Json, json};

use crate::model::UserKey;
use crate::sandbox::answer::{Finding, Reply, Spot, Style};
use crate::sandbox::storage::Work;
use crate::sandbox::switches::{Omitted, Switches, UserIds};
use crate::sandbox::users;
use crate::sandbox::writes::{self, Present, Write};

/// The whole object of that user.
pub fn get(work: &Work<'_>, switches: &Switches, user_id: &str) -> Result<Reply, Finding> {
    let present = writes::find(work, switches, user_id)?;
    let present = present.ok_or_else(|| absent(switches.absent_get, user_id))?;
    if switches.get_omits.is_empty() {
        return Ok(Reply::json(200, present.stored.object));
    }
    let mut object = present.object;
    object.retain(|name, _| !switches.get_omits.contains(name));
    Ok(Reply::json(200, Json::Object(object).to_string()))
}

/// Inserts or replaces. `Deleted` is for the bulk call only: here it stays as it is. `caller`: who asks, if known.
pub fn put(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    body: &[u8],
    (email_notification, caller): (bool, Option<&str>),
    style: Style,
) -> Result<Reply, Finding> {
    let sent = object(body)?;
    check_id(switches, &sent, user_id)?;
    let present = writes::find(&work, switches, user_id)?;
    let is_new = present.is_none();
    let write = Write {
        sent: &sent,
        user_id,
        caller,
        omitted: Omitted::Cleared,
        deleted: present
            .as_ref()
            .is_some_and(|present| users::is_true(&present.object, "Deleted")),
        spot: &|property: &str| Spot::Property(property.to_owned()),
    };
    let warnings = writes::write(&work, switches, &write, present)?;
    if is_new && email_notification {
        work.mail(user_id, "welcome")?;
    }
    work.commit()?;
    Ok(Reply::done(&warnings, style))
}

/// Deletes; 410 if there is no such user (any more).
pub fn delete(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    style: Style,
) -> Result<Reply, Finding> {
    let present = existing(&work, switches, user_id)?;
    writes::delete(&work, switches, present)?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// The user of that id; 410 if there is none (any more).
pub fn existing(work: &Work<'_>, switches: &Switches, user_id: &str) -> Result<Present, Finding> {
    writes::find(work, switches, user_id)?
        .filter(|present| !users::is_true(&present.object, "Deleted"))
        .ok_or_else(|| absent(410, user_id))
}

/// The object in a body.
pub fn object(body: &[u8]) -> Result<Map<String, Json>, Finding> {
    serde_json::from_slice(body)
        .map_err(|error| Finding::new(400, format!("Invalid JSON: {error}")).at(Spot::Body))
}

/// The body may leave UserID out, but not name another one than the URL.
pub fn check_id(
    switches: &Switches,
    sent: &Map<String, Json>,
    user_id: &str,
) -> Result<(), Finding> {
    let same = |id: &str| match switches.user_ids {
        UserIds::Exact => id == user_id,
        UserIds::AnyCase => UserKey::of(id) == UserKey::of(user_id),
    };
    match sent.get("UserID") {
        None | Some(Json::Null) => Ok(()),
        Some(Json::String(id)) if same(id) => Ok(()),
        Some(other) => Err(Finding::new(400, "UserID differs from the URL's")
            .at(Spot::Property("UserID".to_owned()))
            .params(json!({"value": other}))),
    }
}

fn absent(status: u16, user_id: &str) -> Finding {
    Finding::new(status, "The user does not exist").params(json!({"value": user_id}))
}
