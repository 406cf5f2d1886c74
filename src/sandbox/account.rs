//! What is done to one user beside writing his object: passwords, mails, storage location, entity.

use serde_json::{Map, Value as Json, json};

use crate::sandbox::answer::{Finding, Reply, Spot, Style};
use crate::sandbox::single;
use crate::sandbox::storage::{StoredUser, Work};
use crate::sandbox::switches::Switches;
use crate::sandbox::{users, writes};

/// Properties of the User Entity object and what they are at first.
const ENTITY: [(&str, &str); 4] = [
    ("Addresses", "[]"),
    ("Contacts", "[]"),
    ("Name", "\"\""),
    ("SystemID", "\"\""),
];

/// `PUT …/SendResetPasswordEmail`: mails a link.
pub fn send_reset_email(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    style: Style,
) -> Result<Reply, Finding> {
    let user = single::existing(&work, switches, user_id)?;
    work.mail(&user.stored.user_id, "reset_link")?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `PUT …/ResetPassword`: generates a password and mails it. Nobody here knows it, so nobody logs on with it.
pub fn reset_password(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    style: Style,
) -> Result<Reply, Finding> {
    let user = single::existing(&work, switches, user_id)?;
    let stored = StoredUser {
        password: None,
        ..user.stored
    };
    work.put(&stored)?;
    work.mail(&stored.user_id, "password")?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `PUT …/ChangePassword` with `{"Password":""}`; an empty one is refused.
pub fn change_password(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    body: &[u8],
    style: Style,
) -> Result<Reply, Finding> {
    let sent = single::object(body)?;
    // The value is nobody's business, so the refusal does not repeat it.
    let password = users::text(&sent, "Password").ok_or_else(|| {
        Finding::new(400, "Password must be a text that is not empty")
            .at(Spot::Property("Password".to_owned()))
    })?;
    let user = single::existing(&work, switches, user_id)?;
    let hash = users::password_hash(&user.stored.user_id, password);
    work.put(&StoredUser {
        password: Some(hash),
        ..user.stored
    })?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `PUT …/ChangeStorageLocation` with the User Storage Location object. `Options` may be left out.
pub fn change_storage_location(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    body: &[u8],
    style: Style,
) -> Result<Reply, Finding> {
    let spot = |property: &str| Spot::Property(property.to_owned());
    let sent = single::object(body)?;
    single::check_id(switches, &sent, user_id)?;
    let Some(Json::String(location)) = sent.get("StorageLocationID") else {
        let message = "StorageLocationID must be a text";
        return Err(Finding::new(400, message).at(spot("StorageLocationID")));
    };
    if let Some(name) = wrong_option(&sent) {
        let message = "Invalid type (expected boolean)";
        return Err(Finding::new(400, message).at(spot(&name)));
    }
    let user = single::existing(&work, switches, user_id)?;
    let mut object = user.object;
    object.insert("StorageLocationID".to_owned(), json!(location));
    let record = users::record(&object, user.stored.password);
    writes::check_location(
        &work,
        switches,
        &record,
        user.stored.location.as_deref(),
        &spot,
    )?;
    work.put(&record)?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `GET …/Entity`: every user has one.
pub fn get_entity(work: &Work<'_>, switches: &Switches, user_id: &str) -> Result<Reply, Finding> {
    let user = single::existing(work, switches, user_id)?;
    let entity = match work.entity(&user.stored.user_id)? {
        Some(entity) => entity,
        None => whole_entity(Map::new()),
    };
    Ok(Reply::json(200, entity))
}

/// `PUT …/Entity`: replaces it.
pub fn put_entity(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    body: &[u8],
    style: Style,
) -> Result<Reply, Finding> {
    let sent = single::object(body)?;
    if let Some(property) = wrong_in_entity(&sent) {
        return Err(Finding::new(400, "Invalid type").at(Spot::Property(property)));
    }
    let user = single::existing(&work, switches, user_id)?;
    work.put_entity(&user.stored.user_id, &whole_entity(sent))?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

fn whole_entity(sent: Map<String, Json>) -> String {
    let blank = |(name, blank): (&str, &str)| {
        (
            name.to_owned(),
            serde_json::from_str(blank).unwrap_or_default(),
        )
    };
    let mut entity: Map<String, Json> = ENTITY.into_iter().map(blank).collect();
    entity.extend(sent.into_iter().filter(|(_, value)| !value.is_null()));
    Json::Object(entity).to_string()
}

/// The place of the first known property that has another type than the vendor's page says.
fn wrong_in_entity(sent: &Map<String, Json>) -> Option<String> {
    let fits = |name: &str, value: &Json| match name {
        "Addresses" | "Contacts" => value
            .as_array()
            .is_some_and(|list| list.iter().all(Json::is_object)),
        "Name" | "SystemID" => value.is_string(),
        _ => true,
    };
    sent.iter()
        .find(|(name, value)| !value.is_null() && !fits(name, value))
        .map(|(name, _)| name.clone())
}

/// The place of the first option that is no boolean.
fn wrong_option(sent: &Map<String, Json>) -> Option<String> {
    match sent.get("Options")? {
        Json::Null => None,
        Json::Object(options) => options
            .iter()
            .find(|(_, value)| !value.is_boolean())
            .map(|(name, _)| format!("Options/{name}")),
        _ => Some("Options".to_owned()),
    }
}
