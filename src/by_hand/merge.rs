//! What a person wrote about a user, laid over the user as the tenant has him.

use serde_json::{Map, Value as Json};

use crate::model::{Effect, Field, Property, User};

/// A user to put, and what would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The whole object to send.
    pub user: User,
    /// The properties that change, by name, with their value before and after. Never `Password`.
    pub changes: Vec<(String, Option<Json>, Option<Json>)>,
    /// Whether a password travels with it.
    pub has_password: bool,
}

/// The object to put for `given` on the base of a fresh GET; `None`: the tenant has no such user.
///
/// What `given` does not mention goes back as it was; `Extensions` are merged by key and `Phones` by their type.
/// `ResetPassword` and `Deleted` are false unless given, and a `Password` that the tenant showed never travels
/// back. With `replace`, `given` goes as it stands. The id is the tenant's spelling.
pub fn merge(base: Option<&User>, given: &User, replace: bool) -> Merged {
    let mut object = match base {
        Some(base) if !replace => laid_over(base.object(), given.object()),
        _ => given.object().clone(),
    };
    if let Some(base) = base {
        object.insert(Property::UserID.name().to_owned(), base.user_id().into());
    }
    let has_password = object.contains_key(Property::Password.name());
    let user = User::new(object).unwrap_or_else(|_| given.clone());
    let changes = changes(base, &user);
    Merged {
        user,
        changes,
        has_password,
    }
}

/// Whether the user can do less afterwards than before.
pub fn takes_access(before: &User, after: &User) -> bool {
    let decisive = [
        Property::Activated,
        Property::IsMobileWorker,
        Property::Locked,
        Property::Deleted,
    ];
    decisive.into_iter().map(Field::Property).any(|field| {
        let (from, to) = (before.get(&field), after.get(&field));
        Effect::of(&field, from.as_ref(), to.as_ref()) == Effect::LosesAccess
    })
}

fn laid_over(base: &Map<String, Json>, given: &Map<String, Json>) -> Map<String, Json> {
    let mut object = base.clone();
    object.shift_remove(Property::Password.name());
    for property in [Property::ResetPassword, Property::Deleted] {
        if let Some(value) = object.get_mut(property.name()) {
            *value = false.into();
        }
    }
    for (name, value) in given {
        match (name.as_str(), object.get_mut(name), value) {
            ("Extensions", Some(Json::Object(kept)), Json::Object(new)) => {
                kept.extend(new.clone());
            }
            ("Phones", Some(Json::Array(kept)), Json::Array(new)) => lay_phones(kept, new),
            _ => {
                object.insert(name.clone(), value.clone());
            }
        }
    }
    object
}

/// A phone of a type that is there takes its place; another type joins.
fn lay_phones(kept: &mut Vec<Json>, new: &[Json]) {
    for phone in new {
        let kind = phone.get("PhoneType");
        let is_same = |other: &&mut Json| kind.is_some() && other.get("PhoneType") == kind;
        match kept.iter_mut().find(is_same) {
            Some(place) => match (place.as_object_mut(), phone.as_object()) {
                (Some(place), Some(phone)) => place.extend(phone.clone()),
                _ => *place = phone.clone(),
            },
            None => kept.push(phone.clone()),
        }
    }
}

fn changes(base: Option<&User>, user: &User) -> Vec<(String, Option<Json>, Option<Json>)> {
    let empty = Map::new();
    let before = base.map_or(&empty, User::object);
    let after = user.object();
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let names = after.keys().chain(gone);
    names
        .filter(|name| *name != Property::Password.name())
        .filter(|name| !is_same(before.get(*name), after.get(*name)))
        .map(|name| {
            let (from, to) = (before.get(name).cloned(), after.get(name).cloned());
            (name.clone(), from, to)
        })
        .collect()
}

/// Absent, null and "" are equal.
fn is_same(one: Option<&Json>, other: Option<&Json>) -> bool {
    let said = |value: Option<&Json>| {
        value
            .filter(|value| !value.is_null() && value.as_str() != Some(""))
            .cloned()
    };
    said(one) == said(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(text: &str) -> User {
        User::new(serde_json::from_str(text).unwrap()).unwrap()
    }

    #[test]
    fn what_is_not_mentioned_goes_back_as_it_was() {
        let base = user(
            r#"{"UserID":"T-1","Email":"a@b","Grade":7.50,"Password":"shown","ResetPassword":true,
                "Extensions":{"a":"1","b":"2"},
                "Phones":[{"PhoneNum":"1","PhoneType":"Home","Ext":"9"},{"PhoneNum":"2","PhoneType":"Mobile"}]}"#,
        );
        let given = user(
            r#"{"UserID":"t-1","Email":"c@d","Extensions":{"b":"3"},
                "Phones":[{"PhoneNum":"5","PhoneType":"Home"},{"PhoneNum":"6","PhoneType":"Work"}]}"#,
        );
        let merged = merge(Some(&base), &given, false);
        assert_eq!(
            serde_json::to_string(merged.user.object()).unwrap(),
            r#"{"UserID":"T-1","Email":"c@d","Grade":7.50,"ResetPassword":false,"Extensions":{"a":"1","b":"3"},"Phones":[{"PhoneNum":"5","PhoneType":"Home","Ext":"9"},{"PhoneNum":"2","PhoneType":"Mobile"},{"PhoneNum":"6","PhoneType":"Work"}]}"#
        );
        let names: Vec<&str> = merged.changes.iter().map(|(name, ..)| &**name).collect();
        assert_eq!(names, ["Email", "ResetPassword", "Extensions", "Phones"]);
        assert!(!merged.has_password);
    }

    #[test]
    fn nothing_new_is_no_change_and_a_password_is_never_one() {
        let base = user(r#"{"UserID":"T-1","Email":"a@b","SMS":""}"#);
        let same = merge(Some(&base), &user(r#"{"UserID":"T-1","SMS":null}"#), false);
        assert_eq!(same.changes, []);
        let secret = user(r#"{"UserID":"T-1","Password":"planted"}"#);
        let merged = merge(Some(&base), &secret, false);
        assert!(merged.has_password && merged.changes.is_empty());
        assert_eq!(merged.user.object()["Password"], "planted");
    }

    #[test]
    fn replacing_drops_what_is_not_mentioned_and_tells_it() {
        let base = user(r#"{"UserID":"T-1","Email":"a@b","IsMobileWorker":true}"#);
        let given = user(r#"{"UserID":"T-1","FirstName":"Ann"}"#);
        let merged = merge(Some(&base), &given, true);
        assert_eq!(merged.user.object().len(), 2);
        assert_eq!(merged.changes.len(), 3);
        assert!(takes_access(&base, &merged.user));
    }

    #[test]
    fn access_is_taken_by_effect_not_by_verb() {
        for (before, after, takes) in [
            (r#"{}"#, r#"{"Activated":false}"#, true),
            (r#"{"Activated":false}"#, r#"{"Activated":false}"#, false),
            (r#"{"Activated":false}"#, r#"{}"#, false),
            (r#"{"IsMobileWorker":true}"#, r#"{}"#, true),
            (r#"{"Locked":false}"#, r#"{"Locked":true}"#, true),
            (r#"{"Locked":true}"#, r#"{}"#, false),
            (r#"{"Email":"a"}"#, r#"{"Email":"b"}"#, false),
        ] {
            let with_id = |text: &str| {
                let mut object: Map<String, Json> = serde_json::from_str(text).unwrap();
                object.insert("UserID".to_owned(), "T-1".into());
                User::new(object).unwrap()
            };
            let found = takes_access(&with_id(before), &with_id(after));
            assert_eq!(found, takes, "{before} -> {after}");
        }
    }
}
