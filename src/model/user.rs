//! A user three times: as the export drafts him, as it wants him, and as the tenant has him.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::{Field, Kind, Place, Property, UserKey, Value, ValueRef};

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
    pub values: Vec<(Cow<'a, Field>, DraftValue<'a>, Option<&'a str>)>,
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

/// What the export wants a field to be, borrowed from where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedRef<'a> {
    /// This value.
    Set(ValueRef<'a>),
    /// Blank.
    Clear,
}

impl<'a> WantedRef<'a> {
    /// The value, blank as `None`.
    pub fn value(&self) -> Option<&ValueRef<'a>> {
        match self {
            WantedRef::Set(value) => Some(value),
            WantedRef::Clear => None,
        }
    }
}

/// A checked row as it stands in its batch: [`UserRecord`] without a place of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRow<'a> {
    /// The key, exactly as the export spells it.
    pub user_id: Cow<'a, str>,
    /// Where the row stands.
    pub place: Place,
    /// The fields it mentions, sorted, each once; never `UserID`.
    pub values: Vec<(Cow<'a, Field>, WantedRef<'a>)>,
}

impl<'a> CheckedRow<'a> {
    /// What the export wants of that field; `None` if it does not mention it.
    pub fn get(&self, field: &Field) -> Option<&WantedRef<'a>> {
        self.values
            .binary_search_by(|(other, _)| (**other).cmp(field))
            .ok()
            .map(|index| &self.values[index].1)
    }

    /// The row in a place of its own.
    pub fn into_record(self) -> UserRecord {
        let wanted = |wanted| match wanted {
            WantedRef::Set(value) => Wanted::Set(value.into_value()),
            WantedRef::Clear => Wanted::Clear,
        };
        let values = self.values.into_iter();
        UserRecord {
            user_id: self.user_id.into(),
            place: self.place,
            values: values
                .map(|(field, value)| (field.into_owned(), wanted(value)))
                .collect(),
        }
    }
}

impl<'a> From<&'a UserRecord> for CheckedRow<'a> {
    fn from(record: &'a UserRecord) -> CheckedRow<'a> {
        let wanted = |wanted: &'a Wanted| match wanted {
            Wanted::Set(value) => WantedRef::Set(value.into()),
            Wanted::Clear => WantedRef::Clear,
        };
        let values = record.values.iter();
        CheckedRow {
            user_id: Cow::Borrowed(&record.user_id),
            place: record.place,
            values: values
                .map(|(field, value)| (Cow::Borrowed(field), wanted(value)))
                .collect(),
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
        self.value(&Field::Property(Property::Deleted)) == Some(ValueRef::Bool(true))
    }

    /// Full name for people to recognise, else the UserID.
    pub fn display_name(&self) -> String {
        display_name(self)
    }

    /// The value of a field; blank (absent, null, "") is `None`. A number reads as its digits,
    /// and a boolean property that holds the text "true" or "false" reads as that boolean.
    pub fn get(&self, field: &Field) -> Option<Value> {
        self.value(field).map(ValueRef::into_value)
    }

    /// The same, borrowed.
    pub fn value(&self, field: &Field) -> Option<ValueRef<'_>> {
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

fn read(json: &Json, kind: Kind) -> Option<ValueRef<'_>> {
    match (json, kind) {
        (Json::Null, _) => None,
        (Json::Bool(value), Kind::Bool) => Some(ValueRef::Bool(*value)),
        (Json::String(text), Kind::Bool) if text == "true" => Some(ValueRef::Bool(true)),
        (Json::String(text), Kind::Bool) if text == "false" => Some(ValueRef::Bool(false)),
        (Json::String(text), _) => (!text.is_empty()).then(|| ValueRef::text(text)),
        (other, _) => Some(ValueRef::Text(Cow::Owned(other.to_string()))),
    }
}

/// A user as a listing shows him, whatever it is made of: only of those that matter a [`User`] is made.
pub trait Listed {
    /// The key, exactly as the tenant spells it.
    fn user_id(&self) -> &str;

    /// The value of a field; blank (absent, null, "") is `None`.
    fn value(&self, field: &Field) -> Option<ValueRef<'_>>;

    /// Gives the name of each top-level property that he has.
    fn each_property(&self, take: &mut dyn FnMut(&str));

    /// The whole object.
    fn into_user(self) -> User;

    /// The same in a place of its own, where it may be kept for long.
    fn keep(self) -> Kept;

    /// `Deleted` is true: the user counts as absent.
    fn is_deleted(&self) -> bool {
        self.value(&Field::Property(Property::Deleted)) == Some(ValueRef::Bool(true))
    }
}

/// Full name for people to recognise, else the UserID.
pub fn display_name(user: &impl Listed) -> String {
    let part = |property| match user.value(&Field::Property(property)) {
        Some(ValueRef::Text(text)) => text.into_owned(),
        _ => String::new(),
    };
    let name = format!("{} {}", part(Property::FirstName), part(Property::LastName));
    match name.trim() {
        "" => user.user_id().to_owned(),
        name => name.to_owned(),
    }
}

impl Listed for User {
    fn user_id(&self) -> &str {
        User::user_id(self)
    }

    fn value(&self, field: &Field) -> Option<ValueRef<'_>> {
        User::value(self, field)
    }

    fn each_property(&self, take: &mut dyn FnMut(&str)) {
        self.object.keys().for_each(|name| take(name));
    }

    fn into_user(self) -> User {
        self
    }

    fn keep(self) -> Kept {
        Kept::User(Box::new(self))
    }
}

/// A listed user who is kept until somebody needs the whole of him. Objects take ten times the place of a row.
pub enum Kept {
    /// As an object.
    User(Box<User>),
    /// As something of which an object can be made.
    Made(Box<dyn Fn() -> User + Send + Sync>),
}

impl Kept {
    /// The user.
    pub fn user(&self) -> Cow<'_, User> {
        match self {
            Kept::User(user) => Cow::Borrowed(user),
            Kept::Made(make) => Cow::Owned(make()),
        }
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.user().fmt(f)
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
