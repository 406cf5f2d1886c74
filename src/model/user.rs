//! A user three times: as the export drafts him, as it wants him, and as the tenant has him.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::{Field, Kind, Place, Property, UserKey, Value};

/// What the mapping made of one cell, not yet checked.
#[derive(Clone, Debug, PartialEq)]
pub enum DraftValue<'a> {
    /// The export says: blank (and the blank policy of the field says: clear).
    Clear,
    /// Text to be checked against the field's kind and rules.
    Text(Cow<'a, str>),
    /// A JSON boolean.
    Bool(bool),
    /// The cell holds something that cannot be this field; a problem beside the draft says what.
    Bad,
    /// The same, and the mapping says that then the row as a whole cannot be used.
    Refused,
}

/// A row after mapping: only the fields about which the export says something.
/// A blank cell under the policy `keep` is not in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft<'a> {
    /// Where the row stands.
    pub place: Place,
    /// Field, value, and the column it came from (`None` for a constant). `UserID` is among them.
    pub values: Vec<(Field, DraftValue<'a>, Option<&'a str>)>,
}

/// What the export wants a field to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This value.
    Set(Value),
    /// Blank.
    Clear,
}

impl Wanted {
    /// The value, blank as `None`.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Wanted::Set(value) => Some(value),
            Wanted::Clear => None,
        }
    }
}

/// A checked row: the user as the export wants him. What it does not mention stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// The key, exactly as the export spells it.
    pub user_id: Box<str>,
    /// Where the row stands.
    pub place: Place,
    /// The fields it mentions, sorted, each once; never `UserID`.
    pub values: Vec<(Field, Wanted)>,
}

impl UserRecord {
    /// What the export wants of that field; `None` if it does not mention it.
    pub fn get(&self, field: &Field) -> Option<&Wanted> {
        self.values
            .binary_search_by(|(other, _)| other.cmp(field))
            .ok()
            .map(|index| &self.values[index].1)
    }

    /// The key under which it meets other spellings.
    pub fn key(&self) -> UserKey {
        UserKey::of(&self.user_id)
    }
}

/// A User object as a tenant, a store or a snapshot returned it: every property, known or not.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    object: Map<String, Json>,
    user_id: Box<str>,
}

impl User {
    /// Takes an object that has a non-empty string `UserID`; gives it back otherwise.
    pub fn new(object: Map<String, Json>) -> Result<User, Map<String, Json>> {
        match object.get(Property::UserID.name()).and_then(Json::as_str) {
            Some(id) if !id.is_empty() => {
                let user_id = id.into();
                Ok(User { object, user_id })
            }
            _ => Err(object),
        }
    }

    /// The key, exactly as the tenant spells it.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The key under which it meets other spellings.
    pub fn key(&self) -> UserKey {
        UserKey::of(&self.user_id)
    }

    /// The whole object.
    pub fn object(&self) -> &Map<String, Json> {
        &self.object
    }

    /// `Deleted` is true: the user counts as absent.
    pub fn is_deleted(&self) -> bool {
        self.get(&Field::Property(Property::Deleted)) == Some(Value::Bool(true))
    }

    /// Full name for people to recognise, else the UserID.
    pub fn display_name(&self) -> String {
        let part = |property| match self.get(&Field::Property(property)) {
            Some(Value::Text(text)) => text.into_string(),
            _ => String::new(),
        };
        let name = format!("{} {}", part(Property::FirstName), part(Property::LastName));
        match name.trim() {
            "" => self.user_id.to_string(),
            name => name.to_owned(),
        }
    }

    /// The value of a field; blank (absent, null, "") is `None`. A number reads as its digits,
    /// and a boolean property that holds the text "true" or "false" reads as that boolean.
    pub fn get(&self, field: &Field) -> Option<Value> {
        let json = match field {
            Field::Property(property) => self.object.get(property.name()),
            Field::Phone(kind) => self.phone(kind),
            Field::Extension(key) => self
                .object
                .get("Extensions")
                .and_then(|extensions| extensions.get(&**key)),
        };
        read(json?, field.kind())
    }

    /// The names of the top-level properties that are not blank.
    pub fn non_blank_properties(&self) -> Vec<&str> {
        let is_blank = |value: &Json| match value {
            Json::Null => true,
            Json::String(text) => text.is_empty(),
            Json::Array(list) => list.is_empty(),
            Json::Object(object) => object.is_empty(),
            Json::Bool(_) | Json::Number(_) => false,
        };
        self.object
            .iter()
            .filter(|(_, value)| !is_blank(value))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Whether the object mentions the field at all, blank or not.
    pub fn mentions(&self, field: &Field) -> bool {
        match field {
            Field::Property(property) => self.object.contains_key(property.name()),
            Field::Phone(_) => self.object.contains_key("Phones"),
            Field::Extension(_) => self.object.contains_key("Extensions"),
        }
    }

    /// The number of the first phone of that type.
    fn phone(&self, kind: &str) -> Option<&Json> {
        self.object
            .get("Phones")?
            .as_array()?
            .iter()
            .find(|phone| phone.get("PhoneType").and_then(Json::as_str) == Some(kind))?
            .get("PhoneNum")
    }
}

fn read(json: &Json, kind: Kind) -> Option<Value> {
    match (json, kind) {
        (Json::Null, _) => None,
        (Json::Bool(value), Kind::Bool) => Some(Value::Bool(*value)),
        (Json::String(text), Kind::Bool) => match text.as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            other => Value::text(other),
        },
        (Json::String(text), Kind::Text) => Value::text(text),
        (other, _) => Value::text(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_null_and_empty_are_all_blank() {
        let user = user(r#"{"UserID":"a","Email":"","SMS":null,"Phones":null}"#);
        for name in ["Email", "SMS", "FirstName", "Phones.Mobile", "Extensions.x"] {
            assert_eq!(user.get(&Field::named(name).unwrap()), None, "{name}");
        }
    }

    #[test]
    fn collections_are_reached_by_type_and_key() {
        let user = user(
            r#"{"UserID":"a","Phones":[{"PhoneNum":"1","PhoneType":"Home"},{"PhoneNum":"2","PhoneType":"Mobile"}],
                "Extensions":{"Grade":7.50}}"#,
        );
        assert_eq!(user.get(&Field::Phone("Mobile".into())), Value::text("2"));
        assert_eq!(
            user.get(&Field::Extension("Grade".into())),
            Value::text("7.50")
        );
    }

    fn user(json: &str) -> User {
        User::new(serde_json::from_str(json).unwrap()).unwrap()
    }
}
