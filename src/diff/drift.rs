//! A user as he was known and as he is seen now → the fields that differ, and what is known from now on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::model::{FieldDrift, ListPrint, Property, User};

/// Whoever compares them compares no news: a server may show or hide them at any time.
const PASSED_OVER: [Property; 2] = [Property::Password, Property::ResetPassword];

/// Every field in which two states of one user differ, in the order of their names. Absent, null and empty are
/// equal.
pub fn drift(before: &User, after: &User) -> Vec<FieldDrift> {
    let (before, after) = (fields(before.object()), fields(after.object()));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |of: &BTreeMap<String, &Json>, name: &str| match of.get(name) {
        Some(value) if !is_blank(value) => (*value).clone(),
        _ => Json::Null,
    };
    let drifts = names.into_iter().map(|name| FieldDrift {
        field: name.clone(),
        from: value(&before, name),
        to: value(&after, name),
    });
    drifts.filter(|drift| drift.from != drift.to).collect()
}

/// What is known of a user once the tenant's list has shown him: the listed object, and of what was known before
/// those properties that no list ever shows (only a GET of a single user tells of them).
///
/// `is_listed` says whether the list shows a property for anybody.
pub fn with_unlisted(known: &User, listed: User, is_listed: impl Fn(&str) -> bool) -> User {
    let mut object = listed.object().clone();
    for (name, value) in known.object() {
        if !object.contains_key(name) && !is_listed(name) {
            object.insert(name.clone(), value.clone());
        }
    }
    User::new(object).unwrap_or(listed)
}

/// What stands for a user as the list shows him, under the properties that lists are known to show: when these
/// become more, everybody is looked at again.
pub fn list_print(listed: &User, properties: &BTreeSet<String>) -> ListPrint {
    let mut hasher = blake3::Hasher::new();
    for name in properties {
        hasher.update(name.as_bytes());
        hasher.update(&[0]);
    }
    hasher.update(&[0]);
    serde_json::to_writer(&mut hasher, listed.object()).expect("a hasher takes every byte");
    let hash = hasher.finalize();
    std::array::from_fn(|index| hash.as_bytes()[index])
}

/// Top-level properties; phones by their type and extensions by their key.
fn fields(object: &Map<String, Json>) -> BTreeMap<String, &Json> {
    let mut fields = BTreeMap::new();
    for (name, value) in object {
        if PASSED_OVER.iter().any(|property| property.name() == name) {
            continue;
        }
        match (name.as_str(), value) {
            ("Phones", Json::Array(phones)) if are_told_apart(phones) => {
                for phone in phones {
                    let kind = phone_type(phone).unwrap_or_default();
                    fields.insert(format!("Phones.{kind}"), plain_number(phone));
                }
            }
            ("Extensions", Json::Object(extensions)) => {
                for (key, value) in extensions {
                    fields.insert(format!("Extensions.{key}"), value);
                }
            }
            _ => {
                fields.insert(name.clone(), value);
            }
        }
    }
    fields
}

fn phone_type(phone: &Json) -> Option<&str> {
    phone.get("PhoneType").and_then(Json::as_str)
}

fn are_told_apart(phones: &[Json]) -> bool {
    let mut kinds = BTreeSet::new();
    phones
        .iter()
        .all(|phone| phone_type(phone).is_some_and(|kind| kinds.insert(kind)))
}

/// The number, if the phone has nothing but that and its type; else the whole phone.
fn plain_number(phone: &Json) -> &Json {
    match phone.as_object() {
        Some(object) if object.len() == 2 => object.get("PhoneNum").unwrap_or(phone),
        _ => phone,
    }
}

fn is_blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(object) => object.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_user_as_he_was_known_has_not_drifted() {
        let whole = json!({"UserID": "a", "Email": "x", "Phones": [{"PhoneType": "M", "PhoneNum": "1"}],
            "Extensions": {"k": "v"}, "Grade": 7.50, "Password": "p"});
        let blank =
            json!({"UserID": "a", "SMS": null, "FaceTime": "", "Phones": [], "Extensions": {}});
        assert_eq!(found(&whole, &whole), "");
        assert_eq!(found(&blank, &json!({"UserID": "a"})), "");
        let reset = json!({"UserID": "a", "ResetPassword": true, "Password": "y"});
        assert_eq!(found(&reset, &json!({"UserID": "a"})), "");
    }

    #[test]
    fn each_field_that_differs_is_told_by_its_name() {
        let before = json!({"UserID": "a", "Email": "x", "Activated": true,
            "Phones": [{"PhoneType": "M", "PhoneNum": "1"}, {"PhoneType": "H", "PhoneNum": "2"}],
            "Extensions": {"k": "v", "gone": "g"}, "Odd": {"a": [1]}});
        let after = json!({"UserID": "a", "Activated": false,
            "Phones": [{"PhoneType": "H", "PhoneNum": "2"}, {"PhoneType": "M", "PhoneNum": "3"}],
            "Extensions": {"k": "v", "new": 1}, "Odd": {"a": [2]}});
        let want = "Activated: true → false, Email: \"x\" → null, Extensions.gone: \"g\" → null, \
            Extensions.new: null → 1, Odd: {\"a\":[1]} → {\"a\":[2]}, Phones.M: \"1\" → \"3\"";
        assert_eq!(found(&before, &after), want);
    }

    #[test]
    fn phones_that_cannot_be_told_apart_are_compared_as_one() {
        let phones = |numbers: [&str; 2]| {
            let phone = |number| json!({"PhoneType": "M", "PhoneNum": number});
            json!({"UserID": "a", "Phones": numbers.map(phone)})
        };
        assert_eq!(found(&phones(["1", "2"]), &phones(["1", "2"])), "");
        assert!(found(&phones(["1", "2"]), &phones(["1", "3"])).starts_with("Phones: "));
    }

    #[test]
    fn what_no_list_shows_stays_known_and_what_lists_show_goes_with_it() {
        let known = user(&json!({"UserID": "a", "Email": "x", "FaceTime": "f"}));
        let listed = user(&json!({"UserID": "a", "SMS": "s"}));
        let kept = with_unlisted(&known, listed.clone(), |name| name == "Email");
        let want = json!({"UserID": "a", "SMS": "s", "FaceTime": "f"});
        assert_eq!(Json::Object(kept.object().clone()), want);
        let kept = with_unlisted(&known, listed.clone(), |_| true);
        assert_eq!(kept, listed);
    }

    #[test]
    fn a_print_stands_for_the_object_and_for_what_lists_show() {
        let (a, b) = (json!({"UserID": "a"}), json!({"UserID": "a", "SMS": "s"}));
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let prints: BTreeSet<ListPrint> = [
            list_print(&user(&a), &names(&[])),
            list_print(&user(&b), &names(&[])),
            list_print(&user(&a), &names(&["SMS"])),
            list_print(&user(&a), &names(&["S", "MS"])),
        ]
        .into();
        assert_eq!(prints.len(), 4);
    }

    fn user(object: &Json) -> User {
        User::new(object.as_object().unwrap().clone()).unwrap()
    }

    fn found(before: &Json, after: &Json) -> String {
        let drifts = drift(&user(before), &user(after));
        let told = drifts
            .iter()
            .map(|drift| format!("{}: {} → {}", drift.field, drift.from, drift.to));
        told.collect::<Vec<_>>().join(", ")
    }
}
