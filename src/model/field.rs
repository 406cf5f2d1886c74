//! The fields of a User: the scalar properties, one phone of a type, one extension of a key.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Serialize};

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A JSON string.
    Text,
    /// A JSON boolean.
    Bool,
}

/// The scalar properties of the User object, in the order of the vendor's page.
///
/// Source: the vendor's "User REST API" page, JSON format of the User object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// `false`: no logon.
    Activated,
    /// The name at logon; the tenant copies UserID where it is omitted.
    AuthenticationID,
    /// Read by the bulk call: true deletes.
    Deleted,
    /// The dispatch group.
    DGroupID,
    /// The mail address.
    Email,
    /// Whether the app writes diagnostics.
    EnableMobileDiagnostics,
    /// The FaceTime address.
    FaceTime,
    /// The first name.
    FirstName,
    /// Whether he may use the mobile app.
    IsMobileWorker,
    /// The language of the user interface.
    LanguageCode,
    /// The last name.
    LastName,
    /// Blocks console and app.
    Locked,
    /// Write-only.
    Password,
    /// True generates and mails a new password.
    ResetPassword,
    /// The service team.
    ServiceTeamID,
    /// The number for text messages.
    SMS,
    /// An activity code that the device may change.
    Status,
    /// The storage location; one technician each.
    StorageLocationID,
    /// The key: required and immutable.
    UserID,
}

impl Property {
    /// Every scalar property, in the order of the vendor's page.
    pub const ALL: [Property; 19] = [
        Property::Activated,
        Property::AuthenticationID,
        Property::Deleted,
        Property::DGroupID,
        Property::Email,
        Property::EnableMobileDiagnostics,
        Property::FaceTime,
        Property::FirstName,
        Property::IsMobileWorker,
        Property::LanguageCode,
        Property::LastName,
        Property::Locked,
        Property::Password,
        Property::ResetPassword,
        Property::ServiceTeamID,
        Property::SMS,
        Property::Status,
        Property::StorageLocationID,
        Property::UserID,
    ];

    /// The name as the vendor spells it, which is also the JSON key.
    pub fn name(self) -> &'static str {
        match self {
            Property::Activated => "Activated",
            Property::AuthenticationID => "AuthenticationID",
            Property::Deleted => "Deleted",
            Property::DGroupID => "DGroupID",
            Property::Email => "Email",
            Property::EnableMobileDiagnostics => "EnableMobileDiagnostics",
            Property::FaceTime => "FaceTime",
            Property::FirstName => "FirstName",
            Property::IsMobileWorker => "IsMobileWorker",
            Property::LanguageCode => "LanguageCode",
            Property::LastName => "LastName",
            Property::Locked => "Locked",
            Property::Password => "Password",
            Property::ResetPassword => "ResetPassword",
            Property::ServiceTeamID => "ServiceTeamID",
            Property::SMS => "SMS",
            Property::Status => "Status",
            Property::StorageLocationID => "StorageLocationID",
            Property::UserID => "UserID",
        }
    }

    /// The property of that name, case aside.
    pub fn named(name: &str) -> Option<Property> {
        Property::ALL
            .into_iter()
            .find(|property| property.name().eq_ignore_ascii_case(name))
    }

    /// The property of exactly that name.
    pub fn spelled(name: &str) -> Option<Property> {
        let mut properties = Property::ALL.into_iter();
        properties.find(|property| property.name() == name)
    }

    /// Whether the property holds a string or a boolean.
    pub fn kind(self) -> Kind {
        match self {
            Property::Activated
            | Property::Deleted
            | Property::EnableMobileDiagnostics
            | Property::IsMobileWorker
            | Property::Locked
            | Property::ResetPassword => Kind::Bool,
            _ => Kind::Text,
        }
    }

    /// Write-only or dangerous properties: they never map by themselves, only when `[map]` names them.
    pub fn is_guarded(self) -> bool {
        matches!(
            self,
            Property::Password
                | Property::ResetPassword
                | Property::Deleted
                | Property::Locked
                | Property::Status
        )
    }
}

/// One thing of a user that can differ: a scalar property, the number of one phone type, or one extension.
///
/// Ordered by the vendor's property order, then phones, then extensions, each by key, so that
/// lists of fields are deterministic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// A scalar property.
    Property(Property),
    /// `PhoneNum` of the `Phones` entry whose `PhoneType` is this.
    Phone(Arc<str>),
    /// The value under this key of `Extensions`.
    Extension(Arc<str>),
}

impl Field {
    /// The field that a column header or `[map]` key names: a property (case aside),
    /// `Phones.<PhoneType>` or `Extensions.<key>` (the prefix case aside, the rest exact).
    pub fn named(name: &str) -> Option<Field> {
        if let Some((prefix, rest)) = name.split_once('.') {
            if rest.is_empty() {
                return None;
            }
            if prefix.eq_ignore_ascii_case("Phones") {
                return Some(Field::Phone(rest.into()));
            }
            if prefix.eq_ignore_ascii_case("Extensions") {
                return Some(Field::Extension(rest.into()));
            }
            return None;
        }
        Property::named(name).map(Field::Property)
    }

    /// Whether the field holds a string or a boolean.
    pub fn kind(&self) -> Kind {
        match self {
            Field::Property(property) => property.kind(),
            Field::Phone(_) | Field::Extension(_) => Kind::Text,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Property(property) => f.write_str(property.name()),
            Field::Phone(kind) => write!(f, "Phones.{kind}"),
            Field::Extension(key) => write!(f, "Extensions.{key}"),
        }
    }
}

impl Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FieldName)
    }
}

struct FieldName;

impl Visitor<'_> for FieldName {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Field, E> {
        Field::named(name).ok_or_else(|| E::custom(format!("no such field: {name}")))
    }
}

/// A value that is not blank. Blank (absent, null, "") is `None` wherever a value may be missing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A boolean property's value.
    Bool(bool),
    /// A string property's value; never empty.
    Text(Box<str>),
}

impl Value {
    /// The text as a value; `None` if it is empty, because empty equals absent.
    pub fn text(text: &str) -> Option<Value> {
        (!text.is_empty()).then(|| Value::Text(text.into()))
    }
}

/// Written by hand: a derived one tries a boolean first and makes an error of every text, and a plan is mostly texts.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoolOrText)
    }
}

struct BoolOrText;

impl Visitor<'_> for BoolOrText {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false or a text")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }
}

/// The same, borrowed from where it stands: what is only compared needs no place of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueRef<'a> {
    /// A boolean property's value.
    Bool(bool),
    /// A string property's value; never empty.
    Text(Cow<'a, str>),
}

impl<'a> ValueRef<'a> {
    /// A text that is not empty.
    pub fn text(text: &'a str) -> ValueRef<'a> {
        ValueRef::Text(Cow::Borrowed(text))
    }

    /// The value in a place of its own.
    pub fn into_value(self) -> Value {
        match self {
            ValueRef::Bool(flag) => Value::Bool(flag),
            ValueRef::Text(text) => Value::Text(text.into()),
        }
    }
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> ValueRef<'a> {
        match value {
            Value::Bool(flag) => ValueRef::Bool(*flag),
            Value::Text(text) => ValueRef::text(text),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(value) => write!(f, "{value}"),
            Value::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_case_aside_and_collections_by_their_prefix() {
        assert_eq!(
            Field::named("userid"),
            Some(Field::Property(Property::UserID))
        );
        assert_eq!(
            Field::named("phones.Mobile"),
            Some(Field::Phone("Mobile".into()))
        );
        assert_eq!(
            Field::named("Extensions.cost.centre"),
            Some(Field::Extension("cost.centre".into()))
        );
        for name in ["Phones.", "Phones", "Address.City", "Emial", ""] {
            assert_eq!(Field::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_field_reads_back_as_it_is_written() {
        for property in Property::ALL {
            let field = Field::Property(property);
            assert_eq!(Field::named(&field.to_string()), Some(field));
        }
    }
}
