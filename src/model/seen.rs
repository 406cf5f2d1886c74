//! What a change takes for granted of its user beside the fields that it changes.

use serde::{Deserialize, Serialize};

use super::{Change, Effect, Field, Property, User, Value};

/// A short digest of what a user could do, and for a change that takes access also of whose account it was, as the
/// tenant showed him when the change was planned. The fields of the change itself are not in it: they stand in the
/// change with their old values.
///
/// A plan may be days old when it is applied. Whoever was switched off, locked or deleted by hand since then, or
/// whose account has gone to another person, is not the user on whom the plan was made. His other properties may
/// have changed: they go back as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(Box<str>);

/// What he can do.
const ACCESS: [Property; 4] = [
    Property::Activated,
    Property::Deleted,
    Property::IsMobileWorker,
    Property::Locked,
];

/// Whose account it is.
const PERSON: [Property; 4] = [
    Property::AuthenticationID,
    Property::Email,
    Property::FirstName,
    Property::LastName,
];

impl Seen {
    /// The digest of what the change takes for granted of that user.
    pub fn of(change: &Change, user: &User) -> Seen {
        let person = match change.effect {
            Effect::LosesAccess => &PERSON[..],
            Effect::GainsAccess | Effect::None => &[],
        };
        let mut hasher = blake3::Hasher::new();
        for property in ACCESS.iter().chain(person) {
            let field = Field::Property(*property);
            if change.fields.iter().any(|changed| changed.field == field) {
                continue;
            }
            // A blank flag is what the tenant takes it for: users are active, and nothing else, unless told.
            let value = match (user.get(&field), property) {
                (None, Property::Activated) => Some(Value::Bool(true)),
                (Some(Value::Bool(false)), other) if *other != Property::Activated => None,
                (value, _) => value,
            };
            let text = value.map(|value| value.to_string()).unwrap_or_default();
            hasher.update(property.name().as_bytes());
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        Seen(hasher.finalize().to_hex()[..16].into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, FieldChange};
    use serde_json::{Value as Json, json};

    #[test]
    fn nothing_that_others_may_change_is_in_it() {
        let update = change(Effect::None);
        let seen = Seen::of(&update, &user(&[]));
        for (property, value) in [
            ("Email", json!("x@example.com")),
            ("LastName", json!("Young")),
            ("SMS", json!("+1")),
            ("Status", json!("busy")),
            ("FaceTime", json!("new")),
            ("Activated", json!(true)),
            ("Locked", json!(false)),
        ] {
            assert_eq!(
                Seen::of(&update, &user(&[(property, value)])),
                seen,
                "{property}"
            );
        }
    }

    #[test]
    fn what_he_can_do_is_in_it_and_whose_account_it_is_where_access_is_taken() {
        for (property, value, by_update, by_loss) in [
            ("Activated", json!(false), true, true),
            ("IsMobileWorker", json!(true), true, true),
            ("Locked", json!(true), true, true),
            ("Deleted", json!(true), true, true),
            ("LastName", json!("Young"), false, true),
            ("Email", json!("x@example.com"), false, true),
            ("AuthenticationID", json!("other"), false, true),
            // The fields of the change itself are compared one by one.
            ("FaceTime", json!("new"), false, false),
        ] {
            let differs = |effect| {
                let changed = user(&[(property, value.clone())]);
                Seen::of(&change(effect), &changed) != Seen::of(&change(effect), &user(&[]))
            };
            assert_eq!(differs(Effect::None), by_update, "{property}");
            assert_eq!(differs(Effect::LosesAccess), by_loss, "{property}");
        }
    }

    fn user(properties: &[(&str, Json)]) -> User {
        let mut object = json!({"UserID": "a", "LastName": "Old", "FaceTime": "old"});
        for (property, value) in properties {
            object[*property] = value.clone();
        }
        User::new(object.as_object().unwrap().clone()).unwrap()
    }

    fn change(effect: Effect) -> Change {
        Change {
            action: Action::Update,
            effect,
            user_id: "a".into(),
            place: None,
            fields: vec![FieldChange {
                field: Field::Property(Property::FaceTime),
                from: Value::text("old"),
                to: Value::text("new"),
            }],
            held: None,
            seen: None,
            mail: None,
        }
    }
}
