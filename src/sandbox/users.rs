//! The rules of the User object: what a sent object must look like, what becomes of the stored one,
//! and how it is shown. Pure: it touches neither the database nor the wire.
//!
//! A stored object is always whole: every property of the vendor's page in its order, then unknown
//! ones as they were sent. What the sandbox once gave out may come back, whatever its type (a seed may
//! hold numbers where the page has strings). It never shows a password.

use serde_json::{Map, Value as Json, json};

use crate::model::{Kind, Property};
use crate::sandbox::storage::StoredUser;
use crate::sandbox::switches::Omitted;

/// The properties of the vendor's page in its order.
const PROPERTIES: [&str; 21] = [
    "Activated",
    "AuthenticationID",
    "Deleted",
    "DGroupID",
    "Email",
    "EnableMobileDiagnostics",
    "Extensions",
    "FaceTime",
    "FirstName",
    "IsMobileWorker",
    "LanguageCode",
    "LastName",
    "Locked",
    "Password",
    "Phones",
    "ResetPassword",
    "ServiceTeamID",
    "SMS",
    "Status",
    "StorageLocationID",
    "UserID",
];

/// What is wrong with a property of a sent object.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    /// The place in the object, `/` between its parts, as in `Phones/0/PhoneNum`; "" is the object itself.
    pub property: String,
    /// What is wrong.
    pub message: String,
    /// The key/values that caused it.
    pub params: Json,
}

/// The first thing that a JSON-schema validator would refuse. `stored` is what the sandbox has of that user.
pub fn first_flaw(sent: &Map<String, Json>, stored: Option<&Map<String, Json>>) -> Option<Flaw> {
    let known =
        |name: &str, value: &Json| stored.and_then(|stored| stored.get(name)) == Some(value);
    sent.iter()
        .filter(|(name, value)| !value.is_null() && !known(name, value))
        .find_map(|(name, value)| match name.as_str() {
            "Phones" => phones_flaw(value),
            "Extensions" => extensions_flaw(value, stored.and_then(|stored| stored.get(name))),
            _ => scalar_flaw(name, value),
        })
}

/// The flaw of an object's `UserID`, which is all that the sandbox requires.
pub fn id_flaw(sent: &Map<String, Json>) -> Option<Flaw> {
    match sent.get("UserID") {
        None => Some(Flaw {
            property: String::new(),
            message: "Missing required property: UserID".to_owned(),
            params: json!({"key": "UserID"}),
        }),
        Some(Json::String(id)) if !id.is_empty() => None,
        Some(Json::String(_)) => Some(flaw("UserID", "UserID must not be empty", &json!(""))),
        Some(other) => Some(wrong_type("UserID", other, "string")),
    }
}

/// The object as it is after the write.
///
/// `user_id` is the spelling that stays; `deleted` what `Deleted` becomes; `omitted` tells whether
/// what `sent` does not mention stays as in `stored` or falls back to a new user's value.
pub fn written(
    user_id: &str,
    sent: &Map<String, Json>,
    stored: Option<&Map<String, Json>>,
    omitted: Omitted,
    deleted: bool,
) -> Map<String, Json> {
    let base = stored.filter(|_| omitted == Omitted::Kept);
    let value_of = |name: &str| -> Json {
        let kept = || base.and_then(|base| base.get(name)).cloned();
        match sent.get(name) {
            Some(Json::Object(sent)) if name == "Extensions" => merged(kept(), sent),
            Some(Json::Null) => blank(name, user_id),
            Some(value) => value.clone(),
            None => kept().unwrap_or_else(|| blank(name, user_id)),
        }
    };
    let mut whole: Map<String, Json> = PROPERTIES
        .into_iter()
        .map(|name| (name.to_owned(), value_of(name)))
        .collect();
    whole["UserID"] = json!(user_id);
    whole["Deleted"] = json!(deleted);
    whole["Password"] = json!("");
    whole["ResetPassword"] = json!(false);
    let unknown = base.into_iter().flatten().chain(sent);
    for (name, value) in unknown.filter(|(name, _)| !PROPERTIES.contains(&name.as_str())) {
        whole.insert(name.clone(), value.clone());
    }
    whole
}

/// Stores values in the server's own form, as some servers do: texts trimmed, phone numbers without blanks,
/// dots, dashes and brackets.
pub fn tidy(object: &mut Map<String, Json>) {
    for (name, value) in object.iter_mut() {
        match value {
            Json::String(text) if name != "UserID" => *text = text.trim().to_owned(),
            Json::Array(phones) if name == "Phones" => phones.iter_mut().for_each(tidy_phone),
            _ => {}
        }
    }
}

/// The record of a whole object.
pub fn record(object: &Map<String, Json>, password: Option<String>) -> StoredUser {
    StoredUser {
        user_id: text(object, "UserID").unwrap_or_default().to_owned(),
        password,
        location: text(object, "StorageLocationID")
            .filter(|_| !is_true(object, "Deleted"))
            .map(str::to_owned),
        object: Json::Object(object.clone()).to_string(),
    }
}

/// A text of the object; blank, absent or no text is `None`.
pub fn text<'a>(object: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Whether that property is true.
pub fn is_true(object: &Map<String, Json>, name: &str) -> bool {
    object.get(name) == Some(&Json::Bool(true))
}

/// The hash under which a password is kept; the id salts it.
pub fn password_hash(user_id: &str, password: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("crewsync sandbox 2026 password");
    hasher.update(&(user_id.len() as u64).to_le_bytes());
    hasher.update(user_id.as_bytes());
    hasher.update(password.as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// What a new user has where nothing was sent.
fn blank(name: &str, user_id: &str) -> Json {
    match (name, Property::named(name).map(Property::kind)) {
        ("Activated", _) => json!(true),
        ("AuthenticationID", _) => json!(user_id),
        ("Extensions", _) => json!({}),
        ("Phones", _) => json!([]),
        (_, Some(Kind::Bool)) => json!(false),
        _ => json!(""),
    }
}

/// Extensions merge by key where omitted keys are kept.
fn merged(kept: Option<Json>, sent: &Map<String, Json>) -> Json {
    let mut all = match kept {
        Some(Json::Object(kept)) => kept,
        _ => Map::new(),
    };
    all.extend(sent.clone());
    Json::Object(all)
}

fn tidy_phone(phone: &mut Json) {
    if let Some(Json::String(number)) = phone.get_mut("PhoneNum") {
        number.retain(|letter| !letter.is_whitespace() && !"-.()/".contains(letter));
    }
}

fn scalar_flaw(name: &str, value: &Json) -> Option<Flaw> {
    // Names are exact here: "email" is an unknown property, and unknown ones are kept as they are.
    let property = Property::named(name).filter(|property| property.name() == name)?;
    match property.kind() {
        Kind::Bool if !value.is_boolean() => Some(wrong_type(name, value, "boolean")),
        Kind::Text if !value.is_string() => Some(wrong_type(name, value, "string")),
        _ => None,
    }
}

fn phones_flaw(phones: &Json) -> Option<Flaw> {
    let Some(phones) = phones.as_array() else {
        return Some(wrong_type("Phones", phones, "array"));
    };
    phones.iter().enumerate().find_map(|(index, phone)| {
        let Some(entries) = phone.as_object() else {
            return Some(wrong_type(&format!("Phones/{index}"), phone, "object"));
        };
        entries
            .iter()
            .filter(|(key, _)| matches!(key.as_str(), "PhoneNum" | "PhoneType"))
            .find(|(_, value)| !value.is_string() && !value.is_null())
            .map(|(key, value)| wrong_type(&format!("Phones/{index}/{key}"), value, "string"))
    })
}

fn extensions_flaw(extensions: &Json, stored: Option<&Json>) -> Option<Flaw> {
    let Some(entries) = extensions.as_object() else {
        return Some(wrong_type("Extensions", extensions, "object"));
    };
    entries
        .iter()
        .filter(|(_, value)| !value.is_string() && !value.is_null())
        .find(|(key, value)| stored.and_then(|stored| stored.get(key)) != Some(value))
        .map(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            wrong_type(&format!("Extensions/{key}"), value, "string")
        })
}

fn wrong_type(property: &str, value: &Json, expected: &str) -> Flaw {
    let found = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let message = format!("Invalid type: {found} (expected {expected})");
    flaw(property, &message, value)
}

/// Validators put a JSON-encoded copy of the value into `params`.
fn flaw(property: &str, message: &str, value: &Json) -> Flaw {
    Flaw {
        property: property.to_owned(),
        message: message.to_owned(),
        params: json!({"value": value.to_string()}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_needs_a_user_id_and_nothing_else() {
        assert_eq!(id_flaw(&object(r#"{"UserID":"a"}"#)), None);
        assert_eq!(first_flaw(&object(r#"{"UserID":"a"}"#), None), None);
        for (sent, property) in [
            ("{}", ""),
            (r#"{"UserID":""}"#, "UserID"),
            (r#"{"UserID":7}"#, "UserID"),
            (r#"{"UserID":null}"#, "UserID"),
        ] {
            assert_eq!(id_flaw(&object(sent)).unwrap().property, property, "{sent}");
        }
    }

    #[test]
    fn types_are_checked_at_their_place() {
        for (sent, property) in [
            (r#"{"Activated":"true"}"#, "Activated"),
            (r#"{"Activated":1}"#, "Activated"),
            (r#"{"Email":false}"#, "Email"),
            (r#"{"Phones":{}}"#, "Phones"),
            (r#"{"Phones":["1"]}"#, "Phones/0"),
            (r#"{"Phones":[{},{"PhoneNum":5}]}"#, "Phones/1/PhoneNum"),
            (r#"{"Extensions":[]}"#, "Extensions"),
            (r#"{"Extensions":{"a/b~c":1}}"#, "Extensions/a~1b~0c"),
        ] {
            let flaw = first_flaw(&object(sent), None).unwrap();
            assert_eq!(flaw.property, property, "{sent}");
        }
        for fine in [
            r#"{"Email":null,"Activated":null}"#,
            r#"{"email":1,"Custom":{"a":[1]}}"#,
        ] {
            assert_eq!(first_flaw(&object(fine), None), None, "{fine}");
        }
    }

    #[test]
    fn what_was_given_out_may_come_back() {
        let stored = object(r#"{"Email":5,"Extensions":{"Grade":7.50}}"#);
        assert_eq!(first_flaw(&stored, Some(&stored)), None);
        let changed = object(r#"{"Extensions":{"Grade":7.5}}"#);
        assert_eq!(
            first_flaw(&changed, Some(&stored)).unwrap().property,
            "Extensions/Grade"
        );
    }

    #[test]
    fn a_new_user_is_whole_active_and_logs_on_by_his_id() {
        let new = written(
            "a",
            &object(r#"{"X":1.0,"UserID":"a"}"#),
            None,
            Omitted::Kept,
            false,
        );
        let names: Vec<_> = new.keys().map(String::as_str).collect();
        assert_eq!(names[..21], PROPERTIES);
        assert_eq!(names[21..], ["X"]);
        assert_eq!(new["Activated"], json!(true));
        assert_eq!(new["AuthenticationID"], json!("a"));
        assert_eq!(new["Locked"], json!(false));
        assert_eq!(new["X"].to_string(), "1.0");
    }

    #[test]
    fn omitted_properties_are_kept_or_cleared() {
        let stored = written(
            "a",
            &object(
                r#"{"Email":"e","Activated":false,"Extensions":{"k":"1"},"X":"x","AuthenticationID":"z"}"#,
            ),
            None,
            Omitted::Cleared,
            false,
        );
        let sent = object(r#"{"FirstName":"F","Extensions":{"l":"2"},"SMS":null}"#);
        let kept = written("a", &sent, Some(&stored), Omitted::Kept, false);
        assert_eq!(kept["Email"], json!("e"));
        assert_eq!(kept["Activated"], json!(false));
        assert_eq!(kept["Extensions"], json!({"k": "1", "l": "2"}));
        assert_eq!(
            (&kept["X"], &kept["AuthenticationID"]),
            (&json!("x"), &json!("z"))
        );
        let cleared = written("a", &sent, Some(&stored), Omitted::Cleared, false);
        assert_eq!(
            (&cleared["Email"], &cleared["Activated"]),
            (&json!(""), &json!(true))
        );
        assert_eq!(cleared["Extensions"], json!({"l": "2"}));
        assert_eq!(
            (cleared.get("X"), &cleared["AuthenticationID"]),
            (None, &json!("a"))
        );
        assert_eq!(cleared["SMS"], json!(""));
    }

    #[test]
    fn secrets_and_one_time_orders_are_never_stored() {
        let sent = object(r#"{"Password":"p","ResetPassword":true,"Deleted":true,"UserID":"A"}"#);
        let stored = written("a", &sent, None, Omitted::Cleared, false);
        for (name, value) in [
            ("Password", json!("")),
            ("ResetPassword", json!(false)),
            ("Deleted", json!(false)),
            ("UserID", json!("a")),
        ] {
            assert_eq!(stored[name], value, "{name}");
        }
    }

    #[test]
    fn a_tidying_server_stores_another_form() {
        let mut user = object(
            r#"{"UserID":" a ","LastName":" Ek ","Phones":[{"PhoneNum":"+1 (2) 3-4","PhoneType":"M"}]}"#,
        );
        tidy(&mut user);
        assert_eq!(user["UserID"], json!(" a "));
        assert_eq!(user["LastName"], json!("Ek"));
        assert_eq!(user["Phones"][0]["PhoneNum"], json!("+1234"));
    }

    fn object(json: &str) -> Map<String, Json> {
        serde_json::from_str(json).unwrap()
    }
}
