//! The canary: after the first small chunk, did anything change that was not planned?
//!
//! If the tenant clears what a request omits, or rewrites what it does not own, five users show it and the
//! other thousand are safe.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use crate::model::{Action, Change, Effect, Field, Property, User};

/// How many users a canary chunk holds at most.
pub const CANARY_USERS_MAX: usize = 5;

/// Which canaries have not come back yet.
#[derive(Clone, Copy, Debug)]
pub struct CanaryDue {
    update: bool,
    access: bool,
}

impl CanaryDue {
    /// At the beginning of a run.
    pub fn all() -> CanaryDue {
        CanaryDue {
            update: true,
            access: true,
        }
    }

    /// Whether a chunk that begins with this change must be a canary.
    pub fn calls_for(&self, change: &Change) -> bool {
        (self.update && change.action != Action::Create)
            || (self.access && change.effect == Effect::LosesAccess)
    }

    /// A canary that held this change has come back as planned.
    pub fn passed(&mut self, change: &Change) {
        self.update &= change.action == Action::Create;
        self.access &= change.effect != Effect::LosesAccess;
    }
}

/// A property that changed although the plan does not mention it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unplanned {
    /// The property, or `Phones.<type>`, `Extensions.<key>`.
    pub property: String,
    /// Before our call.
    pub before: Json,
    /// After it.
    pub after: Json,
}

/// Compares a user as whole objects before and after our call and gives what changed beside the plan.
///
/// Left aside: `Password` (never readable), `ResetPassword` and `Deleted` (we send them as false), and
/// `Status` (the worker's device changes it at any time). Blank, absent and null are equal.
pub fn unplanned_changes(before: &User, after: &User, change: &Change) -> Vec<Unplanned> {
    let planned: BTreeSet<String> = change
        .fields
        .iter()
        .map(|change| change.field.to_string())
        .collect();
    let before = flatten(before.object());
    let after = flatten(after.object());
    let names: BTreeSet<&String> = before.iter().chain(&after).map(|(name, _)| name).collect();
    names
        .into_iter()
        .filter(|name| !planned.contains(*name) && !is_set_aside(name))
        .filter_map(|name| {
            let (before, after) = (value(&before, name), value(&after, name));
            (before != after).then(|| Unplanned {
                property: name.clone(),
                before,
                after,
            })
        })
        .collect()
}

fn is_set_aside(name: &str) -> bool {
    matches!(
        Property::named(name),
        Some(Property::Password | Property::ResetPassword | Property::Deleted | Property::Status)
    )
}

/// Top-level properties by name, phones and extensions one by one.
fn flatten(object: &Map<String, Json>) -> Vec<(String, Json)> {
    let mut flat = Vec::new();
    for (name, value) in object {
        match (name.as_str(), value) {
            ("Phones", Json::Array(phones)) => {
                for phone in phones {
                    let kind = phone.get("PhoneType").and_then(Json::as_str).unwrap_or("");
                    let number = phone.get("PhoneNum").cloned().unwrap_or(Json::Null);
                    flat.push((Field::Phone(kind.into()).to_string(), number));
                }
            }
            ("Extensions", Json::Object(extensions)) => {
                for (key, value) in extensions {
                    let field = Field::Extension(key.as_str().into());
                    flat.push((field.to_string(), value.clone()));
                }
            }
            _ => flat.push((name.clone(), value.clone())),
        }
    }
    flat
}

fn value(flat: &[(String, Json)], name: &str) -> Json {
    let found = flat.iter().find(|(other, _)| other == name);
    match found.map(|(_, value)| value) {
        None | Some(Json::Null) => Json::Null,
        Some(Json::String(text)) if text.is_empty() => Json::Null,
        Some(Json::Array(list)) if list.is_empty() => Json::Null,
        Some(Json::Object(object)) if object.is_empty() => Json::Null,
        Some(other) => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldChange, Value};

    #[test]
    fn nothing_is_unplanned_when_only_the_plan_changed() {
        let before =
            r#"{"UserID":"a","Email":"old","SMS":"","Status":"idle","Phones":[],"Grade":1}"#;
        let after = r#"{"UserID":"a","Email":"new","Status":"busy","Grade":1,"Deleted":false}"#;
        assert_eq!(unplanned(before, after), vec![]);
    }

    #[test]
    fn what_vanished_or_changed_beside_the_plan_is_named() {
        let before = r#"{"UserID":"a","Grade":1,"FaceTime":"x","Activated":true,
            "Phones":[{"PhoneNum":"1","PhoneType":"Home"}],"Extensions":{"k":"v"}}"#;
        let after = r#"{"UserID":"a","Grade":2,"Activated":false,"Extensions":{}}"#;
        let names: Vec<String> = unplanned(before, after)
            .into_iter()
            .map(|u| u.property)
            .collect();
        assert_eq!(
            names,
            [
                "Activated",
                "Extensions.k",
                "FaceTime",
                "Grade",
                "Phones.Home"
            ]
        );
    }

    fn unplanned(before: &str, after: &str) -> Vec<Unplanned> {
        let user = |json: &str| User::new(serde_json::from_str(json).unwrap()).unwrap();
        let change = Change {
            action: Action::Update,
            effect: Effect::None,
            user_id: "a".into(),
            place: None,
            fields: vec![FieldChange {
                field: Field::Property(Property::Email),
                from: None,
                to: Value::text("new"),
            }],
            held: None,
            seen: None,
            mail: None,
        };
        unplanned_changes(&user(before), &user(after), &change)
    }
}
